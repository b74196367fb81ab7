/** One pattern: writes the rows into its table, reads each of them back, and compares every field. */
import type { PreparedStatement, ResultSet, Session } from 'cqlwire'
import type { BlockingSession } from 'cqlwire/sync'
import type { City } from './cities.js'
import { differences, type Difference } from './compare.js'
import { newHistogram } from './histogram.js'
import { Meter, type Measurement } from './meter.js'
import { count, measure } from './numbers.js'
import type { Progress } from './progress.js'
import type { Check, PatternResult } from './results.js'
import { insertInto, rowOf, selectFrom, selectIds } from './schema.js'
import type { Pattern, Work } from './work.js'

/** What every pattern of a run shares. */
export interface PatternContext {
  readonly session: Session
  readonly concurrency: number
  readonly signal: AbortSignal
  readonly progress: Progress
  blocking(): BlockingSession
  /** Sees the rows that a pattern read, before they are let go. */
  onRead?(rows: readonly (Row | undefined)[]): void
}

export type Row = Readonly<Record<string, unknown>>

/** Differences that are kept to be shown; all are counted. */
const shownDifferences = 20

/** `total` is the number of cities of the run, of which `cities` may be a part. */
export async function runPattern(
  pattern: Pattern,
  table: string,
  cities: readonly City[],
  total: number,
  context: PatternContext,
): Promise<PatternResult> {
  const rows: (Row | undefined)[] = new Array<Row | undefined>(cities.length).fill(undefined)
  const write = await phase(`${pattern.title}: write`, pattern, insertInto(table), cities, context, rowOf, null)
  const read = await phase(`${pattern.title}: read`, pattern, selectFrom(table), cities, context, (city) => [city.id], rows)
  context.onRead?.(rows)
  return {
    name: pattern.name,
    title: pattern.title,
    code: pattern.code,
    table,
    rows: cities.length,
    sample: cities.length < total,
    write,
    read,
    check: { ...compareAll(cities, rows), rowsInTable: await countRows(context.session, table, context.signal) },
  }
}

async function phase(
  title: string,
  pattern: Pattern,
  cql: string,
  cities: readonly City[],
  context: PatternContext,
  params: (city: City) => unknown[],
  rows: (Row | undefined)[] | null,
): Promise<Measurement> {
  const statement = await context.session.prepare(cql)
  context.progress.begin(title, cities.length)
  const meter = new Meter(await newHistogram(), (requests) => context.progress.update(requests))
  await pattern.run(workOf(context, statement, cql, cities, params, rows, meter))
  const measured = meter.stop()
  context.progress.end(
    `${count(measured.requestsPerSecond)} requests/s, ${measure(measured.cpuSecondsPerMillion)} CPU-seconds per million, in ${measure(measured.seconds)} s`,
  )
  return measured
}

/** Rows are kept as they come and compared after the phase, so that comparing is in nobody's measurement. */
function workOf(
  context: PatternContext,
  statement: PreparedStatement,
  cql: string,
  cities: readonly City[],
  params: (city: City) => unknown[],
  rows: (Row | undefined)[] | null,
  meter: Meter,
): Work {
  const keep = (index: number, result: ResultSet): void => {
    if (rows !== null) rows[index] = result.one() ?? undefined
  }
  return {
    session: context.session,
    statement,
    cql,
    requests: cities.length,
    concurrency: context.concurrency,
    signal: context.signal,
    params: (index) => params(cities[index]!),
    done(index, result, sentAt) {
      keep(index, result)
      meter.answered(sentAt)
    },
    doneTogether(first, results) {
      for (const [offset, result] of results.entries()) keep(first + offset, result)
      meter.answeredTogether(results.length)
    },
    blocking: () => context.blocking(),
  }
}

/** Compares each city with the row of the same index. */
export function compareAll(cities: readonly City[], rows: readonly (Row | undefined)[]): Omit<Check, 'rowsInTable'> {
  const shown: Difference[] = []
  let equalRows = 0
  let missingRows = 0
  for (const [index, city] of cities.entries()) {
    const found = differences(city, rows[index])
    if (found.length === 0) equalRows++
    else if (rows[index] === undefined) missingRows++
    if (shown.length < shownDifferences) shown.push(...found)
  }
  return { equalRows, missingRows, differentRows: cities.length - equalRows - missingRows, differences: shown.slice(0, shownDifferences) }
}

/** Reads the whole table, page by page. */
async function countRows(session: Session, table: string, signal: AbortSignal): Promise<number> {
  let rows = 0
  for await (const _row of session.iterate(selectIds(table))) {
    rows++
    if (rows % 1_000 === 0) signal.throwIfAborted()
  }
  return rows
}
