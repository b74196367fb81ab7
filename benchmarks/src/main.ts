/** `npm run bench`: see benchmarks/README.md. */
import { parseBenchOptions, usage, UsageError, type BenchOptions } from './bench-options.js'
import { compare } from './compare.js'
import { memory } from './memory/memory.js'
import type { Outcome } from './outcome.js'
import { routing } from './routing/routing.js'

const modes = { compare, memory, routing }

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
  show(options, await modes[options.mode](options, stopping.signal, note))
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
