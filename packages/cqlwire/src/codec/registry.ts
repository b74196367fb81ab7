/** Finds and makes codecs: one per type, made once, however often a server's metadata describes the type anew. */
import { InvalidArgumentError, InvalidOptionError } from '../base/errors.js'
import { showValue } from '../values/describe-value.js'
import { BlobCodec } from './blob-codec.js'
import type { Codec, CodecRegistry, NumberForms } from './codec.js'
import { type ColumnEncryptionPolicy, type ColumnName, EncryptedCodec } from './column-encryption.js'
import { ConvertingCodec, type CustomCodec } from './custom-codec.js'
import { CustomCodecs, readType } from './custom-codecs.js'
import type { ColumnSpec, DataType } from './data-type.js'
import { EMPTY } from './empty.js'
import { FloatVectorCodec } from './float-vector-codec.js'
import { typeKey } from './format-type.js'
import { ListCodec, SetCodec } from './list-codec.js'
import { MapCodec } from './map-codec.js'
import { nativeCodecs } from './native-codecs.js'
import type { EmptyValue } from './scalar-codec.js'
import { TupleCodec } from './tuple-codec.js'
import { UdtCodec } from './udt-codec.js'
import { VectorCodec } from './vector-codec.js'

export interface CodecRegistryOptions {
  /** What bigint (and counter), varint and decimal are read as; by default `{ bigint: 'bigint', varint: 'bigint', decimal: 'decimal' }`. */
  readonly numbers?: Partial<NumberForms>
  /** Codecs of the application, which come before the built-in ones. */
  readonly codecs?: readonly CustomCodec[]
  /** Encrypts columns, by their names. Default: none. */
  readonly columnEncryption?: ColumnEncryptionPolicy | null
  /** What a value of no bytes is read as where its type has no such value: null (`'null'`, the default), or `EMPTY` (`'keep'`). */
  readonly emptyValues?: 'null' | 'keep'
  /** Whether errors about a value show it. Default: false, they say its type and shape. */
  readonly showValues?: boolean
}

/** The map of types seen is emptied at this many: statements over types made on the fly must not grow it for ever. */
const MOST_CACHED_TYPES = 10_000

export function createCodecRegistry(options: CodecRegistryOptions = {}): CodecRegistry {
  const numbers: NumberForms = Object.freeze({
    bigint: readForm(options.numbers?.bigint, 'bigint', ['bigint', 'number', 'string']),
    varint: readForm(options.numbers?.varint, 'varint', ['bigint', 'number', 'string']),
    decimal: readForm(options.numbers?.decimal, 'decimal', ['decimal', 'number', 'string']),
  })
  const emptyValues = options.emptyValues ?? 'null'
  if (emptyValues !== 'null' && emptyValues !== 'keep') {
    throw new InvalidOptionError('emptyValues', `The option emptyValues takes 'null' or 'keep', got ${showValue(emptyValues)}`)
  }
  return new Registry(numbers, new CustomCodecs(options.codecs ?? []), emptyValues, options)
}

/** The first of the forms is the default. */
function readForm<Form extends string>(given: Form | undefined, name: string, forms: readonly [Form, ...Form[]]): Form {
  if (given === undefined) return forms[0]
  if (forms.includes(given)) return given
  const known = forms.map((form) => `'${form}'`).join(', ')
  throw new InvalidOptionError(`numbers.${name}`, `The option numbers.${name} takes one of ${known}, got ${showValue(given)}`)
}

class Registry implements CodecRegistry {
  readonly numbers: NumberForms
  readonly emptyValues: 'null' | 'keep'
  readonly showValues: boolean
  readonly #customs: CustomCodecs
  readonly #encryption: ColumnEncryptionPolicy | null
  readonly #empty: EmptyValue
  readonly #natives: Readonly<Record<string, Codec>>
  readonly #made = new Map<string, Codec>()
  readonly #convertingColumns = new Map<CustomCodec, Map<string, Codec>>()

