/** Columns of 64-bit integers: bigint and counter, and timestamp. */
import { FixedColumn } from './columns-fixed.js'

const TWO_32 = 0x1_0000_0000

/** Which 32-bit half of a 64-bit element of a typed array holds the low bits on this machine: 0 on little-endian ones. */
const LOW_WORD: 0 | 1 = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 0 : 1

// A bigint by way of its halves: 7 ns, where DataView.getBigInt64 takes 19 (Node 20).
const one = new BigInt64Array(1)
const halves = new Int32Array(one.buffer)

/** `get` gives bigints. */
export class BigintColumn extends FixedColumn<bigint> {
  override get(i: number): bigint | null {
    const at = this.startOf(i)
    if (at < 0) return this.decodeAt(~at)
    const { view } = this
    halves[1 - LOW_WORD] = view.getInt32(at)
    halves[LOW_WORD] = view.getInt32(at + 4)
    return one[0]!
  }

  /** As 32-bit halves: storing two of them costs a quarter of storing a bigint. */
  protected override fill(): BigInt64Array {
    const { view, starts, base, length } = this
    const words = new Int32Array(2 * length)
    for (let i = 0; i < length; i++) {
      const at = starts[base + i]!
      if (at < 0) continue
      words[2 * i + 1 - LOW_WORD] = view.getInt32(at)
      words[2 * i + LOW_WORD] = view.getInt32(at + 4)
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
