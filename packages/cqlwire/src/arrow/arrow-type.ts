/** The Arrow type of each CQL type. */
import type { DataType as ArrowType, Field } from 'apache-arrow'
import type { ColumnSpec, DataType, NativeKind } from '../codec/data-type.js'
import { formatType } from '../codec/format-type.js'
import type { Arrow } from './library.js'

const natives: Readonly<Record<NativeKind, (arrow: Arrow) => ArrowType>> = {
  tinyint: (arrow) => new arrow.Int8(),
  smallint: (arrow) => new arrow.Int16(),
  int: (arrow) => new arrow.Int32(),
  bigint: (arrow) => new arrow.Int64(),
  counter: (arrow) => new arrow.Int64(),
  float: (arrow) => new arrow.Float32(),
  double: (arrow) => new arrow.Float64(),
  boolean: (arrow) => new arrow.Bool(),
  text: (arrow) => new arrow.Utf8(),
  ascii: (arrow) => new arrow.Utf8(),
  blob: (arrow) => new arrow.Binary(),
  empty: (arrow) => new arrow.Binary(),
  uuid: (arrow) => new arrow.FixedSizeBinary(16),
  timeuuid: (arrow) => new arrow.FixedSizeBinary(16),
  timestamp: (arrow) => new arrow.TimestampMillisecond('UTC'),
  date: (arrow) => new arrow.DateDay(),
  time: (arrow) => new arrow.TimeNanosecond(),
  // As text: these have no bound on their size, or no type of their own in Arrow.
  varint: (arrow) => new arrow.Utf8(),
  decimal: (arrow) => new arrow.Utf8(),
  inet: (arrow) => new arrow.Utf8(),
  duration: (arrow) => new arrow.Utf8(),
}

export function arrowType(arrow: Arrow, type: DataType): ArrowType {
  const field = (name: string, of: DataType): Field => new arrow.Field(name, arrowType(arrow, of), true)
  switch (type.kind) {
    case 'list':
    case 'set':
      return new arrow.List(field('item', type.element))
    case 'map': {
      const key = new arrow.Field('key', arrowType(arrow, type.key), false)
      return new arrow.Map_(new arrow.Field('entries', new arrow.Struct([key, field('value', type.value)]), false) as never)
    }
    case 'tuple':
      return new arrow.Struct(type.elements.map((each, i) => field(`f${i}`, each)))
    case 'udt':
      return new arrow.Struct(type.fieldTypes.map((each, i) => field(type.fieldNames[i]!, each)))
    case 'vector':
      return new arrow.FixedSizeList(type.dimensions, field('item', type.element))
    case 'custom':
      return new arrow.Binary()
    default:
      return natives[type.kind](arrow)
  }
}

/** A column's field. Its metadata say the CQL type, and where the column is from. */
export function arrowField(arrow: Arrow, { name, type, keyspace, table }: ColumnSpec): Field {
  const metadata = new Map([
    ['cql.type', formatType(type)],
    ['cql.keyspace', keyspace],
    ['cql.table', table],
  ])
  return new arrow.Field(name, arrowType(arrow, type), true, metadata)
}
