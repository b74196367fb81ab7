/** The comparison as text: a table for each cell, and what the driver is held to. */
import Table from 'cli-table3'
import { parseCell } from '../cells.js'
import { cellsOf, placeOf, type Comparison } from './comparison.js'
import type { Bound } from './bounds.js'
import { count, measure } from './numbers.js'
import type { CellSummary, ClientSummary } from './summary.js'

const head = ['client', 'CPU-s/M', 'least–most', 'CPU ratio', 'requests/s', 'p50 ms', 'p99 ms', 'p99.9 ms', 'RSS MiB', 'v']
const style = { head: [], border: [], compact: true }

export function comparisonText(result: Comparison): string {
  const groups = result.groups.flatMap((group) => {
    const cells = cellsOf(result, group)
    return cells.length === 0 ? [] : [`\n== ${group.title}: ${group.about}`, ...cells.map(cellText)]
  })
  const leftOut = result.leftOut.map(({ what, why }) => `  ${what}: ${why}`)
  return [
    placeOf(result),
    ...groups,
    ...(leftOut.length === 0 ? [] : ['\nLeft out:', ...leftOut]),
    '\nCPU-s/M: CPU-seconds (user and system, all threads of the client) per million requests; median of the rounds',
    `CPU ratio: to npm ${result.baseline}, within the same round; 0.25 is a quarter of its CPU time`,
    'RSS: the largest resident set of the process; v: the protocol version that was spoken; * every run was disturbed: an upper bound',
    boundsText(result.bounds),
  ].join('\n')
}

function summaryTable(clients: readonly ClientSummary[], warmRequests: number): string {
  const table = new Table({ head, colAligns: ['left', ...head.slice(1).map(() => 'right' as const)], style })
  for (const summary of clients) table.push(row(summary, summary.requests < warmRequests))
  return table.toString()
}

function cellText({ cell, clients, failures }: CellSummary): string {
  const { description, warmRequests } = parseCell(cell).workload
  const few = clients.some(({ requests }) => requests < warmRequests)
  const failed = failures.map(({ client, error }) => `  ${client} failed: ${error.split('\n').slice(0, 3).join(' | ')}`)
  const note = few
    ? [`  ~ fewer than ${count(warmRequests)} requests in the window: compiling the client's code weighs in; give longer --seconds`]
    : []
  return [`\n${cell}: ${description}`, summaryTable(clients, warmRequests), ...note, ...failed].join('\n')
}

function row(summary: ClientSummary, few: boolean): string[] {
  return [
    `${summary.client} ${summary.version}`.trim(),
    `${few ? '~ ' : ''}${summary.disturbed ? '* ' : ''}${measure(summary.cpuSecondsPerMillion)}`,
    `${measure(summary.cpuLeast)}–${measure(summary.cpuMost)}`,
    summary.cpuRatio === null ? '–' : summary.cpuRatio.toFixed(3),
    count(summary.requestsPerSecond),
    measure(summary.p50Ms),
    measure(summary.p99Ms),
    measure(summary.p999Ms),
    count(summary.peakRssMiB),
    String(summary.protocol),
  ]
}

export const limitText = ({ must, atLeast }: Bound): string => `${atLeast ? '≥' : '≤'} ${must}`

function boundsText(bounds: readonly Bound[]): string {
  const table = new Table({ head: ['ratio', 'must', 'aim', 'measured', ''], colAligns: ['left', 'right', 'right', 'right', 'left'], style })
  for (const bound of bounds) {
    const { what, aim, measured, verdict } = bound
    table.push([what, limitText(bound), aim === null ? '–' : String(aim), measured === null ? '–' : measured.toFixed(2), verdict])
  }
  return `\nBounds: medians of the ratios within each round\n${table.toString()}`
}
