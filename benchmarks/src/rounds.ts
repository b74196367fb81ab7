/** Interleaved rounds: in each, every client measures every cell once, so that a change of the machine's speed meets them all. */
import { cellName, type Cell } from './cells.js'
import type { ClientReport } from './client-process.js'
import type { Target } from './clients/client.js'
import { runClient } from './run-client.js'

export interface Run {
  readonly round: number
  readonly client: string
  readonly cell: string
  /** Null where the client failed; `error` says how. */
  readonly report: ClientReport | null
  readonly error: string | null
}

export interface RoundsPlan {
  readonly target: Target
  readonly clients: readonly string[]
  readonly cells: readonly Cell[]
  readonly rounds: number
  readonly warmUpMs: number
  readonly measureMs: number
  readonly clientCore: number | null
}

export async function runRounds(
  plan: RoundsPlan,
  signal: AbortSignal,
  onRun: (run: Run, done: number, total: number) => void,
): Promise<Run[]> {
  const runs: Run[] = []
  const total = plan.rounds * plan.cells.length * plan.clients.length
  for (let round = 0; round < plan.rounds; round++) {
    for (const cell of plan.cells) {
      for (const client of rotated(plan.clients, round)) {
        const run = await measureOnce(plan, round, cellName(cell), client, signal)
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

async function measureOnce(plan: RoundsPlan, round: number, cell: string, client: string, signal: AbortSignal): Promise<Run> {
  const { target, warmUpMs, measureMs } = plan
  try {
    const report = await runClient({ client, cell, target, warmUpMs, measureMs }, plan.clientCore, signal)
    return { round, client, cell, report, error: null }
  } catch (error) {
    if (signal.aborted) throw error
    return { round, client, cell, report: null, error: error instanceof Error ? error.message : String(error) }
  }
}
