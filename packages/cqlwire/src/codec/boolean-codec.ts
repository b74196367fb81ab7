/** boolean (native protocol, section 6.4): one byte, 0 for false and anything else for true. */
import type { ByteBlock } from '../wire/byte-block.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import { refuse, ScalarCodec, type EmptyValue } from './scalar-codec.js'

export class BooleanCodec extends ScalarCodec {
  constructor(emptyValue: EmptyValue) {
    super('boolean', 1, emptyValue)
  }

  write(writer: ByteWriter, value: unknown): void {
    if (typeof value !== 'boolean') return refuse(value, 'true or false')
    writer.putUint8(value ? 1 : 0)
  }

  read(block: ByteBlock, start: number, end: number): boolean | EmptyValue {
    return end - start === 1 ? block.buffer[start] !== 0 : this.oddLength(end - start, '1 byte')
  }
}
