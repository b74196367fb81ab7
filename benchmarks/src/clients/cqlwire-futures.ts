import type { ResponseFuture } from 'cqlwire'
import type { Client, OpenClient } from './client.js'
import { connect, parametersOf, readerOf } from './cqlwire-session.js'

/** A batch of `executeAsync()`, then all of its results, then the next batch. */
export const open: OpenClient = async (target, cell): Promise<Client> => {
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
        for (let count = 0; count < cell.inFlight; count++) {
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
