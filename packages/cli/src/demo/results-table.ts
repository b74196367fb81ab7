/** The table at the end of the demo. */
import Table from 'cli-table3'
import type { Measurement } from './meter.js'
import { count, measure } from './numbers.js'
import { isRight, type PatternResult } from './results.js'

const head = ['pattern', 'rows', '', 'seconds', 'rows/s', 'p50 ms', 'p99 ms', 'CPU-s/M', 'check']

/** Two lines for each pattern: what it wrote, and what it read. */
export function resultsTable(patterns: readonly PatternResult[]): string {
  const table = new Table({
    head,
    colAligns: ['left', 'right', 'left', 'right', 'right', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [], compact: true },
  })
  for (const pattern of patterns) {
    const rows = `${count(pattern.rows)}${pattern.sample ? ' *' : ''}`
    table.push([pattern.title, rows, 'write', ...cells(pattern.write), ''], ['', '', 'read', ...cells(pattern.read), verdict(pattern)])
  }
  const samples = patterns.some((pattern) => pattern.sample) ? ['* one request at a time, so on a part of the rows'] : []
  const notes = [
    ...samples,
    "latency: from sending to the result in the program's hands; a result taken in order waits for those before it",
    'CPU-s/M: user and system time of this process (all threads, without the server) per million requests',
  ]
  return `${table.toString()}\n${notes.join('\n')}`
}

function cells(measured: Measurement): string[] {
  const { latencyMs } = measured
  return [
    measure(measured.seconds),
    count(measured.requestsPerSecond),
    measure(latencyMs.p50),
    measure(latencyMs.p99),
    measure(measured.cpuSecondsPerMillion),
  ]
}

/** One short phrase on whether what was read is what was written. */
export function verdict({ rows, check }: PatternResult): string {
  if (isRight(rows, check)) return 'all equal'
  const parts: string[] = []
  if (check.differentRows > 0) parts.push(`${count(check.differentRows)} differ`)
  if (check.missingRows > 0) parts.push(`${count(check.missingRows)} missing`)
  if (check.rowsInTable !== rows) parts.push(`${count(check.rowsInTable)} in the table`)
  return parts.join(', ')
}
