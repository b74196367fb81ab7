/**
 * A bounds-checked reader over a part of a buffer: it never believes a length that the part can't hold.
 *
 * For message bodies that are read once (metadata, errors, events). Rows are read by the compiled decoders of `codec/`,
 * which follow the same rule. All numbers are big-endian.
 */
import { MalformedFrameError } from '../base/errors.js'

export class ByteReader {
  readonly buffer: Buffer
  readonly view: DataView
  position: number
  readonly end: number

  constructor(buffer: Buffer, start = 0, end: number = buffer.length) {
    if (start < 0 || end > buffer.length || start > end)
      throw new MalformedFrameError(`A part from ${start} to ${end} of ${buffer.length} bytes can't be read`)
    this.buffer = buffer
    this.view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength)
    this.position = start
    this.end = end
  }

  get remaining(): number {
    return this.end - this.position
  }

  /** Throws unless `count` more bytes are there. */
  need(count: number, what: string): void {
    if (count < 0 || count > this.end - this.position) {
      throw new MalformedFrameError(
        `The message ends within its ${what}: ${count} bytes were announced, ${this.end - this.position} are left`,
      )
    }
  }

  readUint8(what = '[byte]'): number {
    this.need(1, what)
    return this.buffer[this.position++]!
  }

  readUint16(what = '[short]'): number {
    this.need(2, what)
    const value = this.view.getUint16(this.position)
    this.position += 2
    return value
  }

  readInt32(what = '[int]'): number {
    this.need(4, what)
    const value = this.view.getInt32(this.position)
    this.position += 4
    return value
  }

  /** An [int] that counts things, each at least `leastBytes` long: a count that can't fit in what is left is an error. */
  readCount(leastBytes: number, what: string): number {
    const count = this.readInt32(what)
    if (count < 0 || count * leastBytes > this.end - this.position) {
      throw new MalformedFrameError(`The message announces ${count} of its ${what}, but has only ${this.end - this.position} bytes left`)
    }
    return count
  }

  readBigInt64(what = '[long]'): bigint {
    this.need(8, what)
    const value = this.view.getBigInt64(this.position)
    this.position += 8
    return value
  }

  /** `count` bytes as a view on the same memory; copy what must outlive the message. */
  readRaw(count: number, what: string): Buffer {
    this.need(count, what)
    const bytes = this.buffer.subarray(this.position, this.position + count)
    this.position += count
    return bytes
  }

  private readText(count: number, what: string): string {
    this.need(count, what)
    const text = this.buffer.toString('utf8', this.position, this.position + count)
    this.position += count
    return text
  }

  /** [string] */
  readString(what = '[string]'): string {
    return this.readText(this.readUint16(what), what)
  }

  /** [long string] */
  readLongString(what = '[long string]'): string {
    return this.readText(this.readInt32(what), what)
  }

  /** [bytes]: null where the length is negative. A view: copy what must outlive the message. */
  readBytes(what = '[bytes]'): Buffer | null {
    const count = this.readInt32(what)
    return count < 0 ? null : this.readRaw(count, what)
  }

  /** [short bytes]. A view: copy what must outlive the message. */
  readShortBytes(what = '[short bytes]'): Buffer {
    return this.readRaw(this.readUint16(what), what)
  }
}
