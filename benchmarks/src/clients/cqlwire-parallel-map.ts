import { fileURLToPath } from 'node:url'
import { ParallelSession } from 'cqlwire/parallel'
import type { Cell } from '../cells.js'
import type { Load } from '../measuring/load.js'
import type { Client, OpenClient, Target } from './client.js'
import { clusterOptions, installedVersion } from './cqlwire-session.js'
import { doShare, type Share } from './parallel-share.js'

export const openOne: OpenClient = (target, cell) => open(target, cell, 1)
export const openTwo: OpenClient = (target, cell) => open(target, cell, 2)

/** Shares that a worker has at once, so that one is at work while the last requests of the other are answered. */
const sharesAtOnce = 2

const moduleFile = fileURLToPath(new URL('parallel-share.js', import.meta.url))

/** `parallel.map()`: each worker sends requests of its own and reads their answers, and tells how many there were. */
async function open(target: Target, cell: Cell, processes: number): Promise<Client> {
  const parallel = await ParallelSession.connect(clusterOptions(target), { processes })
  return {
    version: installedVersion(),
    protocol: target.protocol ?? 4,
    byChunks: true,
    async run(load): Promise<void> {
      const options = { export: doShare.name, concurrency: sharesAtOnce, raiseOnFirstError: true }
      const shares = parallel.map<Share, number>(moduleFile, endless(load, cell), options)
      for await (const { result } of shares) load.chunkAnswered(result!)
    },
    close: () => parallel.shutdown(),
  }
}

function* endless(load: Load, { workload, inFlight }: Cell): Generator<Share> {
  const requests = Math.max(inFlight, Math.round(workload.warmRequests / 4))
  while (!load.stopped)
    yield { workload: workload.name, inFlight: Math.ceil(inFlight / sharesAtOnce), firstKey: load.nextKey() * requests, requests }
}
