/** The native types by the names that CQL and Cassandra's marshal classes have for them. */
import type { NativeKind, NativeType } from './data-type.js'

const KINDS: readonly NativeKind[] = [
  'ascii',
  'bigint',
  'blob',
  'boolean',
  'counter',
  'date',
  'decimal',
  'double',
  'duration',
  'empty',
  'float',
  'inet',
  'int',
  'smallint',
  'text',
  'time',
  'timestamp',
  'timeuuid',
  'tinyint',
  'uuid',
  'varint',
]

const types = new Map<string, NativeType>(KINDS.map((kind) => [kind, Object.freeze({ kind })]))

/** The one frozen object of a native type. */
export function nativeType(kind: NativeKind): NativeType {
  return types.get(kind)!
}

/** By lower-case CQL name. */
export const CQL_NAMES: ReadonlyMap<string, NativeType> = new Map([...types, ['varchar', nativeType('text')]])

/** By marshal class without its package. DateType is what timestamps were before Cassandra 1.2; LexicalUUIDType orders uuids otherwise. */
export const MARSHAL_NAMES: ReadonlyMap<string, NativeType> = new Map(
  Object.entries({
    AsciiType: 'ascii',
    BooleanType: 'boolean',
    ByteType: 'tinyint',
    BytesType: 'blob',
    CounterColumnType: 'counter',
    DateType: 'timestamp',
    DecimalType: 'decimal',
    DoubleType: 'double',
    DurationType: 'duration',
    EmptyType: 'empty',
    FloatType: 'float',
    InetAddressType: 'inet',
    Int32Type: 'int',
    IntegerType: 'varint',
    LegacyTimeUUIDType: 'timeuuid',
    LexicalUUIDType: 'uuid',
    LongType: 'bigint',
    ShortType: 'smallint',
    SimpleDateType: 'date',
    TimeType: 'time',
    TimeUUIDType: 'timeuuid',
    TimestampType: 'timestamp',
    UTF8Type: 'text',
    UUIDType: 'uuid',
  } satisfies Record<string, NativeKind>).map(([name, kind]) => [name, nativeType(kind)]),
)
