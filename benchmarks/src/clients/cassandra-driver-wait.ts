import type { Client, OpenClient } from './client.js'
import { connect, installedVersion, parametersOf, protocolOf, readerOf } from './cassandra-driver-client.js'
import { requestLoop } from './loops.js'

/** npm `cassandra-driver` as its manual shows it: `await client.execute(query, parameters, { prepare: true })`. */
export const open: OpenClient = async (target, cell): Promise<Client> => {
  const client = await connect(target)
  const { cql, batchOf } = cell.workload
  const options = { prepare: true, logged: false }
  const parameters = parametersOf(cell.workload)
  const read = readerOf(cell.workload)
  const single = async (key: number): Promise<void> => read(await client.execute(cql, parameters(key), options))
  const batch = async (key: number): Promise<void> => {
    const statements = Array.from({ length: batchOf }, (_, at) => ({ query: cql, params: parameters(key + at) }))
    read(await client.batch(statements, options))
  }
  return {
    version: installedVersion(),
    protocol: protocolOf(client),
    byChunks: false,
    run: (load) => requestLoop(load, cell, batchOf > 1 ? batch : single),
    close: () => client.shutdown(),
  }
}
