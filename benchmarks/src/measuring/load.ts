/** The measured window of a client's run: what is in it, and when it opens and closes. */
import { build, type Histogram } from 'hdr-histogram-js'
import { childrenCpuMicros } from './process-usage.js'

export interface WindowResult {
  readonly requests: number
  readonly seconds: number
  readonly requestsPerSecond: number
  /** User and system time of the process, all threads, in the window. */
  readonly cpuUserSeconds: number
  readonly cpuSystemSeconds: number
  /** Processes that the client started are in it. */
  readonly cpuSecondsPerMillion: number
  /** Of every eighth request, of all of them in an open loop; null where the client sees no single ones. */
  readonly p50Ms: number | null
  readonly p99Ms: number | null
  readonly p999Ms: number | null
}

/** What comes before the window: so long, and so many requests, but twice as long at most. Code that ran a few times is not compiled yet. */
export interface WarmUp {
  readonly leastMs: number
  readonly requests: number
}

const mostWarmUps = 2
const lookEveryMs = 10
const latencyEvery = 8

/** Histograms count whole microseconds. */
const unitsPerMs = 1_000
const mostUnits = 60_000 * unitsPerMs

/**
 * A client sends requests until `stopped`. It warms up first; then the window opens, and closes after its time.
 * A client that sees every single answer leaves the window to timers. One that gets answers by chunks, or blocks the thread so that no timer
 * runs, calls `chunkAnswered`, and the window opens and closes at the end of a chunk: no half chunk's CPU time is counted without its requests.
 */
export class Load {
  stopped = false
  readonly #warmUp: WarmUp
  readonly #measureMs: number
  readonly #samples: boolean
  #answered = 0
  #nextKey = 0
  readonly #startedAt = performance.now()
  #openedAt = 0
  #cpuAtOpening: NodeJS.CpuUsage | null = null
  #childrenAtOpening = 0
  #answeredAtOpening = 0
  readonly #latencies: Histogram = build({ highestTrackableValue: mostUnits, numberOfSignificantValueDigits: 3 })
  #result: WindowResult | null = null

  /** `samples`: only every eighth latency counts, as measuring one takes time too. */
  constructor(warmUp: WarmUp, measureMs: number, samples = true) {
    this.#warmUp = warmUp
    this.#measureMs = measureMs
    this.#samples = samples
  }

  /** Opens and closes the window by timers. */
  useTimers(): void {
    const look = setInterval(() => {
      if (!this.#isWarm()) return
      clearInterval(look)
      this.#open()
      setTimeout(() => this.#close(), this.#measureMs)
    }, lookEveryMs)
  }

  /** The number of the next request, from 0 up. */
  nextKey(): number {
    return this.#nextKey++
  }

  /** The time that `answered` takes, where the request is one of those whose latency is measured; 0 otherwise. */
  sentAt(key: number): number {
    return this.#samples && key % latencyEvery !== 0 ? 0 : performance.now()
  }

  answered(sentAt: number): void {
    this.#answered++
    if (sentAt === 0 || this.#cpuAtOpening === null || this.stopped) return
    const units = Math.round((performance.now() - sentAt) * unitsPerMs)
    this.#latencies.recordValue(Math.min(Math.max(units, 0), mostUnits))
  }

  chunkAnswered(requests: number): void {
    this.#answered += requests
    if (this.#cpuAtOpening === null) {
      if (this.#isWarm()) this.#open()
    } else if (performance.now() - this.#openedAt >= this.#measureMs) this.#close()
  }

  #isWarm(): boolean {
    const elapsed = performance.now() - this.#startedAt
    const { leastMs, requests } = this.#warmUp
    return elapsed >= leastMs && (this.#answered >= requests || elapsed >= leastMs * mostWarmUps)
  }

  /** @throws {Error} the client ended before the window did */
  result(): WindowResult {
    if (this.#result === null) throw new Error('The client ended before its measured window did')
    return this.#result
  }

  #open(): void {
    this.#childrenAtOpening = childrenCpuMicros()
    this.#cpuAtOpening = process.cpuUsage()
    this.#answeredAtOpening = this.#answered
    this.#openedAt = performance.now()
  }

  #close(): void {
    const cpu = process.cpuUsage(this.#cpuAtOpening ?? undefined)
    const children = childrenCpuMicros() - this.#childrenAtOpening
    const seconds = (performance.now() - this.#openedAt) / 1000
    const requests = this.#answered - this.#answeredAtOpening
    this.stopped = true
    this.#result = {
      requests,
      seconds,
      requestsPerSecond: requests / seconds,
      cpuUserSeconds: cpu.user / 1e6,
      cpuSystemSeconds: cpu.system / 1e6,
      cpuSecondsPerMillion: requests === 0 ? Number.NaN : (cpu.user + cpu.system + children) / requests,
      p50Ms: this.#percentile(50),
      p99Ms: this.#percentile(99),
      p999Ms: this.#percentile(99.9),
    }
  }

  #percentile(percent: number): number | null {
    return this.#latencies.totalCount === 0 ? null : this.#latencies.getValueAtPercentile(percent) / unitsPerMs
  }
}
