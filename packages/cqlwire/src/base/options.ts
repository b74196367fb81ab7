/**
 * Options are read once, through a table that names every option with what it takes and its default.
 *
 *     const spec = { port: integer({ min: 1, max: 65535, default: 9042 }), pool: nested({ … }) }
 *     const settings = resolveOptions(spec, given)      // frozen, typed { readonly port: number, … }
 *
 * An unknown key, or a value that an option doesn't take, is an {@link InvalidOptionError} that names the option by its path.
 * `undefined` counts as absent everywhere.
 */
import { joinPath, missingOption, orList, unknownOption, wrongOption } from './option-error.js'

/** How one option is read. Made by the combinators below. */
export interface Option<T> {
  /** What it takes, to be read after "takes": `an integer from 1 to 65535`. */
  readonly takes: string
  /** Whether the value is of the option's kind at all, so that {@link anyOf} can choose who reads it. */
  suits(value: unknown): boolean
  /** The resolved value of one that was given (never `undefined`). Throws an InvalidOptionError. */
  read(value: unknown, path: string): T
  /** The resolved value where none was given. Throws an InvalidOptionError where there must be one. */
  absent(path: string): T
}

export type OptionSpec = Readonly<Record<string, Option<unknown>>>

/** What {@link resolveOptions} makes of a spec. */
export type Resolved<S> = { readonly [K in keyof S]: S[K] extends Option<infer T> ? T : never }

interface Settings<T> {
  /** Taken where the option is absent; without one the option must be given (see {@link optional}). */
  readonly default?: T
  /** Messages say the value's type only. */
  readonly secret?: boolean
}

function option<T>(takes: string, settings: Settings<T>, suits: (value: unknown) => boolean, takesValue = suits): Option<T> {
  const { default: fallback, secret } = settings
  return {
    takes,
    suits,
    read(value, path) {
      if (!takesValue(value)) throw wrongOption(path, takes, value, secret)
      return value as T
    },
    absent(path) {
      if (fallback === undefined) throw missingOption(path, takes)
      return fallback
    },
  }
}

interface NumberSettings extends Settings<number> {
  readonly min?: number
  readonly max?: number
  /** Named in messages: `ms`, `bytes`. */
  readonly unit?: string
}

function range(noun: string, { min, max, unit }: NumberSettings): string {
  const bounds =
    min !== undefined && max !== undefined
      ? ` from ${min} to ${max}`
      : min !== undefined
        ? ` of at least ${min}`
        : max !== undefined
          ? ` of at most ${max}`
          : ''
  return `${noun}${bounds}${unit === undefined ? '' : ` (${unit})`}`
}

function within(value: number, { min, max }: NumberSettings): boolean {
  return (min === undefined || value >= min) && (max === undefined || value <= max)
}

const isNumber = (value: unknown): value is number => typeof value === 'number'

/** A safe integer. */
export function integer(settings: NumberSettings = {}): Option<number> {
  return option(
    range('an integer', settings),
    settings,
    isNumber,
    (value) => Number.isSafeInteger(value) && within(value as number, settings),
  )
}

/** A finite number. */
export function number(settings: NumberSettings = {}): Option<number> {
  return option(range('a number', settings), settings, isNumber, (value) => Number.isFinite(value) && within(value as number, settings))
}

export function boolean(settings: Settings<boolean> = {}): Option<boolean> {
  return option('true or false', settings, (value) => typeof value === 'boolean')
}

/** Text that isn't empty, unless `allowEmpty`. `takes` says what it means: `a keyspace's name`. */
export function string(settings: Settings<string> & { readonly allowEmpty?: boolean; readonly takes?: string } = {}): Option<string> {
  const { allowEmpty = false, takes = allowEmpty ? 'text' : 'text that is not empty' } = settings
  const isText = (value: unknown): boolean => typeof value === 'string'
  return option(takes, settings, isText, (value) => typeof value === 'string' && (allowEmpty || value !== ''))
}

/** One of a few values. */
export function oneOf<const T extends string | number | boolean | null>(values: readonly T[], settings: Settings<T> = {}): Option<T> {
  const takes = orList(values.map((value) => JSON.stringify(value)))
  const isKind = (value: unknown): boolean => values.some((known) => typeof known === typeof value)
  return option(takes, settings, isKind, (value) => (values as readonly unknown[]).includes(value))
}

/** A function; `takes` says which: `a function (row) => object`. */
export function fn<T extends (...args: never[]) => unknown>(takes = 'a function', settings: Settings<T> = {}): Option<T> {
  return option(takes, settings, (value) => typeof value === 'function')
}

