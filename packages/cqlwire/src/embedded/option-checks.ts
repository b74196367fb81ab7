import { InvalidOptionError } from '../base/errors.js'

/** Checks of one option's value. Each gives back the value or its default, or throws an `InvalidOptionError` that names the path. */

/** `not a function`, `got 'x'`: the value as a reader would write it, cut short. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  if (typeof value === 'function') return 'a function'
  if (typeof value !== 'object' || value === null) return String(value)
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

export function refuse(path: string, takes: string, value: unknown): never {
  throw new InvalidOptionError(path, `${path} takes ${takes}, got ${shown(value)}`)
}

/** An object with none but the known keys. */
export function plainObject(value: unknown, path: string, known: readonly string[] | null): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(path, 'an object', value)
  const prefix = path === 'options' ? '' : `${path}.`
  for (const key of known === null ? [] : Object.keys(value)) {
    if (known?.includes(key) === true) continue
    throw new InvalidOptionError(`${prefix}${key}`, `${prefix}${key} is not an option of startCassandra; it takes ${known?.join(', ')}`)
  }
  return value as Record<string, unknown>
}

export function integer(value: unknown, path: string, low: number, high: number, fallback: number): number {
  if (value === undefined) return fallback
  if (typeof value !== 'number' || !Number.isInteger(value) || value < low || value > high) {
    refuse(path, `an integer from ${low} to ${high}`, value)
  }
  return value
}

export function boolean(value: unknown, path: string, fallback: boolean): boolean {
  if (value === undefined) return fallback
  if (typeof value !== 'boolean') refuse(path, 'true or false', value)
  return value
}

export function text(value: unknown, path: string, pattern: RegExp, takes: string, fallback: string): string {
  if (value === undefined) return fallback
  if (typeof value !== 'string' || !pattern.test(value)) refuse(path, takes, value)
  return value
}

export function textList(value: unknown, path: string, pattern: RegExp, takes: string): readonly string[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) refuse(path, `an array of ${takes}`, value)
  return value.map((item: unknown, i) => text(item, `${path}[${i}]`, pattern, takes, ''))
}
