/**
 * How values travel between the two threads: a byte that says what follows, then that. Lossless for all that a parameter, an option or an
 * error may hold: structured clones would lose the classes.
 *
 * A value that the driver doesn't take (a function, an instance of a stranger's class) travels as a stand-in of the same looks, so that the
 * driver refuses it in its own words.
 */
export const ValueTag = {
  NULL: 0,
  UNDEFINED: 1,
  TRUE: 2,
  FALSE: 3,
  /** [int] */
  INT32: 4,
  /** 8 bytes, IEEE 754. */
  FLOAT64: 5,
  /** [long] */
  BIGINT64: 6,
  /** [long string] of hexadecimal digits, with a sign before them where it is negative. */
  BIGINT: 7,
  /** [long string] */
  TEXT: 8,
  /** [bytes] of UTF-16: text with unpaired surrogates, which UTF-8 has not. */
  UTF16: 9,
  /** [int] count and the elements. */
  ARRAY: 10,
  SET: 11,
  /** [int] count, then keys and values in turn. */
  MAP: 12,
  /** [int] count, then for each field its name as [long string] and its value. */
  OBJECT: 13,
  /** The class's name as [long string], then as OBJECT. */
  INSTANCE: 14,
  /** The class's name as [long string], then as ARRAY: what it gives when it is iterated over. */
  ITERABLE: 15,
  /** FLOAT64's bytes: milliseconds. */
  DATE: 16,
  /** Four [int]s. */
  UUID: 17,
  TIME_UUID: 18,
  /** [int] days. */
  LOCAL_DATE: 19,
  /** FLOAT64's bytes: nanoseconds. */
  LOCAL_TIME: 20,
  /** [int] months, [int] days, [long] nanoseconds. */
  DURATION: 21,
  /** [int] scale, then the unscaled value as a value. */
  DECIMAL: 22,
  /** [byte] version, then four [int]s. */
  INET: 23,
  /** [bytes] */
  BUFFER: 24,
  /** [byte] index in `VIEWS`, [bytes]. */
  VIEW: 25,
  EMPTY: 26,
  FUNCTION: 27,
  /** [long string] description. */
  SYMBOL: 28,
  /** As OBJECT: the fields of `ErrorParts`. */
  ERROR: 29,
} as const

/** Values that nest deeper than this contain themselves, or might as well. */
export const MOST_DEPTH = 200

/** Kinds of views on bytes; the index behind the last one stands for an ArrayBuffer. */
export const VIEWS: readonly (new (bytes: ArrayBuffer) => ArrayBufferView)[] = [
  Uint8Array,
  Int8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
]
