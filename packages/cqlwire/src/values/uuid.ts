/** 128-bit identifiers (CQL `uuid`, RFC 9562), kept as four integers until somebody asks for their text. */
import { randomFillSync } from 'node:crypto'
import { InvalidArgumentError } from '../base/errors.js'
import { describeValue } from './describe-value.js'
import { showAsText } from './inspect-as.js'
import { formatUuidText, parseUuidText } from './uuid-text.js'

const words = new Int32Array(4)

/** Random words for 256 UUIDs at a time: a call into the system's generator costs far more than 16 bytes from it. */
const pool = new Int32Array(1024)
let poolPosition = pool.length

/** An immutable UUID. Two of the same bits are `equals`, and deeply equal in assertions, but as keys of a Map they are two: use `toString()` there. */
export class Uuid {
  /** Bits 0 to 31, the most significant, as a signed 32-bit integer; then 32 to 63, 64 to 95 and 96 to 127. */
  readonly word0: number
  readonly word1: number
  readonly word2: number
  readonly word3: number

  /** From four 32-bit integers, most significant first. See `fromString`, `fromBytes` and `random`. */
  constructor(word0: number, word1: number, word2: number, word3: number) {
    this.word0 = word0 | 0
    this.word1 = word1 | 0
    this.word2 = word2 | 0
    this.word3 = word3 | 0
  }

  /** From the 36 characters `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`, in any case. Throws an InvalidArgumentError for other text. */
  static fromString(text: string): Uuid {
    readUuidText(text, 'A Uuid')
    return new this(words[0]!, words[1]!, words[2]!, words[3]!)
  }

  /** From 16 bytes, most significant first. */
  static fromBytes(bytes: Uint8Array): Uuid {
    if (!(bytes instanceof Uint8Array) || bytes.length !== 16) {
      throw new InvalidArgumentError(`A Uuid takes 16 bytes (Uint8Array), got ${describeValue(bytes)}`)
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, 16)
    return new this(view.getInt32(0), view.getInt32(4), view.getInt32(8), view.getInt32(12))
  }

  /** A new random UUID (version 4), from the system's cryptographic generator. */
  static random(): Uuid {
    if (poolPosition === pool.length) {
      randomFillSync(pool)
      poolPosition = 0
    }
    const at = poolPosition
    poolPosition = at + 4
    return new Uuid(pool[at]!, (pool[at + 1]! & 0xffff0fff) | 0x4000, (pool[at + 2]! & 0x3fffffff) | 0x80000000, pool[at + 3]!)
  }

  /** The version: 4 for random ones, 1 for those of time, 0 to 15 in general. */
  get version(): number {
    return (this.word1 >>> 12) & 15
  }

  /** A new array of the 16 bytes, most significant first. */
  toBytes(): Uint8Array {
    const bytes = new Uint8Array(16)
    const view = new DataView(bytes.buffer)
    view.setInt32(0, this.word0)
    view.setInt32(4, this.word1)
    view.setInt32(8, this.word2)
    view.setInt32(12, this.word3)
    return bytes
  }

  equals(other: unknown): boolean {
    return (
      other instanceof Uuid &&
      this.word0 === other.word0 &&
      this.word1 === other.word1 &&
      this.word2 === other.word2 &&
      this.word3 === other.word3
    )
  }

  /**
   * Negative, 0 or positive, in the order of Cassandra's `uuid` columns: by version, those of version 1 by time, then by unsigned bits.
   */
  compare(other: Uuid): number {
    const byVersion = this.version - other.version
    if (byVersion !== 0) return byVersion
    const byHigh =
      this.version === 1 ? compareTime(this, other) : compareUnsigned(this.word0, other.word0) || compareUnsigned(this.word1, other.word1)
    return byHigh || compareUnsigned(this.word2, other.word2) || compareUnsigned(this.word3, other.word3)
  }

  /** 36 lower-case characters; made anew at each call. */
  toString(): string {
    return formatUuidText(this.word0, this.word1, this.word2, this.word3)
  }

  toJSON(): string {
    return this.toString()
  }

  static {
    showAsText(this.prototype)
  }
}

/** Reads text into the words that all UUIDs are made from; `what` begins the error's message. The words are valid until the next call. */
export function readUuidText(text: unknown, what: string): Int32Array {
  if (typeof text !== 'string' || !parseUuidText(text, words)) {
    throw new InvalidArgumentError(`${what} takes text like '123e4567-e89b-42d3-a456-426614174000', got ${describeValue(text)}`)
  }
  return words
}

function compareUnsigned(a: number, b: number): number {
  return (a >>> 0) - (b >>> 0)
}

/** By the 60-bit timestamp of version 1: time_hi, then time_mid, then time_low (RFC 9562, section 5.1). */
export function compareTime(a: Uuid, b: Uuid): number {
  return (a.word1 & 0xfff) - (b.word1 & 0xfff) || (a.word1 >>> 16) - (b.word1 >>> 16) || compareUnsigned(a.word0, b.word0)
}
