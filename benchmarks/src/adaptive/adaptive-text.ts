/** What the runs of the adaptive mode say. */
import { median } from '../measuring/median.js'
import { count, measure } from '../results/numbers.js'
import type { AdaptiveReport, Level } from './adaptive-job.js'

/** The least share of the best fixed level's throughput that `'auto'` is held to. */
const must = 0.9

export interface AdaptiveRun {
  readonly server: string
  readonly level: Level
  readonly round: number
  readonly report: AdaptiveReport
}

export interface AdaptiveFigure {
  readonly level: Level
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly inFlight: number
  readonly refused: number
}

export interface AdaptiveSummary {
  readonly server: string
  readonly levels: readonly AdaptiveFigure[]
  /** The fixed level that carried most. */
  readonly best: Level
  /** Throughput of `'auto'` over that of the best. */
  readonly ratio: number
  /** The least level that carried nine tenths of what the best did. */
  readonly knee: Level
}

/** Medians of the rounds. */
export function summarizeAdaptive(server: string, runs: readonly AdaptiveRun[]): AdaptiveSummary {
  const own = runs.filter((run) => run.server === server)
  const figures = [...new Set(own.map(({ level }) => level))].map((level): AdaptiveFigure => {
    const reports = own.filter((run) => run.level === level).map(({ report }) => report)
    const middle = (value: (report: AdaptiveReport) => number): number => median(reports.map(value))
    return {
      level,
      requestsPerSecond: middle((report) => report.requestsPerSecond),
      p50Ms: middle((report) => report.p50Ms ?? Number.NaN),
      inFlight: middle((report) => report.inFlight),
      refused: middle((report) => report.refused),
    }
  })
  const auto = figures.find(({ level }) => level === 'auto')!
  const fixed = figures.filter(({ level }) => level !== 'auto')
  const best = fixed.reduce((most, each) => (each.requestsPerSecond > most.requestsPerSecond ? each : most))
  const knee = fixed.find(({ requestsPerSecond }) => requestsPerSecond >= must * best.requestsPerSecond)!
  return { server, levels: figures, best: best.level, ratio: auto.requestsPerSecond / best.requestsPerSecond, knee: knee.level }
}

export function adaptiveText({ server, levels, best, ratio, knee }: AdaptiveSummary, about: string): string {
  const head = ['in flight', 'requests/s', 'p50 ms', 'in flight, median', 'refused'].map((title) => title.padStart(18)).join('')
  const lines = levels.map(({ level, requestsPerSecond, p50Ms, inFlight, refused }) =>
    [String(level), count(requestsPerSecond), measure(p50Ms), count(inFlight), count(refused)].map((cell) => cell.padStart(18)).join(''),
  )
  const verdict = `'auto' to the best fixed number, ${best}: ${ratio.toFixed(2)} (≥ ${must}: ${ratio >= must ? 'met' : 'missed'}); the least that carries ${must} of it is ${knee}`
  return [`${server}: ${about}`, head, ...lines, verdict].join('\n')
}
