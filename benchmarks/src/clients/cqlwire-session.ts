/** What the cqlwire clients share: the session, the parameters of a key, the reading of an answer. */
import { readFileSync } from 'node:fs'
import { Cluster, type DefaultRow, type PreparedStatement, type Session } from 'cqlwire'
import type { BlockingOptions } from 'cqlwire/sync'
import type { Cell } from '../cells.js'
import { keys, nameOf, pageSize, tags, timeOf, valueOf, wideKeys, type Workload, type WorkloadName } from '../workloads.js'
import type { Target } from './client.js'

export interface Connected {
  readonly session: Session
  readonly prepared: PreparedStatement
  readonly version: string
  readonly protocol: number
  close(): Promise<void>
}

export async function connect(target: Target, cell: Cell): Promise<Connected> {
  const cluster = new Cluster(clusterOptions(target))
  const session = await cluster.connect()
  return {
    session,
    prepared: await session.prepare(cell.workload.cql),
    version: installedVersion(),
    protocol: cluster.protocolVersion,
    close: () => cluster.shutdown(),
  }
}

/** Plain values, so that a blocking session takes them too. */
export function clusterOptions({ host, port, localDataCenter, protocol }: Target): BlockingOptions {
  return {
    contactPoints: [host],
    port,
    localDataCenter,
    executionProfiles: { default: { pageSize } },
    ...(protocol === null ? {} : { protocolVersion: protocol }),
  }
}

export function installedVersion(): string {
  const file = new URL(import.meta.resolve('cqlwire/package.json'))
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}

const parameters: Readonly<Record<WorkloadName, (key: number) => unknown[]>> = {
  insert: (key) => [BigInt(key % keys), nameOf(key), valueOf(key), new Date(timeOf(key)), tags],
  select1: (key) => [BigInt(key % keys)],
  wide: (key) => [key % wideKeys],
}

export const parametersOf = (workload: Workload): ((key: number) => unknown[]) => parameters[workload.name]

let sum = 0

/** Reads every column of every row. */
function readSingle(result: Iterable<DefaultRow>): void {
  let rows = 0
  for (const row of result) {
    if (row['name'].length + row['tags'].length !== 23 || row['value'] === null || row['ts'] === null || row['id'] === null)
      throw new Error('A wrong row')
    rows++
  }
  if (rows !== 1) throw new Error(`${rows} rows where one was asked for`)
}

function readPage(result: Iterable<DefaultRow>): void {
  let rows = 0
  for (const row of result) {
    sum +=
      row['id'] + row['name'].length + row['value'] + Number(row['seq'] === null) + Number(row['ts'] === null) + Number(row['uid'] === null)
    rows++
  }
  if (rows !== 5_000 || Number.isNaN(sum)) throw new Error(`${rows} rows where 5,000 were asked for`)
}

const readers: Readonly<Record<WorkloadName, (result: Iterable<DefaultRow>) => void>> = {
  insert: () => undefined,
  select1: readSingle,
  wide: readPage,
}

export const readerOf = (workload: Workload): ((result: Iterable<DefaultRow>) => void) => readers[workload.name]
