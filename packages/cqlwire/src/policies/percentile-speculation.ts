/** Asks a second node about the requests that are slow for this cluster, whatever its pace is now. */
import { InvalidOptionError } from '../base/errors.js'
import { Latencies } from './latencies.js'
import type { SpeculativeExecutionPolicy } from './speculative.js'

export interface PercentileSpeculativeExecutionOptions {
  /** The share of requests, in percent, that should be answered without a second attempt. 99 by default: one in a hundred gets one. */
  readonly percentile?: number
  /** Further attempts of one request, each after as long again. 1 by default. */
  readonly maxAttempts?: number
  /** Never sooner than after so many milliseconds, 2 by default. */
  readonly minDelayMs?: number
  /** Nothing is asked twice before so many latencies are known, 100 by default. */
  readonly minSamples?: number
}

/** Percentiles are over the latest 1,000 to 2,000 times that were taken: those of one in eight requests. */
const WINDOW = 1_000
/** After so many new times the delay is worked out anew. */
const REFRESH = 50

/**
 * Another attempt when a request takes longer than this percentile of the latest ones took. The latencies of every eighth idempotent request
 * are looked at, and only while such a policy is in use. One object serves one cluster; profiles with paces of their own (analytics beside
 * look-ups) have a policy each.
 */
export class PercentileSpeculativeExecutionPolicy implements SpeculativeExecutionPolicy {
  readonly percentile: number
  readonly maxAttempts: number
  readonly minDelayMs: number
  readonly minSamples: number
  readonly #latencies = new Latencies(WINDOW)
  #delayMs = -1
  #news = 0

  constructor(options: PercentileSpeculativeExecutionOptions = {}) {
    const { percentile = 99, maxAttempts = 1, minDelayMs = 2, minSamples = 100 } = options
    this.percentile = checked('percentile', percentile, 'more than 0 and less than 100', percentile > 0 && percentile < 100)
    this.maxAttempts = checked(
      'maxAttempts',
      maxAttempts,
      'an integer of at least 1',
      Number.isSafeInteger(maxAttempts) && maxAttempts >= 1,
    )
    this.minDelayMs = checked('minDelayMs', minDelayMs, 'milliseconds of at least 0', Number.isFinite(minDelayMs) && minDelayMs >= 0)
    this.minSamples = checked('minSamples', minSamples, 'an integer of at least 1', Number.isSafeInteger(minSamples) && minSamples >= 1)
  }

  /** The delay now, -1 while too little is known. */
  get delayMs(): number {
    return this.#delayMs
  }

  nextDelayMs(started: number): number {
    return started < this.maxAttempts ? this.#delayMs : -1
  }

  onLatency(ms: number): void {
    this.#latencies.record(ms)
    this.#news++
    const { count } = this.#latencies
    if (count < this.minSamples || (this.#delayMs >= 0 && this.#news < REFRESH)) return
    this.#news = 0
    this.#delayMs = Math.max(this.minDelayMs, this.#latencies.percentile(this.percentile / 100))
  }
}

function checked(name: string, value: number, takes: string, isRight: boolean): number {
  if (isRight) return value
  throw new InvalidOptionError(name, `PercentileSpeculativeExecutionPolicy: ${name} takes ${takes}, got ${String(value)}`)
}
