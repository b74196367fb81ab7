/** Columns of 64-bit integers: bigint and counter, and timestamp. */
import { FixedColumn } from './columns-fixed.js'
import { long, longHalves, LOW } from './long-halves.js'

const TWO_32 = 0x1_0000_0000

/** `get` gives bigints. */
export class BigintColumn extends FixedColumn<bigint> {
  override get(i: number): bigint | null {
    const at = this.startOf(i)
    if (at < 0) return this.decodeAt(~at)
    const { view } = this
    longHalves[1 - LOW] = view.getInt32(at)
    longHalves[LOW] = view.getInt32(at + 4)
    return long[0]!
  }

  /** As 32-bit halves: storing two of them costs a quarter of storing a bigint. */
  protected override fill(): BigInt64Array {
    const { view, starts, base, length } = this
    const words = new Int32Array(2 * length)
    for (let i = 0; i < length; i++) {
      const at = starts[base + i]!
      if (at < 0) continue
      words[2 * i + 1 - LOW] = view.getInt32(at)
      words[2 * i + LOW] = view.getInt32(at + 4)
    }
    return new BigInt64Array(words.buffer)
  }
}

/** With `numbers.bigint` 'number' or 'string': `get` gives that form, `values` all 64 bits. */
export class LongColumn extends BigintColumn {
  override get(i: number): bigint | null {
    const at = this.startOf(i)
    return this.decodeAt(at < 0 ? ~at : at)
  }
}

/** `get` gives a new Date each time; `values` holds milliseconds since 1970, exact for every moment that a Date can hold. */
export class TimestampColumn extends FixedColumn<Date> {
  override get(i: number): Date | null {
    const at = this.startOf(i)
    return at >= 0 ? new Date(this.view.getInt32(at) * TWO_32 + this.view.getUint32(at + 4)) : this.decodeAt(~at)
  }

  protected override fill(): Float64Array {
    const { view, starts, base, length } = this
    const values = new Float64Array(length)
    for (let i = 0; i < length; i++) {
      const at = starts[base + i]!
      if (at >= 0) values[i] = view.getInt32(at) * TWO_32 + view.getUint32(at + 4)
    }
    return values
  }
}
