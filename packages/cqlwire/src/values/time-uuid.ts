/**
 * UUIDs of time (CQL `timeuuid`, version 1 of RFC 9562, section 5.1): a 60-bit count of 100 ns since 1582-10-15, a clock sequence, a node.
 *
 * Layout in four words: word0 time_low; word1 time_mid, version, time_hi; word2 variant, clock sequence, node; word3 node.
 */
import { randomBytes } from 'node:crypto'
import { InvalidArgumentError } from '../base/errors.js'
import { describeValue } from './describe-value.js'
import { compareTime, readUuidText, Uuid } from './uuid.js'

/** Milliseconds from 1582-10-15 (the Gregorian reform, where the count starts) to 1970-01-01. */
const EPOCH_OFFSET_MS = 12_219_292_800_000
const TICKS_PER_MS = 10_000
const TWO_32 = 0x1_0000_0000
/** The last millisecond that 60 bits of ticks can say: in the year 5236. */
const LAST_MS: number = Math.floor((2 ** 60 - 1) / TICKS_PER_MS) - EPOCH_OFFSET_MS

/** One node and clock sequence per module instance, so each thread and each process has its own; bit 0 of the first byte marks a random node. */
const seed = randomBytes(8)
const nodeHigh = ((seed[0]! | 1) << 8) | seed[1]!
const nodeLow = seed.readInt32BE(2)
const clockSequence = seed.readUInt16BE(6) & 0x3fff

let lastMs = 0
let lastTick = 0
let dateTick = 0

export class TimeUuid extends Uuid {
  /** From its text. Throws an InvalidArgumentError where it is not a UUID, or one of another version. */
  static override fromString(text: string): TimeUuid {
    const words = readUuidText(text, 'A TimeUuid')
    return versionOne(new this(words[0]!, words[1]!, words[2]!, words[3]!))
  }

  /** From 16 bytes of a version 1 UUID. */
  static override fromBytes(bytes: Uint8Array): TimeUuid {
    return versionOne(super.fromBytes(bytes) as TimeUuid)
  }

  /** Random UUIDs are of version 4, which is no `timeuuid`. */
  static override random(): never {
    throw new InvalidArgumentError('A random UUID is not of time: use Uuid.random(), or TimeUuid.now()')
  }

  /** A new one for this moment: greater than every one made before in this thread, also within a millisecond and when the clock goes back. */
  static now(): TimeUuid {
    const ms = Date.now()
    if (ms > lastMs) {
      lastMs = ms
      lastTick = 0
    } else if (++lastTick === TICKS_PER_MS) {
      lastMs++
      lastTick = 0
    }
    return fromTime(lastMs, lastTick, ((0x8000 | clockSequence) << 16) | nodeHigh, nodeLow)
  }

  /**
   * One for a given moment.
   *
   * @param date a Date, or milliseconds since 1970
   * @param ticks the 100 ns within the millisecond, 0 to 9,999; left out, a counter that keeps those of one date apart
   * @param node 6 bytes; left out, this thread's random node
   * @param clockSeq 0 to 16,383; left out, this thread's random sequence
   */
  static fromDate(date: Date | number, ticks?: number, node?: Uint8Array, clockSeq: number = clockSequence): TimeUuid {
    const ms = takeMs(date)
    if (ticks === undefined) {
      ticks = dateTick
      dateTick = (dateTick + 1) % TICKS_PER_MS
    } else takeInteger(ticks, 0, TICKS_PER_MS - 1, 'ticks')
    takeInteger(clockSeq, 0, 0x3fff, 'clockSeq')
    let high = nodeHigh
    let low = nodeLow
    if (node !== undefined) {
      if (!(node instanceof Uint8Array) || node.length !== 6) {
        throw new InvalidArgumentError(`The node of a TimeUuid is 6 bytes (Uint8Array), got ${describeValue(node)}`)
      }
      high = (node[0]! << 8) | node[1]!
      low = (node[2]! << 24) | (node[3]! << 16) | (node[4]! << 8) | node[5]!
    }
    return fromTime(ms, ticks, ((0x8000 | clockSeq) << 16) | high, low)
  }