  constructor(numbers: NumberForms, customs: CustomCodecs, emptyValues: 'null' | 'keep', options: CodecRegistryOptions) {
    this.numbers = numbers
    this.emptyValues = emptyValues
    this.#customs = customs
    this.#encryption = options.columnEncryption ?? null
    this.showValues = options.showValues ?? false
    this.#empty = emptyValues === 'keep' ? EMPTY : null
    this.#natives = nativeCodecs(numbers, this.#empty)
  }

  codecFor(type: DataType, column?: ColumnSpec): Codec {
    if (this.#encryption !== null && column !== undefined && this.#encryption.containsColumn(nameOf(column)))
      return this.#encrypted(type, column, this.#encryption)
    return this.#plain(type, column)
  }

  /** The codec of what is not encrypted, or not yet. */
  #plain(type: DataType, column?: ColumnSpec): Codec {
    if (this.#customs.isEmpty) {
      const native = this.#natives[type.kind]
      if (native !== undefined) return native
    } else if (column !== undefined) {
      const custom = this.#customs.ofColumn(type, column)
      if (custom !== undefined) return this.#columnCodec(type, custom)
    }
    const key = typeKey(type)
    const known = this.#made.get(key)
    if (known !== undefined) return known
    const custom = this.#customs.ofType(type)
    const codec = custom === undefined ? this.#builtIn(type) : this.#converting(type, custom)
    if (this.#made.size >= MOST_CACHED_TYPES) this.#made.clear()
    this.#made.set(key, codec)
    return codec
  }

  isCustomized(type: DataType, column?: ColumnSpec): boolean {
    if (this.#encryption !== null && column !== undefined && this.#encryption.containsColumn(nameOf(column))) return true
    if (this.#customs.isEmpty) return false
    return (column !== undefined && this.#customs.ofColumn(type, column) !== undefined) || this.#customs.touches(type)
  }

  /** A result may give an encrypted column's name to something else (`AS`): what is no blob is read as what it is, and never written. */
  #encrypted(type: DataType, column: ColumnSpec, policy: ColumnEncryptionPolicy): Codec {
    const name = nameOf(column)
    const plain = type.kind === 'blob' ? readType(policy.columnType(name), 'columnEncryption') : type
    return new EncryptedCodec(type, name, policy, this.#plain(plain, column))
  }

  #columnCodec(type: DataType, custom: CustomCodec): Codec {
    const byType = this.#convertingColumns.get(custom) ?? new Map<string, Codec>()
    this.#convertingColumns.set(custom, byType)
    const key = typeKey(type)
    const codec = byType.get(key) ?? this.#converting(type, custom)
    byType.set(key, codec)
    return codec
  }

  #converting(type: DataType, custom: CustomCodec): Codec {
    const stored = custom.via === undefined ? type : readType(custom.via, 'codecs.via')
    return new ConvertingCodec(type, custom, this.#builtIn(stored), this.showValues)
  }

  /** The built-in codec of the type; those of the types within it may be users'. */
  #builtIn(type: DataType): Codec {
    switch (type.kind) {
      case 'list':
        return new ListCodec(type, this.codecFor(type.element), this.#empty)
      case 'set':
        return new SetCodec(type, this.codecFor(type.element), this.#empty)
      case 'map':
        return new MapCodec(type, this.codecFor(type.key), this.codecFor(type.value), this.#empty)
      case 'tuple':
        return new TupleCodec(
          type,
          type.elements.map((element) => this.codecFor(element)),
        )
      case 'udt':
        return new UdtCodec(
          type,
          type.fieldTypes.map((field) => this.codecFor(field)),
        )
      case 'vector':
        return type.element.kind === 'float' && !this.isCustomized(type.element)
          ? new FloatVectorCodec(type, this.#empty)
          : new VectorCodec(type, this.codecFor(type.element), this.#empty)
      case 'custom':
        return new BlobCodec(type)
      default: {
        const native = this.#natives[type.kind]
        if (native === undefined)
          throw new InvalidArgumentError(`There is no type of the kind ${showValue(type.kind)}: parseType makes types`)
        return native
      }
    }
  }
}

function nameOf({ keyspace, table, name }: ColumnSpec): ColumnName {
  return { keyspace, table, column: name }
}