/** An object that has these methods, handed on as it is: how policies and providers are plugged in. */
export function withMethods<T extends object>(
  takes: string,
  methods: readonly (keyof T & string)[],
  settings: Settings<T> = {},
): Option<T> {
  const has = (value: unknown): boolean =>
    typeof value === 'object' && value !== null && methods.every((name) => typeof (value as Record<string, unknown>)[name] === 'function')
  return option(`${takes} (an object with ${methods.join(', ')})`, settings, has)
}

/** Whatever `check` says yes to, handed on as it is. */
export function custom<T>(takes: string, check: (value: unknown) => boolean, settings: Settings<T> = {}): Option<T> {
  return option(takes, settings, check)
}

/** Absent is `undefined`; present is read as `inner` has it. */
export function optional<T>(inner: Option<T>): Option<T | undefined> {
  return {
    takes: inner.takes,
    suits: (value) => inner.suits(value),
    read: (value, path) => inner.read(value, path),
    absent: () => undefined,
  }
}

/** A frozen array whose elements are read by `element`. A given array may be empty only with `allowEmpty`. */
export function listOf<T>(
  element: Option<T>,
  settings: Settings<readonly T[]> & { readonly allowEmpty?: boolean; readonly takes?: string } = {},
): Option<readonly T[]> {
  const takes = settings.takes ?? `an array whose elements are each ${element.takes}`
  const base = option<readonly T[]>(
    takes,
    settings,
    Array.isArray,
    (value) => Array.isArray(value) && (settings.allowEmpty || value.length > 0),
  )
  return {
    ...base,
    read(value, path) {
      const given = base.read(value, path) as readonly unknown[]
      const resolved = given.map((item, index) => {
        const place = joinPath(path, index)
        if (item === undefined) throw wrongOption(place, element.takes, item)
        return element.read(item, place)
      })
      return Object.freeze(resolved)
    },
  }
}

/** An object for its fields: not an array, a Map, a promise. */
function isObject(value: unknown): value is Record<string, unknown> {
  return Object.prototype.toString.call(value) === '[object Object]'
}

/** An object with any keys, whose values are read by `element`. Absent is empty. */
export function recordOf<T>(element: Option<T>, takes = 'an object'): Option<Readonly<Record<string, T>>> {
  return {
    takes,
    suits: isObject,
    read(value, path) {
      if (!isObject(value)) throw wrongOption(path, takes, value)
      // Without a prototype, so that a key such as `__proto__` is a key like any other.
      const resolved = Object.create(null) as Record<string, T>
      for (const [key, item] of Object.entries(value)) if (item !== undefined) resolved[key] = element.read(item, joinPath(path, key))
      return Object.freeze(resolved)
    },
    absent: () => Object.freeze(Object.create(null) as Record<string, T>),
  }
}

/** Options within an option. Absent, its defaults are taken. */
export function nested<S extends OptionSpec>(spec: S): Option<Resolved<S>> {
  return {
    takes: `an object of options (${Object.keys(spec).join(', ')})`,
    suits: isObject,
    read: (value, path) => resolveOptions(spec, value, path),
    absent: (path) => resolveOptions(spec, {}, path),
  }
}

/** The first of several options whose kind the value is of; absent is as the first has it, unless `default` is given. */
export function anyOf<const O extends readonly Option<unknown>[]>(
  options: O,
  settings: Settings<O[number] extends Option<infer T> ? T : never> = {},
): Option<O[number] extends Option<infer T> ? T : never> {
  type T = O[number] extends Option<infer U> ? U : never
  const takes = orList(options.map((each) => each.takes))
  return {
    takes,
    suits: (value) => options.some((each) => each.suits(value)),
    read(value, path) {
      const reader = options.find((each) => each.suits(value))
      if (reader === undefined) throw wrongOption(path, takes, value, settings.secret)
      return reader.read(value, path) as T
    },
    absent: (path) => (settings.default === undefined ? (options[0]!.absent(path) as T) : settings.default),
  }
}

/**
 * Reads options by their table: checked, completed with defaults, frozen.
 * `path` is where the options stand within others, for messages; '' where they are the outermost.
 */
export function resolveOptions<S extends OptionSpec>(spec: S, given: unknown, path = ''): Resolved<S> {
  const values = given === undefined ? {} : given
  if (!isObject(values)) throw wrongOption(path, `an object of options (${Object.keys(spec).join(', ')})`, values)
  for (const key of Object.keys(values)) {
    if (!Object.hasOwn(spec, key)) throw unknownOption(path, key, Object.keys(spec))
  }
  const resolved: Record<string, unknown> = {}
  for (const [key, each] of Object.entries(spec)) {
    const value = values[key]
    const place = joinPath(path, key)
    resolved[key] = value === undefined ? each.absent(place) : each.read(value, place)
  }
  return Object.freeze(resolved) as Resolved<S>
}
