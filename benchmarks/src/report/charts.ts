/** The charts of a result. */
import { parseCell } from '../cells.js'
import { allClients } from '../clients/all-clients.js'
import { cellsOf, type Comparison } from '../results/comparison.js'
import { measure } from '../results/numbers.js'
import type { CellSummary, ClientSummary } from '../results/summary.js'
import type { Bar, BarChart } from './bar-chart.js'
import type { Group } from '../plan.js'

const kindOf = (client: string): Bar['kind'] => {
  const kind = allClients[client.split(',')[0]!]?.kind
  return kind === 'cqlwire' ? 'own' : (kind ?? 'peer')
}

const cpuUnit = 'CPU-seconds of the client per million requests; less is better'

/** What each client costs in a cell. */
export const costChart = ({ cell, clients }: CellSummary): BarChart => ({
  title: cell,
  about: parseCell(cell).workload.description,
  unit: cpuUnit,
  bars: clients.map((summary) => bar(summary, summary.client, summary.cpuSecondsPerMillion)),
})

function bar({ client, disturbed }: ClientSummary, label: string, value: number): Bar {
  return { label, value, text: `${measure(value)}${disturbed ? ' *' : ''}`, kind: kindOf(client) }
}

/** The share of npm `cassandra-driver`'s CPU time that a client takes, over all cells of a group. */
export function ratioChart(result: Comparison, group: Group, client: string): BarChart {
  const bars = cellsOf(result, group).flatMap(({ cell, clients }): Bar[] => {
    const ratio = clients.find((each) => each.client === client)?.cpuRatio ?? null
    return ratio === null ? [] : [{ label: cell, value: ratio * 100, text: `${measure(ratio * 100)} %`, kind: 'own' }]
  })
  return {
    title: group.title,
    about: `CPU time of ${client} per request, npm ${result.baseline}’s = 100 %`,
    unit: 'per cent; less is better',
    bars,
  }
}

/** Latency in an open loop. */
export function latencyChart({ cell, clients }: CellSummary): BarChart {
  const percentiles = [
    ['p50', (summary: ClientSummary) => summary.p50Ms],
    ['p99', (summary: ClientSummary) => summary.p99Ms],
    ['p99.9', (summary: ClientSummary) => summary.p999Ms],
  ] as const
  const bars = percentiles.flatMap(([name, value]) =>
    clients.flatMap((summary): Bar[] => {
      const ms = value(summary)
      const kind = kindOf(summary.client)
      return ms === null ? [] : [{ label: `${name}  ${summary.client}`, value: Math.max(ms, 0.001), text: `${measure(ms)} ms`, kind }]
    }),
  )
  return { title: cell, about: 'latency, counted from when each request was due', unit: 'milliseconds; less is better', bars }
}

/** The largest resident sets. */
export const memoryChart = ({ cell, clients }: CellSummary): BarChart => ({
  title: cell,
  about: 'the largest resident set of the client’s process',
  unit: 'MiB; less is better',
  bars: clients
    .map(({ client, peakRssMiB }): Bar => ({ label: client, value: peakRssMiB, text: measure(peakRssMiB), kind: kindOf(client) }))
    .sort((left, right) => left.value - right.value),
})
