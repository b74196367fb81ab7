/** The comparison: a server, its data, interleaved rounds, and what they come to. */
import type { BenchOptions } from './bench-options.js'
import { cellName } from './cells.js'
import { baseline } from './clients/all-clients.js'
import type { Target } from './clients/client.js'
import { environment } from './environment.js'
import type { Outcome } from './outcome.js'
import { findPinning, pin } from './pinning.js'
import { count, measure } from './results/numbers.js'
import { summarize } from './results/summary.js'
import { comparisonText } from './results/tables.js'
import { runClient } from './run-client.js'
import { runRounds, type Run } from './rounds.js'
import { seed } from './seed.js'
import { openServer } from './servers/open-server.js'

/** A JVM compiles its hot code only after some thousand requests: the first client would pay for all. */
const serverWarmUpMs = 4_000
const quickServerWarmUpMs = 1_500
const quickBelowMs = 2_000

export async function compare(options: BenchOptions, signal: AbortSignal, note: (line: string) => void): Promise<Outcome> {
  await using server = await openServer(options.server, signal, note)
  const pinning = options.pinned ? findPinning() : null
  if (pinning !== null) pin(pinning.serverCore, server.pids)
  const target: Target = { ...server.target, protocol: options.protocol }
  const clientCore = pinning?.clientCore ?? null
  if (!server.answersFromMemory) {
    await seed(target, note)
    await warmUpServer(options, target, clientCore, signal, note)
  }
  const runs = await runRounds({ ...options, target, clientCore }, signal, (run, done, total) => note(progressLine(run, done, total)))
  const cells = summarize(runs, baseline)
  const place =
    pinning === null
      ? 'not pinned'
      : `client on core ${pinning.clientCore}, server ${server.pids.length === 0 ? 'not pinned' : `on core ${pinning.serverCore}`}`
  const title = `Server: ${server.description}; ${place}; ${options.rounds} rounds of ${measure(options.measureMs / 1000)} s for each client and cell; Node.js ${process.versions.node}`
  return {
    json: {
      mode: 'compare',
      server: server.description,
      pinning,
      baseline,
      rounds: options.rounds,
      environment: environment(),
      cells,
      runs,
    },
    text: `${title}\n${comparisonText(cells, baseline)}`,
  }
}

async function warmUpServer(
  options: BenchOptions,
  target: Target,
  core: number | null,
  signal: AbortSignal,
  note: (line: string) => void,
): Promise<void> {
  note('warming the server up, not counted ...')
  const measureMs = options.measureMs < quickBelowMs ? quickServerWarmUpMs : serverWarmUpMs
  for (const cell of options.cells) {
    await runClient({ client: options.clients[0]!, cell: cellName(cell), target, warmUpMs: 500, measureMs }, core, signal)
  }
}

function progressLine({ round, client, cell, report, error }: Run, done: number, total: number): string {
  const at = `[${done}/${total}] round ${round + 1}  ${cell.padEnd(13)} ${client.padEnd(28)}`
  if (report === null) return `${at} failed: ${error}`
  return `${at} ${measure(report.cpuSecondsPerMillion).padStart(8)} CPU-s/M  ${count(report.requestsPerSecond).padStart(9)} requests/s`
}
