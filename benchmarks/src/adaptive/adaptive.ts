/** The mode `adaptive`: `concurrency: 'auto'` beside fixed numbers in flight, against servers of every temper. */
import { fileURLToPath } from 'node:url'
import type { BenchOptions } from '../bench-options.js'
import { environment } from '../environment.js'
import type { Outcome } from '../outcome.js'
import { findPinning, pin } from '../pinning.js'
import { count } from '../results/numbers.js'
import { runProgram } from '../run-client.js'
import { fastServer } from '../servers/fast-server.js'
import { plainly, targetOf } from '../servers/server.js'
import type { AdaptiveJob, AdaptiveReport, Level } from './adaptive-job.js'
import { adaptiveServers } from './adaptive-servers.js'
import { adaptiveText, type AdaptiveRun, summarizeAdaptive } from './adaptive-text.js'

const program = fileURLToPath(new URL('adaptive-process.js', import.meta.url))
const startAndEndMs = 60_000

type Note = (line: string) => void

export async function adaptive(options: BenchOptions, signal: AbortSignal, note: Note): Promise<Outcome> {
  const { rounds, adaptiveServers: servers, adaptiveLevels } = options
  const all: readonly Level[] = ['auto', ...adaptiveLevels]
  const runs: AdaptiveRun[] = []
  for (let round = 0; round < rounds; round++) {
    for (const server of servers) {
      for (let turn = 0; turn < all.length; turn++) {
        const level = all[(round + turn) % all.length]!
        const report = await runOnce(server, level, options, signal, note)
        runs.push({ server, level, round, report })
        note(`round ${round + 1}  ${server}, ${level} in flight: ${count(report.requestsPerSecond)} requests/s`)
      }
    }
  }
  runs.sort((one, other) => all.indexOf(one.level) - all.indexOf(other.level))
  const summaries = servers.map((server) => summarizeAdaptive(server, runs))
  const texts = summaries.map((summary) => adaptiveText(summary, adaptiveServers[summary.server]!.about))
  return {
    json: { mode: 'adaptive', environment: environment(), rounds, servers: summaries, runs },
    text: [`Selects of one row; medians of ${rounds} rounds; Node.js ${process.versions.node}`, ...texts].join('\n\n'),
  }
}

/** A server of its own for each run: one that changes does so from its first request on. */
async function runOnce(name: string, level: Level, options: BenchOptions, signal: AbortSignal, note: Note): Promise<AdaptiveReport> {
  const { warmUpMs, measureMs } = options
  const service = adaptiveServers[name]!.service(warmUpMs)
  await using server = await fastServer(signal, note, { service })
  const pinning = options.pinned ? findPinning() : null
  if (pinning !== null) pin(pinning.serverCore, server.pids)
  const job: AdaptiveJob = { target: targetOf(server, plainly, 4), level, warmUpMs, measureMs }
  const timeoutMs = warmUpMs + measureMs + startAndEndMs
  return JSON.parse(
    await runProgram(program, JSON.stringify(job), { core: pinning?.clientCore ?? null, timeoutMs, signal }),
  ) as AdaptiveReport
}
