import { BlockingSession } from 'cqlwire/sync'
import type { Load } from '../measuring/load.js'
import type { Client, OpenClient } from './client.js'
import { clusterOptions, installedVersion, parametersOf, readerOf } from './cqlwire-session.js'

/** Answers between two looks at the clock. */
const chunk = 32

/** Blocks the thread: `execute` where one request shall be in flight, otherwise one `executeConcurrentWithArgs` over an endless supply of parameters. */
export const open: OpenClient = (target, cell): Promise<Client> => {
  const session = BlockingSession.connect(clusterOptions(target))
  const { cql } = cell.workload
  const parameters = parametersOf(cell.workload)
  const read = readerOf(cell.workload)
  const oneByOne = (load: Load): void => {
    while (!load.stopped) {
      read(session.execute(cql, parameters(load.nextKey())))
      load.chunkAnswered(1)
    }
  }
  const many = (load: Load): void => {
    const options = { concurrency: cell.inFlight, resultsGenerator: true } as const
    let answers = 0
    for (const answer of session.executeConcurrentWithArgs(cql, endless(load, parameters), options)) {
      if (!answer.success) throw answer.error
      read(answer.result)
      if (++answers % chunk === 0) load.chunkAnswered(chunk)
    }
  }
  return Promise.resolve({
    version: installedVersion(),
    protocol: session.protocolVersion,
    byChunks: true,
    run(load): Promise<void> {
      if (cell.inFlight === 1) oneByOne(load)
      else many(load)
      return Promise.resolve()
    },
    close(): Promise<void> {
      session.shutdown()
      return Promise.resolve()
    },
  })
}

function* endless(load: Load, parameters: (key: number) => unknown[]): Generator<unknown[]> {
  while (!load.stopped) yield parameters(load.nextKey())
}
