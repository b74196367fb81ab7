/** Columns of 64-bit integers: bigint and counter, and timestamp. */
import type { ByteBlock } from '../wire/byte-block.js'
import type { NumberForms } from './codec.js'
import type { RowCell } from './rows-cell.js'
import { FixedColumn } from './columns-fixed.js'

const TWO_32 = 0x1_0000_0000

/** Which 32-bit half of a 64-bit element of a typed array holds the low bits on this machine: 0 on little-endian ones. */
export const LOW_WORD: 0 | 1 = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 0 : 1

/** `get` gives what `numbers.bigint` says; `values` holds all 64 bits in any case. */
export class BigintColumn extends FixedColumn<bigint | number | string> {
  override readonly values: BigInt64Array
  /** The same memory as 32-bit halves: storing two of them costs a quarter of storing a bigint. */
  readonly words: Int32Array
  private readonly form: NumberForms['bigint']
  private readonly cell: RowCell

  constructor(cell: RowCell, length: number, form: NumberForms['bigint']) {
    super(cell.column, length)
    this.values = new BigInt64Array(length)
    this.words = new Int32Array(this.values.buffer)
    this.form = form
    this.cell = cell
  }

  override store(i: number, block: ByteBlock, start: number): void {
    this.values[i] = block.view.getBigInt64(start)
  }

  override get(i: number): bigint | number | string | null {
    if (!this.holds(i)) return this.other(i)
    const value = this.values[i]!
    return this.form === 'bigint' ? value : this.inForm(value)
  }

  /** The codec's own conversion, and its error for a number that is not safe. */
  private inForm(value: bigint): bigint | number | string {
    const bytes = Buffer.alloc(8)
    bytes.writeBigInt64BE(value)
    const view = new DataView(bytes.buffer, bytes.byteOffset, 8)
    return this.cell.decode({ buffer: bytes, view }, 0, 8) as bigint | number | string
  }
}

/** `get` gives a new Date each time; `values` holds milliseconds since 1970, exact for every moment that a Date can hold. */
export class TimestampColumn extends FixedColumn<Date> {
  override readonly values: Float64Array

  constructor(cell: RowCell, length: number) {
    super(cell.column, length)
    this.values = new Float64Array(length)
  }

  override store(i: number, block: ByteBlock, start: number): void {
    this.values[i] = block.view.getInt32(start) * TWO_32 + block.view.getUint32(start + 4)
  }

  override get(i: number): Date | null {
    return this.holds(i) ? new Date(this.values[i]!) : this.other(i)
  }
}
