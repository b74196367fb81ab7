import type { Cell } from '../cells.js'
import type { Load } from '../measuring/load.js'
import type { Client, OpenClient, Target } from './client.js'
import { clusterOptions, installedVersion, parametersOf, readerOf } from './cqlwire-session.js'

/** As much of `cqlwire/parallel` as is used here; a revision of cqlwire without it leaves these clients out. */
interface Parallel {
  readonly ParallelSession: {
    connect(options: object, parallel: { readonly processes: number }): Promise<ParallelSession>
  }
}
interface ParallelSession {
  executeConcurrentWithArgs(query: string, parameters: Iterable<unknown[]>, options: object): AsyncIterable<Answer>
  shutdown?(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}
interface Answer {
  readonly success: boolean
  readonly result?: Iterable<Record<string, unknown>>
  readonly error?: Error
}

export const openOne: OpenClient = (target, cell) => open(target, cell, 1)
export const openTwo: OpenClient = (target, cell) => open(target, cell, 2)

/** Answers come in messages of many: so many between two looks at the clock. */
const chunk = 32

async function open(target: Target, cell: Cell, processes: number): Promise<Client> {
  const name = 'cqlwire/parallel'
  const { ParallelSession } = (await import(name)) as Parallel
  const session = await ParallelSession.connect(clusterOptions(target), { processes })
  const parameters = parametersOf(cell.workload)
  const read = readerOf(cell.workload)
  const options = { concurrency: cell.inFlight, resultsGenerator: true, raiseOnFirstError: false }
  return {
    version: installedVersion(),
    protocol: target.protocol ?? 4,
    byChunks: true,
    async run(load): Promise<void> {
      let answers = 0
      for await (const answer of session.executeConcurrentWithArgs(cell.workload.cql, endless(load, parameters), options)) {
        if (!answer.success) throw answer.error!
        read(answer.result as Iterable<Record<string, never>>)
        if (++answers % chunk === 0) load.chunkAnswered(chunk)
      }
    },
    close: () => session[Symbol.asyncDispose](),
  }
}

function* endless(load: Load, parameters: (key: number) => unknown[]): Generator<unknown[]> {
  while (!load.stopped) yield parameters(load.nextKey())
}
