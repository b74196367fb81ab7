/** Columns of a type of fixed length, decoded into a typed array as the answer is scanned. */
import type { ByteBlock } from '../wire/byte-block.js'
import type { ColumnSpec } from './data-type.js'
import { Column, type ColumnValues } from './columns-column.js'

/** A column of numbers of one kind. Each subclass has its own `get`, so that each sees one kind of array and stays fast. */
export abstract class FixedColumn<Value = unknown> extends Column<Value> {
  abstract override readonly values: ColumnValues
  /**
   * One bit per row, the lowest of a byte first, as Apache Arrow has it: 1 where `values` holds the row's value. Null where all rows have one.
   */
  validity: Uint8Array | null = null
  nullCount = 0
  /** Rows that are neither in `values` nor null: EMPTY, where the registry keeps empty values. */
  private others: Map<number, Value> | null = null

  constructor(column: ColumnSpec, length: number) {
    super(column, length)
  }

  /** Keeps the value that lies at `start`; its length is the type's. */
  abstract store(i: number, block: ByteBlock, start: number): void

  /** Keeps what a cell that holds no value of the type's length was read as: null, or EMPTY. */
  storeOther(i: number, value: unknown): void {
    this.validity ??= new Uint8Array((this.length + 7) >> 3).fill(255)
    this.validity[i >> 3]! &= ~(1 << (i & 7))
    if (value === null) this.nullCount++
    else (this.others ??= new Map()).set(i, value)
  }

  override isNull(i: number): boolean {
    return !this.holds(i) && this.other(i) === null
  }

  /** Whether the row's value is in `values`. */
  protected holds(i: number): boolean {
    if (i >>> 0 !== i || i >= this.length) throw this.noSuchRow(i)
    return this.validity === null || (this.validity[i >> 3]! & (1 << (i & 7))) !== 0
  }

  protected other(i: number): Value | null {
    return this.others?.get(i) ?? null
  }
}

export class TinyintColumn extends FixedColumn<number> {
  override readonly values: Int8Array

  constructor(column: ColumnSpec, length: number) {
    super(column, length)
    this.values = new Int8Array(length)
  }

  override store(i: number, block: ByteBlock, start: number): void {
    this.values[i] = block.view.getInt8(start)
  }

  override get(i: number): number | null {
    return this.holds(i) ? this.values[i]! : this.other(i)
  }
}

export class SmallintColumn extends FixedColumn<number> {
  override readonly values: Int16Array

  constructor(column: ColumnSpec, length: number) {
    super(column, length)
    this.values = new Int16Array(length)
  }

  override store(i: number, block: ByteBlock, start: number): void {
    this.values[i] = block.view.getInt16(start)
  }

  override get(i: number): number | null {
    return this.holds(i) ? this.values[i]! : this.other(i)
  }
}

export class IntColumn extends FixedColumn<number> {
  override readonly values: Int32Array

  constructor(column: ColumnSpec, length: number) {
    super(column, length)
    this.values = new Int32Array(length)
  }

  override store(i: number, block: ByteBlock, start: number): void {
    this.values[i] = block.view.getInt32(start)
  }

  override get(i: number): number | null {
    return this.holds(i) ? this.values[i]! : this.other(i)
  }
}

export class FloatColumn extends FixedColumn<number> {
  override readonly values: Float32Array

  constructor(column: ColumnSpec, length: number) {
    super(column, length)
    this.values = new Float32Array(length)
  }

  override store(i: number, block: ByteBlock, start: number): void {
    this.values[i] = block.view.getFloat32(start)
  }

  override get(i: number): number | null {
    return this.holds(i) ? this.values[i]! : this.other(i)
  }
}

export class DoubleColumn extends FixedColumn<number> {
  override readonly values: Float64Array

  constructor(column: ColumnSpec, length: number) {
    super(column, length)
    this.values = new Float64Array(length)
  }

  override store(i: number, block: ByteBlock, start: number): void {
    this.values[i] = block.view.getFloat64(start)
  }

  override get(i: number): number | null {
    return this.holds(i) ? this.values[i]! : this.other(i)
  }
}

export class BooleanColumn extends FixedColumn<boolean> {
  override readonly values: Uint8Array

  constructor(column: ColumnSpec, length: number) {
    super(column, length)
    this.values = new Uint8Array(length)
  }

  override store(i: number, block: ByteBlock, start: number): void {
    this.values[i] = block.buffer[start] === 0 ? 0 : 1
  }

  override get(i: number): boolean | null {
    return this.holds(i) ? this.values[i] !== 0 : this.other(i)
  }
}
