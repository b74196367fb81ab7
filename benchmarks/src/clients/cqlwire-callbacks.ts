import type { ResultSet } from 'cqlwire'
import type { Client, OpenClient } from './client.js'
import { connect, parametersOf, readerOf } from './cqlwire-session.js'

/** Every answer's callback sends the next request. */
export const open: OpenClient = async (target, cell): Promise<Client> => {
  const { session, prepared, version, protocol, close } = await connect(target, cell)
  const parameters = parametersOf(cell.workload)
  const read = readerOf(cell.workload)
  return {
    version,
    protocol,
    byChunks: false,
    run: (load) =>
      new Promise((resolve, reject) => {
        let open = cell.inFlight
        const send = (): void => {
          const key = load.nextKey()
          session.executeAsync(prepared, parameters(key)).addCallbacks({ callback, errback: reject, callbackArgs: [load.sentAt(key)] })
        }
        const callback = (result: ResultSet, sentAt: number): void => {
          try {
            read(result)
          } catch (error) {
            return reject(new Error('An answer is wrong', { cause: error }))
          }
          load.answered(sentAt)
          if (!load.stopped) send()
          else if (--open === 0) resolve()
        }
        for (let count = 0; count < cell.inFlight; count++) send()
      }),
    close,
  }
}
