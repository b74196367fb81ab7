/** From single runs to what each client costs in each cell. */
import { median } from '../measuring/percentile.js'
import type { Run } from '../rounds.js'

/** Medians over the rounds. */
export interface ClientSummary {
  readonly client: string
  readonly version: string
  readonly protocol: number
  readonly runs: number
  /** In the measured window. */
  readonly requests: number
  readonly requestsPerSecond: number
  readonly cpuSecondsPerMillion: number
  readonly cpuLeast: number
  readonly cpuMost: number
  /** This client's CPU time per request over the baseline's, compared within each round, as the machine's speed drifts between rounds. */
  readonly cpuRatio: number | null
  readonly p50Ms: number | null
  readonly p99Ms: number | null
  readonly peakRssMiB: number
}

export interface CellSummary {
  readonly cell: string
  /** The cheapest first. */
  readonly clients: readonly ClientSummary[]
  readonly failures: readonly { readonly client: string; readonly error: string }[]
}

export function summarize(runs: readonly Run[], baseline: string): CellSummary[] {
  const cells = [...new Set(runs.map(({ cell }) => cell))]
  return cells.map((cell) =>
    summarizeCell(
      cell,
      runs.filter((run) => run.cell === cell),
      baseline,
    ),
  )
}

function summarizeCell(cell: string, runs: readonly Run[], baseline: string): CellSummary {
  const names = [...new Set(runs.map(({ client }) => client))]
  const clients = names.map((name) => summarizeClient(name, runs, baseline)).filter((summary) => summary !== null)
  const failures = names.flatMap((client) => {
    const failed = runs.find((run) => run.client === client && run.error !== null)
    return failed === undefined ? [] : [{ client, error: failed.error! }]
  })
  return { cell, clients: clients.sort((left, right) => left.cpuSecondsPerMillion - right.cpuSecondsPerMillion), failures }
}

function summarizeClient(client: string, runs: readonly Run[], baseline: string): ClientSummary | null {
  const reports = runs.filter((run) => run.client === client).flatMap(({ report }) => report ?? [])
  const [first] = reports
  if (first === undefined) return null
  const costs = reports.map((report) => report.cpuSecondsPerMillion)
  return {
    client,
    version: first.version,
    protocol: first.protocol,
    runs: reports.length,
    requests: median(reports.map((report) => report.requests)),
    requestsPerSecond: median(reports.map((report) => report.requestsPerSecond)),
    cpuSecondsPerMillion: median(costs),
    cpuLeast: Math.min(...costs),
    cpuMost: Math.max(...costs),
    cpuRatio: ratioTo(client, baseline, runs),
    p50Ms: medianOrNull(reports.map((report) => report.p50Ms)),
    p99Ms: medianOrNull(reports.map((report) => report.p99Ms)),
    peakRssMiB: median(reports.map((report) => report.peakRssMiB)),
  }
}

function ratioTo(client: string, baseline: string, runs: readonly Run[]): number | null {
  const costs = (name: string): Map<number, number> =>
    new Map(runs.flatMap(({ client, round, report }) => (client === name && report !== null ? [[round, report.cpuSecondsPerMillion]] : [])))
  const base = costs(baseline)
  const ratios = [...costs(client)].flatMap(([round, cost]) => {
    const other = base.get(round)
    return other === undefined ? [] : [cost / other]
  })
  return ratios.length === 0 ? null : median(ratios)
}

function medianOrNull(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : median(known)
}
