/** How error messages show a value that was not taken: short, with its type, and never by running code of the value's own. */

const LONGEST_TEXT = 60

function shorten(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT)}...`
}

function describeObject(value: object): string {
  if (Array.isArray(value)) return `an array of ${value.length}`
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid Date' : `${value.toISOString()} (Date)`
  if (ArrayBuffer.isView(value)) return `a ${value.constructor.name} of ${value.byteLength} bytes`
  const prototype = Object.getPrototypeOf(value) as object | null
  if (prototype === Object.prototype || prototype === null) {
    const names = Object.keys(value)
    return shorten(`an object with ${names.length === 0 ? 'no fields' : `the fields ${names.slice(0, 5).join(', ')}`}`)
  }
  const name: unknown = (prototype as { constructor?: { name?: unknown } }).constructor?.name
  return typeof name === 'string' && name !== '' ? `an instance of ${name}` : 'an object'
}

/** For example `'abc' (string)`, `12n (bigint)`, `1.5 (number)`, `an array of 3`. */
export function describeValue(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `'${shorten(value)}' (string)`
    case 'bigint':
      return `${describeBigInt(value)} (bigint)`
    case 'number':
      return `${Object.is(value, -0) ? '-0' : value} (number)`
    case 'boolean':
      return `${value} (boolean)`
    case 'undefined':
      return 'undefined'
    case 'function':
      return 'a function'
    case 'symbol':
      return `${shorten(value.toString())} (symbol)`
    case 'object':
      return value === null ? 'null' : describeObject(value)
  }
}

/** The decimal text of a huge integer takes quadratic time: its size says enough. */
function describeBigInt(value: bigint): string {
  if (BigInt.asIntN(256, value) === value) return shorten(`${value}`) + 'n'
  return 'an integer of more than 256 bits'
}
