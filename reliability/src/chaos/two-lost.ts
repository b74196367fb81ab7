/** What a client must see while two of three nodes are gone: no quorum, told clearly and in time; and reads that one replica suffices for. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Workload } from '../ledger/workload.js'

export interface TwoLostFigures {
  checks: number
  /** Writes at QUORUM that ended in an error. */
  refusedWrites: number
  /** Reads at LOCAL_ONE that were answered, one after the other. */
  answeredReads: number
}

const WRITES = 5
const READS = 20
/** The remaining node's connections may be disturbed as well, for a few seconds at a time. */
const PATIENCE_MS = 30_000

export class TwoLostCheck {
  readonly figures: TwoLostFigures = { checks: 0, refusedWrites: 0, answeredReads: 0 }
  readonly problems: string[] = []

  async run(work: Workload): Promise<void> {
    this.figures.checks++
    await Promise.all([this.#writes(work), this.#reads(work)])
  }

  /** Each is in the ledger too, and its deadline is watched as everyone's. */
  async #writes(work: Workload): Promise<void> {
    for (const ending of await Promise.all(Array.from({ length: WRITES }, () => work.writeEntry()))) {
      if (ending.outcome === 'acknowledged') this.problems.push('a write at QUORUM was acknowledged while two of three nodes were gone')
      else if (!(ending.error instanceof Error) || ending.error.message === '')
        this.problems.push(`an error without a message: ${String(ending.error)}`)
      else this.figures.refusedWrites++
    }
  }

  async #reads(work: Workload): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS
    let inARow = 0
    let last = 'nothing'
    while (inARow < READS) {
      const ending = await work.readEntry('LOCAL_ONE')
      const answered = ending?.outcome === 'acknowledged' && ending.value !== null
      if (ending !== null && ending.outcome !== 'acknowledged') last = String(ending.error)
      inARow = answered ? inARow + 1 : 0
      if (answered) this.figures.answeredReads++
      if (performance.now() > deadline) {
        this.problems.push(`reads at LOCAL_ONE did not go on from the remaining node for ${PATIENCE_MS / 1000} s; the last error: ${last}`)
        return
      }
      await delay(20)
    }
  }
}
