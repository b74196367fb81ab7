/**
 * Types as CQL writes them (CQL reference, "Data Types"):
 *
 *   type   := native | list<type> | set<type> | map<type, type> | tuple<type, ...> | vector<type, integer> | frozen<type>
 *           | [keyspace .] udt | 'marshal class'
 *
 * Native and collection names in any case; names of user types are lower case unless "quoted".
 */
import { nearestName } from '../base/nearest-name.js'
import type { DataType, UdtType } from './data-type.js'
import { CQL_NAMES } from './native-names.js'
import type { TypeTokens } from './type-tokens.js'

/** Finds a user type: by `name`, or `keyspace.name` where the text says the keyspace. */
export type UdtResolver = (name: string, keyspace: string | null) => UdtType | undefined

/** Gives the type of a marshal class that stands in CQL as a string. */
type ParseMarshal = (className: string) => DataType

const PARAMETRIC: readonly string[] = ['list', 'set', 'map', 'tuple', 'vector', 'frozen']
/** Cassandra's own limit (VectorType.MAX_DIMENSIONS is 2^13 in some versions): here only what a value of 256 MiB could hold. */
const MOST_DIMENSIONS = 1 << 26

export class CqlTypeParser {
  readonly #tokens: TypeTokens
  readonly #resolve: UdtResolver | undefined
  readonly #parseMarshal: ParseMarshal

  constructor(tokens: TypeTokens, resolve: UdtResolver | undefined, parseMarshal: ParseMarshal) {
    this.#tokens = tokens
    this.#resolve = resolve
    this.#parseMarshal = parseMarshal
  }

  parse(depth: number): DataType {
    const tokens = this.#tokens
    tokens.enter(depth)
    if (tokens.kind === 'string') {
      const className = tokens.value
      tokens.next()
      return this.#parseMarshal(className)
    }
    if (tokens.kind === 'quoted') return this.#udt()
    if (tokens.kind !== 'word') tokens.fail(`expected the name of a type ${tokens.here()}`)
    const name = tokens.value.toLowerCase()
    if (PARAMETRIC.includes(name)) return this.#parametric(name, depth)
    const native = CQL_NAMES.get(name)
    if (native === undefined) return this.#udt()
    tokens.next()
    return native
  }

  #parametric(name: string, depth: number): DataType {
    const tokens = this.#tokens
    tokens.next()
    // A user type may be called `list` in a quoted name only, so a bare one must have parameters.
    tokens.expect('<')
    const type = this.#parameters(name, depth + 1)
    tokens.expect('>')
    return type
  }

  #parameters(name: string, depth: number): DataType {
    const tokens = this.#tokens
    const first = this.parse(depth)
    switch (name) {
      case 'list':
      case 'set':
        return { kind: name, element: first, frozen: false }
      case 'map':
        tokens.expect(',')
        return { kind: 'map', key: first, value: this.parse(depth), frozen: false }
      case 'vector':
        tokens.expect(',')
        return { kind: 'vector', element: first, dimensions: readDimensions(tokens) }
      case 'frozen':
        return freeze(first)
      default: {
        const elements = [first]
        while (tokens.skip(',')) elements.push(this.parse(depth))
        return { kind: 'tuple', elements }
      }
    }
  }

  #udt(): DataType {
    const tokens = this.#tokens
    const start = tokens.start
    const quoted = tokens.kind === 'quoted'
    let name = this.#identifier()
    let keyspace: string | null = null
    let end = start + name.length
    if (tokens.skip('.')) {
      keyspace = name
      end = tokens.end
      name = this.#identifier()
    }
    const type = this.#resolve?.(name, keyspace)
    if (type !== undefined) return type
    const shown =
      keyspace === null && !quoted ? name : tokens.text.slice(start, quoted && keyspace === null ? start + name.length + 2 : end)
    const nearest = quoted || keyspace !== null ? null : nearestName(name, [...CQL_NAMES.keys(), ...PARAMETRIC])
    if (nearest !== null) tokens.fail(`there is no type '${shown}'; did you mean '${nearest}'?`)
    return tokens.fail(
      this.#resolve === undefined
        ? `'${shown}' is no native type, and the fields of a user-defined type can't be known from its name: give a resolver as the second argument`
        : `there is no user-defined type ${shown}`,
    )
  }

  /** A bare word in lower case, or a quoted one as it is. */
  #identifier(): string {
    const tokens = this.#tokens
    if (tokens.kind !== 'quoted') return tokens.word('the name of a user-defined type').toLowerCase()
    const { value } = tokens
    tokens.next()
    return value
  }
}

export function readDimensions(tokens: TypeTokens): number {
  const text = tokens.word('the number of elements')
  const dimensions = /^\d{1,9}$/.test(text) ? Number(text) : 0
  if (dimensions < 1 || dimensions > MOST_DIMENSIONS) {
    tokens.fail(`a vector has 1 to ${MOST_DIMENSIONS} elements, not '${text}'`)
  }
  return dimensions
}

/** The type as frozen; tuples, vectors and native types are so anyway. */
export function freeze(type: DataType): DataType {
  return 'frozen' in type ? { ...type, frozen: true } : type
}
