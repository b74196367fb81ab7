/** CPU profiles of the cqlwire clients, and the functions that they spend their time in. */
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import Table from 'cli-table3'
import type { BenchOptions } from './bench-options.js'
import { cacheFolder } from './cache.js'
import { allClients } from './clients/all-clients.js'
import type { Outcome } from './outcome.js'
import { findPinning, pin } from './pinning.js'
import { measurementsOf } from './plan.js'
import { measure } from './results/numbers.js'
import { runClient } from './run-client.js'
import { openServer } from './servers/open-server.js'
import { targetOf } from './servers/server.js'

const shown = 20
const defaultProtocol = 4

/** As much of Chrome's format as is used here. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  }[]
  readonly samples: readonly number[]
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[]
}

interface OwnTime {
  readonly name: string
  readonly share: number
}

export async function profile(options: BenchOptions, signal: AbortSignal, note: (line: string) => void): Promise<Outcome> {
  await using server = await openServer(options.server, signal, note)
  const pinning = options.pinned ? findPinning() : null
  if (pinning !== null) pin(pinning.serverCore, server.pids)
  const wanted = measurementsOf(options.groups).filter(({ client }) => allClients[client]!.kind === 'cqlwire')
  const profiles: { client: string; cell: string; file: string; top: OwnTime[] }[] = []
  for (const { client, cell } of wanted) {
    const folder = `${cacheFolder('profiles')}/${client}-${cell.name.replace('/', '-per-')}`
    rmSync(folder, { recursive: true, force: true })
    const runtime = [process.execPath, '--enable-source-maps', '--cpu-prof', `--cpu-prof-dir=${folder}`] as const
    const { warmUpMs, measureMs } = options
    const target = targetOf(server, cell, options.protocol ?? defaultProtocol)
    const surroundings = { core: pinning?.clientCore ?? null, serverPids: server.pids, runtime, signal }
    const report = await runClient({ client, cell: cell.name, target, warmUpMs, measureMs }, surroundings)
    note(`${cell.name} ${client}: ${measure(report.cpuSecondsPerMillion)} CPU-s/M, the profiler included`)
    const file = `${folder}/${readdirSync(folder)[0]!}`
    profiles.push({ client, cell: cell.name, file, top: ownTimes(JSON.parse(readFileSync(file, 'utf8')) as CpuProfile).slice(0, shown) })
  }
  const text = profiles.map(({ client, cell, file, top }) => `\n${cell}, ${client}\n${tableOf(top)}\n${file}`).join('\n')
  return { json: { mode: 'profile', profiles }, text }
}

/** By function, the largest first, without the time in which nothing ran. */
export function ownTimes({ nodes, samples, timeDeltas }: CpuProfile): OwnTime[] {
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => {
      const place = url === '' ? '' : `  ${url.replace(/^.*\/(?=[^/]+\/[^/]+$)/, '')}:${lineNumber + 1}`
      return [id, `${functionName === '' ? '(anonymous)' : functionName}${place}`]
    }),
  )
  const times = new Map<string, number>()
  for (const [at, id] of samples.entries()) {
    const name = names.get(id) ?? ''
    if (name !== '(idle)') times.set(name, (times.get(name) ?? 0) + timeDeltas[at]!)
  }
  const all = [...times.values()].reduce((sum, time) => sum + time, 0)
  return [...times].map(([name, time]) => ({ name, share: time / all })).sort((left, right) => right.share - left.share)
}

function tableOf(top: readonly OwnTime[]): string {
  const table = new Table({ head: ['own time', 'function'], colAligns: ['right', 'left'], style: { head: [], border: [], compact: true } })
  for (const { name, share } of top) table.push([`${(share * 100).toFixed(1)} %`, name])
  return table.toString()
}
