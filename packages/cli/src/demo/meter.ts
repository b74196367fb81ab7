/** Measures one phase (a pattern writing, or reading): its rate over time, its latencies, and the CPU time of this process. */
import type { Histogram } from 'hdr-histogram-js'

/** Latencies in milliseconds, from the moment a request is sent to the moment the program has its result in hand. */
export interface Latencies {
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly p999: number
  readonly max: number
}

/** What one phase came to. */
export interface Measurement {
  readonly requests: number
  readonly seconds: number
  readonly requestsPerSecond: number
  /** User and system time of this process, all its threads, during the phase. The server's time is not in it. */
  readonly cpuSeconds: number
  readonly cpuSecondsPerMillion: number
  readonly latencyMs: Latencies
  /** Requests per second over time: `[seconds since the start, requests per second since the sample before]`. */
  readonly rates: readonly (readonly [number, number])[]
}

const sampleEveryMs = 100

/** Starts when it is made; ends with `stop()`. What happens between `pause()` and `resume()` is in no figure. */
export class Meter {
  readonly #histogram: Histogram
  readonly #onProgress: (requests: number) => void
  readonly #rates: [number, number][] = []
  /** `performance.now()` at the start, moved on by every pause: what has passed since then is measured time. */
  #startedAt: number
  #pausedAt: number | null = null
  #cpuAtPause: NodeJS.CpuUsage | null = null
  /** Microseconds of CPU time before the start and in pauses. */
  #cpuNotCounted: number
  #requests = 0
  #sampledAt: number
  #sampledRequests = 0

  /** `histogram` counts microseconds. `onProgress` is called a few times a second with the number of requests answered so far. */
  constructor(histogram: Histogram, onProgress: (requests: number) => void) {
    this.#histogram = histogram
    this.#onProgress = onProgress
    this.#cpuNotCounted = total(process.cpuUsage())
    this.#startedAt = performance.now()
    this.#sampledAt = this.#startedAt
  }

  /** One request has its answer; it was sent at `sentAt` (milliseconds of `performance.now()`). */
  answered(sentAt: number): void {
    const now = performance.now()
    this.#histogram.recordValue(Math.max(1, Math.round((now - sentAt) * 1000)))
    this.#requests++
    if (now - this.#sampledAt >= sampleEveryMs) this.#sample(now)
  }

  pause(): void {
    if (this.#pausedAt !== null) return
    this.#cpuAtPause = process.cpuUsage()
    this.#pausedAt = performance.now()
  }

  resume(): void {
    if (this.#pausedAt === null) return
    const paused = performance.now() - this.#pausedAt
    this.#startedAt += paused
    this.#sampledAt += paused
    this.#cpuNotCounted += total(process.cpuUsage(this.#cpuAtPause!))
    this.#pausedAt = null
  }

  stop(): Measurement {
    this.resume()
    const now = performance.now()
    const cpuSeconds = (total(process.cpuUsage()) - this.#cpuNotCounted) / 1e6
    // a rest of a few milliseconds would be a rate made of noise
    if (now - this.#sampledAt >= sampleEveryMs / 2) this.#sample(now)
    else this.#onProgress(this.#requests)
    const seconds = (now - this.#startedAt) / 1000
    return {
      requests: this.#requests,
      seconds,
      requestsPerSecond: seconds === 0 ? 0 : this.#requests / seconds,
      cpuSeconds,
      cpuSecondsPerMillion: this.#requests === 0 ? 0 : (cpuSeconds / this.#requests) * 1e6,
      latencyMs: this.#latencies(),
      rates: this.#rates,
    }
  }

  #sample(now: number): void {
    const since = (now - this.#sampledAt) / 1000
    this.#rates.push([(now - this.#startedAt) / 1000, (this.#requests - this.#sampledRequests) / since])
    this.#sampledAt = now
    this.#sampledRequests = this.#requests
    this.#onProgress(this.#requests)
  }

  #latencies(): Latencies {
    const at = (percentile: number): number => this.#histogram.getValueAtPercentile(percentile) / 1000
    return { p50: at(50), p90: at(90), p99: at(99), p999: at(99.9), max: this.#histogram.maxValue / 1000 }
  }
}

const total = ({ user, system }: NodeJS.CpuUsage): number => user + system
