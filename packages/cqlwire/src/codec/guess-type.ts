/**
 * The CQL type of a value whose column nobody knows: parameters of statements that are not prepared.
 *
 * A guess may be wrong: `1` is taken for an int, while the column may be a bigint or a double. Preparing the statement asks the server.
 */
import { InvalidArgumentError } from '../base/errors.js'
import { Decimal } from '../values/decimal.js'
import { describeValue } from '../values/describe-value.js'
import { Duration } from '../values/duration.js'
import { InetAddress } from '../values/inet-address.js'
import { LocalDate } from '../values/local-date.js'
import { LocalTime } from '../values/local-time.js'
import { TimeUuid } from '../values/time-uuid.js'
import { Uuid } from '../values/uuid.js'
import type { DataType, NativeKind } from './data-type.js'
import { nativeType } from './native-names.js'
import { isPlainObject } from './plain-object.js'
import { MOST_TYPE_DEPTH } from './type-tokens.js'

/** Subclasses before what they extend. */
const CLASSES: readonly (readonly [new (...args: never[]) => object, NativeKind])[] = [
  [Date, 'timestamp'],
  [TimeUuid, 'timeuuid'],
  [Uuid, 'uuid'],
  [LocalDate, 'date'],
  [LocalTime, 'time'],
  [Duration, 'duration'],
  [Decimal, 'decimal'],
  [InetAddress, 'inet'],
  [Uint8Array, 'blob'],
  [ArrayBuffer, 'blob'],
]

/**
 * string → text, boolean, bigint → bigint (beyond 64 bits varint), integer number → int (beyond 32 bits bigint), other number → double,
 * Date → timestamp, the driver's own classes → their types, bytes → blob, Float32Array → vector, arrays, Sets and Maps by their first
 * element, plain objects → map of text.
 *
 * @throws InvalidArgumentError for what has no type: null, functions, symbols, objects of other classes, and nesting without end
 */
export function guessType(value: unknown): DataType {
  return guess(value, 1)
}

function guess(value: unknown, depth: number): DataType {
  switch (typeof value) {
    case 'string':
      return nativeType('text')
    case 'boolean':
      return nativeType('boolean')
    case 'bigint':
      return nativeType(BigInt.asIntN(64, value) === value ? 'bigint' : 'varint')
    case 'number':
      if ((value | 0) === value) return nativeType('int')
      return nativeType(Number.isSafeInteger(value) ? 'bigint' : 'double')
    case 'object':
      return value === null ? unknownType(value) : guessObject(value, depth)
    default:
      return unknownType(value)
  }
}

function guessObject(value: object, depth: number): DataType {
  if (depth > MOST_TYPE_DEPTH) {
    throw new InvalidArgumentError(
      `The type of a value that nests more than ${MOST_TYPE_DEPTH} deep can't be guessed: does it contain itself?`,
    )
  }
  if (value instanceof Float32Array && value.length > 0) return { kind: 'vector', element: nativeType('float'), dimensions: value.length }
  for (const [type, kind] of CLASSES) if (value instanceof type) return nativeType(kind)
  if (Array.isArray(value)) return { kind: 'list', element: guessFirst(value, depth), frozen: false }
  if (value instanceof Set) return { kind: 'set', element: guessFirst(value, depth), frozen: false }
  if (value instanceof Map)
    return { kind: 'map', key: guessFirst(value.keys(), depth), value: guessFirst(value.values(), depth), frozen: false }
  if (isPlainObject(value)) return { kind: 'map', key: nativeType('text'), value: guessFirst(Object.values(value), depth), frozen: false }
  return unknownType(value)
}

/** Without elements any type will do: an empty collection has the same bytes whatever its elements are. */
function guessFirst(values: Iterable<unknown>, depth: number): DataType {
  for (const value of values) return guess(value, depth + 1)
  return nativeType('text')
}

function unknownType(value: unknown): never {
  throw new InvalidArgumentError(
    `The CQL type of ${describeValue(value)} can't be guessed: prepare the statement, so that the server says the types`,
  )
}
