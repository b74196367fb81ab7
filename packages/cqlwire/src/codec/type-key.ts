/** A text that two types share exactly where their values are written alike: with the fields of user types, and without `frozen`. */
import { InvalidArgumentError } from '../base/errors.js'
import type { DataType } from './data-type.js'
import { MOST_TYPE_DEPTH } from './type-tokens.js'

/**
 * User types that name each other share their parts, and stand for far more types than there are: 64 types, each with two fields of the
 * next one, for 2^64. Nothing that walks over a type's parts comes to an end there; a key longer than this is none.
 */
const MOST_KEY_LENGTH = 1 << 21

interface TypeKey {
  readonly text: string
  /** How many types stand in each other. */
  readonly depth: number
}

/** Makes keys, each once however often its type stands in others. Not to be kept: it doesn't notice where a type is changed. */
export class TypeKeys {
  readonly #known = new Map<DataType, TypeKey>()

  /** @throws {InvalidArgumentError} the type is nested too deep, or stands for too many */
  of(type: DataType): string {
    return this.#key(type, 1).text
  }

  #key(type: DataType, level: number): TypeKey {
    const known = this.#known.get(type)
    const depth = known === undefined ? 1 : known.depth
    if (level + depth - 1 > MOST_TYPE_DEPTH) throw new InvalidArgumentError(`Types stand more than ${MOST_TYPE_DEPTH} deep in each other`)
    if (known !== undefined) return known
    const key = this.#make(type, level)
    this.#known.set(type, key)
    return key
  }

  #make(type: DataType, level: number): TypeKey {
    switch (type.kind) {
      case 'list':
      case 'set':
        return this.#join(`${type.kind}<`, [type.element], '>', level)
      case 'map':
        return this.#join('map<', [type.key, type.value], '>', level)
      case 'vector':
        return this.#join('vector<', [type.element], `, ${type.dimensions}>`, level)
      case 'tuple':
        return this.#join('tuple<', type.elements, '>', level)
      case 'udt':
        return this.#join(`${JSON.stringify(type.keyspace)}.${JSON.stringify(type.name)}(`, type.fieldTypes, ')', level, type.fieldNames)
      case 'custom':
        return { text: `'${type.className.replaceAll("'", "''")}'`, depth: 1 }
      default:
        return { text: type.kind, depth: 1 }
    }
  }

  #join(open: string, parts: readonly DataType[], close: string, level: number, names: readonly string[] | null = null): TypeKey {
    let text = open
    let depth = 0
    for (const [i, part] of parts.entries()) {
      const key = this.#key(part, level + 1)
      depth = Math.max(depth, key.depth)
      text += `${i === 0 ? '' : ', '}${names === null ? '' : `${JSON.stringify(names[i])} `}${key.text}`
      if (text.length > MOST_KEY_LENGTH) {
        throw new InvalidArgumentError(
          `A type stands for too many: written out with all that it is made of, it takes more than ${MOST_KEY_LENGTH} characters`,
        )
      }
    }
    return { text: text + close, depth: depth + 1 }
  }
}

/** The key of one type. @throws {InvalidArgumentError} it is nested too deep, or stands for too many types */
export function typeKey(type: DataType): string {
  return new TypeKeys().of(type)
}
