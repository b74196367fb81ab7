import type { ResponseFuture } from 'cqlwire'
import type { Client, OpenClient } from './client.js'
import { connect, parametersOf, readerOf } from './cqlwire-session.js'

/** A queue of futures: when it is full, the oldest one's result is awaited, and a new request takes its place. */
export const open: OpenClient = async (target, cell): Promise<Client> => {
  const { session, prepared, version, protocol, close } = await connect(target, cell)
  const parameters = parametersOf(cell.workload)
  const read = readerOf(cell.workload)
  return {
    version,
    protocol,
    byChunks: false,
    async run(load): Promise<void> {
      const futures: (ResponseFuture | undefined)[] = new Array<undefined>(cell.inFlight).fill(undefined)
      const sentAt = new Float64Array(cell.inFlight)
      for (let at = 0; !load.stopped; at = (at + 1) % cell.inFlight) {
        const oldest = futures[at]
        if (oldest !== undefined) {
          read(await oldest.result())
          load.answered(sentAt[at]!)
        }
        const key = load.nextKey()
        sentAt[at] = load.sentAt(key)
        futures[at] = session.executeAsync(prepared, parameters(key))
      }
      for (const future of futures) await future?.result()
    },
    close,
  }
}
