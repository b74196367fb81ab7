/** Interleaved rounds: in each, every client measures its cells once, so that a change of the machine's speed meets them all. */
import { calm, isDisturbed } from './calm.js'
import type { ProtocolVersion } from './cells.js'
import type { Measurement } from './plan.js'
import { runClient, type Surroundings, type WatchedReport } from './run-client.js'
import { targetOf, type BenchServer } from './servers/server.js'

export interface Run {
  readonly round: number
  readonly client: string
  readonly cell: string
  /** Null where the client failed; `error` says how. */
  readonly report: WatchedReport | null
  readonly error: string | null
  /** Others used the machine meanwhile, or it was slow. */
  readonly disturbed: boolean
}

/** A measurement, by a name of its own where something but the client differs. */
export interface Candidate extends Measurement {
  readonly name: string
  readonly runtime: Surroundings['runtime']
}

export interface RoundsPlan extends Omit<Surroundings, 'runtime'> {
  readonly server: BenchServer
  readonly candidates: readonly Candidate[]
  readonly protocol: ProtocolVersion
  readonly rounds: number
  readonly warmUpMs: number
  readonly measureMs: number
  /** How long to wait for a calm machine before each run, and how often to repeat one that was disturbed. */
  readonly waitMs: number
  readonly retries: number
}

export async function runRounds(plan: RoundsPlan, onRun: (run: Run, done: number, total: number) => void): Promise<Run[]> {
  const runs: Run[] = []
  const total = plan.rounds * plan.candidates.length
  const cells = new Set(plan.candidates.map(({ cell }) => cell.name))
  for (let round = 0; round < plan.rounds; round++) {
    for (const cell of cells) {
      const candidates = plan.candidates.filter((candidate) => candidate.cell.name === cell)
      for (const candidate of rotated(candidates, round)) {
        const run = await measureCalmly(plan, round, candidate)
        runs.push(run)
        onRun(run, runs.length, total)
      }
    }
  }
  return runs
}

/** Another one begins each round, so that nobody always follows the same neighbour. */
function rotated<Item>(items: readonly Item[], by: number): Item[] {
  const first = by % items.length
  return [...items.slice(first), ...items.slice(0, first)]
}

/** The last try counts, whatever it was beside: its result is not looked at. */
async function measureCalmly(plan: RoundsPlan, round: number, candidate: Candidate): Promise<Run> {
  for (let tried = 0; ; tried++) {
    await calm(plan.waitMs, plan.signal)
    const run = await measureOnce(plan, round, candidate)
    if (!run.disturbed || tried >= plan.retries) return run
  }
}

async function measureOnce(plan: RoundsPlan, round: number, { name, client, cell, runtime }: Candidate): Promise<Run> {
  const { warmUpMs, measureMs, server, protocol } = plan
  const about = { round, client: name, cell: cell.name }
  try {
    const target = targetOf(server, cell, protocol)
    const report = await runClient({ client, cell: cell.name, target, warmUpMs, measureMs }, { ...plan, runtime })
    return { ...about, report, error: null, disturbed: isDisturbed(report.othersBusy, report.slowness) }
  } catch (error) {
    if (plan.signal.aborted) throw error
    return { ...about, report: null, error: error instanceof Error ? error.message : String(error), disturbed: false }
  }
}
