/** A column of a result that is read column by column (`rowFactory: 'columns'`). */
import { InvalidArgumentError } from '../base/errors.js'
import type { ColumnSpec, DataType } from './data-type.js'

/** The arrays that columns of numbers lie in. */
export type ColumnValues = Int8Array | Int16Array | Int32Array | Uint8Array | Float32Array | Float64Array | BigInt64Array

export abstract class Column<Value = unknown> implements Iterable<Value | null> {
  readonly name: string
  readonly type: DataType
  readonly length: number
  /**
   * The values side by side, for the types that have such an array: tinyint (Int8Array), smallint (Int16Array), int (Int32Array), bigint and counter
   * (BigInt64Array, whatever `numbers.bigint` says), float (Float32Array), double (Float64Array), boolean (Uint8Array of 0 and 1), timestamp
   * (Float64Array of milliseconds since 1970). Null for all other types, and where a user's codec reads the type. At nulls it holds 0.
   */
  abstract readonly values: ColumnValues | null

  constructor(column: ColumnSpec, length: number) {
    this.name = column.name
    this.type = column.type
    this.length = length
  }

  /** The value of row `i`, from 0, as rows would have it, or null. Throws an InvalidArgumentError where there is no such row. */
  abstract get(i: number): Value | null

  /** Whether `get(i)` is null. */
  abstract isNull(i: number): boolean

  *[Symbol.iterator](): Iterator<Value | null> {
    for (let i = 0; i < this.length; i++) yield this.get(i)
  }

  protected noSuchRow(i: number): InvalidArgumentError {
    return new InvalidArgumentError(`Column "${this.name}" has ${this.length} rows, numbered from 0: there is no row ${String(i)}`)
  }
}
