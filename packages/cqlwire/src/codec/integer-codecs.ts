/** int, smallint, tinyint (native protocol, sections 6.12, 6.15, 6.20): two's complement integers of 4, 2 and 1 bytes. */
import type { ByteBlock } from '../wire/byte-block.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import { refuse, ScalarCodec, type EmptyValue } from './scalar-codec.js'

export class IntCodec extends ScalarCodec {
  constructor(emptyValue: EmptyValue) {
    super('int', 4, emptyValue)
  }

  write(writer: ByteWriter, value: unknown): void {
    if (typeof value !== 'number' || (value | 0) !== value) return refuse(value, 'an integer from -2147483648 to 2147483647')
    writer.putInt32(value)
  }

  read(block: ByteBlock, start: number, end: number): number | EmptyValue {
    return end - start === 4 ? block.view.getInt32(start) : this.oddLength(end - start, '4 bytes')
  }
}

export class SmallintCodec extends ScalarCodec {
  constructor(emptyValue: EmptyValue) {
    super('smallint', 2, emptyValue)
  }

  write(writer: ByteWriter, value: unknown): void {
    if (typeof value !== 'number' || (value << 16) >> 16 !== value) return refuse(value, 'an integer from -32768 to 32767')
    writer.putUint16(value & 0xffff)
  }

  read(block: ByteBlock, start: number, end: number): number | EmptyValue {
    return end - start === 2 ? block.view.getInt16(start) : this.oddLength(end - start, '2 bytes')
  }
}

export class TinyintCodec extends ScalarCodec {
  constructor(emptyValue: EmptyValue) {
    super('tinyint', 1, emptyValue)
  }

  write(writer: ByteWriter, value: unknown): void {
    if (typeof value !== 'number' || (value << 24) >> 24 !== value) return refuse(value, 'an integer from -128 to 127')
    writer.putUint8(value & 0xff)
  }

  read(block: ByteBlock, start: number, end: number): number | EmptyValue {
    return end - start === 1 ? block.view.getInt8(start) : this.oddLength(end - start, '1 byte')
  }
}
