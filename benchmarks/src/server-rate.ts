/** What the fast server answers on one core: the floor asks on another one, with so many in flight that the server never waits. */
import type { BenchOptions } from './bench-options.js'
import { lookAtCpu } from './calm.js'
import { environment } from './environment.js'
import type { Outcome } from './outcome.js'
import { findPinning, pin } from './pinning.js'
import { median } from './measuring/median.js'
import { count, measure } from './results/numbers.js'
import { runClient } from './run-client.js'
import { parseCell } from './cells.js'
import { openServer } from './servers/open-server.js'
import { targetOf } from './servers/server.js'

const cells = ['insert@1024', 'select1@1024', 'select1@1024+v5', 'select1@4096'] as const
const wanted = 1_000_000

interface Rate {
  readonly cell: string
  readonly answersPerSecond: number
  /** So much of its core it used meanwhile. */
  readonly serverBusy: number
  /** What it would answer if nothing else took its time: answers per second of its own CPU time. */
  readonly answersPerCpuSecond: number
}

export async function serverRate(options: BenchOptions, signal: AbortSignal, note: (line: string) => void): Promise<Outcome> {
  await using server = await openServer(options.server, signal, note)
  const pinning = options.pinned ? findPinning() : null
  if (pinning !== null) pin(pinning.serverCore, server.pids)
  const rates: Rate[] = []
  for (const cell of cells) {
    const found: Rate[] = []
    for (let round = 0; round < options.rounds; round++) {
      const target = targetOf(server, parseCell(cell), 4)
      const { warmUpMs, measureMs } = options
      const before = lookAtCpu(server.pids)
      const surroundings = { core: pinning?.clientCore ?? null, serverPids: server.pids, runtime: [process.execPath] as const, signal }
      const report = await runClient({ client: 'floor', cell, target, warmUpMs, measureMs }, surroundings)
      const after = lookAtCpu(server.pids)
      // its CPU time is that of the whole run, so its answers are too: those before the window come at about the same rate
      const seconds = ((after?.atMs ?? 0) - (before?.atMs ?? 0)) / 1000
      const cpu = (after?.ownSeconds ?? 0) - (before?.ownSeconds ?? 0)
      const answers = report.requestsPerSecond * Math.min(seconds, (warmUpMs + measureMs) / 1000)
      const rate = { cell, answersPerSecond: report.requestsPerSecond, serverBusy: cpu / seconds, answersPerCpuSecond: answers / cpu }
      found.push(rate)
      note(`${cell}: ${count(rate.answersPerSecond)} answers/s`)
    }
    const middle = (value: (rate: Rate) => number): number => median(found.map(value))
    rates.push({
      cell,
      answersPerSecond: middle((rate) => rate.answersPerSecond),
      serverBusy: middle((rate) => rate.serverBusy),
      answersPerCpuSecond: middle((rate) => rate.answersPerCpuSecond),
    })
  }
  const place = pinning === null ? 'not pinned' : `on core ${pinning.serverCore}, asked by the floor on core ${pinning.clientCore}`
  const lines = rates.map(
    ({ cell, answersPerSecond, serverBusy, answersPerCpuSecond }) =>
      `  ${cell.padEnd(18)}${count(answersPerSecond).padStart(12)} answers/s, ${measure(serverBusy)} of its core busy: about ${count(answersPerCpuSecond)} answers per second of its CPU time`,
  )
  const most = Math.max(...rates.map((rate) => rate.answersPerSecond))
  const verdict = `${count(most)} answers a second at most: ${most > wanted ? 'more' : 'LESS'} than ${count(wanted)}`
  return {
    json: { mode: 'server', environment: environment(), server: server.description, rates },
    text: [`${server.description}, ${place}, ${options.rounds} rounds`, ...lines, verdict].join('\n'),
  }
}
