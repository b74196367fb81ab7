import cassandra from 'cassandra-driver'
import { chunkSize } from './chunk-size.js'
import type { Client, OpenClient } from './client.js'
import { connect, installedVersion, parametersOf, protocolOf, readerOf } from './cassandra-driver-client.js'

/** Its `executeConcurrent` over lists of parameters. */
export const open: OpenClient = async (target, cell): Promise<Client> => {
  const client = await connect(target)
  const { cql } = cell.workload
  const parameters = parametersOf(cell.workload)
  const read = readerOf(cell.workload)
  const chunk = chunkSize(cell)
  const options = { concurrencyLevel: cell.inFlight, collectResults: true }
  return {
    version: installedVersion(),
    protocol: protocolOf(client),
    byChunks: true,
    async run(load): Promise<void> {
      while (!load.stopped) {
        const list = Array.from({ length: chunk }, () => parameters(load.nextKey()))
        const { resultItems } = await cassandra.concurrent.executeConcurrent(client, cql, list, options)
        for (const item of resultItems) {
          if (item instanceof Error) throw item
          read(item)
        }
        load.chunkAnswered(chunk)
      }
    },
    close: () => client.shutdown(),
  }
}
