/** Reads the values of unit/codec/vectors.json: JSON where that says all, else an object with one key that begins with "$". */
import { Decimal } from '../../src/values/decimal.js'
import { Duration } from '../../src/values/duration.js'
import { InetAddress } from '../../src/values/inet-address.js'
import { LocalDate } from '../../src/values/local-date.js'
import { LocalTime } from '../../src/values/local-time.js'
import { TimeUuid } from '../../src/values/time-uuid.js'
import { Uuid } from '../../src/values/uuid.js'

export interface Vector {
  /** In CQL; null where CQL has no text that says the whole type, as for user types. */
  readonly type: string | null
  readonly marshal: string
  readonly value: unknown
  readonly hex: string
}

/* eslint-disable @typescript-eslint/no-explicit-any -- bytes and JSON become values here */
const readers: Record<string, (content: any) => unknown> = {
  $bigint: (text) => BigInt(text),
  $number: (text) => (text === 'inf' ? Infinity : text === '-inf' ? -Infinity : Number(text)),
  $decimal: ([unscaled, scale]) => new Decimal(BigInt(unscaled), scale),
  $bytes: (hex) => Buffer.from(hex, 'hex'),
  $uuid: (text) => Uuid.fromString(text),
  $timeuuid: (text) => TimeUuid.fromString(text),
  $timestamp: (ms) => new Date(ms),
  $date: (text) => LocalDate.fromString(text),
  $time: (text) => LocalTime.fromString(text),
  $duration: ([months, days, nanoseconds]) => new Duration(months, days, BigInt(nanoseconds)),
  $inet: (text) => InetAddress.fromString(text),
  $set: (elements) => new Set(elements.map(readVectorValue)),
  $map: (entries) => new Map(entries.map(readVectorValue)),
  $udt: (fields) => Object.fromEntries(fields.map(readVectorValue)),
  $floats: (numbers) => Float32Array.from(numbers),
}

export function readVectorValue(value: any): unknown {
  if (Array.isArray(value)) return value.map(readVectorValue)
  if (typeof value !== 'object' || value === null) return value
  const [tag, content] = Object.entries(value)[0]!
  return readers[tag]!(content)
}
