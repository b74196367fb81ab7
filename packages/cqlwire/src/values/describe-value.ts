/**
 * How error messages tell of a value that was not taken, without running code of its own. A value may be a password or a patient's name:
 * `describeValue` says its type and shape, and nothing of what is in it. `showValue` says that too, for values of the program rather than of
 * its users (options, say), and for who asked for it by the option `showValues`.
 */

const LONGEST_TEXT = 60

function shorten(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT)}...`
}

function describeObject(value: object): string {
  if (Array.isArray(value)) return `an array of ${value.length}`
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid Date' : 'a Date'
  if (ArrayBuffer.isView(value)) return `a ${value.constructor.name} of ${value.byteLength} bytes`
  const prototype = Object.getPrototypeOf(value) as object | null
  if (prototype === Object.prototype || prototype === null) {
    // Names of fields may be data: a map's keys.
    const count = Object.keys(value).length
    return `an object with ${count === 0 ? 'no fields' : count === 1 ? 'one field' : `${count} fields`}`
  }
  const name: unknown = (prototype as { constructor?: { name?: unknown } }).constructor?.name
  return typeof name === 'string' && name !== '' ? `an instance of ${name}` : 'an object'
}

/** For example `text of 3 characters (string)`, `an integer of 2 digits (bigint)`, `a fraction (number)`, `an array of 3`. */
export function describeValue(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value === '' ? 'empty text (string)' : `text of ${count(value.length, 'character')} (string)`
    case 'bigint':
      return `${describeBigInt(value)} (bigint)`
    case 'number':
      return `${describeNumber(value)} (number)`
    case 'boolean':
      return 'a boolean'
    case 'undefined':
      return 'undefined'
    case 'function':
      return 'a function'
    case 'symbol':
      return 'a symbol'
    case 'object':
      return value === null ? 'null' : describeObject(value)
  }
}

/** For example `'abc' (string)`, `12n (bigint)`, `1.5 (number)`; objects as `describeValue` has them. */
export function showValue(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `'${shorten(value)}' (string)`
    case 'bigint':
      return isHuge(value) ? describeValue(value) : `${shorten(`${value}`)}n (bigint)`
    case 'number':
      return `${Object.is(value, -0) ? '-0' : value} (number)`
    case 'boolean':
      return `${value} (boolean)`
    case 'symbol':
      return `${shorten(value.toString())} (symbol)`
    default:
      return value instanceof Date && !Number.isNaN(value.getTime()) ? `${value.toISOString()} (Date)` : describeValue(value)
  }
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}

function describeNumber(value: number): string {
  if (Number.isNaN(value) || Math.abs(value) === Infinity) return String(value)
  if (Object.is(value, -0)) return '-0'
  const sign = value < 0 ? 'a negative' : value > 0 && !Number.isInteger(value) ? 'a' : 'an'
  if (!Number.isInteger(value)) return `${sign} fraction`
  return Number.isSafeInteger(value)
    ? `${sign} integer of ${count(String(Math.abs(value)).length, 'digit')}`
    : `${sign} integer beyond 2^53`
}

/** The decimal text of a huge integer takes quadratic time: its size says enough. */
function isHuge(value: bigint): boolean {
  return BigInt.asIntN(256, value) !== value
}

function describeBigInt(value: bigint): string {
  if (isHuge(value)) return 'an integer of more than 256 bits'
  const digits = String(value).replace('-', '').length
  return `${value < 0n ? 'a negative' : 'an'} integer of ${count(digits, 'digit')}`
}
