/** What the cqlwire clients share: the session, the parameters of a key, the reading of an answer. */
import { readFileSync } from 'node:fs'
import { Cluster, type DefaultRow, type PreparedStatement, type Session } from 'cqlwire'
import type { BlockingOptions } from 'cqlwire/sync'
import type { Cell } from '../cells.js'
import { pageSize } from '../workloads/data.js'
import type { ValueForms, Workload } from '../workloads/workload.js'
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
export function clusterOptions({ host, port, localDataCenter, protocol, lz4, authority }: Target): BlockingOptions {
  return {
    contactPoints: [host],
    port,
    localDataCenter,
    executionProfiles: { default: { pageSize } },
    ...(protocol === null ? {} : { protocolVersion: protocol }),
    ...(lz4 ? { compression: 'lz4' } : {}),
    ...(authority === null ? {} : { tls: { ca: authority } }),
  }
}

export function installedVersion(): string {
  const file = new URL(import.meta.resolve('cqlwire/package.json'))
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}

const forms: ValueForms = { bigint: BigInt, vector: (values) => values, map: (entries) => entries }

export const parametersOf =
  (workload: Workload): ((key: number) => unknown[]) =>
  (key) =>
    workload.parameters(key, forms)

let sum = 0

/** Rows that can be consumed: all results but those of a blocking session. */
interface Rows extends Iterable<DefaultRow> {
  consume?(): Iterable<DefaultRow>
}

/** Reads every column of every row. Pages are consumed, as the performance notes say. */
export function readerOf({ rows, readRow }: Workload): (result: Rows) => void {
  if (rows === 0) return () => undefined
  return (result) => {
    let found = 0
    for (const row of rows > 1 && result.consume !== undefined ? result.consume() : result) {
      sum += readRow(row)
      found++
    }
    if (found !== rows || Number.isNaN(sum)) throw new Error(`Wrong rows, or ${found} where ${rows} were asked for`)
  }
}
