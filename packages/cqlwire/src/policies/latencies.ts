/** How long requests take, as a percentile of the latest ones: counts in buckets, without keeping the times themselves. */

/** Sixteenths of a millisecond: the unit that times are counted in. */
export const UNITS_PER_MS = 16
/** Buckets for each doubling: a bucket is at most an eighth wide. */
const STEPS = 8
const BUCKETS = 32 * STEPS

export class Latencies {
  readonly #window: number
  /** What is asked; the older half is dropped when the newer one is full. */
  #older = new Uint32Array(BUCKETS)
  #newer = new Uint32Array(BUCKETS)
  #inOlder = 0
  #inNewer = 0

  /** Percentiles are over the latest `window` to twice as many times. */
  constructor(window: number) {
    this.#window = window
  }

  get count(): number {
    return this.#inOlder + this.#inNewer
  }

  record(ms: number): void {
    if (this.#inNewer === this.#window) {
      const older = this.#older
      this.#older = this.#newer
      this.#inOlder = this.#inNewer
      this.#newer = older.fill(0)
      this.#inNewer = 0
    }
    this.#newer[bucketOf(ms)]!++
    this.#inNewer++
  }

  /** Milliseconds that this share of the times, from 0 to 1, does not exceed; to an eighth above. 0 where there are none. */
  percentile(share: number): number {
    let left = Math.ceil(this.count * share)
    if (left === 0) return 0
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      left -= this.#older[bucket]! + this.#newer[bucket]!
      if (left <= 0) return upperEndOf(bucket)
    }
    return upperEndOf(BUCKETS - 1)
  }
}

/** The first `STEPS` buckets are one unit wide; after that every doubling has as many again. */
function bucketOf(ms: number): number {
  const units = Math.min(Math.max(0, Math.floor(ms * UNITS_PER_MS)), 0x7fff_ffff)
  if (units < STEPS) return units
  const doubling = 31 - Math.clz32(units) - 3
  return STEPS * (doubling + 1) + ((units >>> doubling) - STEPS)
}

function upperEndOf(bucket: number): number {
  if (bucket < STEPS) return (bucket + 1) / UNITS_PER_MS
  const doubling = Math.floor(bucket / STEPS) - 1
  return ((STEPS + (bucket % STEPS) + 1) * 2 ** doubling) / UNITS_PER_MS
}
