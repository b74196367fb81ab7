/**
 * Parameters as a caller gives them (an array by position, an object by name, nothing) to one array in the order of the markers.
 *
 * The server folds the names of unquoted markers to lower case (`:Name` is "name"), so a key is taken as it stands first, then by its
 * lower-case form. What every object inherits from Object.prototype is never a parameter.
 */
import { InvalidArgumentError } from '../base/errors.js'
import { nearestName } from '../base/nearest-name.js'
import { describeValue } from '../values/describe-value.js'
import { formatType } from './format-type.js'
import type { ColumnSpec } from './data-type.js'

export type BindParameters = readonly unknown[] | Readonly<Record<string, unknown>> | null | undefined

const NONE: readonly unknown[] = []

/** How messages name a marker, e.g. `Parameter 2 of 5, "tags" (list<text>),`. */
export function describeMarker(columns: readonly ColumnSpec[], index: number): string {
  const { name, type } = columns[index]!
  return `Parameter ${index + 1} of ${columns.length}, "${name}" (${formatType(type)}),`
}

export class ParameterOrder {
  readonly #columns: readonly ColumnSpec[]
  readonly #names: ReadonlySet<string>

  constructor(columns: readonly ColumnSpec[]) {
    this.#columns = columns
    this.#names = new Set(columns.map(({ name }) => name))
  }

  /** Exactly one value per marker, in their order; an array of the right length is given back as it is. */
  toArray(params: BindParameters): readonly unknown[] {
    if (Array.isArray(params)) {
      if (params.length !== this.#columns.length) throw this.#wrongCount(params.length)
      return params
    }
    if (params === undefined || params === null) {
      if (this.#columns.length > 0) throw this.#wrongCount(0)
      return NONE
    }
    if (!isNamed(params)) {
      throw new InvalidArgumentError(`Parameters are an array, or an object with one field per marker, got ${describeValue(params)}`)
    }
    return this.#byName(params)
  }

  #byName(params: Readonly<Record<string, unknown>>): unknown[] {
    const given = Object.keys(params)
    const values: unknown[] = []
    for (const { name } of this.#columns) {
      if (!Object.hasOwn(params, name)) return this.#byFoldedName(params, given)
      values.push(params[name])
    }
    // Each name is there, so where there are no more keys than names, no key is unknown
    return given.length === this.#names.size ? values : this.#byFoldedName(params, given)
  }

  /** The slower way, for keys like `Name` and for telling what is missing or unknown. */
  #byFoldedName(params: Readonly<Record<string, unknown>>, given: readonly string[]): unknown[] {
    const keyOf = new Map<string, string>()
    for (const key of given) {
      const name = this.#names.has(key) ? key : key.toLowerCase()
      if (!this.#names.has(name)) throw this.#unknown(key)
      const other = keyOf.get(name)
      if (other !== undefined)
        throw new InvalidArgumentError(`The parameters "${other}" and "${key}" are both for the marker "${name}": give one`)
      keyOf.set(name, key)
    }
    return this.#columns.map(({ name }, i) => {
      const key = keyOf.get(name) ?? name
      if (!holds(params, key)) {
        const names = given.length === 0 ? 'none' : given.map((key) => `"${key}"`).join(', ')
        throw new InvalidArgumentError(
          `${describeMarker(this.#columns, i)} is missing: the parameters given are ${names}. Nothing was sent`,
        )
      }
      return params[key]
    })
  }

  #wrongCount(got: number): InvalidArgumentError {
    const expected = this.#columns.length
    const fix =
      got < expected
        ? `${describeMarker(this.#columns, got)} is the first one missing (bind undefined to leave a column as it is)`
        : expected === 0
          ? 'it has no markers'
          : `the last marker is "${this.#columns[expected - 1]!.name}" (${formatType(this.#columns[expected - 1]!.type)})`
    return new InvalidArgumentError(
      `The statement takes ${expected} ${expected === 1 ? 'parameter' : 'parameters'}, got ${got}: ${fix}. Nothing was sent`,
    )
  }

  #unknown(key: string): InvalidArgumentError {
    const nearest = nearestName(key, this.#names)
    const names = [...this.#names].map((name) => `"${name}"`).join(', ')
    const hint = nearest !== null ? `did you mean "${nearest}"?` : names === '' ? 'it has no markers.' : `its markers are ${names}.`
    return new InvalidArgumentError(`The statement has no marker "${key}": ${hint} Nothing was sent`)
  }
}

/** True for an object whose fields are parameters, false for what is rather a value (a Date, a Map, bytes). */
export function isNamed(params: unknown): params is Readonly<Record<string, unknown>> {
  if (typeof params !== 'object' || params === null || Array.isArray(params)) return false
  return !(ArrayBuffer.isView(params) || params instanceof Date || params instanceof Map || params instanceof Set)
}

/** Whether an object has a field, its own or one that its class gives it (a getter, say), but not one that every object has. */
function holds(params: Readonly<Record<string, unknown>>, name: string): boolean {
  if (Object.hasOwn(params, name)) return true
  return name in params && !(name in Object.prototype)
}
