// What a file may look like: its length, its name, its exports, and for a unit test the source that it mirrors.
import { existsSync } from 'node:fs'
import { join, posix } from 'node:path'
import ts from 'typescript'

const longest = { source: 400, test: 600 }
const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/

const isTest = (path) => /(^|\/)test\//.test(path)

export function checkLengths(files) {
  return files.flatMap(({ path, text }) => {
    const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
    const most = isTest(path) ? longest.test : longest.source
    if (lines <= most) return []
    return [{ file: path, line: most + 1, rule: 'length', message: `${lines} lines, at most ${most}: split it by idea or by phase` }]
  })
}

export function checkNames(files) {
  return files.flatMap(({ path }) => {
    const name = posix.basename(path)
    if (!kebab.test(name)) return [{ file: path, line: 1, rule: 'names', message: `${name} is not in kebab-case` }]
    if (!/^(utils?|helpers?|misc|common)\./.test(name)) return []
    return [{ file: path, line: 1, rule: 'names', message: `${name} names no idea: say what the file is about` }]
  })
}

/** TypeScript files only: what a tool loads (its configuration, a reporter) has the default export that the tool asks for. */
export function checkSyntax(files) {
  return files
    .filter(({ path }) => path.endsWith('.ts'))
    .flatMap(({ path, source }) =>
      source.statements.flatMap((node) => {
        const message = problemOf(node)
        if (message === undefined) return []
        return [{ file: path, line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1, rule: 'syntax', message }]
      }),
    )
}

function problemOf(node) {
  if (ts.isEnumDeclaration(node)) return 'declares an enum: use constants or a union of literals'
  const exportsDefault = ts.isExportAssignment(node) || node.modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.DefaultKeyword)
  return exportsDefault ? 'has a default export: export it by name, so that it has one name in every file' : undefined
}

/**
 * `test/unit/codec/varint.test.ts` is about `src/codec/varint.ts`, and so is `varint-limits.test.ts`. A test with a name of
 * its own is about what several files of its folder do together: it imports two of them or more.
 */
export function checkMirrors(files, root) {
  return files.flatMap(({ path, imports }) => {
    const match = /^(packages\/[^/]+)\/test\/unit\/(?:(.*)\/)?([^/]+)\.test\.ts$/.exec(path)
    if (match === null) return []
    const [, home, folder, name] = match
    const source = (stem) => posix.join(home, 'src', folder ?? '', `${stem}.ts`)
    const words = name.split(/[-.]/)
    if (words.some((_, count) => existsSync(join(root, source(words.slice(0, count + 1).join('-')))))) return []
    const tested = new Set(imports.map(({ target }) => target).filter((target) => target?.startsWith(posix.dirname(source(name)))))
    if (tested.size > 1) return []
    const message = `there is no ${source(name)}: a unit test has the folder and the name of its source, begins with that name, or imports several of that folder`
    return [{ file: path, line: 1, rule: 'mirrors', message }]
  })
}
