/** CQL types and values of them for property tests: every native type, and collections, tuples, user types and vectors nested in each other. */
import fc from 'fast-check'
import type { DataType, NativeKind } from '../../src/codec/data-type.js'
import { Decimal } from '../../src/values/decimal.js'
import { Duration } from '../../src/values/duration.js'
import { InetAddress } from '../../src/values/inet-address.js'
import { LocalDate } from '../../src/values/local-date.js'
import { LocalTime } from '../../src/values/local-time.js'
import { TimeUuid } from '../../src/values/time-uuid.js'
import { Uuid } from '../../src/values/uuid.js'

export interface TypedValue {
  readonly type: DataType
  /** Of the kind that the driver reads: what `decodeValue` gives for the bytes that `encodeValue` makes of it. */
  readonly value: unknown
}

const int32 = fc.integer()
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const anyBigInt = fc.oneof(int64, fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n }))
const blob = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes))
const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.string({ unit: 'grapheme-ascii', maxLength: 40 }))
const words = fc.tuple(int32, int32, int32, int32)

const duration = fc
  .tuple(fc.boolean(), fc.nat(), fc.nat(), fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }))
  .map(([negative, months, days, ns]) => (negative ? new Duration(-months, -days, -ns) : new Duration(months, days, ns)))

/** Values of each native type; for varint and decimal of any size. */
export const nativeValues: Readonly<Record<Exclude<NativeKind, 'empty'>, fc.Arbitrary<unknown>>> = {
  ascii: fc.string({ unit: 'grapheme-ascii', maxLength: 60 }),
  bigint: int64,
  blob,
  boolean: fc.boolean(),
  counter: int64,
  date: int32.map((days) => new LocalDate(days)),
  decimal: fc.tuple(anyBigInt, int32).map(([unscaled, scale]) => new Decimal(unscaled, scale)),
  double: fc.double(),
  duration,
  float: fc.float(),
  inet: fc.oneof(
    int32.map((word) => new InetAddress(4, word)),
    words.map((w) => new InetAddress(6, ...w)),
  ),
  int: int32,
  smallint: fc.integer({ min: -32768, max: 32767 }),
  text,
  time: fc.integer({ min: 0, max: 86_399_999_999_999 }).map((ns) => new LocalTime(ns)),
  timestamp: fc.date({ noInvalidDate: true }),
  timeuuid: words.map(([a, b, c, d]) => new TimeUuid(a, (b & 0xffff0fff) | 0x1000, c, d)),
  tinyint: fc.integer({ min: -128, max: 127 }),
  uuid: words.map((w) => new Uuid(...w)),
  varint: anyBigInt,
}

const nativeKinds = Object.keys(nativeValues) as (keyof typeof nativeValues)[]
const nativeType: fc.Arbitrary<DataType> = fc.constantFrom(...nativeKinds).map((kind) => ({ kind }))
const customType: fc.Arbitrary<DataType> = fc.constant({ kind: 'custom', className: 'com.example.Shape' })
/** Names that JavaScript objects know already are among them. */
const fieldName = fc.oneof(fc.constantFrom('__proto__', 'constructor', 'toString', 'a', 'b'), fc.string({ minLength: 1, maxLength: 8 }))

/** Types at most `depth` deep. */
export function dataTypes(depth: number): fc.Arbitrary<DataType> {
  if (depth <= 1) return fc.oneof({ weight: 9, arbitrary: nativeType }, { weight: 1, arbitrary: customType })
  const inner = dataTypes(depth - 1)
  const frozen = fc.boolean()
  return fc.oneof(
    { weight: 2, arbitrary: nativeType },
    fc.record({ kind: fc.constant('list' as const), element: inner, frozen }),
    fc.record({ kind: fc.constant('set' as const), element: inner, frozen }),
    fc.record({ kind: fc.constant('map' as const), key: inner, value: inner, frozen }),
    fc.record({ kind: fc.constant('tuple' as const), elements: fc.array(inner, { minLength: 1, maxLength: 4 }) }),
    fc.record({ kind: fc.constant('vector' as const), element: inner, dimensions: fc.integer({ min: 1, max: 4 }) }),
    userTypes(inner, frozen),
  )
}

function userTypes(inner: fc.Arbitrary<DataType>, frozen: fc.Arbitrary<boolean>): fc.Arbitrary<DataType> {
  return fc
    .tuple(fc.uniqueArray(fieldName, { minLength: 1, maxLength: 4 }), fc.array(inner, { minLength: 4, maxLength: 4 }), frozen)
    .map(([fieldNames, types, isFrozen]) => ({
      kind: 'udt',
      keyspace: 'ks',
      name: `type_of_${fieldNames.length}`,
      fieldNames,
      fieldTypes: types.slice(0, fieldNames.length),
      frozen: isFrozen,
    }))
}

/** Values of a type as the driver reads them. Null stands only where CQL has it: in tuples and user types. */
function valuesOf(type: DataType): fc.Arbitrary<unknown> {
  switch (type.kind) {
    case 'list':
      return fc.array(valuesOf(type.element), { maxLength: 4 })
    case 'set':
      return fc.array(valuesOf(type.element), { maxLength: 4 }).map((values) => new Set(values))
    case 'map':
      return fc.array(fc.tuple(valuesOf(type.key), valuesOf(type.value)), { maxLength: 4 }).map((entries) => new Map(entries))
    case 'tuple':
      return fc.tuple(...type.elements.map((element) => fc.option(valuesOf(element))))
    case 'vector': {
      const elements = fc.array(valuesOf(type.element), { minLength: type.dimensions, maxLength: type.dimensions })
      return type.element.kind === 'float' ? elements.map((numbers) => Float32Array.from(numbers as number[])) : elements
    }
    case 'udt':
      return fc.tuple(...type.fieldTypes.map((field) => fc.option(valuesOf(field)))).map((values) => {
        const entries = values.map((value, i) => [type.fieldNames[i]!, value] as const)
        // fromEntries defines own properties, whatever their names.
        return Object.fromEntries(entries)
      })
    case 'custom':
      return blob
    case 'empty':
      return fc.constant(null)
    default:
      return nativeValues[type.kind]
  }
}

/** A type at most `depth` deep and a value of it. */
export function typedValues(depth: number): fc.Arbitrary<TypedValue> {
  return dataTypes(depth).chain((type) => valuesOf(type).map((value) => ({ type, value })))
}
