/** What the ledger is kept in. The real one is Cassandra through the driver; tests have one that forgets. */
import type { CasState } from './cas-row.js'

/** All reject with the driver's errors. */
export interface LedgerStore {
  /** At QUORUM; may be repeated. */
  writeEntry(id: number, value: string): Promise<void>
  /** The value, or null where there is no such entry. */
  readEntry(id: number, consistency: 'LOCAL_ONE' | 'QUORUM'): Promise<string | null>
  /** Puts the row of a counter by compare-and-set there, where it isn't. */
  createCas(row: number, state: CasState): Promise<void>
  /** Resolves to whether it was carried out. */
  compareAndSet(row: number, expected: CasState, next: CasState): Promise<boolean>
  /** A serial read: what is under way is ended first. Null where there is no such row. */
  readCas(row: number): Promise<CasState | null>
  /** Adds one to a counter at QUORUM; must not be repeated. */
  increment(row: number): Promise<void>
  /** At QUORUM. */
  readCounter(row: number): Promise<number>
}
