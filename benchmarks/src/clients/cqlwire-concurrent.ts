import { executeConcurrentWithArgs } from 'cqlwire'
import type { Cell } from '../cells.js'
import type { Load } from '../measuring/load.js'
import type { Client, OpenClient, Target } from './client.js'
import { connect, parametersOf, readerOf } from './cqlwire-session.js'

/** One call of `executeConcurrentWithArgs` over an endless supply of parameters, its results in order as they come. */
export const open: OpenClient = (target, cell) => concurrently(target, cell, cell.inFlight)

/** The driver finds out by itself how many to keep in flight. */
export const openAuto: OpenClient = (target, cell) => concurrently(target, cell, 'auto')

async function concurrently(target: Target, cell: Cell, concurrency: number | 'auto'): Promise<Client> {
  const { session, prepared, version, protocol, close } = await connect(target, cell)
  const parameters = parametersOf(cell.workload)
  const read = readerOf(cell.workload)
  return {
    version,
    protocol,
    byChunks: false,
    async run(load): Promise<void> {
      // the times of those in flight, by key: results come in the order of the parameters
      const sentAt = new Map<number, number>()
      const options = { concurrency, resultsGenerator: true, raiseOnFirstError: true } as const
      for await (const answer of executeConcurrentWithArgs(session, prepared, endless(load, parameters, sentAt), options)) {
        if (!answer.success) throw answer.error
        read(answer.result)
        const time = sentAt.get(answer.index)
        if (time !== undefined) sentAt.delete(answer.index)
        load.answered(time ?? 0)
      }
    },
    close,
  }
}

function* endless(load: Load, parameters: (key: number) => unknown[], sentAt: Map<number, number>): Generator<unknown[]> {
  while (!load.stopped) {
    const key = load.nextKey()
    const time = load.sentAt(key)
    if (time !== 0) sentAt.set(key, time)
    yield parameters(key)
  }
}
