/** Integers of any size as big-endian two's complement in the fewest bytes: varint, and the digits of a decimal. At least one byte. */
import { CqlwireError, MalformedFrameError } from '../base/errors.js'
import { hexDigitAt } from '../values/hex-bytes.js'
import type { ByteBlock } from '../wire/byte-block.js'
import type { ByteWriter } from '../wire/byte-writer.js'

/** A bigint of V8 has at most 2^30 bits; no varint of Cassandra comes near it. */
const MOST_BYTES = 1 << 26

/** Text of an integer takes quadratic time to make: some 75 ms for so many bytes, which are 157,826 digits. */
const MOST_TEXT_BYTES = 1 << 16

/** Throws unless the integer in `length` bytes can be written out without holding up everything else. */
export function checkTextLength(length: number, kind: 'varint' | 'decimal'): void {
  if (length <= MOST_TEXT_BYTES) return
  const form = kind === 'varint' ? 'bigint' : 'decimal'
  throw new CqlwireError(
    `A ${kind} of ${length} bytes takes too long to write out, which is done for ${MOST_TEXT_BYTES} at most: read this type as '${form}' (the option numbers.${kind})`,
    { code: 'ERR_UNSAFE_INTEGER' },
  )
}

/** The integer in the bytes `start` to `end`, of which there is at least one. */
export function readVarint(block: ByteBlock, start: number, end: number): bigint {
  const { view } = block
  const length = end - start
  switch (length) {
    case 1:
      return BigInt(view.getInt8(start))
    case 2:
      return BigInt(view.getInt16(start))
    case 3:
      return BigInt((view.getInt16(start) << 8) | view.getUint8(start + 2))
    case 4:
      return BigInt(view.getInt32(start))
    case 5:
      return BigInt(view.getInt8(start) * 0x1_0000_0000 + view.getUint32(start + 1))
    case 6:
      return BigInt(view.getInt16(start) * 0x1_0000_0000 + view.getUint32(start + 2))
    case 7:
      return (BigInt((view.getInt16(start) << 8) | view.getUint8(start + 2)) << 32n) | BigInt(view.getUint32(start + 3))
    case 8:
      return view.getBigInt64(start)
  }
  if (length < 1 || length > MOST_BYTES) throw new MalformedFrameError(`A varint has 1 to ${MOST_BYTES} bytes, the server sent ${length}`)
  return BigInt.asIntN(length * 8, BigInt(`0x${block.buffer.toString('hex', start, end)}`))
}

/** Writes the fewest bytes that hold the integer and its sign. */
export function writeVarint(writer: ByteWriter, value: bigint): void {
  if (BigInt.asIntN(64, value) === value) {
    writeShort(writer, value)
    return
  }
  // A negative integer has the bits of its complement, inverted; the complement needs as many bytes.
  const negative = value < 0n
  const hex = (negative ? ~value : value).toString(16)
  const digits = hex.length % 2 === 0 ? hex : `0${hex}`
  const flip = negative ? 0xff : 0
  // A leading bit of the magnitude would be taken for a sign: one more byte keeps it apart.
  const signByte = hexDigitAt(digits, 0) >= 8 ? 1 : 0
  const count = digits.length / 2
  writer.ensure(count + signByte)
  const { buffer } = writer
  let at = writer.position
  if (signByte === 1) buffer[at++] = flip
  for (let i = 0; i < count; i++) buffer[at++] = ((hexDigitAt(digits, 2 * i) << 4) | hexDigitAt(digits, 2 * i + 1)) ^ flip
  writer.position = at
}

/** Integers of 64 bits: written whole, then moved left over the leading bytes that only repeat the sign. */
function writeShort(writer: ByteWriter, value: bigint): void {
  const start = writer.position
  writer.putBigInt64(value)
  const { buffer } = writer
  const fill = value < 0n ? 0xff : 0
  let skip = 0
  while (skip < 7 && buffer[start + skip] === fill && (buffer[start + skip + 1]! & 0x80) === (fill & 0x80)) skip++
  if (skip === 0) return
  buffer.copyWithin(start, start + skip, start + 8)
  writer.position = start + 8 - skip
}
