/**
 * [unsigned vint] (native protocol v5, section 3): 1 to 9 bytes. The leading 1 bits of the first byte count the bytes that follow;
 * the rest of it and they are the integer, big-endian. Signed integers are zigzag encoded first. 64 bits come as two 32-bit halves.
 */
import { MalformedFrameError } from '../base/errors.js'
import type { ByteBlock } from '../wire/byte-block.js'
import type { ByteWriter } from '../wire/byte-writer.js'

/** The bytes that the unsigned integer takes, 1 to 9: each carries seven bits, until at nine bytes the first is all ones. */
export function unsignedVintLength(high: number, low: number): number {
  const bits = high === 0 ? 32 - Math.clz32(low) : 64 - Math.clz32(high)
  return bits <= 7 ? 1 : bits > 56 ? 9 : Math.ceil(bits / 7)
}

/** Writes the unsigned integer `high * 2^32 + low`; both halves may be given signed. */
export function writeUnsignedVint(writer: ByteWriter, high: number, low: number): void {
  const extra = unsignedVintLength(high, low) - 1
  writer.ensure(9)
  const { buffer } = writer
  const start = writer.position
  for (let i = extra, shift = 0; i >= 0; i--, shift += 8) {
    buffer[start + i] = shift < 32 ? low >>> shift : shift < 64 ? high >>> (shift - 32) : 0
  }
  buffer[start] = buffer[start]! | (0xff00 >> extra)
  writer.position = start + extra + 1
}

/** Writes a signed 64-bit integer, given as its halves. */
export function writeVint(writer: ByteWriter, high: number, low: number): void {
  const sign = high >> 31
  writeUnsignedVint(writer, ((high << 1) | (low >>> 31)) ^ sign, (low << 1) ^ sign)
}

/** Reads vints one after the other from a part of a block: each call leaves the halves in `high` and `low`, signed, and moves `position`. */
export class VintReader {
  high = 0
  low = 0
  position: number
  readonly #block: ByteBlock
  readonly #end: number

  constructor(block: ByteBlock, start: number, end: number) {
    this.#block = block
    this.position = start
    this.#end = end
  }

  readUnsigned(): void {
    const { buffer } = this.#block
    const first = this.position < this.#end ? buffer[this.position]! : 0xff
    // Eight bits of 1 leave none for clz32 to find: then 8 bytes follow.
    const extra = Math.clz32(~(first << 24))
    if (this.position + 1 + extra > this.#end) {
      throw new MalformedFrameError(`A [vint] needs ${extra + 1} bytes, ${this.#end - this.position} are left of its value`)
    }
    let high = 0
    let low = first & (0xff >> extra)
    for (let i = 1; i <= extra; i++) {
      high = (high << 8) | (low >>> 24)
      low = (low << 8) | buffer[this.position + i]!
    }
    this.high = high
    this.low = low
    this.position += 1 + extra
  }

  readSigned(): void {
    this.readUnsigned()
    const sign = -(this.low & 1)
    const low = (this.low >>> 1) | (this.high << 31)
    this.high = (this.high >>> 1) ^ sign
    this.low = low ^ sign
  }

  /** An unsigned vint that must be a 31-bit integer: a length. */
  readLength(): number {
    this.readUnsigned()
    if (this.high !== 0 || this.low < 0) throw new MalformedFrameError('A [vint] length is beyond 2^31-1')
    return this.low
  }
}
