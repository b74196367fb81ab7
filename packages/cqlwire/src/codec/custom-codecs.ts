/** Which user codec a type or a column has: the list of the option `codecs`, checked and looked up by type, by user type's name, by column. */
import { InvalidOptionError } from '../base/errors.js'
import { nearestName } from '../base/nearest-name.js'
import { showValue } from '../values/describe-value.js'
import type { CustomCodec } from './custom-codec.js'
import type { ColumnSpec, DataType } from './data-type.js'
import { formatType } from './format-type.js'
import { CQL_NAMES } from './native-names.js'
import { isMarshalName } from './parse-marshal-type.js'
import { parseType } from './parse-type.js'
import { typeKey, TypeKeys } from './type-key.js'

/** `address` or `shop.address`, with or without quotes: what may be the name of a user type. */
const UDT_NAME = /^(?:(?:"((?:[^"]|"")+)"|(\w+))\.)?(?:"((?:[^"]|"")+)"|(\w+))$/

interface Lookup {
  /** By typeKey. */
  readonly types: Map<string, CustomCodec>
  /** By `keyspace.name` or `name` of the user type. */
  readonly udts: Map<string, CustomCodec>
}

export class CustomCodecs {
  readonly #all: Lookup = { types: new Map(), udts: new Map() }
  /** By `keyspace.table.column` or `table.column`. */
  readonly #columns = new Map<string, Lookup>()
  constructor(codecs: readonly CustomCodec[]) {
    codecs.forEach((codec, index) => this.#add(codec, `codecs[${index}]`))
  }

  get isEmpty(): boolean {
    const { types, udts } = this.#all
    return types.size === 0 && udts.size === 0 && this.#columns.size === 0
  }

  /** A codec for all values of a user type, in place of one that it may have. */
  setUserType(keyspace: string, name: string, codec: CustomCodec): void {
    this.#all.udts.set(`${keyspace}.${name}`, codec)
  }

  #add(codec: CustomCodec, path: string): void {
    if (typeof codec !== 'object' || codec === null || typeof codec.encode !== 'function' || typeof codec.decode !== 'function') {
      throw new InvalidOptionError(path, `The option ${path} takes an object with type, encode and decode, got ${showValue(codec)}`)
    }
    if (codec.via !== undefined) readType(codec.via, `${path}.via`)
    if (codec.columns === undefined) {
      register(this.#all, codec, path)
      return
    }
    for (const column of codec.columns) {
      if (typeof column !== 'string' || !/^[^.]+\.[^.]+(?:\.[^.]+)?$/.test(column)) {
        throw new InvalidOptionError(
          `${path}.columns`,
          `The option ${path}.columns takes names like 'keyspace.table.column' or 'table.column', got ${showValue(column)}`,
        )
      }
      const lookup = this.#columns.get(column) ?? { types: new Map<string, CustomCodec>(), udts: new Map<string, CustomCodec>() }
      this.#columns.set(column, lookup)
      register(lookup, codec, path)
    }
  }

  /** The codec for a column alone. A result may give a column's name to a value of another type (`AS`): the type has to agree as well. */
  ofColumn(type: DataType, column: ColumnSpec): CustomCodec | undefined {
    if (this.#columns.size === 0) return undefined
    const name = `${column.table}.${column.name}`
    const lookup = this.#columns.get(`${column.keyspace}.${name}`) ?? this.#columns.get(name)
    return lookup === undefined ? undefined : find(lookup, type, new TypeKeys())
  }

  ofType(type: DataType, keys: TypeKeys): CustomCodec | undefined {
    return find(this.#all, type, keys)
  }

  /** True where this type or one within it has a user's codec. */
  touches(type: DataType, keys: TypeKeys): boolean {
    if (this.ofType(type, keys) !== undefined) return true
    switch (type.kind) {
      case 'list':
      case 'set':
      case 'vector':
        return this.touches(type.element, keys)
      case 'map':
        return this.touches(type.key, keys) || this.touches(type.value, keys)
      case 'tuple':
        return type.elements.some((element) => this.touches(element, keys))
      case 'udt':
        return type.fieldTypes.some((field) => this.touches(field, keys))
      default:
        return false
    }
  }
}

function find(lookup: Lookup, type: DataType, keys: TypeKeys): CustomCodec | undefined {
  if (lookup.types.size > 0) {
    const codec = lookup.types.get(keys.of(type))
    if (codec !== undefined) return codec
  }
  if (type.kind !== 'udt' || lookup.udts.size === 0) return undefined
  return lookup.udts.get(`${type.keyspace}.${type.name}`) ?? lookup.udts.get(type.name)
}

function register(lookup: Lookup, codec: CustomCodec, path: string): void {
  const udt = typeof codec.type === 'string' ? udtName(codec.type, `${path}.type`) : null
  const [map, key] = udt === null ? [lookup.types, typeKey(readType(codec.type, `${path}.type`))] : [lookup.udts, udt]
  if (map.has(key)) {
    const shown = typeof codec.type === 'string' ? codec.type : formatType(codec.type)
    throw new InvalidOptionError(`${path}.type`, `The option ${path} is the second codec for the type ${shown}: one is enough`)
  }
  map.set(key, codec)
}

/** The name of the user type that the text may only be, or null. A bare word near that of a native type is taken for a slip. */
function udtName(text: string, path: string): string | null {
  const match = UDT_NAME.exec(text.trim())
  if (match === null) return null
  const [, quotedKeyspace, keyspace, quotedName, bareName] = match
  const space = quotedKeyspace?.replaceAll('""', '"') ?? keyspace?.toLowerCase()
  const name = quotedName?.replaceAll('""', '"') ?? bareName!.toLowerCase()
  if (space !== undefined) return `${space}.${name}`
  if (bareName === undefined) return name
  if (CQL_NAMES.has(name) || isMarshalName(bareName)) return null
  const nearest = nearestName(name, CQL_NAMES.keys())
  if (nearest !== null) {
    throw new InvalidOptionError(
      path,
      `The option ${path} is '${text}', which is no native type; did you mean '${nearest}'? (A user type of that name is written with its keyspace: 'keyspace.${name}')`,
    )
  }
  return name
}

export function readType(type: string | DataType, path: string): DataType {
  if (typeof type === 'object' && type !== null && typeof type.kind === 'string') return type
  try {
    return parseType(type)
  } catch (error) {
    throw new InvalidOptionError(path, `The option ${path} takes a type: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}
