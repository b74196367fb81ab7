/** The demo from start to end: a server, all patterns, the table, the report. */
import { access, constants, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { dirname, resolve } from 'node:path'
import { attribution } from './cities.js'
import type { DemoOptions } from './demo-options.js'
import { Interrupted, watchInterruption } from './interruption.js'
import { count, measure } from './numbers.js'
import { openProgress, type Progress } from './progress.js'
import type { CityMap } from './report/city-map.js'
import { isRight, type DemoResult, type PatternResult } from './results.js'
import { resultsTable, verdict } from './results-table.js'
import { runDemo } from './run-demo.js'
import { columns, keyspace } from './schema.js'
import { consistency, openServer, type DemoServer } from './server.js'

/** Resolves to the exit code: 0 where every row came back as it was written, 1 where one did not, 130 or 143 after a signal. Errors are thrown. */
export async function demo(options: DemoOptions, version: string): Promise<number> {
  await assertWritable(resolve(options.report))
  const progress = await openProgress(process.stderr)
  using interruption = watchInterruption()
  try {
    return await runAndShow(options, version, interruption.signal, progress)
  } catch (error) {
    progress.close()
    const reason: unknown = interruption.signal.reason
    if (!interruption.signal.aborted || !(reason instanceof Interrupted)) throw error
    progress.note(`\n${reason.message}; connections are closed${options.contactPoints === null ? ', and Cassandra is stopped' : ''}.`)
    return reason.exitCode
  } finally {
    progress.close()
  }
}

/** Minutes of work shall not end with a folder that isn't there. */
async function assertWritable(file: string): Promise<void> {
  try {
    await access(dirname(file), constants.W_OK)
  } catch (error) {
    throw new Error(`The report can't be written to ${file}: ${(error as Error).message}. Give another file with --report.`, {
      cause: error,
    })
  }
}

async function runAndShow(options: DemoOptions, version: string, signal: AbortSignal, progress: Progress): Promise<number> {
  const startedAt = new Date()
  await using server = await openServer(options, signal, progress)
  const { patterns, server: facts, map } = await runDemo(options, server, signal, progress)
  const result: DemoResult = {
    cqlwire: version,
    startedAt: startedAt.toISOString(),
    seconds: (Date.now() - startedAt.getTime()) / 1000,
    ok: patterns.every((pattern) => isRight(pattern.rows, pattern.check)),
    data: { cities: options.rows, columns: columns.length, source: attribution },
    settings: { concurrency: options.concurrency, consistency, quick: options.quick },
    server: facts,
    machine: {
      node: process.versions.node,
      platform: `${process.platform} ${process.arch}`,
      cpu: cpus()[0]?.model.trim() ?? 'unknown',
      cores: cpus().length,
    },
    patterns,
    report: resolve(options.report),
  }
  await show(result, map, options.json, progress)
  if (options.keep) await keep(server, signal, progress)
  return result.ok ? 0 : 1
}

async function show(result: DemoResult, map: CityMap, json: boolean, progress: Progress): Promise<void> {
  const { reportPage } = await import('./report/page.js')
  await writeFile(result.report, await reportPage(result, map))
  const table = resultsTable(result.patterns)
  if (json) {
    progress.note(`\n${table}`)
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
  } else process.stdout.write(`\n${table}\n`)
  progress.note(`\n${summary(result)}\nReport: ${result.report}\n${attribution}`)
}

function summary(result: DemoResult): string {
  const compared = result.patterns.reduce((sum, pattern) => sum + pattern.rows, 0)
  const took = `in ${measure(result.seconds)} s`
  if (result.ok) return `OK: ${count(compared)} rows were written and read back, and every field of every row is equal (${took}).`
  const lines = result.patterns.filter((pattern) => !isRight(pattern.rows, pattern.check)).flatMap(failure)
  return [`WRONG: what was read is not what was written (${count(compared)} rows, ${took}):`, ...lines].join('\n')
}

function failure(pattern: PatternResult): string[] {
  const shown = pattern.check.differences.slice(0, 5)
  return [
    `  ${pattern.title}: ${verdict(pattern)}`,
    ...shown.map(({ id, field, expected, actual }) => `    id ${id}, ${field}: written ${expected}, read ${actual}`),
  ]
}

/** Waits for Ctrl-C where the demo started the Cassandra that shall stay up. */
async function keep(server: DemoServer, signal: AbortSignal, progress: Progress): Promise<void> {
  progress.note(`The tables stay in keyspace ${keyspace} on ${server.contactPoints.join(', ')}.`)
  if (!server.startedByDemo || signal.aborted) return
  progress.note('Cassandra stays up until Ctrl-C.')
  // an abort listener doesn't hold the process, a timer does
  const holding = setInterval(() => undefined, 60_000)
  await new Promise((stopped) => signal.addEventListener('abort', stopped, { once: true }))
  clearInterval(holding)
}
