/** The demo's keyspace and tables: one table for each pattern, so that what a pattern reads can only come from what it wrote. */
import type { Session } from 'cqlwire'
import type { City } from './cities.js'

export const keyspace = 'cqlwire_demo'

/** The columns of every table, in the order of the INSERT and of the SELECT. The names are those of {@link City}'s fields. */
export const columns = [
  ['id', 'int PRIMARY KEY'],
  ['name', 'text'],
  ['country', 'text'],
  ['feature', 'text'],
  ['capital', 'boolean'],
  ['location', 'frozen<coordinates>'],
  ['population', 'bigint'],
  ['codes', 'frozen<map<text, text>>'],
  ['words', 'frozen<set<text>>'],
  ['uid', 'uuid'],
  ['loaded_at', 'timestamp'],
] as const satisfies readonly (readonly [keyof City, string])[]

const names = columns.map(([name]) => name).join(', ')
const markers = columns.map(() => '?').join(', ')

export const insertInto = (table: string): string => `INSERT INTO ${keyspace}.${table} (${names}) VALUES (${markers})`

export const selectFrom = (table: string): string => `SELECT ${names} FROM ${keyspace}.${table} WHERE id = ?`

export const selectIds = (table: string): string => `SELECT id FROM ${keyspace}.${table}`

/** The values of one INSERT. */
export function rowOf(city: City): unknown[] {
  return columns.map(([name]) => city[name])
}

/** Makes the keyspace anew, with the type and one empty table for each name. `replicas` is the number of copies of each row in `dataCenter`. */
export async function createSchema(session: Session, dataCenter: string, replicas: number, tables: readonly string[]): Promise<void> {
  await dropSchema(session)
  const replication = `{'class': 'NetworkTopologyStrategy', '${dataCenter.replaceAll("'", "''")}': ${replicas}}`
  await session.execute(`CREATE KEYSPACE ${keyspace} WITH replication = ${replication}`)
  await session.execute(`CREATE TYPE ${keyspace}.coordinates (latitude double, longitude double)`)
  const definitions = columns.map((column) => column.join(' ')).join(', ')
  for (const table of tables) await session.execute(`CREATE TABLE ${keyspace}.${table} (${definitions})`)
}

export async function dropSchema(session: Session): Promise<void> {
  await session.execute(`DROP KEYSPACE IF EXISTS ${keyspace}`)
}
