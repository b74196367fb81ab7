/** What the npm `cassandra-driver` clients share. */
import { createRequire } from 'node:module'
import cassandra from 'cassandra-driver'
import { pageSize } from '../workloads/data.js'
import type { ValueForms, Workload } from '../workloads/workload.js'
import type { Target } from './client.js'

export async function connect({ host, port, localDataCenter, protocol, authority }: Target): Promise<cassandra.Client> {
  const client = new cassandra.Client({
    contactPoints: [host],
    protocolOptions: { port, ...(protocol === null ? {} : { maxVersion: protocol }) },
    localDataCenter,
    queryOptions: { fetchSize: pageSize },
    // its default of 2,048 would refuse the cells with more in flight
    pooling: { maxRequestsPerConnection: 4_096 },
    ...(authority === null ? {} : { sslOptions: { ca: [authority], host, rejectUnauthorized: true } }),
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

const vectors = new WeakMap<Float32Array, unknown>()

const forms: ValueForms = {
  bigint: (value) => cassandra.types.Long.fromNumber(value),
  // made once for each: a program that sends vectors has them in some form
  vector(values) {
    const known = vectors.get(values)
    if (known !== undefined) return known
    const made = new cassandra.types.Vector(values)
    vectors.set(values, made)
    return made
  },
  map: (entries) => Object.fromEntries(entries),
}

export const parametersOf =
  (workload: Workload): ((key: number) => unknown[]) =>
  (key) =>
    workload.parameters(key, forms)

let sum = 0

export function readerOf(workload: Workload): (result: cassandra.types.ResultSet) => void {
  if (workload.rows === 0) return () => undefined
  return ({ rows }) => {
    for (const row of rows) sum += workload.readRow(row)
    if (rows.length !== workload.rows || Number.isNaN(sum))
      throw new Error(`Wrong rows, or ${rows.length} where ${workload.rows} were asked for`)
  }
}
