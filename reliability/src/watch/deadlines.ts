/** No request may outlive its deadline: here the time of each is held against it. */
import type { RequestWatch } from '../ledger/request-book.js'
import type { LoopWatch } from './loop-watch.js'

interface Suspect {
  readonly kind: string
  readonly began: number
  readonly ended: number
}

/**
 * What a deadline may be missed by, in milliseconds: the driver's timers fire within two ticks of 20 ms, from `setImmediate`, and the
 * caller hears of it some microtasks later; the rest is what the timers of a busy machine are late by without a pause of their own.
 */
export const ALLOWANCE_MS = 100
/** Of the driver's timer wheel. */
const TICK_MS = 20
/** A pause shows when it is over, which may be after the requests that it held up. */
const JUDGED_AFTER_MS = 500

export class Deadlines implements RequestWatch {
  readonly timeoutMs: number
  readonly #loop: LoopWatch
  readonly #timer: NodeJS.Timeout
  #suspects: Suspect[] = []
  #slowestMs = 0
  readonly #problems: string[] = []

  constructor(timeoutMs: number, loop: LoopWatch) {
    this.timeoutMs = timeoutMs
    this.#loop = loop
    this.#timer = setInterval(() => this.#judge(performance.now() - JUDGED_AFTER_MS), 1_000)
  }

  ended(kind: string, began: number, ended: number): void {
    this.#slowestMs = Math.max(this.#slowestMs, ended - began)
    if (ended - began > this.timeoutMs + ALLOWANCE_MS) this.#suspects.push({ kind, began, ended })
  }

  /** The longest that any request took, pauses of the event loop included. */
  get slowestMs(): number {
    return this.#slowestMs
  }

  /** Judges what is left, and says which requests outlived their deadline. */
  async finish(): Promise<readonly string[]> {
    await new Promise((resolve) => setTimeout(resolve, JUDGED_AFTER_MS))
    clearInterval(this.#timer)
    this.#judge(performance.now())
    return this.#problems
  }

  #judge(until: number): void {
    const ready = this.#suspects.filter(({ ended }) => ended <= until)
    this.#suspects = this.#suspects.filter(({ ended }) => ended > until)
    for (const { kind, began, ended } of ready) {
      // A deadline begins to count at the next tick of the driver's timer wheel, and is looked at in one.
      const paused = this.#loop.pausedFrom(began, TICK_MS) + this.#loop.pausedBetween(began + this.timeoutMs - ALLOWANCE_MS, ended)
      const late = ended - began - this.timeoutMs - paused
      if (late <= ALLOWANCE_MS) continue
      const share = `${late.toFixed(0)} ms late, and the event loop was held up for ${paused.toFixed(0)} ms`
      this.#problems.push(
        `${kind}: ended ${(ended - began).toFixed(0)} ms after it was sent, its deadline was ${this.timeoutMs} ms: ${share}`,
      )
    }
  }
}
