/** What `cqlwire-parallel-map` runs in each worker. */
import type { Session } from 'cqlwire'
import { workloads } from '../workloads/all-workloads.js'
import { parametersOf, readerOf } from './cqlwire-session.js'

export interface Share {
  readonly workload: string
  readonly inFlight: number
  readonly firstKey: number
  readonly requests: number
}

/** Sends the requests of the share, `await session.execute()` in so many loops, reads every answer, and gives their number. */
export async function doShare(session: Session, { workload: name, inFlight, firstKey, requests }: Share): Promise<number> {
  const workload = workloads[name]!
  const prepared = await session.prepare(workload.cql)
  const parameters = parametersOf(workload)
  const read = readerOf(workload)
  let sent = 0
  let answered = 0
  const loop = async (): Promise<void> => {
    while (sent < requests) {
      read(await session.execute(prepared, parameters(firstKey + sent++)))
      answered++
    }
  }
  await Promise.all(Array.from({ length: inFlight }, loop))
  return answered
}
