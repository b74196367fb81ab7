/** The wording of wrong options: where the option stands, what it takes, what it got. */
import { InvalidOptionError } from './errors.js'
import { nearestName } from './nearest-name.js'

const SHORT_VALUE = 40

function shortened(text: string): string {
  return text.length <= SHORT_VALUE ? text : `${text.slice(0, SHORT_VALUE - 1)}…`
}

function describeObject(value: object | null): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return `an array of ${value.length}`
  const name = (Object.getPrototypeOf(value) as { constructor?: { name?: string } } | null)?.constructor?.name
  return name === undefined || name === '' || name === 'Object' ? 'an object' : `an object of class ${shortened(name)}`
}

/** Says in a few words what a value is. With `secret`, only its type. */
export function describeValue(value: unknown, secret = false): string {
  switch (typeof value) {
    case 'undefined':
      return 'undefined'
    case 'function':
      return 'a function'
    case 'symbol':
      return 'a symbol'
    case 'object':
      return describeObject(value)
    case 'string':
      return secret ? 'a text' : `text ${JSON.stringify(shortened(value))}`
    default:
      return secret ? `a ${typeof value}` : `${typeof value} ${shortened(String(value))}`
  }
}

/** `a`, `a or b`, `a, b or c`. */
export function orList(items: readonly string[]): string {
  if (items.length <= 1) return items[0] ?? 'nothing'
  return `${items.slice(0, -1).join(', ')} or ${items[items.length - 1]!}`
}

/** The path of a part of an option: `pool.heartbeatIntervalMs`, `contactPoints[2]`. */
export function joinPath(path: string, part: string | number): string {
  if (typeof part === 'number') return `${path}[${part}]`
  return path === '' ? part : `${path}.${part}`
}

export function wrongOption(path: string, takes: string, value: unknown, secret = false): InvalidOptionError {
  const name = path === '' ? 'The options' : `Option ${path}`
  return new InvalidOptionError(path, `${name} ${path === '' ? 'take' : 'takes'} ${takes}, got ${describeValue(value, secret)}`)
}

export function missingOption(path: string, takes: string): InvalidOptionError {
  return new InvalidOptionError(path, `Option ${path} is missing: it takes ${takes} and has no default`)
}

export function unknownOption(path: string, key: string, known: readonly string[]): InvalidOptionError {
  const full = joinPath(path, key)
  const near = nearestName(key, known)
  const hint = near === null ? `known here: ${known.join(', ')}` : `did you mean ${joinPath(path, near)}?`
  return new InvalidOptionError(full, `Unknown option ${full}: ${hint}`)
}
