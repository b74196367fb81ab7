/** Puts the data of the workloads into a real server, once. */
import { Cluster, executeConcurrentWithArgs, Uuid, type Session } from 'cqlwire'
import { clusterOptions } from './clients/cqlwire-session.js'
import type { Target } from './clients/client.js'
import { keys, nameOf, schema, tags, timeOf, valueOf, wideKeys, workloads } from './workloads.js'

const concurrency = 64

export async function seed(target: Target, note: (line: string) => void): Promise<void> {
  await using cluster = new Cluster({ ...clusterOptions(target), metadata: { schema: false } })
  await using session = await cluster.connect()
  for (const statement of schema) await session.execute(statement)
  if (await isSeeded(session)) return
  note('loading the data ...')
  await insertAll(session, workloads.insert.cql, singleRows())
  await insertAll(session, 'INSERT INTO bench.wide (id, seq, name, value, ts, uid) VALUES (?, ?, ?, ?, ?, ?)', wideRows())
}

/** The last row is the last that was written. */
async function isSeeded(session: Session): Promise<boolean> {
  const found = await session.execute('SELECT seq FROM bench.wide WHERE id = ? AND seq = ?', [
    wideKeys - 1,
    BigInt(workloads.wide.rows - 1),
  ])
  return found.length === 1
}

async function insertAll(session: Session, cql: string, rows: Iterable<unknown[]>): Promise<void> {
  const prepared = await session.prepare(cql)
  await executeConcurrentWithArgs(session, prepared, rows, { concurrency, raiseOnFirstError: true })
}

function* singleRows(): Generator<unknown[]> {
  for (let key = 0; key < keys; key++) yield [BigInt(key), nameOf(key), valueOf(key), new Date(timeOf(key)), tags]
}

function* wideRows(): Generator<unknown[]> {
  for (let id = 0; id < wideKeys; id++) {
    for (let seq = 0; seq < workloads.wide.rows; seq++) {
      yield [id, BigInt(seq), nameOf(seq), valueOf(seq), new Date(timeOf(seq)), Uuid.random()]
    }
  }
}
