/** What a run of the demo comes to: the JSON document, and what the table and the report are made from. */
import type { Difference } from './compare.js'
import type { Measurement } from './meter.js'

export interface PatternResult {
  readonly name: string
  readonly title: string
  readonly code: string
  readonly table: string
  readonly rows: number
  /** The pattern got a part of the rows only. */
  readonly sample: boolean
  readonly write: Measurement
  readonly read: Measurement
  readonly check: Check
}

/** What was read against what was written. */
export interface Check {
  readonly equalRows: number
  /** Rows that came back with another value in some field. */
  readonly differentRows: number
  readonly missingRows: number
  /** Rows that the table holds, counted by reading all of it page by page: more than were written would be as wrong as fewer. */
  readonly rowsInTable: number
  /** The first few. */
  readonly differences: readonly Difference[]
}

export interface DemoResult {
  readonly cqlwire: string
  readonly startedAt: string
  /** The whole run, with the start of Cassandra. */
  readonly seconds: number
  /** Every row read back equals the row written. */
  readonly ok: boolean
  readonly data: { readonly cities: number; readonly columns: number; readonly source: string }
  readonly settings: { readonly concurrency: number; readonly consistency: string; readonly quick: boolean }
  readonly server: ServerFacts
  readonly machine: { readonly node: string; readonly platform: string; readonly cpu: string; readonly cores: number }
  readonly patterns: readonly PatternResult[]
  /** The path of the HTML report. */
  readonly report: string
}

export interface ServerFacts {
  readonly cassandra: string
  readonly nodes: number
  readonly replicas: number
  readonly localDataCenter: string
  readonly contactPoints: readonly string[]
  readonly startedByDemo: boolean
  readonly protocol: number
}

export const isRight = (rows: number, check: Check): boolean => check.equalRows === rows && check.rowsInTable === rows
