/** Parts of the ring. */
import { InvalidArgumentError } from '../base/errors.js'
import type { Partitioner } from './partitioner.js'
import type { Token } from './token-ring.js'

/**
 * The tokens after `start`, up to `end` and `end` with them: `]start, end]`, as `WHERE token(pk) > start AND token(pk) <= end` reads it.
 *
 * The smallest token of the partitioner is the place where the ring begins and ends: as `start` it says "from the first key on", as `end`
 * "to the last key". Where both are that token, the range is the whole ring; where both are the same other token, it is empty. Where
 * `start` is greater than `end`, the range goes over the ring's end: {@link TokenRange.unwrap} cuts it there, for queries.
 */
export class TokenRange {
  readonly start: Token
  readonly end: Token
  readonly #partitioner: Partitioner

  constructor(start: Token, end: Token, partitioner: Partitioner) {
    this.start = start
    this.end = end
    this.#partitioner = partitioner
  }

  get isEmpty(): boolean {
    return this.#compare(this.start, this.end) === 0 && !this.isFullRing
  }

  get isFullRing(): boolean {
    return this.#isMin(this.start) && this.#isMin(this.end)
  }

  /** Whether it goes over the end of the ring. A range that ends there does not. */
  get isWrapAround(): boolean {
    return !this.#isMin(this.end) && this.#compare(this.start, this.end) > 0
  }

  contains(token: Token): boolean {
    if (this.isEmpty) return false
    const isAfterStart = this.#compare(token, this.start) > 0
    if (this.#isMin(this.end)) return isAfterStart || this.#isMin(token)
    const isUpToEnd = this.#compare(token, this.end) <= 0
    return this.isWrapAround ? isAfterStart || isUpToEnd : isAfterStart && isUpToEnd
  }

  /** The range as one or two that don't go over the end of the ring. */
  unwrap(): TokenRange[] {
    const { minToken } = this.#partitioner
    return this.isWrapAround ? [this.#range(this.start, minToken), this.#range(minToken, this.end)] : [this]
  }

  /**
   * The range in `parts` ranges, one after the other, that differ by one token at most in how many they have. None of them is empty: a
   * range of fewer tokens than `parts` becomes as many ranges as it has tokens.
   *
   * @throws {InvalidArgumentError} with the ByteOrderedPartitioner, whose tokens can't be counted; `parts` isn't a whole number from 1 on;
   * the range is empty
   */
  splitEvenly(parts: number): TokenRange[] {
    const { ringLength, minToken, name } = this.#partitioner
    if (!Number.isSafeInteger(parts) || parts < 1)
      throw new InvalidArgumentError(`A range is split into a whole number of parts, 1 at least, not into ${String(parts)}`)
    if (ringLength === null)
      throw new InvalidArgumentError(`Token ranges of the ${name} can't be split evenly: its tokens can't be counted`)
    if (this.isEmpty) throw new InvalidArgumentError(`The token range ${String(this)} is empty: it can't be split`)
    // Counted from the ring's beginning on, which is its end as well.
    const first = (this.start as bigint) - (minToken as bigint)
    const distance = (this.end as bigint) - (this.start as bigint)
    const length = distance > 0n ? distance : distance + ringLength
    const count = length < BigInt(parts) ? length : BigInt(parts)
    const bounds = [this.start]
    for (let i = 1n; i < count; i++) bounds.push((minToken as bigint) + ((first + (length * i) / count) % ringLength))
    bounds.push(this.end)
    return bounds.slice(1).map((end, i) => this.#range(bounds[i]!, end))
  }

  intersects(other: TokenRange): boolean {
    return this.intersectWith(other).length > 0
  }

  /** What both have in common: none, one or two ranges. None of them goes over the end of the ring, but the whole of both may. */
  intersectWith(other: TokenRange): TokenRange[] {
    const parts: TokenRange[] = []
    for (const a of this.unwrap()) {
      for (const b of other.unwrap()) {
        const start = this.#compare(a.start, b.start) >= 0 ? a.start : b.start
        const end = this.#earlierEnd(a.end, b.end)
        const isNone = a.isEmpty || b.isEmpty || (!this.#isMin(end) && this.#compare(start, end) >= 0)
        if (!isNone) parts.push(this.#range(start, end))
      }
    }
    return parts
  }

  equals(other: TokenRange): boolean {
    return this.#compare(this.start, other.start) === 0 && this.#compare(this.end, other.end) === 0
  }

  toString(): string {
    return `]${tokenText(this.start)}, ${tokenText(this.end)}]`
  }

  #earlierEnd(a: Token, b: Token): Token {
    if (this.#isMin(a)) return b
    if (this.#isMin(b)) return a
    return this.#compare(a, b) <= 0 ? a : b
  }

  #isMin(token: Token): boolean {
    return this.#compare(token, this.#partitioner.minToken) === 0
  }

  #compare(a: Token, b: Token): number {
    return this.#partitioner.compare(a, b)
  }

  #range(start: Token, end: Token): TokenRange {
    return new TokenRange(start, end, this.#partitioner)
  }
}

function tokenText(token: Token): string {
  return typeof token === 'bigint' ? String(token) : `0x${Buffer.from(token).toString('hex')}`
}
