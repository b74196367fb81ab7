import type { ResponseFuture } from 'cqlwire'
import type { Cell } from '../cells.js'
import type { Client, OpenClient, Target } from './client.js'
import { connect, parametersOf, readerOf } from './cqlwire-session.js'

/** As many as a session queues, less those that others may have in flight. */
const throttledBatch = 16_384

/** A batch of `executeAsync()`, then all of its results, then the next batch. */
export const open: OpenClient = (target, cell) => batches(target, cell, cell.inFlight)

/** "Full throttle": thousands of requests at once, more than are ever in flight; the rest waits in the session's queue. */
export const openFullThrottle: OpenClient = (target, cell) => batches(target, cell, Math.max(cell.inFlight, throttledBatch))

async function batches(target: Target, cell: Cell, size: number): Promise<Client> {
  const { session, prepared, version, protocol, close } = await connect(target, cell)
  const parameters = parametersOf(cell.workload)
  const read = readerOf(cell.workload)
  return {
    version,
    protocol,
    byChunks: false,
    async run(load): Promise<void> {
      while (!load.stopped) {
        const futures: ResponseFuture[] = []
        const sentAt: number[] = []
        for (let count = 0; count < size; count++) {
          const key = load.nextKey()
          sentAt.push(load.sentAt(key))
          futures.push(session.executeAsync(prepared, parameters(key)))
        }
        for (const [at, future] of futures.entries()) {
          read(await future.result())
          load.answered(sentAt[at]!)
        }
      }
    },
    close,
  }
}
