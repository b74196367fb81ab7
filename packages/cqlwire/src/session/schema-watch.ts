/**
 * Which prepared statements may have other columns than the driver knows, on protocol 3 and 4.
 *
 * There, nothing in an answer without columns says which columns it was written with. So after a schema change was heard of, the
 * statements of that table ask for their columns with each answer, for as long as nodes may disagree about the schema.
 */
import type { SchemaChange } from '../protocol/schema-change.js'
import type { PreparedStatement } from './prepared-statement.js'

/** How long after a change answers bring their columns, in milliseconds: nodes agree within seconds. */
const SUSPECT_MS = 10_000

export class SchemaWatch {
  /** Grows with each change. A statement that was checked against it needs no second look. */
  epoch = 0
  /** When a change of a table, or of a whole keyspace (name alone), was heard of. */
  readonly #heard = new Map<string, number>()
  readonly #now: () => number

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** A change of the schema was heard of. Types are parts of tables that aren't named: they count for the whole keyspace. */
  hear(change: Pick<SchemaChange, 'target' | 'keyspace' | 'name'>): void {
    const now = this.#now()
    for (const [key, heard] of this.#heard) if (now - heard >= SUSPECT_MS) this.#heard.delete(key)
    this.#heard.set(change.target === 'TABLE' ? `${change.keyspace}.${change.name}` : change.keyspace, now)
    this.epoch++
  }

  /** Whether the statement must ask for its columns. */
  suspects(prepared: PreparedStatement): boolean {
    if (prepared.checkedEpoch === this.epoch) return false
    const now = this.#now()
    const isRecent = (heard: number | undefined): boolean => heard !== undefined && now - heard < SUSPECT_MS
    const keyspace = prepared.tableKeyspace ?? ''
    if (isRecent(this.#heard.get(keyspace)) || isRecent(this.#heard.get(`${keyspace}.${prepared.table}`))) return true
    prepared.checkedEpoch = this.epoch
    return false
  }
}
