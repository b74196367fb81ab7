/** From single runs to what each client costs in each cell. */
import { median } from '../measuring/median.js'
import type { Run } from '../rounds.js'

/** Medians over the rounds. */
export interface ClientSummary {
  readonly client: string
  readonly version: string
  readonly protocol: number
  readonly runs: number
  /** There was no calm run: the figures are upper bounds. */
  readonly disturbed: boolean
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
  readonly p999Ms: number | null
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

/** Those that nobody disturbed, or all of them where there is none such. */
function calmRuns(runs: readonly Run[]): readonly Run[] {
  const done = runs.filter(({ report }) => report !== null)
  const calm = done.filter(({ disturbed }) => !disturbed)
  return calm.length > 0 ? calm : done
}

function summarizeClient(client: string, runs: readonly Run[], baseline: string): ClientSummary | null {
  const own = calmRuns(runs.filter((run) => run.client === client))
  const reports = own.flatMap(({ report }) => report ?? [])
  const [first] = reports
  if (first === undefined) return null
  const middle = (value: (report: (typeof reports)[number]) => number): number => median(reports.map(value))
  const costs = reports.map((report) => report.cpuSecondsPerMillion)
  return {
    client,
    version: first.version,
    protocol: first.protocol,
    runs: reports.length,
    disturbed: own.some(({ disturbed }) => disturbed),
    requests: middle(({ requests }) => requests),
    requestsPerSecond: middle(({ requestsPerSecond }) => requestsPerSecond),
    cpuSecondsPerMillion: median(costs),
    cpuLeast: Math.min(...costs),
    cpuMost: Math.max(...costs),
    cpuRatio: ratioOf(runs, { client }, { client: baseline }, ({ cpuSecondsPerMillion }) => cpuSecondsPerMillion),
    p50Ms: medianOrNull(reports.map((report) => report.p50Ms)),
    p99Ms: medianOrNull(reports.map((report) => report.p99Ms)),
    p999Ms: medianOrNull(reports.map((report) => report.p999Ms)),
    peakRssMiB: middle(({ peakRssMiB }) => peakRssMiB),
  }
}

/** Some of the runs. */
export interface Selection {
  readonly client: string
  /** Default: any. */
  readonly cell?: string
}

type Reported = NonNullable<Run['report']>

/** The median of the ratios within each round; null where no round has both. */
export function ratioOf(runs: readonly Run[], of: Selection, to: Selection, value: (report: Reported) => number): number | null {
  const chosen = ({ client, cell }: Selection): Map<number, number> => {
    const found = calmRuns(runs.filter((run) => run.client === client && (cell === undefined || run.cell === cell)))
    return new Map(found.map(({ round, report }) => [round, value(report!)]))
  }
  const base = chosen(to)
  const own = chosen(of)
  const ratios = [...own].flatMap(([round, amount]) => (base.has(round) ? [amount / base.get(round)!] : []))
  if (ratios.length > 0) return median(ratios)
  // calm runs of one, but never in the same round
  return own.size === 0 || base.size === 0 ? null : median([...own.values()]) / median([...base.values()])
}

function medianOrNull(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : median(known)
}
