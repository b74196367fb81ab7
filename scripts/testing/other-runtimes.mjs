// Runs compiled test files on Bun and Deno, with their own implementations of `node:test`: each file in a process of its own, as Node does.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../processes.mjs'
import { cachedProgram, runtimes } from './runtime-programs.mjs'
import { limitOf } from './runtime-limits.mjs'
import { failed, none, sum } from './totals.mjs'

/** What `npm test` runs on them where they are at hand: where they differ from Node, these notice first. */
export const smokeFolders = [
  'packages/cqlwire/test/unit/codec',
  'packages/cqlwire/test/unit/protocol',
  'packages/cqlwire/test/unit/connection',
]

const commands = {
  bun: (file, report, limitMs) => ['test', `./${file}`, `--timeout=${limitMs}`, '--reporter=junit', `--reporter-outfile=${report}`],
  deno: (file, report) => ['test', '--allow-all', '--no-check', '--no-lock', `--junit-path=${report}`, file],
}

/** The smoke test of `npm test`: skipped for a runtime that isn't installed. */
export async function runOnCachedRuntimes(files) {
  const results = []
  for (const name of ['bun', 'deno']) {
    const program = cachedProgram(runtimes[name])
    if (program === undefined) console.log(`${name} is not installed (npm run test:runtimes fetches it)`)
    results.push(program === undefined ? { ...none, skipped: 1 } : await runOn(name, program, files))
  }
  return sum(results)
}

/** Runs the files (paths from the root) two at a time; `limitMs` bounds one file. What the runtime is known not to do counts as skipped. */
export async function runOn(name, program, files, { limitMs = 120_000, concurrency = 2, env } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'cqlwire-runtime-'))
  const waiting = [...files.entries()]
  const results = []
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, file] = next
      results.push(await runFile(name, program, file, { report: join(folder, `${index}.xml`), limitMs, env }))
    }
  }
  try {
    await Promise.all(Array.from({ length: concurrency }, worker))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return sum(results)
}

async function runFile(name, program, file, { report, limitMs, env }) {
  const quiet = { NO_COLOR: '1', ...env }
  const { code, output } = await run(program, commands[name](file, report, limitMs), { capture: true, env: quiet, limitMs })
  const cases = casesOf(report)
  const result = { ...sum(cases.map(({ title, outcome }) => counted(name, file, title, outcome))) }
  if (code !== 0 && result.failed + cases.filter(({ outcome }) => outcome === 'failed').length === 0)
    result.failures = [...result.failures, ...failed(file, `${name} ended with exit code ${code}`).failures]
  result.failed = result.failures.length
  if (result.failed > 0) console.log(`\n✖ ${file} on ${name}\n${output.split('\n').slice(-200).join('\n')}`)
  return result
}

function counted(name, file, title, outcome) {
  if (outcome !== 'failed') return { ...none, [outcome]: 1 }
  return limitOf(name, file, title) === undefined ? failed(file, `${title} (${name})`) : { ...none, skipped: 1 }
}

/** The test cases of a JUnit report: `{ title, outcome }`. */
function casesOf(report) {
  if (!existsSync(report)) return [] // the process ended before it wrote one: its exit code says so
  const xml = readFileSync(report, 'utf8')
  const all = [...xml.matchAll(/<testcase ([^>]*?)(\/>|>([\s\S]*?)<\/testcase>)/g)].map(([, attributes, , content = '']) => {
    const within = /classname="([^"]*)"/.exec(attributes)?.[1] ?? ''
    const own = / ?\bname="([^"]*)"/.exec(attributes)?.[1] ?? ''
    // Bun has what a test stands in as its class, the innermost first; Deno in its name, the outermost first.
    const title = unescaped(own.includes('&gt;') || /[./]/.test(within) || within === '' ? own : `${within} > ${own}`)
    return { title, outcome: /<(failure|error)\b/.test(content) ? 'failed' : /<skipped\b/.test(content) ? 'skipped' : 'passed' }
  })
  // Deno counts a `describe` as a test too: it has failed by itself only where none of its tests has.
  return all.filter(({ title, outcome }) => {
    const inner = all.filter((other) => other.title.startsWith(`${title} > `))
    return inner.length === 0 || (outcome === 'failed' && !inner.some((other) => other.outcome === 'failed'))
  })
}

const entities = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&apos;': "'", '&#39;': "'", '&amp;': '&' }
const unescaped = (text) => text.replace(/&(?:lt|gt|quot|apos|#39|amp);/g, (entity) => entities[entity])
