/** A column of a result that is read column by column (`rowFactory: 'columns'`). */
import { InvalidArgumentError } from '../base/errors.js'
import type { ByteBlock } from '../wire/byte-block.js'
import { type ColumnBytes, gatherBytes } from './columns-bytes.js'
import type { DataType } from './data-type.js'
import type { RowCell } from './rows-cell.js'

/** The arrays that columns of numbers lie in. */
export type ColumnValues = Int8Array | Int16Array | Int32Array | Uint8Array | Float32Array | Float64Array | BigInt64Array

/** What the columns of one answer share. */
export interface ColumnPage extends ByteBlock {
  readonly rowCount: number
  /**
   * Column by column, row by row, the offset in the block of each value, whose length is the [int] before it; for what a fast `get` can't read
   * (nulls, and other lengths than the type's) the offset's complement, a negative number.
   */
  readonly starts: Int32Array
}

/**
 * One selected column. Its values stay where they lie in the answer and are decoded when asked for, each time anew; arrays of all of them
 * (`values`, or `offsets` and `bytes`; `validity`) are made at the first look and kept. It holds on to the answer's bytes.
 */
export abstract class Column<Value = unknown> implements Iterable<Value | null> {
  readonly name: string
  readonly type: DataType
  /**
   * Whether `bytes` are of the type itself, not of what a codec of the user's makes of it.
   * @internal
   */
  readonly isPlain: boolean
  /** The number of rows. */
  readonly length: number
  protected readonly view: DataView
  protected readonly starts: Int32Array
  /** Where this column begins in `starts`. */
  protected readonly base: number
  private readonly page: ColumnPage
  private readonly cell: RowCell
  private madeValidity: Uint8Array | null | undefined = undefined
  private madeBytes: ColumnBytes | null = null
  private nulls = 0

  /** @internal */
  constructor(cell: RowCell, index: number, page: ColumnPage, isPlain: boolean) {
    this.name = cell.column.name
    this.type = cell.column.type
    this.length = page.rowCount
    this.view = page.view
    this.starts = page.starts
    this.base = index * page.rowCount
    this.page = page
    this.cell = cell
    this.isPlain = isPlain
  }

  /** The value of row `i`, from 0, as rows would have it, or null. Throws an InvalidArgumentError where there is no such row. */
  abstract get(i: number): Value | null

  /** Whether `get(i)` is null. */
  isNull(i: number): boolean {
    const at = this.startOf(i)
    return at < 0 && this.decodeAt(~at) === null
  }

  /**
   * The values side by side, for the types that have such an array: tinyint (Int8Array), smallint (Int16Array), int (Int32Array), bigint and counter
   * (BigInt64Array, whatever `numbers.bigint` says), float (Float32Array), double (Float64Array), boolean (Uint8Array of 0 and 1), timestamp
   * (Float64Array of milliseconds since 1970). Null for all other types, and where a user's codec reads the type. At nulls it holds 0.
   */
  get values(): ColumnValues | null {
    return null
  }

  /**
   * One bit per row, the lowest of a byte first, as Apache Arrow has it: 1 where the row has a value, 0 where it is null (or EMPTY, where empty
   * values are kept). Null where all rows have one.
   */
  get validity(): Uint8Array | null {
    return (this.madeValidity ??= this.makeValidity())
  }

  /** The number of rows without a value: zeros in `validity`. */
  get nullCount(): number {
    return this.validity === null ? 0 : this.nulls
  }

  /**
   * For types without `values`: where each value begins in `bytes`, and, one further, where the last one ends: `length + 1` numbers. Nulls
   * take no bytes. Null for types with `values`.
   */
  get offsets(): Int32Array | null {
    return this.values === null ? this.contents().offsets : null
  }

  /**
   * For types without `values`: the contents of all values side by side, as they came: text in UTF-8, uuid 16 bytes each, all others as section
   * 6 of the protocol's specification has them. Null for types with `values`.
   */
  get bytes(): Uint8Array | null {
    return this.values === null ? this.contents().bytes : null
  }

  *[Symbol.iterator](): Iterator<Value | null> {
    for (let i = 0; i < this.length; i++) yield this.get(i)
  }

  /** What `starts` has for row `i`. */
  protected startOf(i: number): number {
    if (i >>> 0 !== i || i >= this.length) throw this.noSuchRow(i)
    return this.starts[this.base + i]!
  }

  /** By the type's codec, the value at this offset; the way for all that is not fast. */
  protected decodeAt(start: number): Value | null {
    const length = this.view.getInt32(start - 4)
    return length < 0 ? null : (this.cell.decode(this.page, start, start + length) as Value)
  }

  protected get buffer(): Buffer {
    return this.page.buffer
  }

  protected hasValue(i: number): boolean {
    return !this.isNull(i)
  }

  private makeValidity(): Uint8Array | null {
    let bits: Uint8Array | null = null
    for (let i = 0; i < this.length; i++) {
      if (this.hasValue(i)) continue
      bits ??= new Uint8Array((this.length + 7) >> 3).fill(255)
      bits[i >> 3]! &= ~(1 << (i & 7))
      this.nulls++
    }
    return bits
  }

  private contents(): ColumnBytes {
    return (this.madeBytes ??= gatherBytes(this.page, this.base))
  }

  private noSuchRow(i: number): InvalidArgumentError {
    return new InvalidArgumentError(`Column "${this.name}" has ${this.length} rows, numbered from 0: there is no row ${String(i)}`)
  }
}

/** Any type, by its codec. */
export class CodecColumn<Value = unknown> extends Column<Value> {
  override get(i: number): Value | null {
    const at = this.startOf(i)
    return this.decodeAt(at < 0 ? ~at : at)
  }
}
