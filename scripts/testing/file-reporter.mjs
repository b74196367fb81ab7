// A reporter for people: a line for every test file, the whole story of every failure, and what the tests wrote.
import { relative } from 'node:path'
import { inspect } from 'node:util'
import { outcomeOf } from './count-reporter.mjs'

export default async function* fileReporter(events) {
  const files = new Map()
  for await (const { type, data } of events) {
    if (type === 'test:stdout' || type === 'test:stderr') yield data.message
    if (type !== 'test:pass' && type !== 'test:fail') continue
    const outcome = outcomeOf(type, data)
    const file = nameOf(data.file ?? data.name)
    const counts = files.get(file) ?? { passed: 0, failed: 0, skipped: 0, ms: 0 }
    files.set(file, counts)
    if (data.nesting === 0) counts.ms += data.details?.duration_ms ?? 0
    if (outcome === undefined) continue
    counts[outcome] += 1
    if (outcome === 'failed') yield `\n✖ ${file}: ${data.name}\n${indent(storyOf(type, data))}\n\n`
  }
  for (const [file, { passed, failed, skipped, ms }] of files) {
    const more = `${failed > 0 ? `, ${failed} failed` : ''}${skipped > 0 ? `, ${skipped} skipped` : ''}`
    yield `${failed > 0 ? '✖' : '✔'} ${file}: ${passed} passed${more} (${Math.round(ms)} ms)\n`
  }
}

/** `packages/cqlwire/build/test/unit/codec/varint.test.js` reads as `packages/cqlwire/test/unit/codec/varint.test`. */
const nameOf = (file) =>
  relative(process.cwd(), file)
    .replace('/build/', '/')
    .replace(/\.m?js$/, '')

function storyOf(type, data) {
  if (type === 'test:pass') return 'The file holds no test.'
  const error = data.details?.error
  const cause = error?.cause ?? error
  if (cause instanceof Error) return inspect(cause)
  return cause?.stack ?? (typeof cause === 'string' ? cause : inspect(cause))
}

const indent = (text) => text.replace(/^/gm, '    ')
