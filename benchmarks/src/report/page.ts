/** The HTML report: one file, without scripts, that shows without a network. */
import { parseCell } from '../cells.js'
import { allClients } from '../clients/all-clients.js'
import type { Group } from '../plan.js'
import type { Bound } from '../results/bounds.js'
import { cellsOf, placeOf, type Comparison } from '../results/comparison.js'
import { count, measure } from '../results/numbers.js'
import type { CellSummary, ClientSummary } from '../results/summary.js'
import { limitText } from '../results/tables.js'
import { barChart } from './bar-chart.js'
import { costChart, latencyChart, memoryChart, ratioChart } from './charts.js'
import { html } from './html.js'
import { pageStyle } from './page-style.js'

export function reportPage(result: Comparison): string {
  const { groups, leftOut, bounds } = result
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>cqlwire benchmark, ${html(result.environment.date)}</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
<h1>cqlwire benchmark</h1>
<p class="soft">${html(placeOf(result))}</p>
${boundsSection(bounds)}
${groups.map((group) => groupSection(result, group)).join('\n')}
${leftOut.length === 0 ? '' : `<section><h2>Left out</h2><ul>${leftOut.map(({ what, why }) => `<li><b>${html(what)}</b>: ${html(why)}</li>`).join('')}</ul></section>`}
${legend}
</main>
</body>
</html>
`
}

const verdictClass = { 'aim met': 'good', met: 'good', missed: 'bad', 'not measured': 'soft' } as const

function boundsSection(bounds: readonly Bound[]): string {
  const rows = bounds.map((bound) => {
    const { what, aim, measured, verdict } = bound
    const figures = [limitText(bound), aim === null ? '–' : String(aim), measured === null ? '–' : measured.toFixed(2)]
    return `<tr><td class="text">${html(what)}</td>${figures.map((text) => `<td>${html(text)}</td>`).join('')}<td class="text ${verdictClass[verdict]}">${verdict}</td></tr>`
  })
  return `<section><h2>Bounds</h2>
<p class="soft">What the driver is held to: medians of the ratios within each round, of CPU time where nothing else is said.</p>
${table(['<th class="text">ratio</th>', '<th>must</th>', '<th>aim</th>', '<th>measured</th>', '<th class="text"></th>'], rows)}</section>`
}

function groupSection(result: Comparison, group: Group): string {
  const cells = cellsOf(result, group)
  if (cells.length === 0) return ''
  const isOpen = cells.every(({ cell }) => parseCell(cell).perSecond !== null)
  const hasMany = cells.length > 5 && !isOpen
  const overview = hasMany ? barChart(ratioChart(result, group, 'cqlwire')) : ''
  const inner = cells.map((cell) => cellFigure(cell, isOpen)).join('\n')
  return `<section><h2>${html(group.title)}</h2><p class="soft">${html(group.about)}</p>
${overview}${hasMany ? `<details><summary>Every cell</summary>${inner}</details>` : inner}</section>`
}

function cellFigure(cell: CellSummary, isOpen: boolean): string {
  const failures = cell.failures.map(({ client, error }) => `<p class="bad">${html(client)} failed: ${html(error.split('\n', 1)[0]!)}</p>`)
  if (cell.clients.length === 0) return failures.join('')
  const charts = isOpen
    ? barChart(latencyChart(cell))
    : `${barChart(costChart(cell))}<details><summary>Peak resident set</summary>${barChart(memoryChart(cell))}</details>`
  return `<article>${charts}${clientTable(cell)}${failures.join('')}</article>`
}

const heads = ['CPU-s/M', 'least–most', 'CPU ratio', 'requests/s', 'p50 ms', 'p99 ms', 'p99.9 ms', 'RSS MiB', 'v']

function clientTable({ clients }: CellSummary): string {
  return table(['<th class="text">client</th>', ...heads.map((head) => `<th>${head}</th>`)], clients.map(clientRow))
}

function clientRow(summary: ClientSummary): string {
  const { client, version, disturbed, cpuRatio } = summary
  const figures = [
    `${disturbed ? '* ' : ''}${measure(summary.cpuSecondsPerMillion)}`,
    `${measure(summary.cpuLeast)}–${measure(summary.cpuMost)}`,
    cpuRatio === null ? '–' : cpuRatio.toFixed(3),
    count(summary.requestsPerSecond),
    ...[summary.p50Ms, summary.p99Ms, summary.p999Ms].map(measure),
    count(summary.peakRssMiB),
    String(summary.protocol),
  ]
  const isOwn = allClients[client.split(',')[0]!]?.kind === 'cqlwire'
  return `<tr${isOwn ? ' class="own"' : ''}><td class="text">${html(`${client} ${version}`.trim())}</td>${figures.map((text) => `<td>${html(text)}</td>`).join('')}</tr>`
}

const table = (head: readonly string[], rows: readonly string[]): string =>
  `<div class="scroll"><table><thead><tr>${head.join('')}</tr></thead><tbody>${rows.join('\n')}</tbody></table></div>`

const legend = `<section class="soft"><h2>What the figures are</h2><p>CPU-s/M: CPU-seconds, user and system, of the client’s whole process per million requests, in the measured window; the
median of the rounds. CPU ratio: to npm <code>cassandra-driver</code>, within the same round. Latency: from sending a request to its result in the program’s hands. RSS: the largest resident set of the process. v: the
protocol version that was spoken. *: other work disturbed every run of it, so the figures are upper bounds. Only figures of one run compare.</p></section>`
