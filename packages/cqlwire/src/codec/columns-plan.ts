/** Which class holds a column of a type, and which lengths of its values that class reads itself. */
import type { CodecRegistry } from './codec.js'
import { CodecColumn, type Column, type ColumnPage } from './columns-column.js'
import { BooleanColumn, DoubleColumn, FloatColumn, IntColumn, SmallintColumn, TinyintColumn } from './columns-fixed.js'
import { BigintColumn, LongColumn, TimestampColumn } from './columns-long.js'
import { TextColumn, TimeUuidColumn, UuidColumn } from './columns-text.js'
import type { ColumnSpec, NativeKind } from './data-type.js'
import type { RowCell } from './rows-cell.js'

export interface ColumnPlan {
  readonly make: new (cell: RowCell, index: number, page: ColumnPage, isPlain: boolean) => Column
  /** The length in bytes of the values that `make` reads itself; -1: any. */
  readonly size: number
  /** Whether it reads values of no bytes itself: of most types they are null, or EMPTY. */
  readonly takesEmpty: boolean
}

const byCodec: ColumnPlan = { make: CodecColumn, size: -1, takesEmpty: false }
const text: ColumnPlan = { make: TextColumn, size: -1, takesEmpty: true }
const fixed = (make: ColumnPlan['make'], size: number): ColumnPlan => ({ make, size, takesEmpty: false })

const plans: Readonly<Partial<Record<NativeKind, ColumnPlan>>> = {
  tinyint: fixed(TinyintColumn, 1),
  smallint: fixed(SmallintColumn, 2),
  int: fixed(IntColumn, 4),
  float: fixed(FloatColumn, 4),
  double: fixed(DoubleColumn, 8),
  boolean: fixed(BooleanColumn, 1),
  timestamp: fixed(TimestampColumn, 8),
  uuid: fixed(UuidColumn, 16),
  timeuuid: fixed(TimeUuidColumn, 16),
  text,
  ascii: text,
}

export function columnPlan(column: ColumnSpec, registry: CodecRegistry): ColumnPlan {
  const { kind } = column.type
  if (registry.isCustomized(column.type, column)) return byCodec
  if (kind === 'bigint' || kind === 'counter') return fixed(registry.numbers.bigint === 'bigint' ? BigintColumn : LongColumn, 8)
  return (plans as Partial<Record<string, ColumnPlan>>)[kind] ?? byCodec
}
