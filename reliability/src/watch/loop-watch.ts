/** When the event loop was held up, and for how long: what a late timer can't be blamed for. */

interface Pause {
  readonly from: number
  readonly to: number
}

const TICK_MS = 10
/** Shorter ones are the jitter of timers. */
const LEAST_PAUSE_MS = 5
/** Older ones are asked for by nobody. */
const KEPT_MS = 60_000

export class LoopWatch {
  readonly #pauses: Pause[] = []
  readonly #timer: NodeJS.Timeout
  #last = performance.now()
  #longestMs = 0
  #totalMs = 0

  constructor() {
    this.#timer = setInterval(() => this.#tick(), TICK_MS)
  }

  /** Milliseconds of the time between the two that the event loop was held up. Both in milliseconds of `performance.now()`. */
  pausedBetween(from: number, to: number): number {
    return this.#pauses.reduce((sum, pause) => sum + Math.max(0, Math.min(to, pause.to) - Math.max(from, pause.from)), 0)
  }

  /** Milliseconds from `at` to the end of the pauses that lie within `ms` of it: what begins at the next tick of a timer begins so much later. */
  pausedFrom(at: number, ms: number): number {
    const near = this.#pauses.filter(({ from, to }) => to > at && from < at + ms)
    return near.reduce((sum, { from, to }) => sum + to - Math.max(from, at), 0)
  }

  get longestMs(): number {
    return this.#longestMs
  }

  get totalMs(): number {
    return this.#totalMs
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #tick(): void {
    const now = performance.now()
    const late = now - this.#last - TICK_MS
    if (late >= LEAST_PAUSE_MS) {
      this.#pauses.push({ from: this.#last, to: now })
      this.#longestMs = Math.max(this.#longestMs, late)
      this.#totalMs += late
    }
    while (this.#pauses.length > 0 && this.#pauses[0]!.to < now - KEPT_MS) this.#pauses.shift()
    this.#last = now
  }
}
