/** The comparison as text: a table for each cell, and a sentence for each ratio that matters. */
import Table from 'cli-table3'
import { parseCell } from '../cells.js'
import { count, measure } from './numbers.js'
import type { CellSummary, ClientSummary } from './summary.js'

const head = ['client', 'CPU-s/M', 'least–most', 'CPU ratio', 'requests/s', 'p50 ms', 'p99 ms', 'RSS MiB', 'v']

export function comparisonText(cells: readonly CellSummary[], baseline: string): string {
  const legend = [
    'CPU-s/M: CPU-seconds (user and system, all threads of the client) per million requests; median of the rounds',
    `CPU ratio: to npm ${baseline}, within the same round; 0.25 is a quarter of its CPU time`,
    'RSS: the largest resident set of the process; v: the protocol version that was spoken',
  ]
  return [...cells.map(cellText), ratios(cells, baseline), ...legend].join('\n')
}

function cellText({ cell, clients, failures }: CellSummary): string {
  const table = new Table({
    head,
    colAligns: ['left', ...head.slice(1).map(() => 'right' as const)],
    style: { head: [], border: [], compact: true },
  })
  const { description, warmRequests } = parseCell(cell).workload
  const few = clients.some(({ requests }) => requests < warmRequests)
  for (const summary of clients) table.push(row(summary, summary.requests < warmRequests))
  const failed = failures.map(({ client, error }) => `  ${client} failed: ${error.split('\n').slice(0, 3).join(' | ')}`)
  const note = few
    ? [`  ~ fewer than ${count(warmRequests)} requests in the window: compiling the client's code weighs in; give longer --seconds`]
    : []
  return [`\n${cell}: ${description}`, table.toString(), ...note, ...failed].join('\n')
}

function row(summary: ClientSummary, few: boolean): string[] {
  return [
    `${summary.client} ${summary.version}`,
    `${few ? '~ ' : ''}${measure(summary.cpuSecondsPerMillion)}`,
    `${measure(summary.cpuLeast)}–${measure(summary.cpuMost)}`,
    summary.cpuRatio === null ? '–' : summary.cpuRatio.toFixed(3),
    count(summary.requestsPerSecond),
    measure(summary.p50Ms),
    measure(summary.p99Ms),
    count(summary.peakRssMiB),
    String(summary.protocol),
  ]
}

const comparison = (ratio: number): string =>
  ratio <= 1 ? `${(1 / ratio).toFixed(2)} times less CPU than` : `${ratio.toFixed(2)} times as much CPU as`

/** How many times less CPU cqlwire takes, by cell. */
function ratios(cells: readonly CellSummary[], baseline: string): string {
  const lines = cells.flatMap(({ cell, clients }) => {
    const best = clients.filter(({ client, cpuRatio }) => client.startsWith('cqlwire') && cpuRatio !== null)
    return best.map(({ client, cpuRatio }) => `  ${cell.padEnd(14)}${client.padEnd(22)}${comparison(cpuRatio!)} npm ${baseline}`)
  })
  return lines.length === 0 ? '' : `\n${lines.join('\n')}\n`
}
