/**
 * A growing buffer that is written forward; lengths that are known only afterwards are patched in.
 *
 * One instance serves many messages: `buffer[0..position)` is what was written since the last `reset()`.
 * All numbers are big-endian, as everywhere in the native protocol but in the v5 segment headers (section 2.2 there).
 */
import { InvalidArgumentError } from '../base/errors.js'

/** A message body may not be longer than this (native protocol, section 2.5: 256 MiB). */
export const MAX_BODY_LENGTH: number = 256 * 1024 * 1024

/** Text up to this many UTF-16 units is tried as ASCII by a loop; longer text goes to the native encoder. */
const SHORT_TEXT = 24

export class ByteWriter {
  buffer: Buffer
  view: DataView
  position: number

  constructor(capacity = 1024) {
    this.buffer = Buffer.allocUnsafeSlow(capacity)
    this.view = new DataView(this.buffer.buffer, this.buffer.byteOffset, this.buffer.byteLength)
    this.position = 0
  }

  reset(): void {
    this.position = 0
  }

  /** A copy of what was written. */
  toBuffer(): Buffer {
    return Buffer.from(this.buffer.subarray(0, this.position))
  }

  /** Makes room for `count` more bytes. Every put method calls it; generated code may call it once and use the `view` itself. */
  ensure(count: number): void {
    if (this.position + count > this.buffer.length) this.grow(count)
  }

  private grow(count: number): void {
    const needed = this.position + count
    if (needed > 2 * MAX_BODY_LENGTH) {
      throw new InvalidArgumentError(
        `A request of more than ${MAX_BODY_LENGTH} bytes can't be sent: the protocol's limit for one message is 256 MiB`,
      )
    }
    const next = Buffer.allocUnsafeSlow(Math.max(needed, this.buffer.length * 2))
    this.buffer.copy(next, 0, 0, this.position)
    this.buffer = next
    this.view = new DataView(next.buffer, next.byteOffset, next.byteLength)
  }

  putUint8(value: number): void {
    this.ensure(1)
    this.buffer[this.position++] = value
  }

  putUint16(value: number): void {
    this.ensure(2)
    this.view.setUint16(this.position, value)
    this.position += 2
  }

  putInt32(value: number): void {
    this.ensure(4)
    this.view.setInt32(this.position, value)
    this.position += 4
  }

  /** A 64-bit integer given as its two halves. */
  putInt64(high: number, low: number): void {
    this.ensure(8)
    this.view.setInt32(this.position, high)
    this.view.setInt32(this.position + 4, low)
    this.position += 8
  }

  putBigInt64(value: bigint): void {
    this.ensure(8)
    this.view.setBigInt64(this.position, value)
    this.position += 8
  }

  putFloat32(value: number): void {
    this.ensure(4)
    this.view.setFloat32(this.position, value)
    this.position += 4
  }

  putFloat64(value: number): void {
    this.ensure(8)
    this.view.setFloat64(this.position, value)
    this.position += 8
  }

  /** Raw bytes, without a length. */
  putRaw(bytes: Uint8Array): void {
    const count = bytes.length
    this.ensure(count)
    if (count <= 32) {
      const { buffer, position } = this
      for (let i = 0; i < count; i++) buffer[position + i] = bytes[i]!
    } else this.buffer.set(bytes, this.position)
    this.position += count
  }

  /** UTF-8 text without a length; returns how many bytes it took. */
  putText(text: string): number {
    const length = text.length
    const start = this.position
    this.ensure(length * 3)
    const { buffer } = this
    if (length <= SHORT_TEXT) {
      let at = start
      let i = 0
      for (; i < length; i++) {
        const unit = text.charCodeAt(i)
        if (unit > 127) break
        buffer[at++] = unit
      }
      if (i === length) {
        this.position = at
        return length
      }
    }
    const count = buffer.write(text, start, 'utf8')
    this.position = start + count
    return count
  }

  /** [bytes] of a short ASCII text: its length, its characters. False, and nothing written, where it is longer or has others. */
  putShortAscii(text: string): boolean {
    const length = text.length
    if (length > SHORT_TEXT) return false
    this.ensure(4 + length)
    const { buffer } = this
    let at = this.position + 4
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i)
      if (unit > 127) return false
      buffer[at++] = unit
    }
    this.view.setInt32(this.position, length)
    this.position = at
    return true
  }

  /** [bytes] prefix: leaves four bytes for a length that `patchLength` fills in. Returns the mark to give to it. */
  beginLength(): number {
    this.ensure(4)
    this.position += 4
    return this.position
  }

  /** Writes the number of bytes since `mark` into the four bytes before it. */
  patchLength(mark: number): void {
    this.view.setInt32(mark - 4, this.position - mark)
  }

  /** [string]: a [short] length and UTF-8. */
  putString(text: string): void {
    this.ensure(2)
    const mark = this.position
    this.position += 2
    const count = this.putText(text)
    if (count > 0xffff) {
      this.position = mark
      throw new InvalidArgumentError(`A text of ${count} bytes does not fit the protocol's [string] of at most 65,535 bytes`)
    }
    this.view.setUint16(mark, count)
  }

  /** [long string]: an [int] length and UTF-8. */
  putLongString(text: string): void {
    const mark = this.beginLength()
    this.putText(text)
    this.patchLength(mark)
  }

  /** [short bytes]: a [short] length and the bytes. */
  putShortBytes(bytes: Uint8Array): void {
    if (bytes.length > 0xffff)
      throw new InvalidArgumentError(`${bytes.length} bytes do not fit the protocol's [short bytes] of at most 65,535`)
    this.putUint16(bytes.length)
    this.putRaw(bytes)
  }

  /** [bytes]: an [int] length and the bytes; null is the length -1. */
  putBytes(bytes: Uint8Array | null): void {
    if (bytes === null) {
      this.putInt32(-1)
      return
    }
    this.putInt32(bytes.length)
    this.putRaw(bytes)
  }
}
