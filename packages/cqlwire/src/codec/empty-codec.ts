/** The marshal class EmptyType: its only value has no bytes (the value column of old compact tables). */
import type { ByteBlock } from '../wire/byte-block.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import { refuse, ScalarCodec, type EmptyValue } from './scalar-codec.js'

export class EmptyCodec extends ScalarCodec {
  constructor(emptyValue: EmptyValue) {
    super('empty', 0, emptyValue)
  }

  write(_writer: ByteWriter, value: unknown): void {
    refuse(value, 'only EMPTY or null, as its values have no bytes')
  }

  read(_block: ByteBlock, start: number, end: number): EmptyValue {
    return this.oddLength(end - start, 'no bytes')
  }
}
