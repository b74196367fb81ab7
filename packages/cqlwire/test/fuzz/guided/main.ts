/** `npm run fuzz`: the targets of `targets/`, their progress, the figures in the end. */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Failure, Judge } from './judge.js'
import type { Progress } from './messages.js'
import { fuzz, type FuzzSummary } from './run.js'
import { targets } from './targets/all-targets.js'

const USAGE = `Tries changed inputs on every decoder, keeps those that reach new code, and changes them further.

  npm run fuzz -- [options]

  --inputs N        inputs over all targets, 10,000,000 by default
  --minutes M       at most so long
  --seed N          the same seed, the same inputs; one of the clock's by default
  --target NAME     this target only; several: once for each
  --workers N       processes, one per core by default
  --failures DIR    where inputs that fail are kept, fuzz-failures by default
  --input FILE      tries one input on the target of --target, and shows what comes of it

Targets: ${targets.map(({ name }) => name).join(', ')}`

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '10000000' },
    minutes: { type: 'string' },
    seed: { type: 'string' },
    target: { type: 'string', multiple: true, default: [] },
    workers: { type: 'string' },
    failures: { type: 'string', default: 'fuzz-failures' },
    input: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
})

if (values.help) console.log(USAGE)
else if (values.input !== undefined) tryOne(chosen()[0]!, values.input)
else await run()

function chosen(): string[] {
  const unknown = values.target.find((name) => !targets.some((target) => target.name === name))
  if (unknown !== undefined) leave(`There is no target ${JSON.stringify(unknown)}.\n\n${USAGE}`)
  return values.target.length > 0 ? values.target : targets.map(({ name }) => name)
}

function numberOf(option: 'inputs' | 'minutes' | 'seed' | 'workers', otherwise: number): number {
  const text = values[option]
  const number = text === undefined ? otherwise : Number(text.replaceAll(/[,_]/g, ''))
  if (!(number >= (option === 'seed' ? 0 : Number.MIN_VALUE))) leave(`--${option} takes a number above 0, got ${text}`)
  return number
}

function leave(message: string): never {
  console.error(message)
  process.exit(2)
}

async function run(): Promise<void> {
  const seed = Math.floor(numberOf('seed', Date.now() % 1_000_000_000))
  const inputs = Math.floor(numberOf('inputs', 10_000_000))
  const workers = Math.floor(numberOf('workers', availableParallelism()))
  const minutes = values.minutes === undefined ? undefined : numberOf('minutes', 0)
  const names = chosen()
  console.log(`fuzz: ${grouped(inputs)} inputs over ${names.length} targets in ${workers} processes, --seed ${seed}`)
  const started = performance.now()
  const tell = progressEvery(5_000, inputs)
  const module = new URL('./targets/all-targets.js', import.meta.url).href
  const shares = new Map(targets.map(({ name, share = 1 }) => [name, share]))
  const summary = await fuzz({
    module,
    names,
    shares,
    inputs,
    seed,
    workers,
    onProgress: tell,
    ...(minutes === undefined ? {} : { ms: minutes * 60_000 }),
  })
  show(summary, (performance.now() - started) / 1000)
  if (summary.failures.length > 0) process.exitCode = 1
}

function progressEvery(ms: number, inputs: number): (all: readonly Progress[]) => void {
  let next = performance.now() + ms
  return (all) => {
    if (performance.now() < next) return
    next = performance.now() + ms
    const tried = sum(all, 'tried')
    console.error(
      `fuzz: ${grouped(tried)} of ${grouped(inputs)} inputs tried (${Math.floor((100 * tried) / inputs)} %), ${sum(all, 'kept')} kept`,
    )
  }
}

function show({ targets: all, failures }: FuzzSummary, seconds: number): void {
  const width = Math.max(...all.map(({ name }) => name.length))
  console.log(`\n${'target'.padEnd(width)}  ${'inputs'.padStart(11)}  ${'blocks'.padStart(7)}  ${'kept'.padStart(6)}  failures`)
  for (const { name, tried, blocks, kept } of all) {
    const failed = failures.filter(({ target }) => target === name).length
    console.log(
      `${name.padEnd(width)}  ${grouped(tried).padStart(11)}  ${grouped(blocks).padStart(7)}  ${grouped(kept).padStart(6)}  ${failed}`,
    )
  }
  for (const failure of failures) console.log(`\n${described(failure)}`)
  const tried = sum(all, 'tried')
  const rate = grouped(Math.round(tried / seconds))
  console.log(
    `\n${grouped(tried)} inputs tried in ${seconds.toFixed(0)} s (${rate} a second), ${grouped(sum(all, 'blocks'))} functions and blocks reached, ` +
      `${grouped(sum(all, 'kept'))} inputs kept for reaching new ones, ${failures.length} failures`,
  )
}

function described({ target, kind, message, input }: Failure): string {
  const folder = resolve(values.failures)
  const file = join(folder, `${target.replaceAll(' ', '-')}-${createHash('sha256').update(input).digest('hex').slice(0, 8)}.bin`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(file, input)
  const path = relative(process.cwd(), file)
  return `${kind} of ${target}, on ${input.length} bytes: ${message}\n  once more: npm run fuzz -- --target '${target}' --input ${path}`
}

function tryOne(name: string, path: string): void {
  const failure = new Judge(targets.find((target) => target.name === name)!).try(readFileSync(path))
  console.log(failure === null ? `${name} deals with it as it should` : `${failure.kind}: ${failure.message}`)
  if (failure !== null) process.exitCode = 1
}

function sum(all: readonly Progress[], field: 'tried' | 'kept' | 'blocks'): number {
  return all.reduce((total, each) => total + each[field], 0)
}

function grouped(number: number): string {
  return number.toLocaleString('en-US')
}
