/** The program of one client's own process: `node client-process.js JSON` connects, measures one cell, and prints one line of JSON. */
import { writeSync } from 'node:fs'
import { parseCell } from './cells.js'
import { allClients } from './clients/all-clients.js'
import type { Target } from './clients/client.js'
import { Load, type WindowResult } from './measuring/load.js'
import { peakRssMiB } from './measuring/process-usage.js'

export interface ClientJob {
  readonly client: string
  readonly cell: string
  readonly target: Target
  readonly warmUpMs: number
  readonly measureMs: number
}

export interface ClientReport extends WindowResult {
  readonly version: string
  readonly protocol: number
  /** The largest resident set of the process, MiB (2^20 bytes). */
  readonly peakRssMiB: number
}

const closingMs = 1_000

async function runJob(job: ClientJob): Promise<ClientReport> {
  const load = allClients[job.client]?.load
  if (load === undefined || load === null) throw new Error(`There is no client '${job.client}' for Node`)
  const cell = parseCell(job.cell)
  const open = await load()
  const client = await open(job.target, cell)
  const measured = new Load({ leastMs: job.warmUpMs, requests: cell.workload.warmRequests }, job.measureMs, cell.perSecond === null)
  if (!client.byChunks) measured.useTimers()
  await client.run(measured)
  const { version, protocol } = client
  const report = { ...measured.result(), version, protocol, peakRssMiB: peakRssMiB() }
  // a driver that doesn't close is not what is measured here
  await Promise.race([client.close(), new Promise((resolve) => setTimeout(resolve, closingMs))])
  return report
}

try {
  const report = await runJob(JSON.parse(process.argv[2] ?? '') as ClientJob)
  writeSync(1, `${JSON.stringify(report)}\n`)
  process.exit(0)
} catch (error) {
  writeSync(2, `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exit(1)
}
