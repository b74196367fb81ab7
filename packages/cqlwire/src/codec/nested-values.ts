/**
 * How values stand within collections, tuples, user types (native protocol v3 and later, sections 6.13 to 6.25): each as [bytes], an [int]
 * length and the content, where -1 is null. Nothing that the server says about sizes is believed before it fits.
 */
import { InvalidArgumentError, MalformedFrameError } from '../base/errors.js'
import { describeValue } from '../values/describe-value.js'
import type { ByteBlock } from '../wire/byte-block.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import type { Codec } from './codec.js'

/** Writes one element with its length. Null and undefined are the caller's to treat before. */
export function putElement(writer: ByteWriter, codec: Codec, value: unknown): void {
  const mark = writer.beginLength()
  codec.write(writer, value)
  writer.patchLength(mark)
}

/** The error of an element, with the place of the element in front: `element [3] takes an integer ..., got ...`. */
export function atPlace(error: unknown, place: string): unknown {
  if (!(error instanceof InvalidArgumentError)) return error
  return new InvalidArgumentError(`${place} ${error.message}`, { cause: error.cause })
}

export function refuseNull(value: unknown, type: string): never {
  throw new InvalidArgumentError(`takes a value, got ${describeValue(value)}: null is not allowed in a ${type}`)
}

/** The [int] at `start`, which must lie before `end`, as a count of things that take at least `leastBytes` each. */
export function readElementCount(block: ByteBlock, start: number, end: number, leastBytes: number, what: string): number {
  if (end - start < 4) throw new MalformedFrameError(`A ${what} begins with a count of 4 bytes, the server sent ${end - start}`)
  const count = block.view.getInt32(start)
  if (count < 0 || count * leastBytes > end - start - 4) {
    throw new MalformedFrameError(`A ${what} announces ${count} elements, but has only ${end - start - 4} bytes for them`)
  }
  return count
}

/**
 * The [int] length of an element at `at`, checked against the end of the value: negative for null. The content begins at `at + 4`.
 */
export function readElementLength(block: ByteBlock, at: number, end: number, what: string): number {
  if (end - at < 4) throw new MalformedFrameError(`A ${what} ends within the length of an element`)
  const length = block.view.getInt32(at)
  if (length > end - at - 4) {
    throw new MalformedFrameError(`An element of a ${what} announces ${length} bytes, ${end - at - 4} are left`)
  }
  return length
}

export function checkAllRead(at: number, end: number, what: string): void {
  if (at !== end) throw new MalformedFrameError(`A ${what} has ${end - at} bytes more than its elements`)
}

/** Elements that a value may leave out uncounted: so many, and as many for each of its bytes. */
const FREE_NULLS = 8
/** Elements beyond those that all values of one answer may leave out. */
const MOST_NULLS = 1 << 17

/** What the values read so far from a block have left out. */
interface LeftOut {
  count: number
  /** The last value that was counted. */
  start: number
  end: number
}

const leftOut = new WeakMap<ByteBlock, LeftOut>()

/**
 * Counts `missing` elements of a tuple or user type that ends before them, and is filled up with nulls. A real one ends early where fields were
 * added to its type later; where each value of an answer leaves out thousands, a few bytes would become megabytes of nulls.
 *
 * Values that the columns of a result read a second time are not counted again.
 */
export function countMissing(block: ByteBlock, start: number, end: number, missing: number, what: string): void {
  const beyond = missing - FREE_NULLS * (1 + end - start)
  if (beyond <= 0) return
  let seen = leftOut.get(block)
  if (seen === undefined) leftOut.set(block, (seen = { count: 0, start: 0, end: -1 }))
  // Values within others come first, and may end where those do.
  if (end < seen.end || (end === seen.end && start >= seen.start)) return
  seen.start = start
  seen.end = end
  seen.count += beyond
  if (seen.count > MOST_NULLS) {
    throw new MalformedFrameError(
      `A ${what} of ${end - start} bytes leaves out ${missing} elements, and with those before it more than ${MOST_NULLS} are left out, ` +
        'out of proportion to what was sent. If they are meant so, read fewer rows at a time (pageSize)',
    )
  }
}
