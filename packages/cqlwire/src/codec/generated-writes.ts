/** How generated code writes the types with a fast path: the same bytes, for the values that the tests take, as the types' codecs. */
import type { ByteWriter } from '../wire/byte-writer.js'
import type { DataType } from './data-type.js'
import { LOW } from './long-halves.js'

export interface FixedWrite {
  /** True for the values `p` that this branch writes; may leave a number in the variable `number`. */
  readonly test: string
  /** The length in bytes of what is written. */
  readonly size: number
  /** Writes `p` four bytes behind `at`, into the variable `view`. */
  readonly put: string
}

/** A 64-bit integer from a double that is a safe integer: its high half, and its low half modulo 2^32. */
const putLong = (number: string): string =>
  `view.setInt32(at + 4, Math.floor(${number} / 4294967296)); view.setInt32(at + 8, ${number} | 0)`
const putWords = [0, 1, 2, 3].map((word) => `view.setInt32(at + ${4 + 4 * word}, p.word${word})`).join('; ')

const longWrites: readonly FixedWrite[] = [
  {
    // What doesn't fit 64 bits comes back from the array as something else.
    test: "typeof p === 'bigint' && (long[0] = p, long[0] === p)",
    size: 8,
    put: `view.setInt32(at + 4, longHalves[${1 - LOW}]); view.setInt32(at + 8, longHalves[${LOW}])`,
  },
  { test: "typeof p === 'number' && Number.isSafeInteger(p)", size: 8, put: putLong('p') },
]

const writes: Readonly<Record<string, readonly FixedWrite[]>> = {
  tinyint: [{ test: "typeof p === 'number' && (p << 24) >> 24 === p", size: 1, put: 'view.setInt8(at + 4, p)' }],
  smallint: [{ test: "typeof p === 'number' && (p << 16) >> 16 === p", size: 2, put: 'view.setInt16(at + 4, p)' }],
  int: [{ test: "typeof p === 'number' && (p | 0) === p", size: 4, put: 'view.setInt32(at + 4, p)' }],
  bigint: longWrites,
  counter: longWrites,
  // NaN and the infinities are values too, and go the careful way, as does what would become one of them
  float: [{ test: "typeof p === 'number' && Number.isFinite(Math.fround(p))", size: 4, put: 'view.setFloat32(at + 4, p)' }],
  double: [{ test: "typeof p === 'number'", size: 8, put: 'view.setFloat64(at + 4, p)' }],
  boolean: [{ test: "typeof p === 'boolean'", size: 1, put: 'view.setUint8(at + 4, p ? 1 : 0)' }],
  timestamp: [{ test: 'p instanceof Date && (number = p.getTime()) === number', size: 8, put: putLong('number') }],
  uuid: [{ test: 'p instanceof Uuid', size: 16, put: putWords }],
  timeuuid: [{ test: 'p instanceof TimeUuid && (p.word1 & 0xf000) === 0x1000', size: 16, put: putWords }],
}

/** Lists and sets whose elements are text. */
export function writesAsTexts(type: DataType): boolean {
  return (type.kind === 'list' || type.kind === 'set') && writesAsText(type.element)
}

/** [bytes] of a list or set of short ASCII texts. False, and nothing written, where the array has anything else. */
export function putTexts(writer: ByteWriter, values: readonly unknown[]): boolean {
  const start = writer.position
  writer.ensure(8)
  writer.position = start + 8
  const count = values.length
  for (let i = 0; i < count; i++) {
    const value = values[i]
    if (typeof value === 'string' && writer.putShortAscii(value)) continue
    writer.position = start
    return false
  }
  writer.view.setInt32(start, writer.position - start - 4)
  writer.view.setInt32(start + 4, count)
  return true
}

/** The fast path of a type of fixed length, or null where its codec must be called. */
export function fixedWrites(type: DataType): readonly FixedWrite[] | null {
  return writes[type.kind] ?? null
}

/** Types that any string without an unpaired surrogate is written as. */
export function writesAsText(type: DataType): boolean {
  return type.kind === 'text'
}
