import type { Column, ColumnValues } from 'cqlwire'
import type { Client, OpenClient } from './client.js'
import { connect, parametersOf } from './cqlwire-session.js'
import { closedLoops } from './loops.js'

/** `rowFactory: 'columns'`, read as programs that want columns do: numbers and times from typed arrays, text and UUIDs value by value. */
export const open: OpenClient = async (target, cell): Promise<Client> => {
  const { session, prepared, version, protocol, close } = await connect(target, cell)
  const parameters = parametersOf(cell.workload)
  const options = { rowFactory: 'columns' } as const
  let sum = 0
  const read = (found: number, { id, seq, name, ts, uid, value }: Readonly<Record<string, Column>>): void => {
    for (const numbers of [id, seq, ts, value]) sum += total(numbers!.values!)
    for (let at = 0; at < found; at++) sum += (name!.get(at) as string).length + Number(uid!.get(at) === null)
    if (found !== cell.workload.rows || Number.isNaN(sum))
      throw new Error(`Wrong rows, or ${found} where ${cell.workload.rows} were asked for`)
  }
  const request = async (key: number): Promise<void> => {
    const result = await session.execute(prepared, parameters(key), options)
    read(result.length, result.rows as unknown as Readonly<Record<string, Column>>)
  }
  return { version, protocol, byChunks: false, run: (load) => closedLoops(load, cell.inFlight, request), close }
}

function total(values: ColumnValues): number {
  if (values instanceof BigInt64Array) {
    // the halves of each, as there is no number for all of them
    const halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2)
    return total(halves)
  }
  let sum = 0
  for (let at = 0; at < values.length; at++) sum += values[at] as number
  return sum
}
