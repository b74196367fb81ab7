import { BlockingSession } from 'cqlwire/sync'
import type { Load } from '../measuring/load.js'
import type { Client, OpenClient } from './client.js'
import { chunkSize } from './chunk-size.js'
import { clusterOptions, installedVersion, parametersOf, readerOf } from './cqlwire-session.js'

/** Blocks the thread: `execute` where one request shall be in flight, `executeConcurrentWithArgs` by chunks otherwise. */
export const open: OpenClient = (target, cell): Promise<Client> => {
  const session = BlockingSession.connect(clusterOptions(target))
  const { cql } = cell.workload
  const parameters = parametersOf(cell.workload)
  const read = readerOf(cell.workload)
  const chunk = cell.inFlight === 1 ? 1 : chunkSize(cell)
  const single = (load: Load): void => {
    read(session.execute(cql, parameters(load.nextKey())))
  }
  const many = (load: Load): void => {
    const list = Array.from({ length: chunk }, () => parameters(load.nextKey()))
    for (const answer of session.executeConcurrentWithArgs(cql, list, { concurrency: cell.inFlight })) {
      if (!answer.success) throw answer.error
      read(answer.result)
    }
  }
  return Promise.resolve({
    version: installedVersion(),
    protocol: session.protocolVersion,
    byChunks: true,
    run(load): Promise<void> {
      while (!load.stopped) {
        if (chunk === 1) single(load)
        else many(load)
        load.chunkAnswered(chunk)
      }
      return Promise.resolve()
    },
    close(): Promise<void> {
      session[Symbol.dispose]()
      return Promise.resolve()
    },
  })
}
