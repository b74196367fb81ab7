/**
 * The number in flight that `concurrency: 'auto'` works with: samples in, a limit out. No clock and no randomness of its own.
 *
 * By Little's law a level of `n` in flight with a mean latency of `w` carries `n / w` requests per unit of time, so latencies alone say what a level is
 * worth. The level climbs by doubling as TCP's slow start does (RFC 5681), then tries a neighbour now and then, up and down in turn, and moves
 * where more in flight carries more, or less carries as much: the hill climbing of the .NET thread pool (Hellerstein and others, "Optimizing
 * Concurrency Levels in the .NET ThreadPool", 2009). A latency that was the least once, which Vegas and Netflix's concurrency-limits
 * measure queues by, says little here: batches of answers make it grow with the level although throughput grows too. Refusals
 * lower the level at once, as AIMD does, and what was refused bounds the next tries.
 */

import { MOST_AUTO_CONCURRENCY } from '../base/concurrency.js'

/** Where it starts; a level below 1 or above MOST_AUTO_CONCURRENCY is not tried. */
const START = 32

/** The next level to try, so many times the present one or so much less: as far up as down, so that chance alone leads nowhere. */
const STEP = 1.5
/** A smaller one up, towards a level that was refused, is not worth a try. */
const LEAST_STEP = 1.05

/** What a doubling must gain, at the start, for the next one. */
const STEEP = 1.2
/**
 * A step up must carry so much more to be worth it, and a step down may carry so much less. Where throughput levels off, as `n / (n + k)` does, this
 * ends at the level that carries 94 % of the most: what more would gain is waiting, not throughput.
 */
const WORTH = 1.025

/**
 * A latency that differs so much from before, twice in a row: the server has changed, and what was found out about it is void. Once may be the
 * answers that came late after a refusal.
 */
const CHANGED = 1.6

/** After a refusal: the share of the level that is left, and how close to the refused level tries come. */
const BACK_OFF = 0.8
const NEAR_CEILING = 0.9

/** Epochs between two tries, fewest and most. */
const SHORT_REST = 2
const LONG_REST = 32

/** Epochs that the level that was refused is kept in mind for: twice as many each time that it is refused again. */
const CEILING_EPOCHS = 200
const MOST_CEILING_EPOCHS = 12_800

/** An epoch has so many milliseconds at least: short ones measure pauses of the garbage collector. At the start they only cost time. */
const LEAST_EPOCH_MS = 10
const LEAST_STARTING_EPOCH_MS = 5

/** From this level on, only every eighth request is looked at: a look at the clock takes time too. */
const MANY = 64
const LOOKS_EVERY = 8

type Phase = 'starting' | 'resting' | 'trying' | 'confirming'

export class AdaptiveLimit {
  /** So many may be in flight. */
  limit: number = START
  /** Requests are stamped with it when they start: only those of the present level count. */
  epoch = 0
  #phase: Phase = 'starting'
  /** The level that is held, what it carried, and the latency it was found with. */
  #base = START
  #rate = 0
  #latency = 0
  #hasDiffered = false
  #tried = 0
  #triedRate = 0
  #direction: 'up' | 'down' = 'up'
  #rest = SHORT_REST
  #rested = 0
  #ceiling = Infinity
  #ceilingAge = 0
  #ceilingEpochs = CEILING_EPOCHS
  /** The epoch that the last refusal began. */
  #lowered = 0
  #refusals = 0
  // the present epoch
  /** What is refused until the first answer was sent at the higher level before. */
  #isLowered = false
  #since = -1
  #skip = START
  #count = 0
  #sum = 0
  #full = 0

  /** Whether the request of this number is one of those that `sample` is told of. */
  looksAt(index: number): boolean {
    return this.limit < MANY || index % LOOKS_EVERY === 0
  }

