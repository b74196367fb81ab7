/** The ledger in a real Cassandra, through the driver's public face. */
import type { PreparedStatement, Session } from 'cqlwire'
import type { CasState } from './cas-row.js'
import type { LedgerStore } from './store.js'

const TABLES = [
  'CREATE TABLE entry (id int PRIMARY KEY, value text)',
  'CREATE TABLE cas_rows (id int PRIMARY KEY, n int, attempt text)',
  'CREATE TABLE counters (id int PRIMARY KEY, n counter)',
]

const STATEMENTS = {
  write: 'INSERT INTO entry (id, value) VALUES (?, ?)',
  read: 'SELECT value FROM entry WHERE id = ?',
  createCas: 'INSERT INTO cas_rows (id, n, attempt) VALUES (?, ?, ?) IF NOT EXISTS',
  cas: 'UPDATE cas_rows SET n = ?, attempt = ? WHERE id = ? IF n = ? AND attempt = ?',
  readCas: 'SELECT n, attempt FROM cas_rows WHERE id = ?',
  increment: 'UPDATE counters SET n = n + 1 WHERE id = ?',
  readCounter: 'SELECT n FROM counters WHERE id = ?',
}

/** Changes of the schema take their time on three nodes that share a machine. */
const PATIENT = { timeoutMs: 30_000 }

type Prepared = Readonly<Record<keyof typeof STATEMENTS, PreparedStatement>>

export class CassandraStore implements LedgerStore {
  readonly #session: Session
  readonly #prepared: Prepared

  private constructor(session: Session, prepared: Prepared) {
    this.#session = session
    this.#prepared = prepared
  }

  /** Makes the keyspace, with three replicas, and its tables, and prepares what is asked of them. */
  static async create(session: Session, keyspace: string): Promise<CassandraStore> {
    const replication = "{'class': 'NetworkTopologyStrategy', 'replication_factor': 3}"
    await session.execute(`CREATE KEYSPACE ${keyspace} WITH replication = ${replication}`, [], PATIENT)
    await session.setKeyspace(keyspace)
    for (const table of TABLES) await session.execute(table, [], PATIENT)
    const names = Object.keys(STATEMENTS) as (keyof typeof STATEMENTS)[]
    const prepared = await Promise.all(names.map(async (name) => [name, await session.prepare(STATEMENTS[name])] as const))
    return new CassandraStore(session, Object.fromEntries(prepared) as Prepared)
  }

  async writeEntry(id: number, value: string): Promise<void> {
    await this.#session.execute(this.#prepared.write, [id, value], { consistency: 'QUORUM', idempotent: true })
  }

  async readEntry(id: number, consistency: 'LOCAL_ONE' | 'QUORUM'): Promise<string | null> {
    const result = await this.#session.execute<{ value: string }>(this.#prepared.read, [id], { consistency, idempotent: true })
    return result.one()?.value ?? null
  }

  async createCas(row: number, { n, by }: CasState): Promise<void> {
    await this.#session.execute(this.#prepared.createCas, [row, n, by], { consistency: 'QUORUM' })
  }

  async compareAndSet(row: number, expected: CasState, next: CasState): Promise<boolean> {
    const params = [next.n, next.by, row, expected.n, expected.by]
    const result = await this.#session.execute(this.#prepared.cas, params, { consistency: 'QUORUM' })
    return result.wasApplied
  }

  async readCas(row: number): Promise<CasState | null> {
    const options = { consistency: 'SERIAL', idempotent: true } as const
    const found = (await this.#session.execute<{ n: number; attempt: string }>(this.#prepared.readCas, [row], options)).one()
    return found === null ? null : { n: found.n, by: found.attempt }
  }

  async increment(row: number): Promise<void> {
    await this.#session.execute(this.#prepared.increment, [row], { consistency: 'QUORUM' })
  }

  async readCounter(row: number): Promise<number> {
    const result = await this.#session.execute<{ n: bigint }>(this.#prepared.readCounter, [row], {
      consistency: 'QUORUM',
      idempotent: true,
    })
    return Number(result.one()?.n ?? 0n)
  }
}
