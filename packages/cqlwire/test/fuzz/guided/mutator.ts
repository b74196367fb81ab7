/** Changes inputs as servers that are broken, or lie, would: bits, bytes, lengths and counts, pieces left out, doubled and moved. */
import type { Random } from './random.js'

const BYTES: readonly number[] = [0, 1, 2, 4, 8, 16, 0x7f, 0x80, 0xff, 0xfe]
/** What lengths and counts are when they lie: the ends of ranges, and what becomes huge when it is multiplied by something small. */
const NUMBERS: readonly number[] = [
  ...[0, 1, 2, 3, 4, 8, 16, 64, 255, 256, 1024, 4096, 0x7fff, 0x8000, 0xffff, 0x1_0000, 0x10_0000, 0x100_0000, 0x1000_0000],
  ...[0x1fff_ffff, 0x2000_0000, 0x3fff_ffff, 0x4000_0000, 0x7fff_fffe, 0x7fff_ffff, -1, -2, -3, -4, -128, -0x8000, -0x8000_0000],
]

export class Mutator {
  readonly #random: Random
  readonly #most: number
  readonly #words: readonly Buffer[]
  readonly #bytes: Buffer
  #length = 0

  /** `most`: the longest input. */
  constructor(random: Random, most: number, words: readonly string[] = []) {
    this.#random = random
    this.#most = most
    this.#words = words.map((word) => Buffer.from(word))
    this.#bytes = Buffer.alloc(most)
  }

  /** A changed copy of `input`, good until the next call. `other` is another input, of which pieces may be taken. */
  mutate(input: Uint8Array, other: Uint8Array): Buffer {
    this.#length = Math.min(input.length, this.#most)
    this.#bytes.set(input.subarray(0, this.#length))
    // One change mostly: each of several must be survived for the input to get as far as the last.
    let changes = 1
    while (changes < 6 && this.#random.below(5) < 2) changes++
    for (let i = 0; i < changes; i++) this.#change(other)
    return this.#bytes.subarray(0, this.#length)
  }

  #change(other: Uint8Array): void {
    const random = this.#random
    const bytes = this.#bytes
    if (this.#length === 0) return this.#insert(other.subarray(0, 8))
    const at = random.below(this.#length)
    switch (random.below(16)) {
      case 0:
      case 1:
        bytes[at]! ^= 1 << random.below(8)
        return
      case 2:
        bytes[at] = random.next()
        return
      case 3:
      case 4:
        bytes[at] = random.pick(BYTES)
        return
      case 5:
        bytes[at]! += random.below(2) === 0 ? 1 : -1
        return
      case 6:
      case 7:
        return this.#putNumber(at, random.below(3) === 0 ? 2 : 4, random.pick(NUMBERS))
      case 8:
        return this.#nudgeNumber(at)
      case 9:
        this.#length = at
        return
      case 10:
        return this.#remove(at, 1 + random.below(Math.min(16, this.#length - at)))
      case 11:
        return this.#insert(bytes.subarray(at, Math.min(this.#length, at + 1 + random.below(16))))
      case 12:
        return this.#insert(pieceOf(other, random))
      case 13:
        return this.#overwrite(at, pieceOf(other, random))
      case 14:
        return this.#words.length > 0 ? this.#insert(random.pick(this.#words)) : this.#putNumber(at, 4, random.pick(NUMBERS))
      default:
        return this.#words.length > 0 ? this.#overwrite(at, random.pick(this.#words)) : this.#nudgeNumber(at)
    }
  }

  #putNumber(at: number, size: number, value: number): void {
    if (at + size > this.#length) return
    if (size === 2) this.#bytes.writeUInt16BE(value & 0xffff, at)
    else this.#bytes.writeInt32BE(value | 0, at)
  }

  /** A length that is wrong by a little. */
  #nudgeNumber(at: number): void {
    if (at + 4 > this.#length) return
    this.#bytes.writeInt32BE((this.#bytes.readInt32BE(at) + this.#random.below(9) - 4) | 0, at)
  }

  #remove(at: number, count: number): void {
    this.#bytes.copyWithin(at, at + count, this.#length)
    this.#length -= count
  }

  #insert(piece: Uint8Array): void {
    const count = Math.min(piece.length, this.#most - this.#length)
    if (count === 0) return
    const copy = Buffer.from(piece.subarray(0, count))
    const at = this.#random.below(this.#length + 1)
    this.#bytes.copyWithin(at + count, at, this.#length)
    this.#bytes.set(copy, at)
    this.#length += count
  }

  #overwrite(at: number, piece: Uint8Array): void {
    const count = Math.min(piece.length, this.#length - at)
    this.#bytes.set(piece.subarray(0, count), at)
  }
}

function pieceOf(input: Uint8Array, random: Random): Uint8Array {
  if (input.length === 0) return input
  const at = random.below(input.length)
  return input.subarray(at, at + 1 + random.below(Math.min(64, input.length - at)))
}
