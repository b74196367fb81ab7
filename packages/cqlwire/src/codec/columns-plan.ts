/** Which class holds a column of a type, and how generated code stores a value of the type's length in it. */
import type { ByteBlock } from '../wire/byte-block.js'
import type { CodecRegistry } from './codec.js'
import type { Column } from './columns-column.js'
import { BooleanColumn, DoubleColumn, FloatColumn, IntColumn, SmallintColumn, TinyintColumn } from './columns-fixed.js'
import { BigintColumn, LOW_WORD, TimestampColumn } from './columns-long.js'
import { SpanColumn, TextColumn, UuidColumn } from './columns-span.js'
import type { ColumnSpec, NativeKind } from './data-type.js'
import type { RowCell } from './rows-cell.js'

export interface ColumnPlan {
  /** An empty column for `length` rows of an answer that lies in `block`. */
  readonly make: (cell: RowCell, length: number, block: ByteBlock) => Column
  /** How generated code fills it; null: with the spans of its values. */
  readonly fixed: FixedStore | null
}

export interface FixedStore {
  /** The length in bytes of each value. */
  readonly size: number
  /** The column's field that generated code writes to. */
  readonly field: 'values' | 'words'
  /** A statement that stores the value four bytes behind `at`, of the variables `view`, `i` and `array` (the field). */
  readonly put: (array: string) => string
}

function fixed(make: ColumnPlan['make'], size: number, value: string): ColumnPlan {
  return { make, fixed: { size, field: 'values', put: (array) => `${array}[i] = ${value}` } }
}

const spans: ColumnPlan = { make: (cell, length, block) => new SpanColumn(cell, length, block), fixed: null }
const texts: ColumnPlan = { make: (cell, length, block) => new TextColumn(cell, length, block), fixed: null }

const plans: Partial<Record<NativeKind, ColumnPlan>> = {
  tinyint: fixed((cell, length) => new TinyintColumn(cell.column, length), 1, 'view.getInt8(at + 4)'),
  smallint: fixed((cell, length) => new SmallintColumn(cell.column, length), 2, 'view.getInt16(at + 4)'),
  int: fixed((cell, length) => new IntColumn(cell.column, length), 4, 'view.getInt32(at + 4)'),
  float: fixed((cell, length) => new FloatColumn(cell.column, length), 4, 'view.getFloat32(at + 4)'),
  double: fixed((cell, length) => new DoubleColumn(cell.column, length), 8, 'view.getFloat64(at + 4)'),
  boolean: fixed((cell, length) => new BooleanColumn(cell.column, length), 1, 'view.getUint8(at + 4) === 0 ? 0 : 1'),
  timestamp: fixed((cell, length) => new TimestampColumn(cell, length), 8, 'view.getInt32(at + 4) * 4294967296 + view.getUint32(at + 8)'),
  text: texts,
  ascii: texts,
  uuid: { make: (cell, length, block) => new UuidColumn(cell, length, block), fixed: null },
}

function bigintPlan(registry: CodecRegistry): ColumnPlan {
  const form = registry.numbers.bigint
  const low = `i * 2${LOW_WORD === 0 ? '' : ' + 1'}`
  const high = `i * 2${LOW_WORD === 0 ? ' + 1' : ''}`
  return {
    make: (cell, length) => new BigintColumn(cell, length, form),
    fixed: {
      size: 8,
      field: 'words',
      put: (array) => `${array}[${high}] = view.getInt32(at + 4); ${array}[${low}] = view.getInt32(at + 8)`,
    },
  }
}

export function columnPlan(column: ColumnSpec, registry: CodecRegistry): ColumnPlan {
  const { kind } = column.type
  if (registry.isCustomized(column.type, column)) return spans
  if (kind === 'bigint' || kind === 'counter') return bigintPlan(registry)
  return (plans as Partial<Record<string, ColumnPlan>>)[kind] ?? spans
}
