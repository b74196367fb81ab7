/** The ring: all tokens in order, and who owns each. */
import type { Host } from './host.js'
import { murmur3Into } from './murmur3.js'
import type { TokenHalves } from './murmur3.js'

/** A 64-bit or 128-bit integer, or the bytes of a ByteOrderedPartitioner's token. */
export type Token = bigint | Uint8Array

/**
 * Positions count the tokens from the smallest one on. A key belongs to the first token that isn't smaller than its own, and past the
 * last one to the first.
 */
export interface TokenRing {
  /** How many tokens there are. */
  readonly size: number
  readonly hosts: readonly Host[]
  /** For each position the index of its owner in `hosts`. */
  readonly owners: Int32Array
  /** The position of a serialized partition key; -1 on an empty ring. Allocates nothing on a Murmur3 ring. */
  locateKey(bytes: Uint8Array, start: number, end: number): number
  /** The position of a token; -1 on an empty ring. */
  locate(token: Token): number
  tokenAt(position: number): Token
}

const scratch: TokenHalves = { high: 0, low: 0 }

// Sorting packs the upper half and an index into one double of 53 bits: 32 and 21.
const INDEX_LIMIT = 2 ** 21

/** The ring of the Murmur3Partitioner: tokens as two arrays of 32-bit halves. */
export class Murmur3Ring implements TokenRing {
  readonly size: number
  readonly hosts: readonly Host[]
  readonly owners: Int32Array
  readonly #high: Int32Array
  readonly #low: Uint32Array
  // Where the tokens of each value of the upper bits begin, with one more entry for the end: about one token to each. The hash spreads
  // tokens evenly, so this saves nearly all steps of a search over the whole ring, each of which is likely to miss the cache.
  readonly #starts: Int32Array
  readonly #shift: number

  constructor(hosts: readonly Host[]) {
    this.hosts = hosts
    const size = hosts.reduce((sum, host) => sum + host.tokens.length, 0)
    const owners = new Int32Array(size)
    const high = new Int32Array(size)
    const low = new Uint32Array(size)
    const view = new DataView(new ArrayBuffer(8))
    let at = 0
    for (const [index, host] of hosts.entries()) {
      for (const token of host.tokens) {
        view.setBigInt64(0, BigInt(token))
        high[at] = view.getInt32(0)
        low[at] = view.getUint32(4)
        owners[at++] = index
      }
    }
    const order = sortedOrder(high, low)
    this.size = size
    this.owners = owners.map((_, position) => owners[order[position]!]!)
    this.#high = high.map((_, position) => high[order[position]!]!)
    this.#low = low.map((_, position) => low[order[position]!]!)
    const bits = Math.min(Math.max(Math.ceil(Math.log2(size)), 1), 20)
    this.#shift = 32 - bits
    this.#starts = startsOf(this.#high, bits)
  }

  locateKey(bytes: Uint8Array, start: number, end: number): number {
    murmur3Into(bytes, start, end, scratch)
    return this.locateHalves(scratch.high, scratch.low)
  }

  locate(token: Token): number {
    if (typeof token !== 'bigint') return this.locateKey(token, 0, token.length)
    return this.locateHalves(Number(BigInt.asIntN(32, token >> 32n)), Number(BigInt.asIntN(32, token)))
  }

  /** The position of a token given as its upper half (signed) and its lower half (signed or unsigned). */
  locateHalves(high: number, low: number): number {
    const highs = this.#high
    const lows = this.#low
    const unsignedLow = low >>> 0
    const prefix = (high ^ -0x8000_0000) >>> this.#shift
    let from = this.#starts[prefix]!
    let to = this.#starts[prefix + 1]!
    while (from < to) {
      const middle = (from + to) >>> 1
      const other = highs[middle]!
      if (other < high || (other === high && lows[middle]! < unsignedLow)) from = middle + 1
      else to = middle
    }
    return from < this.size ? from : this.size === 0 ? -1 : 0
  }

  tokenAt(position: number): bigint {
    return (BigInt(this.#high[position]!) << 32n) | BigInt(this.#low[position]!)
  }
}

/** For each value of the upper `bits` bits (as unsigned integers, so that they ascend) the position of the first token that has it or more. */
function startsOf(sortedHigh: Int32Array, bits: number): Int32Array {
  const starts = new Int32Array(2 ** bits + 1)
  let position = 0
  for (let prefix = 0; prefix < starts.length; prefix++) {
    while (position < sortedHigh.length && (sortedHigh[position]! ^ -0x8000_0000) >>> (32 - bits) < prefix) position++
    starts[prefix] = position
  }
  return starts
}

/** The indexes of the tokens in ascending order. */
function sortedOrder(high: Int32Array, low: Uint32Array): Uint32Array {
  const size = high.length
  const order = new Uint32Array(size)
  if (size > INDEX_LIMIT) {
    for (let i = 0; i < size; i++) order[i] = i
    return order.sort((a, b) => high[a]! - high[b]! || low[a]! - low[b]!)
  }
  // Numbers are sorted natively, several times faster than by a comparing function: a quarter of a million tokens are nothing unusual.
  const keys = new Float64Array(size)
  for (let i = 0; i < size; i++) keys[i] = (high[i]! + 2 ** 31) * INDEX_LIMIT + i
  keys.sort()
  for (let i = 0; i < size; i++) order[i] = keys[i]! % INDEX_LIMIT
  // Tokens that share their upper half, which are few, are put right among themselves.
  for (let i = 1; i < size; i++) {
    const index = order[i]!
    let at = i
    while (at > 0 && high[order[at - 1]!]! === high[index]! && low[order[at - 1]!]! > low[index]!) {
      order[at] = order[at - 1]!
      at--
    }
    order[at] = index
  }
  return order
}
