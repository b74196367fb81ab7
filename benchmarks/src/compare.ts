/** The comparison: a server, its data, interleaved rounds, and what they come to. */
import type { BenchOptions } from './bench-options.js'
import { chooseCandidates } from './candidates.js'
import { baseline } from './clients/all-clients.js'
import { environment } from './environment.js'
import type { Outcome } from './outcome.js'
import { findPinning, pin, type Pinning } from './pinning.js'
import { boundsOf } from './results/bounds.js'
import type { Comparison } from './results/comparison.js'
import { count, measure } from './results/numbers.js'
import { saveResult } from './results/save.js'
import { summarize } from './results/summary.js'
import { comparisonText } from './results/tables.js'
import { buildRevision } from './revision.js'
import { runRounds, type Candidate, type RoundsPlan, type Run } from './rounds.js'
import { runClient } from './run-client.js'
import { findRuntime } from './runtimes.js'
import { seed } from './seed.js'
import { openServer } from './servers/open-server.js'
import { plainly, targetOf, type BenchServer } from './servers/server.js'

/** A JVM compiles its hot code only after some thousand requests: the first client would pay for all. */
const serverWarmUpMs = 4_000
const defaultProtocol = 4

type Note = (line: string) => void

export async function compare(options: BenchOptions, signal: AbortSignal, note: Note): Promise<Outcome> {
  const runtimes = options.runtimes.map((name) => findRuntime(name, note))
  const against = options.against === null ? null : buildRevision(options.against, note)
  await using server = await openServer(options.server, signal, note)
  const { candidates, groups, leftOut } = await chooseCandidates({ ...options, runtimes, against }, server, note)
  const pinning = options.pinned ? findPinning() : null
  if (pinning !== null) pin(pinning.serverCore, server.pids)
  const { rounds, warmUpMs, measureMs, waitMs, retries } = options
  const plan: RoundsPlan = {
    ...{ server, candidates, rounds, warmUpMs, measureMs, waitMs, retries, signal },
    protocol: options.protocol ?? defaultProtocol,
    core: pinning?.clientCore ?? null,
    serverPids: server.pids,
  }
  if (!server.answersFromMemory) {
    await seed(targetOf(server, plainly, options.protocol), note)
    await warmUpServer(plan, note)
  }
  const runs = await runRounds(plan, (run, done, total) => note(progressLine(run, done, total)))
  const cells = summarize(runs, baseline)
  const result: Comparison = {
    mode: 'compare',
    environment: environment(),
    server: server.description,
    place: placeText(pinning, server),
    rounds,
    windowSeconds: measureMs / 1000,
    baseline,
    groups,
    cells,
    bounds: boundsOf(runs, cells),
    leftOut,
    runs,
  }
  saveResult(result, options, note)
  return { json: result, text: comparisonText(result) }
}

function placeText(pinning: Pinning | null, server: BenchServer): string {
  if (pinning === null) return 'not pinned'
  const ofServer = server.pids.length === 0 ? 'not pinned' : `on core ${pinning.serverCore}`
  return `client on core ${pinning.clientCore}, server ${ofServer}`
}

async function warmUpServer(plan: RoundsPlan, note: Note): Promise<void> {
  note('warming the server up, not counted ...')
  const byCell = new Map<string, Candidate>(plan.candidates.map((candidate) => [candidate.cell.name, candidate]))
  const ms = Math.min(serverWarmUpMs, plan.measureMs * 2)
  for (const { cell, runtime } of byCell.values()) {
    const target = targetOf(plan.server, cell, plan.protocol)
    await runClient({ client: 'cqlwire', cell: cell.name, target, warmUpMs: 500, measureMs: ms }, { ...plan, runtime }).catch(
      () => undefined,
    )
  }
}

function progressLine({ round, client, cell, report, error, disturbed }: Run, done: number, total: number): string {
  const at = `[${done}/${total}] round ${round + 1}  ${cell.padEnd(20)} ${client.padEnd(26)}`
  if (report === null) return `${at} failed: ${error}`
  const cost = `${measure(report.cpuSecondsPerMillion).padStart(8)} CPU-s/M  ${count(report.requestsPerSecond).padStart(9)} requests/s`
  return `${at} ${cost}${disturbed ? `  disturbed: others ${measure(report.othersBusy)} cores, ${measure(report.slowness)} times slower` : ''}`
}
