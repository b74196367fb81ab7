/** What the npm `cassandra-driver` clients share. */
import { createRequire } from 'node:module'
import cassandra from 'cassandra-driver'
import { keys, nameOf, pageSize, tags, timeOf, valueOf, wideKeys, type Workload, type WorkloadName } from '../workloads.js'
import type { Target } from './client.js'

export async function connect({ host, port, localDataCenter, protocol }: Target): Promise<cassandra.Client> {
  const client = new cassandra.Client({
    contactPoints: [host],
    protocolOptions: { port, ...(protocol === null ? {} : { maxVersion: protocol }) },
    localDataCenter,
    queryOptions: { fetchSize: pageSize },
    // its default of 2,048 would refuse the cells with more in flight
    pooling: { maxRequestsPerConnection: 4_096 },
  })
  await client.connect()
  return client
}

export const installedVersion = (): string =>
  (createRequire(import.meta.url)('cassandra-driver/package.json') as { version: string }).version

/** It speaks v5 to DSE only; to others v4 is its newest. */
export function protocolOf(client: cassandra.Client): number {
  const control = (client as unknown as { controlConnection?: { protocolVersion?: number } }).controlConnection
  return control?.protocolVersion ?? 4
}

const { Long } = cassandra.types

const parameters: Readonly<Record<WorkloadName, (key: number) => unknown[]>> = {
  insert: (key) => [Long.fromNumber(key % keys), nameOf(key), valueOf(key), new Date(timeOf(key)), tags],
  select1: (key) => [Long.fromNumber(key % keys)],
  wide: (key) => [key % wideKeys],
}

export const parametersOf = (workload: Workload): ((key: number) => unknown[]) => parameters[workload.name]

let sum = 0

function readSingle({ rows }: cassandra.types.ResultSet): void {
  const [row] = rows
  if (rows.length !== 1 || row === undefined) throw new Error(`${rows.length} rows where one was asked for`)
  if (row['name'].length + row['tags'].length !== 23 || row['value'] === null || row['ts'] === null || row['id'] === null)
    throw new Error('A wrong row')
}

function readPage({ rows }: cassandra.types.ResultSet): void {
  for (const row of rows) {
    sum +=
      row['id'] + row['name'].length + row['value'] + Number(row['seq'] === null) + Number(row['ts'] === null) + Number(row['uid'] === null)
  }
  if (rows.length !== 5_000 || Number.isNaN(sum)) throw new Error(`${rows.length} rows where 5,000 were asked for`)
}

const readers: Readonly<Record<WorkloadName, (result: cassandra.types.ResultSet) => void>> = {
  insert: () => undefined,
  select1: readSingle,
  wide: readPage,
}

export const readerOf = (workload: Workload): ((result: cassandra.types.ResultSet) => void) => readers[workload.name]
