/** How generated code reads the types with a fast path: the same values, for values of the expected length, as the types' codecs. */
import type { CodecRegistry } from './codec.js'
import type { DataType } from './data-type.js'
import { LOW } from './long-halves.js'

export interface FixedRead {
  /** The length in bytes of each value that the fast path takes. */
  readonly size: number
  /** A further condition on the bytes, where not all of that length are taken; may leave a number in the variable `number`. */
  readonly test?: (offset: number) => string
  /** An expression for the value that lies `offset` bytes behind `at`, of the variables `view`, `buffer`, `number`, `long`, `longHalves`, `Uuid` and `TimeUuid`. */
  readonly value: (offset: number) => string
}

/** A 64-bit integer as a double: exact up to 2^53, and beyond it never a safe integer. */
const longAsNumber = (offset: number): string => `(view.getInt32(at + ${offset}) * 4294967296 + view.getUint32(at + ${offset + 4}))`
const longAsBigint = (offset: number): string =>
  `(longHalves[${1 - LOW}] = view.getInt32(at + ${offset}), longHalves[${LOW}] = view.getInt32(at + ${offset + 4}), long[0])`
const fourWords = (offset: number): string => [0, 4, 8, 12].map((word) => `view.getInt32(at + ${offset + word})`).join(', ')

const fixedReads: Readonly<Record<string, FixedRead>> = {
  tinyint: { size: 1, value: (offset) => `view.getInt8(at + ${offset})` },
  smallint: { size: 2, value: (offset) => `view.getInt16(at + ${offset})` },
  int: { size: 4, value: (offset) => `view.getInt32(at + ${offset})` },
  float: { size: 4, value: (offset) => `view.getFloat32(at + ${offset})` },
  double: { size: 8, value: (offset) => `view.getFloat64(at + ${offset})` },
  boolean: { size: 1, value: (offset) => `buffer[at + ${offset}] !== 0` },
  timestamp: { size: 8, value: (offset) => `new Date${longAsNumber(offset)}` },
  uuid: { size: 16, value: (offset) => `new Uuid(${fourWords(offset)})` },
  timeuuid: { size: 16, value: (offset) => `new TimeUuid(${fourWords(offset)})` },
}

const longReads: Readonly<Record<CodecRegistry['numbers']['bigint'], FixedRead | null>> = {
  bigint: { size: 8, value: longAsBigint },
  number: { size: 8, test: (offset) => `Number.isSafeInteger(number = ${longAsNumber(offset)})`, value: () => 'number' },
  string: null,
}

/** The fast path of a type of fixed length, or null where its codec must be called. */
export function fixedRead(type: DataType, registry: CodecRegistry): FixedRead | null {
  if (type.kind === 'bigint' || type.kind === 'counter') return longReads[registry.numbers.bigint]
  return fixedReads[type.kind] ?? null
}

export function readsAsText(type: DataType): boolean {
  return type.kind === 'text' || type.kind === 'ascii'
}
