/** float and double (native protocol, sections 6.9 and 6.8): IEEE 754 binary32 and binary64; NaN and infinities are values like others. */
import type { ByteBlock } from '../wire/byte-block.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import { refuse, ScalarCodec, type EmptyValue } from './scalar-codec.js'

/** True where the number stays finite as a float, or was not; precision may be lost, as in every float. */
export function fitsFloat(value: number): boolean {
  const float = Math.fround(value)
  // Of finite numbers alone the difference with themselves is 0, of the others it is NaN.
  return float - float === 0 || !Number.isFinite(value)
}

export const FLOAT_TAKES = 'a number that a 32-bit float can hold (up to 3.4028234663852886e+38), NaN or Infinity'

export class FloatCodec extends ScalarCodec {
  constructor(emptyValue: EmptyValue) {
    super('float', 4, emptyValue)
  }

  write(writer: ByteWriter, value: unknown): void {
    if (typeof value !== 'number' || !fitsFloat(value)) return refuse(value, FLOAT_TAKES)
    writer.putFloat32(value)
  }

  read(block: ByteBlock, start: number, end: number): number | EmptyValue {
    return end - start === 4 ? block.view.getFloat32(start) : this.oddLength(end - start, '4 bytes')
  }
}

export class DoubleCodec extends ScalarCodec {
  constructor(emptyValue: EmptyValue) {
    super('double', 8, emptyValue)
  }

  write(writer: ByteWriter, value: unknown): void {
    if (typeof value !== 'number') return refuse(value, 'a number')
    writer.putFloat64(value)
  }

  read(block: ByteBlock, start: number, end: number): number | EmptyValue {
    return end - start === 8 ? block.view.getFloat64(start) : this.oddLength(end - start, '8 bytes')
  }
}
