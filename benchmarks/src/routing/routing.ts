/** The routing run: what planning and routing add to a request, and what token maps cost. */
import { fileURLToPath } from 'node:url'
import type { BenchOptions } from '../bench-options.js'
import type { ClientReport } from '../client-process.js'
import { environment } from '../environment.js'
import type { Outcome } from '../outcome.js'
import { findPinning, pin } from '../pinning.js'
import { measure } from '../results/numbers.js'
import { summarize } from '../results/summary.js'
import type { Run } from '../rounds.js'
import { runProgram } from '../run-client.js'
import { seed } from '../seed.js'
import { plainly, targetOf } from '../servers/server.js'
import { keys } from '../workloads/data.js'
import type { RingReport } from './ring-figures.js'
import { type RoutingCase, type RoutingGroup, routingGroups, type RoutingJob } from './routing-case.js'
import { routingText } from './routing-text.js'
import { threeNodes } from './three-nodes.js'

const caseProgram = fileURLToPath(new URL('routing-process.js', import.meta.url))
const ringProgram = fileURLToPath(new URL('ring-process.js', import.meta.url))
const startAndEndMs = 60_000
const ringMs = 300_000

/** Where the server answers whatever it is asked: enough keys to meet every token of the large ring. */
const manyKeys = 2 ** 20

type Note = (line: string) => void

export async function routing(options: BenchOptions, signal: AbortSignal, note: Note): Promise<Outcome> {
  const { rounds } = options
  const pinning = options.pinned ? findPinning() : null
  const core = pinning?.clientCore ?? null
  note('token maps ...')
  const ringOptions = { core, timeoutMs: ringMs, signal, nodeFlags: ['--expose-gc'] }
  const rings = JSON.parse(await runProgram(ringProgram, String(rounds), ringOptions)) as RingReport
  await using server = await threeNodes(options.server, signal, note)
  if (pinning !== null) pin(pinning.serverCore, server.pids)
  const target = targetOf(server, plainly, options.protocol)
  if (!server.answersFromMemory) await seed(target, note)
  // Nobody but a server started for this run is known to have three nodes.
  const groups = server.answersFromMemory ? [routingGroups.one, routingGroups.three] : [routingGroups.one]
  const jobs = { ...options, target, core, keys: server.answersFromMemory ? manyKeys : keys }
  const runs = await runRounds(groups, jobs, signal, note)
  const cells = groups.map((group) => ({
    ...group,
    ...summarize(
      runs.filter(({ cell }) => cell === group.name),
      group.cases[0].name,
    )[0]!,
  }))
  return {
    json: {
      mode: 'routing',
      server: server.description,
      pinning,
      rounds,
      environment: environment(),
      requests: cells,
      tokenMaps: rings,
      runs,
    },
    text: `Server: ${server.description}; ${rounds} rounds of ${measure(options.measureMs / 1000)} s for each case; Node.js ${process.versions.node}\n${routingText(cells, rings)}`,
  }
}

type Jobs = Omit<RoutingJob, 'case'> & { readonly core: number | null; readonly rounds: number }

/** Every case once in each round, in an order that rotates. */
async function runRounds(groups: readonly RoutingGroup[], jobs: Jobs, signal: AbortSignal, note: Note): Promise<Run[]> {
  const cases = groups.flatMap((group) => group.cases.map((each) => [group.name, each] as const))
  const runs: Run[] = []
  for (let round = 0; round < jobs.rounds; round++) {
    for (let turn = 0; turn < cases.length; turn++) {
      const [cell, each] = cases[(round + turn) % cases.length]!
      const about = { round, client: each.name, cell, disturbed: false }
      const run = await runOnce(each, jobs, signal).then(
        (report): Run => ({ ...about, report: { ...report, othersBusy: null, slowness: 1 }, error: null }),
        (error: unknown): Run => ({ ...about, report: null, error: messageOf(error) }),
      )
      if (signal.aborted) throw signal.reason as Error
      runs.push(run)
      const cost = run.report === null ? `failed: ${run.error}` : `${measure(run.report.cpuSecondsPerMillion)} CPU-s/M`
      note(`[${runs.length}/${jobs.rounds * cases.length}] round ${round + 1}  ${cell}: ${each.name}  ${cost}`)
    }
  }
  return runs
}

async function runOnce(routingCase: RoutingCase, jobs: Jobs, signal: AbortSignal): Promise<ClientReport> {
  const { target, warmUpMs, measureMs, keys, core } = jobs
  const job: RoutingJob = { case: routingCase, target, warmUpMs, measureMs, keys }
  const timeoutMs = warmUpMs * 2 + measureMs + startAndEndMs
  return JSON.parse(await runProgram(caseProgram, JSON.stringify(job), { core, timeoutMs, signal })) as ClientReport
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
