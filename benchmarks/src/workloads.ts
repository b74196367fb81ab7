/** What is measured: three statements, their parameters, and the data they run on. */

export type WorkloadName = 'insert' | 'select1' | 'wide'

/** One statement, prepared, executed again and again. */
export interface Workload {
  readonly name: WorkloadName
  readonly cql: string
  /** What one request is, in words. */
  readonly description: string
  /** Rows in each answer, so that a client that loses some doesn't win. */
  readonly rows: number
  /** So many requests run through a client's code until it is compiled. A window with fewer than that measures the compiler too. */
  readonly warmRequests: number
}

export const workloads: Readonly<Record<WorkloadName, Workload>> = {
  insert: {
    name: 'insert',
    cql: 'INSERT INTO bench.t (id, name, value, ts, tags) VALUES (?, ?, ?, ?, ?)',
    description: 'a prepared insert of 5 columns',
    rows: 0,
    warmRequests: 10_000,
  },
  select1: {
    name: 'select1',
    cql: 'SELECT * FROM bench.t WHERE id = ?',
    description: 'a prepared select of one row of 5 columns',
    rows: 1,
    warmRequests: 10_000,
  },
  wide: {
    name: 'wide',
    cql: 'SELECT * FROM bench.wide WHERE id = ?',
    description: 'a page of 5,000 rows of 6 columns',
    rows: 5_000,
    warmRequests: 50,
  },
}

/** Rows of bench.t, and partitions of bench.wide. */
export const keys = 10_000
export const wideKeys = 4

/** More than a page of `wide` holds, so that each of its requests is one page. */
export const pageSize = 10_000

export const tags: readonly string[] = ['alpha', 'beta', 'gamma']

// Made beforehand, and copied so that they are flat: putting strings together is not a driver's work.
const names = Array.from({ length: keys }, (_, key) => Buffer.from(`benchmark row ${String(key).padStart(6, '0')}`).toString('latin1'))

/** 20 characters. */
export const nameOf = (key: number): string => names[key % keys]!

export const valueOf = (key: number): number => key * 0.5

/** Milliseconds since 1970. */
export const timeOf = (key: number): number => 1_700_000_000_000 + key

export const schema: readonly string[] = [
  "CREATE KEYSPACE IF NOT EXISTS bench WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
  'CREATE TABLE IF NOT EXISTS bench.t (id bigint PRIMARY KEY, name text, value double, ts timestamp, tags list<text>)',
  'CREATE TABLE IF NOT EXISTS bench.wide (id int, seq bigint, name text, value double, ts timestamp, uid uuid, PRIMARY KEY (id, seq))',
  'CREATE TABLE IF NOT EXISTS bench.stream (id bigint PRIMARY KEY, name text, value double, ts timestamp, tags list<text>)',
]
