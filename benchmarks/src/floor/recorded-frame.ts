/** The bytes of a cell's request: those that cqlwire sends for it, caught on their way into the socket. */
import { Socket } from 'node:net'
import { BatchStatement } from 'cqlwire'
import type { Cell } from '../cells.js'
import type { Target } from '../clients/client.js'
import { connect, parametersOf } from '../clients/cqlwire-session.js'

/** A whole frame, in v5 without its segment. The id of the prepared statement in it is the server's own, and holds for every connection. */
export async function recordFrame(target: Target, cell: Cell): Promise<Buffer> {
  const { session, prepared, close } = await connect(target, cell)
  const parameters = parametersOf(cell.workload)
  const { batchOf } = cell.workload
  const send = async (): Promise<unknown> => {
    if (batchOf === 1) return session.execute(prepared, parameters(0))
    const batch = new BatchStatement('UNLOGGED')
    for (let count = 0; count < batchOf; count++) batch.add(prepared, parameters(count))
    return session.execute(batch)
  }
  await send()
  const sent = await recorded(send)
  await close()
  if (target.protocol !== 5) return sent
  const segmentHeader = 6
  const segmentTrailer = 4
  return sent.subarray(segmentHeader, sent.length - segmentTrailer)
}

/** Everything that sockets of this process are given while `action` runs. */
async function recorded(action: () => Promise<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = []
  const original = Socket.prototype.write
  Socket.prototype.write = function (this: Socket, ...args: unknown[]): boolean {
    chunks.push(Buffer.from(args[0] as Uint8Array))
    return (original as (...args: unknown[]) => boolean).apply(this, args)
  }
  try {
    await action()
  } finally {
    Socket.prototype.write = original
  }
  return Buffer.concat(chunks)
}
