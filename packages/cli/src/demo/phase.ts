/** One phase of a pattern: the same statement for every city, measured. */
import type { PreparedStatement, Session } from 'cqlwire'
import type { BlockingSession } from 'cqlwire/sync'
import type { Row } from './checker.js'
import type { City } from './cities.js'
import { newHistogram } from './histogram.js'
import { Meter, type Measurement } from './meter.js'
import { count, measure } from './numbers.js'
import type { Progress } from './progress.js'
import type { Pattern, Work } from './work.js'

export interface PhaseContext {
  readonly session: Session
  readonly concurrency: number
  readonly signal: AbortSignal
  readonly progress: Progress
  blocking(): BlockingSession
}

export interface Phase {
  readonly title: string
  readonly cql: string
  parameters(city: City): unknown[]
  /** Sees the rows that were read for a part of the cities, in their order. Its own time is not measured. Absent where nothing is read. */
  onPart?(part: readonly City[], rows: readonly (Row | undefined)[]): void
}

/**
 * Rows are compared after each part, not while the requests run, so that comparing is in nobody's measurement; and a part is
 * small, so that keeping its rows costs the garbage collector no more than a program that uses them and lets them go.
 */
const citiesPerPart = 10_000

export async function runPhase(pattern: Pattern, phase: Phase, cities: readonly City[], context: PhaseContext): Promise<Measurement> {
  const statement = await context.session.prepare(phase.cql)
  const histogram = await newHistogram()
  context.progress.begin(phase.title, cities.length)
  const meter = new Meter(histogram, (requests) => context.progress.update(requests))
  for (let first = 0; first < cities.length; first += citiesPerPart) {
    const part = cities.slice(first, first + citiesPerPart)
    const rows: (Row | undefined)[] = []
    meter.resume()
    await pattern.run(workOf(context, phase, statement, part, rows, meter))
    meter.pause()
    phase.onPart?.(part, rows)
  }
  const measured = meter.stop()
  context.progress.end(
    `${count(measured.requestsPerSecond)} requests/s, ${measure(measured.cpuSecondsPerMillion)} CPU-seconds per million, in ${measure(measured.seconds)} s`,
  )
  return measured
}

function workOf(
  context: PhaseContext,
  phase: Phase,
  statement: PreparedStatement,
  part: readonly City[],
  rows: (Row | undefined)[],
  meter: Meter,
): Work {
  const reads = phase.onPart !== undefined
  return {
    session: context.session,
    statement,
    cql: phase.cql,
    requests: part.length,
    concurrency: context.concurrency,
    signal: context.signal,
    params: (index) => phase.parameters(part[index]!),
    done(index, result, sentAt) {
      if (reads) rows[index] = result.one() ?? undefined
      meter.answered(sentAt)
    },
    blocking: () => context.blocking(),
  }
}
