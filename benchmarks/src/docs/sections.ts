/** The generated parts of docs/performance.md. */
import { runtimeGroupTitle } from '../candidates.js'
import { allClients } from '../clients/all-clients.js'
import type { Group } from '../plan.js'
import { costChart, latencyChart, memoryChart, ratioChart } from '../report/charts.js'
import type { Bound } from '../results/bounds.js'
import { cellsOf, placeOf, type Comparison } from '../results/comparison.js'
import { count, measure } from '../results/numbers.js'
import type { CellSummary, ClientSummary } from '../results/summary.js'
import { limitText } from '../results/tables.js'
import type { Section } from './section.js'

export function sections(result: Comparison): Section[] {
  const group = (title: string): Group | null =>
    result.groups.find((each) => each.title === title && cellsOf(result, each).length > 0) ?? null
  return [
    { name: 'run', markdown: `${placeOf(result)}.`, charts: [] },
    { name: 'bounds', markdown: boundsTable(result.bounds), charts: [] },
    withGroup('peers', group('Side by side'), (own) => peers(result, own)),
    withGroup('patterns', group('Patterns'), (own) => patterns(result, own)),
    withGroup('workloads', group('Workloads'), (own) => ratios(result, own, 'workloads')),
    withGroup('travel', group('Protocol, compression, TLS'), (own) => ratios(result, own, null)),
    withGroup('latency', group('Latency at a fixed rate'), (own) => latencies(result, own)),
    withGroup('runtimes', group(runtimeGroupTitle), (own) => runtimes(result, own)),
  ]
}

function withGroup(name: string, group: Group | null, make: (group: Group) => Omit<Section, 'name'>): Section {
  return group === null ? { name, markdown: null, charts: [] } : { name, ...make(group) }
}

/** The first column is text, the others are figures. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map((_, column) => (column === 0 ? '---' : '--:'))), ...rows.map(line)].join('\n')
}

function boundsTable(bounds: readonly Bound[]): string {
  const rows = bounds.map((bound) => {
    const { what, aim, measured, verdict } = bound
    return [what, limitText(bound), aim === null ? '–' : String(aim), measured === null ? '–' : measured.toFixed(2), verdict]
  })
  return table(['ratio', 'must', 'aim', 'measured', ''], rows)
}

const cost = ({ cpuSecondsPerMillion, disturbed }: ClientSummary): string => `${measure(cpuSecondsPerMillion)}${disturbed ? ' \\*' : ''}`

/** Clients by cells, with a value of each; the cheapest of the first cell first. */
function matrix(cells: readonly CellSummary[], clients: readonly string[], value: (summary: ClientSummary) => string): string {
  const find = (cell: CellSummary, client: string): ClientSummary | undefined => cell.clients.find((each) => each.client === client)
  const rows = clients.flatMap((client) => {
    const found = cells.map((cell) => find(cell, client))
    const version = found.find((each) => each !== undefined)?.version
    if (version === undefined) return []
    return [[`${client} ${version}`.trim(), ...found.map((summary) => (summary === undefined ? '–' : value(summary)))]]
  })
  return table(['CPU-s per million', ...cells.map(({ cell }) => cell)], rows)
}

function peers(result: Comparison, group: Group): Omit<Section, 'name'> {
  const cells = cellsOf(result, group)
  const memory = matrix(cells, group.clients, ({ peakRssMiB }) => count(peakRssMiB)).replace('CPU-s per million', 'peak RSS, MiB')
  const charts = ['select1@128', 'insert@128', 'wide@16'].flatMap((name) => {
    const cell = cells.find((each) => each.cell === name)
    return cell === undefined ? [] : [{ name: name.replace('@', '-'), chart: costChart(cell) }]
  })
  const wide = cells.find(({ cell }) => cell === 'wide@16')
  return {
    markdown: `${matrix(cells, group.clients, cost)}\n\n${memory}`,
    charts: wide === undefined ? charts : [...charts, { name: 'memory', chart: memoryChart(wide) }],
  }
}

function patterns(result: Comparison, group: Group): Omit<Section, 'name'> {
  const cells = cellsOf(result, group)
  const rows = cells.flatMap(({ cell, clients }) =>
    clients.map((summary) => [
      `\`${cell}\` ${summary.client}: ${allClients[summary.client]?.description ?? ''}`,
      ...[cost(summary), count(summary.requestsPerSecond), measure(summary.p50Ms), measure(summary.p99Ms), count(summary.peakRssMiB)],
    ]),
  )
  const charts = cells.map((cell) => ({ name: `patterns-${cell.cell.replace('@', '-')}`, chart: costChart(cell) }))
  return { markdown: table(['pattern', 'CPU-s per million', 'requests/s', 'p50 ms', 'p99 ms', 'RSS MiB'], rows), charts }
}

function ratios(result: Comparison, group: Group, picture: string | null): Omit<Section, 'name'> {
  const charts = picture === null ? [] : [{ name: picture, chart: ratioChart(result, group, 'cqlwire') }]
  const cells = cellsOf(result, group)
  const rows = cells.map(({ cell, clients }) => {
    const find = (client: string): ClientSummary | undefined => clients.find((each) => each.client === client)
    const own = find('cqlwire')
    const costs = group.clients.map((client) => find(client)).map((summary) => (summary === undefined ? '–' : cost(summary)))
    const rate = own === undefined ? '–' : count(own.requestsPerSecond)
    return [`\`${cell}\``, ...costs, rate, own?.cpuRatio?.toFixed(3) ?? '–']
  })
  const head = ['CPU-s per million', ...group.clients, 'requests/s of cqlwire', `CPU ratio to ${result.baseline}`]
  return { markdown: table(head, rows), charts }
}

function latencies(result: Comparison, group: Group): Omit<Section, 'name'> {
  const cells = cellsOf(result, group)
  const rows = cells.flatMap(({ cell, clients }) =>
    clients.map((summary) => [
      `\`${cell}\` ${summary.client}`,
      ...[measure(summary.p50Ms), measure(summary.p99Ms), measure(summary.p999Ms), count(summary.requestsPerSecond), cost(summary)],
    ]),
  )
  const [first] = [...cells].reverse()
  return {
    markdown: table(['', 'p50 ms', 'p99 ms', 'p99.9 ms', 'requests/s', 'CPU-s per million'], rows),
    charts: first === undefined ? [] : [{ name: 'latency', chart: latencyChart(first) }],
  }
}

function runtimes(result: Comparison, group: Group): Omit<Section, 'name'> {
  const cells = cellsOf(result, group)
  const charts = cells.slice(0, 3).map((cell) => ({ name: `runtimes-${cell.cell.replace('@', '-')}`, chart: costChart(cell) }))
  return { markdown: matrix(cells, group.clients, cost), charts }
}
