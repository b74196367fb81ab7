/** One pattern: writes the rows into its table, reads each of them back, and compares every field. */
import type { Session } from 'cqlwire'
import type { City } from './cities.js'
import { Checker, type Row } from './checker.js'
import { runPhase, type PhaseContext } from './phase.js'
import type { PatternResult } from './results.js'
import { insertInto, rowOf, selectFrom, selectIds } from './schema.js'
import type { Pattern } from './work.js'

/** What every pattern of a run shares. */
export interface PatternContext extends PhaseContext {
  /** Sees the rows that a pattern read, part by part, before they are let go. */
  onRead?(rows: readonly (Row | undefined)[]): void
}

/** `total` is the number of cities of the run, of which `cities` may be a part. */
export async function runPattern(
  pattern: Pattern,
  table: string,
  cities: readonly City[],
  total: number,
  context: PatternContext,
): Promise<PatternResult> {
  const write = await runPhase(pattern, { title: `${pattern.title}: write`, cql: insertInto(table), parameters: rowOf }, cities, context)
  const checker = new Checker()
  const reading = {
    title: `${pattern.title}: read`,
    cql: selectFrom(table),
    parameters: (city: City) => [city.id],
    onPart(part: readonly City[], rows: readonly (Row | undefined)[]): void {
      checker.compare(part, rows)
      context.onRead?.(rows)
    },
  }
  const read = await runPhase(pattern, reading, cities, context)
  const rowsInTable = await countRows(context.session, table, context.signal)
  return {
    name: pattern.name,
    title: pattern.title,
    code: pattern.code,
    table,
    rows: cities.length,
    sample: cities.length < total,
    write,
    read,
    check: checker.result(rowsInTable),
  }
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
