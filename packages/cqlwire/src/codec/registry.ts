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
import { ListCodec, SetCodec } from './list-codec.js'
import { MapCodec } from './map-codec.js'
import { nativeCodecs } from './native-codecs.js'
import type { EmptyValue } from './scalar-codec.js'
import { TupleCodec } from './tuple-codec.js'
import { TypeKeys } from './type-key.js'
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
/** And where their keys have so many characters: a server may describe types of any size. */
const MOST_CACHED_TEXT = 1 << 24

/** A registry that learns of classes of user types after it was made. What was compiled with it before keeps what it had. */
export interface UserTypeRegistry extends CodecRegistry {
  setUserType(keyspace: string, name: string, codec: CustomCodec): void
}

export function createCodecRegistry(options: CodecRegistryOptions = {}): UserTypeRegistry {
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

/** What is known while one codec is made. User types share their parts: each is made once. */
interface Making {
  readonly keys: TypeKeys
  readonly codecs: Map<DataType, Codec>
}

const newMaking = (): Making => ({ keys: new TypeKeys(), codecs: new Map() })

class Registry implements UserTypeRegistry {
  readonly numbers: NumberForms
  readonly emptyValues: 'null' | 'keep'
  readonly showValues: boolean
  readonly #customs: CustomCodecs
  readonly #encryption: ColumnEncryptionPolicy | null
  readonly #empty: EmptyValue
  readonly #natives: Readonly<Record<string, Codec>>
  readonly #made = new Map<string, Codec>()
  /** The length of all keys in it. */
  #madeText = 0
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
    const making = newMaking()
    const key = making.keys.of(type)
    const known = this.#made.get(key)
    if (known !== undefined) return known
    const codec = this.#make(type, making)
    this.#keep(key, codec)
    return codec
  }

  /** Of a type within another: not looked up by its key, which would have to be made for each of them. */
  #within(type: DataType, making: Making): Codec {
    let codec = this.#customs.isEmpty ? this.#natives[type.kind] : undefined
    codec ??= making.codecs.get(type)
    if (codec === undefined) making.codecs.set(type, (codec = this.#make(type, making)))
    return codec
  }

  #make(type: DataType, making: Making): Codec {
    const custom = this.#customs.ofType(type, making.keys)
    return custom === undefined ? this.#builtIn(type, making) : this.#converting(type, custom)
  }

  #keep(key: string, codec: Codec): void {
    this.#madeText += key.length
    if (this.#made.size >= MOST_CACHED_TYPES || this.#madeText > MOST_CACHED_TEXT) {
      this.#made.clear()
      this.#madeText = key.length
    }
    this.#made.set(key, codec)
  }

  setUserType(keyspace: string, name: string, codec: CustomCodec): void {
    this.#customs.setUserType(keyspace, name, codec)
    // Others may have the codec of that type within them.
    this.#made.clear()
    this.#madeText = 0
    this.#convertingColumns.clear()
  }

  isCustomized(type: DataType, column?: ColumnSpec): boolean {
    if (this.#encryption !== null && column !== undefined && this.#encryption.containsColumn(nameOf(column))) return true
    if (this.#customs.isEmpty) return false
    return (column !== undefined && this.#customs.ofColumn(type, column) !== undefined) || this.#customs.touches(type, new TypeKeys())
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
    const key = new TypeKeys().of(type)
    const codec = byType.get(key) ?? this.#converting(type, custom)
    // A user type's name may come with ever other fields.
    if (byType.size >= MOST_CACHED_TYPES) byType.clear()
    byType.set(key, codec)
    return codec
  }

  #converting(type: DataType, custom: CustomCodec): Codec {
    const stored = custom.via === undefined ? type : readType(custom.via, 'codecs.via')
    return new ConvertingCodec(type, custom, this.#builtIn(stored, newMaking()), this.showValues)
  }

  /** The built-in codec of the type; those of the types within it may be users'. */
  #builtIn(type: DataType, making: Making): Codec {
    const codecOf = (part: DataType): Codec => this.#within(part, making)
    switch (type.kind) {
      case 'list':
        return new ListCodec(type, codecOf(type.element), this.#empty)
      case 'set':
        return new SetCodec(type, codecOf(type.element), this.#empty)
      case 'map':
        return new MapCodec(type, codecOf(type.key), codecOf(type.value), this.#empty)
      case 'tuple':
        return new TupleCodec(type, type.elements.map(codecOf))
      case 'udt':
        return new UdtCodec(type, type.fieldTypes.map(codecOf))
      case 'vector':
        return type.element.kind === 'float' && !this.isCustomized(type.element)
          ? new FloatVectorCodec(type, this.#empty)
          : new VectorCodec(type, codecOf(type.element), this.#empty)
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
