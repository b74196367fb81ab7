// Code in the Markdown files that says where it comes from must still be there: the block after `<!-- examples/x.ts -->` is
// a part of that file, word for word, so that what people read is what the tests run.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const block = /<!-- (examples\/[\w./-]+) -->\n```\w+\n([\s\S]*?)\n```/g

export function checkReadmeExamples(root) {
  return documents(root).flatMap((path) => {
    const text = readFileSync(join(root, path), 'utf8')
    return [...text.matchAll(block)].flatMap(({ 1: example, 2: code, index }) => {
      const message = problemOf(join(root, example), example, code)
      return message === undefined ? [] : [{ file: path, line: text.slice(0, index).split('\n').length, rule: 'examples', message }]
    })
  })
}

function documents(root) {
  const top = ['README.md', 'CONTRIBUTING.md'].filter((name) => existsSync(join(root, name)))
  if (!existsSync(join(root, 'docs'))) return top
  return [
    ...top,
    ...readdirSync(join(root, 'docs'))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ]
}

function problemOf(file, example, code) {
  if (!existsSync(file)) return `there is no ${example}`
  // A part of an example may be indented deeper in the file than on the page.
  const flat = (text) => text.replace(/^[ \t]+/gm, '')
  return flat(readFileSync(file, 'utf8')).includes(flat(code)) ? undefined : `this code is not in ${example} any more: copy it from there`
}
