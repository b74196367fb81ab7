/** `npm run bench`: see benchmarks/README.md. */
import { parseBenchOptions, usage, UsageError, type BenchOptions, type Mode } from './bench-options.js'
import type { Outcome } from './outcome.js'

type Run = (options: BenchOptions, signal: AbortSignal, note: (line: string) => void) => Promise<Outcome>

const modes: Readonly<Record<Mode, () => Promise<Run>>> = {
  compare: async () => (await import('./compare.js')).compare,
  server: async () => (await import('./server-rate.js')).serverRate,
  profile: async () => (await import('./profile.js')).profile,
  memory: async () => (await import('./memory/memory.js')).memory,
  routing: async () => (await import('./routing/routing.js')).routing,
  adaptive: async () => (await import('./adaptive/adaptive.js')).adaptive,
  report: async () => (await import('./results/save.js')).reportAgain,
  docs: async () => (await import('./docs/docs.js')).writeDocs,
}

const note = (line: string): void => void process.stderr.write(`${line}\n`)

async function main(): Promise<void> {
  const options = parseBenchOptions(process.argv.slice(2))
  if (options === null) {
    process.stdout.write(usage)
    return
  }
  const stopping = new AbortController()
  const stop = (name: NodeJS.Signals): void => stopping.abort(new Error(`Stopped by ${name}`))
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  const run = await modes[options.mode]()
  show(options, await run(options, stopping.signal, note))
}

function show({ json }: BenchOptions, outcome: Outcome): void {
  if (json) {
    note(outcome.text)
    process.stdout.write(`${JSON.stringify(outcome.json, null, 2)}\n`)
  } else process.stdout.write(`${outcome.text}\n`)
}

try {
  await main()
} catch (error) {
  note(`bench: ${error instanceof Error ? error.message : String(error)}${error instanceof UsageError ? '\n\n' + usage : ''}`)
  process.exitCode = 1
}
