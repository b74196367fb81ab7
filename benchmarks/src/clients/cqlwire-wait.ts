import { BatchStatement } from 'cqlwire'
import type { Client, OpenClient } from './client.js'
import { connect, parametersOf, readerOf } from './cqlwire-session.js'
import { requestLoop } from './loops.js'

/** `await session.execute()`, in as many loops as requests shall be in flight. */
export const open: OpenClient = async (target, cell): Promise<Client> => {
  const { session, prepared, version, protocol, close } = await connect(target, cell)
  const { batchOf } = cell.workload
  const parameters = parametersOf(cell.workload)
  const read = readerOf(cell.workload)
  const single = async (key: number): Promise<void> => read(await session.execute(prepared, parameters(key)))
  const batch = async (key: number): Promise<void> => {
    const statement = new BatchStatement('UNLOGGED')
    for (let count = 0; count < batchOf; count++) statement.add(prepared, parameters(key + count))
    read(await session.execute(statement))
  }
  return { version, protocol, byChunks: false, run: (load) => requestLoop(load, cell, batchOf > 1 ? batch : single), close }
}
