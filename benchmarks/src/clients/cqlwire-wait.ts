import type { Client, OpenClient } from './client.js'
import { closedLoops } from './closed-loop.js'
import { connect, parametersOf, readerOf } from './cqlwire-session.js'

/** `await session.execute()`, in as many loops as requests shall be in flight. */
export const open: OpenClient = async (target, cell): Promise<Client> => {
  const { session, prepared, version, protocol, close } = await connect(target, cell)
  const parameters = parametersOf(cell.workload)
  const read = readerOf(cell.workload)
  return {
    version,
    protocol,
    byChunks: false,
    run: (load) => closedLoops(load, cell.inFlight, async (key) => read(await session.execute(prepared, parameters(key)))),
    close,
  }
}
