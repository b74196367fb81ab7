/** Arrow data from values as rows have them: for what is nested, and for types whose bytes are not Arrow's. */
import type { Data, DataType as ArrowType, Field } from 'apache-arrow'
import { CqlwireError } from '../base/errors.js'
import type { DataType } from '../codec/data-type.js'
import { formatType } from '../codec/format-type.js'
import { EMPTY } from '../codec/empty.js'
import type { LocalDate } from '../values/local-date.js'
import type { LocalTime } from '../values/local-time.js'
import { Uuid } from '../values/uuid.js'
import { arrowType } from './arrow-type.js'
import type { Arrow } from './library.js'

type Values = readonly unknown[]

/** What makeData takes, by name; its own types want one call for each type of Arrow. */
interface Parts {
  readonly data?: ArrayLike<number> | BigInt64Array
  readonly valueOffsets?: Int32Array
  readonly child?: Data
  readonly children?: readonly Data[]
}

export interface Nulls {
  readonly nullCount: number
  /** One bit per value, 1 where there is one; null where all have one. */
  readonly validity: Uint8Array | null
}

export function makeData(arrow: Arrow, type: ArrowType, length: number, { nullCount, validity }: Nulls, parts: Parts): Data {
  return (arrow.makeData as unknown as (props: object) => Data)({ type, length, nullCount, nullBitmap: validity, ...parts })
}

/** @throws {CqlwireError} a value is none of its type: a codec of the user's made it */
export function valueData(arrow: Arrow, type: DataType, given: Values): Data {
  const values = given.map((value) => (value === undefined || value === EMPTY ? null : value))
  const nulls = nullsOf(values)
  const made = (parts: Parts): Data => makeData(arrow, arrowType(arrow, type), values.length, nulls, parts)
  try {
    return made(nestedParts(arrow, type, values) ?? scalarParts(type, values))
  } catch (cause) {
    if (cause instanceof CqlwireError) throw cause
    throw new CqlwireError(
      `Values of type ${formatType(type)} could not be made Arrow's: ${(cause as Error).message}. Has the type a codec of your own?`,
      { code: 'ERR_ARROW', cause },
    )
  }
}

function nullsOf(values: Values): Nulls {
  const nullCount = values.reduce<number>((count, value) => (value === null ? count + 1 : count), 0)
  return { nullCount, validity: nullCount === 0 ? null : bitsOf(values, (value) => value !== null) }
}

function bitsOf(values: Values, isSet: (value: unknown) => boolean): Uint8Array {
  const bits = new Uint8Array((values.length + 7) >> 3)
  values.forEach((value, i) => {
    if (isSet(value)) bits[i >> 3]! |= 1 << (i & 7)
  })
  return bits
}

function nestedParts(arrow: Arrow, type: DataType, values: Values): Parts | null {
  switch (type.kind) {
    case 'list':
    case 'set': {
      const items = values.map((value) => (value === null ? [] : [...(value as Iterable<unknown>)]))
      return { valueOffsets: offsetsOf(items), child: valueData(arrow, type.element, items.flat(1)) }
    }
    case 'map': {
      const items = values.map((value) => (value === null ? [] : [...(value as Map<unknown, unknown>)]))
      const entries = items.flat(1)
      const children = [
        valueData(
          arrow,
          type.key,
          entries.map(([key]) => key),
        ),
        valueData(
          arrow,
          type.value,
          entries.map(([, value]) => value),
        ),
      ]
      const [field] = arrowType(arrow, type).children as readonly Field[]
      const child = makeData(arrow, field!.type as ArrowType, entries.length, { nullCount: 0, validity: null }, { children })
      return { valueOffsets: offsetsOf(items), child }
    }
    case 'tuple':
      return {
        children: type.elements.map((each, field) =>
          valueData(
            arrow,
            each,
            values.map((value) => (value as Values | null)?.[field] ?? null),
          ),
        ),
      }
    case 'udt':
      return {
        children: type.fieldTypes.map((each, field) =>
          valueData(
            arrow,
            each,
            values.map((value) => (value as Record<string, unknown> | null)?.[type.fieldNames[field]!] ?? null),
          ),
        ),
      }
    case 'vector': {
      const none = new Array<null>(type.dimensions).fill(null)
      return {
        child: valueData(
          arrow,
          type.element,
          values.flatMap((value) => (value === null ? none : [...(value as Iterable<unknown>)])),
        ),
      }
    }
    default:
      return null
  }
}

function offsetsOf(items: readonly { readonly length: number }[]): Int32Array {
  const offsets = new Int32Array(items.length + 1)
  items.forEach(({ length }, i) => (offsets[i + 1] = offsets[i]! + length))
  return offsets
}

function scalarParts(type: DataType, values: Values): Parts {
  const numbers = (value: unknown): number => (value === null ? 0 : Number(value))
  const longs = (of: (value: unknown) => bigint): BigInt64Array => BigInt64Array.from(values, (value) => (value === null ? 0n : of(value)))
  switch (type.kind) {
    case 'tinyint':
      return { data: Int8Array.from(values, numbers) }
    case 'smallint':
      return { data: Int16Array.from(values, numbers) }
    case 'int':
      return { data: Int32Array.from(values, numbers) }
    case 'float':
      return { data: Float32Array.from(values, numbers) }
    case 'double':
      return { data: Float64Array.from(values, numbers) }
    case 'boolean':
      return { data: bitsOf(values, (value) => value === true) }
    case 'bigint':
    case 'counter':
      return { data: longs((value) => BigInt(value as bigint)) }
    case 'timestamp':
      return { data: longs((value) => BigInt((value as Date).getTime())) }
    case 'time':
      return { data: longs((value) => BigInt((value as LocalTime).nanosecondOfDay)) }
    case 'date':
      return { data: Int32Array.from(values, (value) => (value === null ? 0 : (value as LocalDate).daysSinceEpoch)) }
    case 'uuid':
    case 'timeuuid':
      return { data: uuidBytes(values) }
    case 'blob':
    case 'custom':
    case 'empty':
      return pieces(values.map((value) => (value === null ? NO_BYTES : (value as Uint8Array))))
    default:
      return pieces(values.map((value) => (value === null ? NO_BYTES : Buffer.from(textOf(value)))))
  }
}

/** The text of a Decimal, Duration, InetAddress or bigint, or of what a codec of the user's has for it. */
function textOf(value: unknown): string {
  return (value as { toString(): string }).toString()
}

const NO_BYTES = new Uint8Array(0)

function pieces(all: readonly Uint8Array[]): Parts {
  return { valueOffsets: offsetsOf(all), data: Buffer.concat(all) }
}

function uuidBytes(values: Values): Uint8Array {
  const bytes = new Uint8Array(16 * values.length)
  values.forEach((value, i) => {
    if (value !== null) bytes.set((value instanceof Uuid ? value : Uuid.fromString(textOf(value))).toBytes(), 16 * i)
  })
  return bytes
}
