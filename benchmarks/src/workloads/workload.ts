/** A workload: one statement, prepared, executed again and again, with its parameters and the reading of its answers. */

/** How a driver wants the values that JavaScript has no type for. */
export interface ValueForms {
  bigint(value: number): unknown
  vector(values: Float32Array): unknown
  map(entries: ReadonlyMap<string, number>): unknown
}

/** A row as a driver hands it out: by the names of its columns. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- every driver has its own
export type AnyRow = Readonly<Record<string, any>>

export interface Workload {
  readonly name: string
  readonly cql: string
  /** What one request is, in words. */
  readonly description: string
  /** Rows in each answer, so that a client that loses some doesn't win. */
  readonly rows: number
  /** So many requests run through a client's code until it is compiled. A window with fewer than that measures the compiler too. */
  readonly warmRequests: number
  /** More than 1: each request is an unlogged batch of so many of the statement. */
  readonly batchOf: number
  parameters(key: number, forms: ValueForms): unknown[]
  /** Looks at every column of a row; something to add up, so that nothing can be left out. NaN or an error where the row is wrong. */
  readRow(row: AnyRow): number
}

/** A table that workloads write and read. */
export interface Table {
  /** Without the keyspace, which is `bench`. */
  readonly name: string
  /** Types of CQL by column. */
  readonly columns: Readonly<Record<string, string>>
  /** The partition key, and after it the clustering columns. */
  readonly partitionKey: string
  readonly clusteringKey: string | null
  /** The columns in the order in which `SELECT *` returns them are: keys, then by name. */
  rows(): Iterable<Readonly<Record<string, unknown>>>
}

export const one = (present: boolean): number => (present ? 1 : Number.NaN)