  /**
   * A request is over, one of those that `looksAt` named.
   *
   * @param epoch what `epoch` was when it started
   * @param latencyMs from its start to its end
   * @param nowMs a monotonic clock
   * @param isFull whether `limit` or more were in flight: where the input or the reader is the slow one, latencies say nothing about the limit
   * @param refusals how many requests were answered OVERLOADED so far, though they may be sent again: told of at once, as a retry may take long
   */
  sample(epoch: number, latencyMs: number, nowMs: number, isFull: boolean, refusals: number): void {
    if (epoch !== this.epoch) return
    if (this.#since < 0) this.#since = nowMs
    if (refusals !== this.#refusals) {
      this.#refusals = refusals
      if (!this.#isLowered) return this.refused(this.epoch, this.limit)
    }
    this.#isLowered = false
    const weight = this.limit < MANY ? 1 : LOOKS_EVERY
    if (this.#skip > 0) {
      this.#skip -= weight
      return
    }
    this.#count += weight
    this.#sum += latencyMs * weight
    if (isFull) this.#full += weight
    const leastMs = this.#phase === 'starting' ? LEAST_STARTING_EPOCH_MS : LEAST_EPOCH_MS
    if (this.#count < Math.max(2 * this.limit, 16) || nowMs - this.#since < leastMs) return
    const latency = Math.max(this.#sum / this.#count, 1e-6)
    if (this.#full * 5 < this.#count * 4) this.#begin(this.#base, 'resting')
    else this.#measured(this.limit / latency, latency)
  }

  /**
   * A request failed for good because it was refused, with OVERLOADED or without an answer in time. Of those that started before the level was
   * lowered only the first counts.
   *
   * @param epoch what `epoch` was when it started
   * @param level what `limit` was
   */
  refused(epoch: number, level: number): void {
    if (epoch < this.#lowered) return
    if (this.#ceilingAge > 0) this.#ceilingEpochs = Math.min(2 * this.#ceilingEpochs, MOST_CEILING_EPOCHS)
    this.#ceiling = level
    this.#ceilingAge = 0
    if (level <= this.#base) this.#base = Math.max(1, Math.floor(level * BACK_OFF))
    this.#rate = 0
    this.#rest = SHORT_REST
    this.#direction = 'up'
    this.#begin(this.#base, 'resting')
    this.#lowered = this.epoch
  }

  #measured(rate: number, latency: number): void {
    if (++this.#ceilingAge > this.#ceilingEpochs) this.#ceiling = Infinity
    if (this.#phase === 'starting') this.#started(rate, latency)
    else if (this.#phase === 'resting') this.#heldOn(rate, latency)
    else if (this.#phase === 'trying') {
      this.#triedRate = rate
      this.#begin(this.#base, 'confirming')
    } else this.#decide(rate, latency)
  }

  #started(rate: number, latency: number): void {
    const before = this.#rate
    if (before > 0 && rate < before * WORTH) return this.#begin(this.#base, 'resting')
    this.#hold(this.limit, rate, latency)
    const next = Math.min(2 * this.limit, MOST_AUTO_CONCURRENCY)
    this.#begin(rate >= before * STEEP && next > this.limit ? next : this.limit, rate >= before * STEEP ? 'starting' : 'resting')
    if (this.limit === this.#base) this.#phase = 'resting'
  }

  #heldOn(rate: number, latency: number): void {
    const ratio = this.#latency === 0 ? 1 : latency / this.#latency
    const differs = ratio > CHANGED || ratio < 1 / CHANGED
    if (differs && !this.#hasDiffered) {
      this.#hasDiffered = true
      return this.#begin(this.#base, 'resting')
    }
    this.#hasDiffered = false
    if (differs) {
      this.#rest = SHORT_REST
      this.#direction = 'up'
      this.#ceiling = Infinity
      this.#ceilingEpochs = CEILING_EPOCHS
    }
    this.#hold(this.#base, rate, latency)
    if (++this.#rested < this.#rest) return this.#begin(this.#base, 'resting')
    this.#rested = 0
    let next = this.#neighbour()
    if (next === this.#base) {
      this.#direction = this.#direction === 'up' ? 'down' : 'up'
      next = this.#neighbour()
    }
    this.#tried = next
    this.#begin(next, next === this.#base ? 'resting' : 'trying')
  }

  #neighbour(): number {
    const base = this.#base
    if (this.#direction === 'down') return Math.max(1, Math.min(base - 1, Math.floor(base / STEP)))
    const highest = Math.min(MOST_AUTO_CONCURRENCY, Math.floor(this.#ceiling * NEAR_CEILING))
    // Each refusal holds up what comes after it, so the bound is closed in on by halves.
    const next = Math.min(Math.ceil(base * STEP), Math.ceil((base + this.#ceiling) / 2))
    const level = Math.min(next, highest)
    return level < base * LEAST_STEP ? base : level
  }

  /** The level in question was measured between two measurements of the one that is held: drift counts for neither. */
  #decide(rate: number, latency: number): void {
    const gain = (2 * this.#triedRate) / (this.#rate + rate)
    const isBetter = gain >= (this.#tried > this.#base ? WORTH : 1 / WORTH)
    this.#hold(this.#base, rate, latency)
    if (isBetter) {
      this.#hold(this.#tried, this.#triedRate, this.#tried / this.#triedRate)
      this.#rest = SHORT_REST
    } else {
      this.#direction = this.#direction === 'up' ? 'down' : 'up'
      this.#rest = Math.min(this.#rest * 2, LONG_REST)
    }
    this.#begin(this.#base, 'resting')
  }

  #hold(level: number, rate: number, latency: number): void {
    this.#base = level
    this.#rate = rate
    this.#latency = latency
  }

  #begin(level: number, phase: Phase): void {
    // What started at the same level before is as good as what starts now.
    const isSame = level === this.limit
    this.#isLowered = level < this.limit
    this.limit = level
    this.#phase = phase
    if (!isSame) this.epoch++
    this.#since = -1
    this.#skip = isSame ? 0 : level
    this.#count = this.#sum = this.#full = 0
  }
}