  /** The least in Cassandra's order of all that carry this millisecond: a lower bound for range queries, like CQL's minTimeuuid. Not an identifier. */
  static min(date: Date | number): TimeUuid {
    return fromTime(takeMs(date), 0, 0x80808080, 0x80808080)
  }

  /** The greatest in Cassandra's order of all that carry this millisecond: an upper bound, like CQL's maxTimeuuid. Not an identifier. */
  static max(date: Date | number): TimeUuid {
    return fromTime(takeMs(date), TICKS_PER_MS - 1, 0x7f7f7f7f, 0x7f7f7f7f)
  }

  /** The moment it carries, cut to milliseconds. */
  getDate(): Date {
    return new Date(this.timestampMs)
  }

  /** Milliseconds since 1970. */
  get timestampMs(): number {
    return divideTicks(this).ms - EPOCH_OFFSET_MS
  }

  /** The 100 ns within the millisecond, 0 to 9,999. */
  get ticks(): number {
    return divideTicks(this).ticks
  }

  get clockSeq(): number {
    return (this.word2 >>> 16) & 0x3fff
  }

  /** The 6 bytes of the node. */
  get node(): Uint8Array {
    return this.toBytes().subarray(10)
  }

  /** The order of Cassandra's `timeuuid` columns: by time, then by the last eight bytes, each compared as a signed byte. */
  override compare(other: Uuid): number {
    return compareTime(this, other) || compareSignedBytes(this.word2, other.word2) || compareSignedBytes(this.word3, other.word3)
  }
}

function versionOne(uuid: TimeUuid): TimeUuid {
  if (uuid.version !== 1) {
    throw new InvalidArgumentError(`A TimeUuid is a UUID of version 1, got version ${uuid.version}`)
  }
  return uuid
}

/** The count of ticks takes 60 bits, more than a double has: it is kept as its high 28 and low 32 bits. */
function fromTime(ms: number, ticks: number, word2: number, word3: number): TimeUuid {
  const count = ms + EPOCH_OFFSET_MS
  const highMs = Math.floor(count / TWO_32)
  const low = (count - highMs * TWO_32) * TICKS_PER_MS + ticks
  const carry = Math.floor(low / TWO_32)
  const high = highMs * TICKS_PER_MS + carry
  const word1 = (high << 16) | 0x1000 | ((high >>> 16) & 0xfff)
  return new TimeUuid(low - carry * TWO_32, word1, word2, word3)
}

function divideTicks(uuid: Uuid): { ms: number; ticks: number } {
  const high = ((uuid.word1 & 0xfff) << 16) | (uuid.word1 >>> 16)
  const highMs = Math.floor(high / TICKS_PER_MS)
  const rest = (high - highMs * TICKS_PER_MS) * TWO_32 + (uuid.word0 >>> 0)
  const lowMs = Math.floor(rest / TICKS_PER_MS)
  return { ms: highMs * TWO_32 + lowMs, ticks: rest - lowMs * TICKS_PER_MS }
}

/** With the sign bit of each byte flipped, the order of signed bytes is that of unsigned words. */
function compareSignedBytes(a: number, b: number): number {
  return ((a ^ 0x80808080) >>> 0) - ((b ^ 0x80808080) >>> 0)
}

function takeMs(date: Date | number): number {
  const ms = date instanceof Date ? date.getTime() : date
  if (typeof ms !== 'number' || !Number.isInteger(ms) || ms < -EPOCH_OFFSET_MS || ms > LAST_MS) {
    throw new InvalidArgumentError(
      `A TimeUuid takes a Date, or whole milliseconds, from 1582-10-15 to the year 5236, got ${describeValue(date)}`,
    )
  }
  return ms
}

function takeInteger(value: number, least: number, most: number, name: string): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new InvalidArgumentError(`The ${name} of a TimeUuid is an integer from ${least} to ${most}, got ${describeValue(value)}`)
  }
}
