/** Writes values for the other thread; the grammar stands in value-tags.ts, the other half in value-reader.ts. */
import { InvalidArgumentError } from '../base/errors.js'
import { EMPTY } from '../codec/empty.js'
import { isPlainObject } from '../codec/plain-object.js'
import { Decimal } from '../values/decimal.js'
import { Duration } from '../values/duration.js'
import { InetAddress } from '../values/inet-address.js'
import { LocalDate } from '../values/local-date.js'
import { LocalTime } from '../values/local-time.js'
import { TimeUuid } from '../values/time-uuid.js'
import { Uuid } from '../values/uuid.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import { MOST_DEPTH, ValueTag, VIEWS } from './value-tags.js'
import { ErrorParts, errorParts } from './error-transfer.js'

/** @throws {InvalidArgumentError} for a value that contains itself; and whatever a getter or an iterator of the value throws */
export function putValue(writer: ByteWriter, value: unknown, depth = 0): void {
  switch (typeof value) {
    case 'string':
      return putText(writer, value)
    case 'number':
      return putNumber(writer, value)
    case 'object':
      if (value === null) return writer.putUint8(ValueTag.NULL)
      return putObject(writer, value, depth)
    case 'undefined':
      return writer.putUint8(ValueTag.UNDEFINED)
    case 'boolean':
      return writer.putUint8(value ? ValueTag.TRUE : ValueTag.FALSE)
    case 'bigint':
      return putBigInt(writer, value)
    case 'function':
      return writer.putUint8(ValueTag.FUNCTION)
    case 'symbol':
      return putSymbol(writer, value)
  }
}

function putText(writer: ByteWriter, value: string): void {
  const start = writer.position
  writer.putUint8(ValueTag.TEXT)
  const mark = writer.beginLength()
  // As many bytes as UTF-16 units: ASCII, so there are no surrogates.
  if (writer.putText(value) !== value.length && /\p{Surrogate}/u.test(value)) {
    writer.position = start
    writer.putUint8(ValueTag.UTF16)
    writer.putBytes(Buffer.from(value, 'utf16le'))
  } else writer.patchLength(mark)
}

function putNumber(writer: ByteWriter, value: number): void {
  if ((value | 0) === value && !Object.is(value, -0)) {
    writer.putUint8(ValueTag.INT32)
    writer.putInt32(value)
  } else {
    writer.putUint8(ValueTag.FLOAT64)
    writer.putFloat64(value)
  }
}

function putBigInt(writer: ByteWriter, value: bigint): void {
  if (BigInt.asIntN(64, value) === value) {
    writer.putUint8(ValueTag.BIGINT64)
    writer.putBigInt64(value)
  } else {
    writer.putUint8(ValueTag.BIGINT)
    writer.putLongString(value.toString(16))
  }
}

function putSymbol(writer: ByteWriter, value: symbol): void {
  if (value === EMPTY) return writer.putUint8(ValueTag.EMPTY)
  writer.putUint8(ValueTag.SYMBOL)
  writer.putLongString(value.description ?? '')
}

function putObject(writer: ByteWriter, value: object, depth: number): void {
  if (depth > MOST_DEPTH)
    throw new InvalidArgumentError(`A value nests more than ${MOST_DEPTH} deep: does it contain itself? Nothing was sent`)
  if (Array.isArray(value)) {
    writer.putUint8(ValueTag.ARRAY)
    writer.putInt32(value.length)
    for (let i = 0; i < value.length; i++) putValue(writer, value[i], depth + 1)
  } else if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) putBytes(writer, value)
  else if (isPlainObject(value)) {
    writer.putUint8(ValueTag.OBJECT)
    putFields(writer, value, Object.keys(value), depth)
  } else if (value instanceof Map) {
    writer.putUint8(ValueTag.MAP)
    writer.putInt32(value.size)
    for (const [key, item] of value) {
      putValue(writer, key, depth + 1)
      putValue(writer, item, depth + 1)
    }
  } else if (value instanceof Set) {
    writer.putUint8(ValueTag.SET)
    putItems(writer, value, depth)
  } else if (value instanceof Error || value instanceof ErrorParts) {
    const parts = value instanceof ErrorParts ? value : errorParts(value)
    writer.putUint8(ValueTag.ERROR)
    putFields(writer, parts, Object.keys(parts), depth)
  } else if (!putScalar(writer, value)) putInstance(writer, value, depth)
}

