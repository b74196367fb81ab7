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
