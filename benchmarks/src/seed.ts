/** Puts the data of the workloads into a real server, once. */
import { Cluster, executeConcurrentWithArgs, type Session } from 'cqlwire'
import { clusterOptions } from './clients/cqlwire-session.js'
import type { Target } from './clients/client.js'
import { keyspace, schema, tables } from './workloads/tables.js'
import type { Table } from './workloads/workload.js'

const concurrency = 64

export async function seed(target: Target, note: (line: string) => void): Promise<void> {
  await using cluster = new Cluster(clusterOptions(target))
  await using session = await cluster.connect()
  for (const statement of schema) await session.execute(statement)
  if (await isSeeded(session)) return
  note('loading the data ...')
  for (const table of tables) await insertAll(session, table)
}

/** The last table is the last that was written. */
async function isSeeded(session: Session): Promise<boolean> {
  const found = await session.execute(`SELECT id FROM ${keyspace}.${tables.at(-1)!.name}`)
  return found.length > 0
}

async function insertAll(session: Session, { name, columns, rows }: Table): Promise<void> {
  const names = Object.keys(columns)
  const markers = names.map(() => '?').join(', ')
  const prepared = await session.prepare(`INSERT INTO ${keyspace}.${name} (${names.join(', ')}) VALUES (${markers})`)
  await executeConcurrentWithArgs(session, prepared, parametersOf(rows(), names), { concurrency, raiseOnFirstError: true })
}

function* parametersOf(rows: ReturnType<Table['rows']>, names: readonly string[]): Generator<unknown[]> {
  for (const row of rows) yield names.map((name) => row[name])
}