/** The driver's own classes and Date, subclasses first. */
function putScalar(writer: ByteWriter, value: object): boolean {
  if (value instanceof Uuid) {
    writer.putUint8(value instanceof TimeUuid ? ValueTag.TIME_UUID : ValueTag.UUID)
    putWords(writer, value)
  } else if (value instanceof Date) {
    writer.putUint8(ValueTag.DATE)
    writer.putFloat64(value.getTime())
  } else if (value instanceof Decimal) {
    writer.putUint8(ValueTag.DECIMAL)
    writer.putInt32(value.scale)
    putBigInt(writer, value.unscaled)
  } else if (value instanceof LocalDate) {
    writer.putUint8(ValueTag.LOCAL_DATE)
    writer.putInt32(value.daysSinceEpoch)
  } else if (value instanceof LocalTime) {
    writer.putUint8(ValueTag.LOCAL_TIME)
    writer.putFloat64(value.nanosecondOfDay)
  } else if (value instanceof Duration) {
    writer.putUint8(ValueTag.DURATION)
    writer.putInt32(value.months)
    writer.putInt32(value.days)
    writer.putBigInt64(value.nanoseconds)
  } else if (value instanceof InetAddress) {
    writer.putUint8(ValueTag.INET)
    writer.putUint8(value.version)
    putWords(writer, value)
  } else return false
  return true
}

function putWords(writer: ByteWriter, value: Uuid | InetAddress): void {
  writer.putInt32(value.word0)
  writer.putInt32(value.word1)
  writer.putInt32(value.word2)
  writer.putInt32(value.word3)
}

function putBytes(writer: ByteWriter, value: ArrayBufferView | ArrayBufferLike): void {
  if (Buffer.isBuffer(value)) writer.putUint8(ValueTag.BUFFER)
  else {
    writer.putUint8(ValueTag.VIEW)
    const index = VIEWS.findIndex((view) => value instanceof view)
    writer.putUint8(index === -1 ? VIEWS.length : index)
  }
  writer.putBytes(ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : new Uint8Array(value))
}

function putItems(writer: ByteWriter, items: Iterable<unknown>, depth: number): void {
  const mark = writer.beginLength()
  let count = 0
  for (const item of items) {
    putValue(writer, item, depth + 1)
    count++
  }
  writer.view.setInt32(mark - 4, count)
}

function putFields(writer: ByteWriter, value: object, names: readonly string[], depth: number): void {
  writer.putInt32(names.length)
  for (const name of names) {
    writer.putLongString(name)
    putValue(writer, (value as Record<string, unknown>)[name], depth + 1)
  }
}

function putInstance(writer: ByteWriter, value: object, depth: number): void {
  const prototype = Object.getPrototypeOf(value) as { readonly constructor?: { readonly name?: unknown } }
  const name = prototype.constructor?.name
  const className = typeof name === 'string' ? name : ''
  if (typeof (value as Partial<Iterable<unknown>>)[Symbol.iterator] === 'function') {
    writer.putUint8(ValueTag.ITERABLE)
    writer.putLongString(className)
    putItems(writer, value as Iterable<unknown>, depth)
  } else {
    writer.putUint8(ValueTag.INSTANCE)
    writer.putLongString(className)
    putFields(writer, value, fieldsOf(value), depth)
  }
}

/** The fields of an instance: its own, and the getters of its class. */
function fieldsOf(value: object): string[] {
  const names = new Set(Object.keys(value))
  for (let from = Object.getPrototypeOf(value) as object | null; from !== null; from = Object.getPrototypeOf(from) as object | null) {
    if (Object.getPrototypeOf(from) === null) break // Object.prototype: what every object has
    for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(from)))
      if ('get' in property && property.get !== undefined) names.add(name)
  }
  return [...names]
}
