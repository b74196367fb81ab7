/** Reads what value-writer.ts wrote in the other thread. */
import { CqlwireError } from '../base/errors.js'
import { EMPTY } from '../codec/empty.js'
import { Decimal } from '../values/decimal.js'
import { Duration } from '../values/duration.js'
import { InetAddress } from '../values/inet-address.js'
import { LocalDate } from '../values/local-date.js'
import { LocalTime } from '../values/local-time.js'
import { TimeUuid } from '../values/time-uuid.js'
import { Uuid } from '../values/uuid.js'
import type { ByteReader } from '../wire/byte-reader.js'
import { errorOf } from './error-transfer.js'
import { ValueTag, VIEWS } from './value-tags.js'

/** The value at the reader's position. Bytes are copied: the message need not be kept. */
export function readValue(reader: ByteReader): unknown {
  const tag = reader.readUint8()
  switch (tag) {
    case ValueTag.TEXT:
      return reader.readLongString()
    case ValueTag.INT32:
      return reader.readInt32()
    case ValueTag.NULL:
      return null
    case ValueTag.UNDEFINED:
      return undefined
    case ValueTag.TRUE:
      return true
    case ValueTag.FALSE:
      return false
    case ValueTag.FLOAT64:
      return readFloat64(reader)
    case ValueTag.BIGINT64:
      return reader.readBigInt64()
    case ValueTag.ARRAY:
      return readItems(reader)
    case ValueTag.SET:
      return new Set(readItems(reader))
    case ValueTag.MAP:
      return readMap(reader)
    case ValueTag.OBJECT:
      return readFields(reader, {})
    case ValueTag.BUFFER:
      return Buffer.from(reader.readBytes()!)
    default:
      return readRare(tag, reader)
  }
}

function readRare(tag: number, reader: ByteReader): unknown {
  switch (tag) {
    case ValueTag.BIGINT:
      return readBigInt(reader.readLongString())
    case ValueTag.UTF16:
      return reader.readBytes()!.toString('utf16le')
    case ValueTag.INSTANCE:
      return readFields(reader, instanceOf(reader.readLongString()))
    case ValueTag.ITERABLE:
      return readIterable(reader)
    case ValueTag.VIEW:
      return readView(reader)
    case ValueTag.EMPTY:
      return EMPTY
    case ValueTag.FUNCTION:
      return () => undefined
    case ValueTag.SYMBOL:
      return Symbol(reader.readLongString())
    case ValueTag.ERROR:
      return errorOf(readFields(reader, {}))
    default:
      return readScalar(tag, reader)
  }
}

function readScalar(tag: number, reader: ByteReader): unknown {
  switch (tag) {
    case ValueTag.UUID:
      return new Uuid(reader.readInt32(), reader.readInt32(), reader.readInt32(), reader.readInt32())
    case ValueTag.TIME_UUID:
      return new TimeUuid(reader.readInt32(), reader.readInt32(), reader.readInt32(), reader.readInt32())
    case ValueTag.DATE:
      return new Date(readFloat64(reader))
    case ValueTag.LOCAL_DATE:
      return new LocalDate(reader.readInt32())
    case ValueTag.LOCAL_TIME:
      return new LocalTime(readFloat64(reader))
    case ValueTag.DURATION:
      return new Duration(reader.readInt32(), reader.readInt32(), reader.readBigInt64())
    case ValueTag.DECIMAL: {
      const scale = reader.readInt32()
      return new Decimal(readValue(reader) as bigint, scale)
    }
    case ValueTag.INET: {
      const version = reader.readUint8() as 4 | 6
      return new InetAddress(version, reader.readInt32(), reader.readInt32(), reader.readInt32(), reader.readInt32())
    }
    default:
      throw new CqlwireError(`A message between workers holds a value of kind ${tag}, which there is not`)
  }
}

function readFloat64(reader: ByteReader): number {
  reader.need(8, 'number')
  const value = reader.view.getFloat64(reader.position)
  reader.position += 8
  return value
}

function readBigInt(hex: string): bigint {
  return hex.startsWith('-') ? -BigInt(`0x${hex.slice(1)}`) : BigInt(`0x${hex}`)
}

function readItems(reader: ByteReader): unknown[] {
  const count = reader.readCount(1, 'elements')
  const items: unknown[] = []
  for (let i = 0; i < count; i++) items.push(readValue(reader))
  return items
}

function readMap(reader: ByteReader): Map<unknown, unknown> {
  const count = reader.readCount(2, 'entries')
  const map = new Map<unknown, unknown>()
  for (let i = 0; i < count; i++) {
    const key = readValue(reader)
    map.set(key, readValue(reader))
  }
  return map
}

function readFields(reader: ByteReader, into: object): object {
  const count = reader.readCount(5, 'fields')
  for (let i = 0; i < count; i++) {
    const name = reader.readLongString()
    const value = readValue(reader)
    if (name === '__proto__') Object.defineProperty(into, name, { value, writable: true, enumerable: true, configurable: true })
    else (into as Record<string, unknown>)[name] = value
  }
  return into
}

/** An object of a class of that name: its looks are all that is asked of a stranger. */
function instanceOf(className: string): object {
  return Object.create({ constructor: { name: className } }) as object
}

function readIterable(reader: ByteReader): object {
  const iterable = instanceOf(reader.readLongString())
  const items = readItems(reader)
  Object.defineProperty(iterable, Symbol.iterator, { value: () => items[Symbol.iterator]() })
  return iterable
}

function readView(reader: ByteReader): unknown {
  const index = reader.readUint8()
  const bytes = reader.readBytes()!
  const copy = new Uint8Array(bytes).buffer // of its own, so that elements of any size lie aligned
  const View = VIEWS[index]
  return View === undefined ? copy : new View(copy)
}
