/**
 * Which prepared statements may have other columns than the driver knows, on protocol 3 and 4.
 *
 * There, nothing in an answer without columns says which columns it was written with. So after a schema change was heard of, the
 * statements of that table ask for their columns with each answer, until one has brought them at a time when nodes agree about the schema.
 */
import type { SchemaChange } from '../protocol/schema-change.js'
import type { PreparedStatement } from './prepared-statement.js'

/** How long after a change a node may still answer with the columns of before, in milliseconds: nodes agree within seconds. */
const DISAGREEMENT_MS = 10_000
/** Where more places than these have changed, they count as one. */
const MOST_PLACES = 1_000

export class SchemaWatch {
  /** Grows with each change. A statement that was checked against it needs no second look. */
  epoch = 0
  /** When a change of a table (`keyspace.table`), or of a whole keyspace (name alone), was last heard of. */
  readonly #heard = new Map<string, number>()
  #heardOfAll = -Infinity
  /** No node tells of changes: the control connection is lost. */
  #isDeaf = false
  readonly #now: () => number

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** A change of the schema was heard of. Types are parts of tables that aren't named: they count for the whole keyspace. */
  hear(change: Pick<SchemaChange, 'target' | 'keyspace' | 'name'>): void {
    const now = this.#now()
    if (this.#heard.size >= MOST_PLACES) {
      this.#heard.clear()
      this.#heardOfAll = now
    }
    this.#heard.set(change.target === 'TABLE' ? `${change.keyspace}.${change.name}` : change.keyspace, now)
    this.epoch++
  }

  /** The control connection is lost: whatever changes from now on isn't told. */
  goDeaf(): void {
    this.#isDeaf = true
    this.epoch++
  }

  /** The control connection stands again: anything may have changed meanwhile. */
  hearAgain(): void {
    this.#isDeaf = false
    this.#heardOfAll = this.#now()
    this.epoch++
  }

  /** Whether the statement must ask for its columns. */
  suspects(prepared: PreparedStatement): boolean {
    if (prepared.checkedEpoch === this.epoch) return false
    if (this.#isDeaf) return true
    if (prepared.columnsAt < this.#lastHeardOf(prepared) + DISAGREEMENT_MS) return true
    prepared.checkedEpoch = this.epoch
    return false
  }

  /** An answer brought the columns of the statement. */
  columnsCame(prepared: PreparedStatement): void {
    prepared.columnsAt = this.#now()
  }

  /** -Infinity where there was no change. */
  #lastHeardOf(prepared: PreparedStatement): number {
    const keyspace = prepared.tableKeyspace ?? ''
    return Math.max(this.#heardOfAll, this.#heard.get(keyspace) ?? -Infinity, this.#heard.get(`${keyspace}.${prepared.table}`) ?? -Infinity)
  }
}
