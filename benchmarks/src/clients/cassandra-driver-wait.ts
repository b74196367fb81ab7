import type { Client, OpenClient } from './client.js'
import { closedLoops } from './closed-loop.js'
import { connect, installedVersion, parametersOf, protocolOf, readerOf } from './cassandra-driver-client.js'

/** npm `cassandra-driver` as its manual shows it: `await client.execute(query, parameters, { prepare: true })`. */
export const open: OpenClient = async (target, cell): Promise<Client> => {
  const client = await connect(target)
  const { cql } = cell.workload
  const options = { prepare: true }
  const parameters = parametersOf(cell.workload)
  const read = readerOf(cell.workload)
  return {
    version: installedVersion(),
    protocol: protocolOf(client),
    byChunks: false,
    run: (load) => closedLoops(load, cell.inFlight, async (key) => read(await client.execute(cql, parameters(key), options))),
    close: () => client.shutdown(),
  }
}
