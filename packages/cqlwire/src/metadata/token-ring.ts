/** The ring: all tokens in order, and who owns each. */
import type { Host } from './host.js'
import { murmur3Into, murmur3OfWords } from './murmur3.js'
import type { TokenHalves } from './murmur3.js'
import { runThrough } from './slices.js'
import type { SortedTokens } from './token-sort.js'
import { sortMurmur3 } from './token-sort.js'

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
  /** The same of a key of 4, 8 or 16 bytes that is given as its 1, 2 or 4 big-endian words. */
  locateWords(words: Int32Array, count: number): number
  /** The position of a token; -1 on an empty ring. */
  locate(token: Token): number
  tokenAt(position: number): Token
}

const scratch: TokenHalves = { high: 0, low: 0 }

/** The ring of the Murmur3Partitioner: tokens as two arrays of 32-bit halves. */
export class Murmur3Ring implements TokenRing {
  readonly size: number
  readonly hosts: readonly Host[]
  readonly owners: Int32Array
  readonly #high: Int32Array
  readonly #low: Uint32Array
  /**
   * Where the tokens of each value of the upper bits begin, with one more entry for the end: at most about one token to each. The hash spreads
   * tokens evenly, so this saves nearly all steps of a search over the whole ring, each of which is likely to miss the cache.
   */
  readonly starts: Int32Array
  /** How far the upper half of a token, taken as unsigned, is shifted to the right for those bits. */
  readonly shift: number

  constructor(hosts: readonly Host[], tokens: SortedTokens = runThrough(sortMurmur3(hosts))) {
    this.hosts = hosts
    this.size = tokens.owners.length
    this.owners = tokens.owners
    this.#high = tokens.high
    this.#low = tokens.low
    this.starts = tokens.starts
    this.shift = tokens.shift
  }

  /** Makes one in steps. */
  static *building(hosts: readonly Host[]): Generator<undefined, Murmur3Ring> {
    return new Murmur3Ring(hosts, yield* sortMurmur3(hosts))
  }

  locateKey(bytes: Uint8Array, start: number, end: number): number {
    murmur3Into(bytes, start, end, scratch)
    return this.locateHalves(scratch.high, scratch.low)
  }

  locateWords(words: Int32Array, count: number): number {
    murmur3OfWords(words, count, scratch)
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
    const prefix = (high ^ -0x8000_0000) >>> this.shift
    let from = this.starts[prefix]!
    let to = this.starts[prefix + 1]!
    while (from < to) {
      const middle = (from + to) >>> 1
      const other = highs[middle]!
      if (other < high || (other === high && lows[middle]! < unsignedLow)) from = middle + 1
      else to = middle
    }
    return from < this.size ? from : this.size === 0 ? -1 : 0
  }

  /** Writes the halves of each token, in order, to the first two of every `stride` words. */
  putTokens(into: Int32Array, stride: number): void {
    for (let i = 0; i < this.size; i++) {
      into[i * stride] = this.#high[i]!
      into[i * stride + 1] = this.#low[i]!
    }
  }

  tokenAt(position: number): bigint {
    return (BigInt(this.#high[position]!) << 32n) | BigInt(this.#low[position]!)
  }
}
