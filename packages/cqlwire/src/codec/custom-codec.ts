/** Codecs of users: values of the application in place of the built-in ones, on top of what the built-in codec reads and writes. */
import { CqlwireError, InvalidArgumentError } from '../base/errors.js'
import { describeValue } from '../values/describe-value.js'
import type { ByteBlock } from '../wire/byte-block.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import type { Codec } from './codec.js'
import type { DataType } from './data-type.js'
import { EMPTY } from './empty.js'
import { formatType } from './format-type.js'

/**
 * What turns the built-in value of a type into one of the application's, and back. Null, undefined and `EMPTY` never reach it.
 *
 * ```ts
 * // Every user type called address, in every keyspace, as a class:
 * { type: 'address', encode: (a: Address) => ({ street: a.street }), decode: (fields) => new Address(fields.street) }
 * // JSON in one text column; the type's other columns stay strings:
 * { type: 'text', columns: ['shop.orders.details'], encode: JSON.stringify, decode: JSON.parse }
 * // An int as a name:
 * { type: 'int', columns: ['orders.state'], encode: (name: string) => STATES.indexOf(name), decode: (n: number) => STATES[n] }
 * // Timestamps as Temporal.Instant, read as 64-bit integers instead of Dates:
 * { type: 'timestamp', via: 'bigint', encode: (t) => BigInt(t.epochMilliseconds), decode: (ms) => Temporal.Instant.fromEpochMilliseconds(Number(ms)) }
 * ```
 */
// The application's type and the built-in one are known to who writes the codec, not to the list that it stands in.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export interface CustomCodec<Value = any, Stored = any> {
  /**
   * The type whose values it replaces, wherever it stands (in collections too): a CQL type, the name of a user type (`address`, or
   * `shop.address` for that of one keyspace), a marshal class name, or a DataType.
   */
  readonly type: string | DataType
  /** Only for these columns of the type: `keyspace.table.column` or `table.column`. Left out, for all values of the type. */
  readonly columns?: readonly string[]
  /** The type whose built-in codec does the bytes: `'bigint'` for a timestamp as an integer, `'blob'` for bare bytes. Left out, `type` itself. */
  readonly via?: string | DataType
  /** Gives a value that the built-in codec takes. What it throws makes an InvalidArgumentError, whose cause it is with the option `showValues`. */
  encode(value: Value): Stored
  /** Takes the value that the built-in codec read. */
  decode(value: Stored): Value
}

/** The codec of one type with a user's conversion around it. */
export class ConvertingCodec implements Codec {
  readonly type: DataType
  readonly fixedLength: number
  readonly #custom: CustomCodec
  readonly #stored: Codec
  readonly #showValues: boolean

  /** @param showValues errors may say what the codec threw, which may hold the value */
  constructor(type: DataType, custom: CustomCodec, stored: Codec, showValues: boolean) {
    this.type = type
    this.fixedLength = stored.fixedLength
    this.#custom = custom
    this.#stored = stored
    this.#showValues = showValues
  }

  write(writer: ByteWriter, value: unknown): void {
    if (value === EMPTY) return
    this.#stored.write(writer, this.#encode(value))
  }

  #encode(value: unknown): unknown {
    try {
      return this.#custom.encode(value)
    } catch (error) {
      throw new InvalidArgumentError(
        `takes what the codec registered for ${formatType(this.type)} encodes, got ${describeValue(value)}: ${this.#saidBy(error)}`,
        { cause: this.#causeOf(error) },
      )
    }
  }

  read(block: ByteBlock, start: number, end: number): unknown {
    const stored = this.#stored.read(block, start, end)
    if (stored === null || stored === EMPTY) return stored
    try {
      return this.#custom.decode(stored)
    } catch (error) {
      throw new CqlwireError(
        `The codec registered for ${formatType(this.type)} could not decode ${describeValue(stored)}: ${this.#saidBy(error)}`,
        { code: 'ERR_CODEC', cause: this.#causeOf(error) },
      )
    }
  }

  #saidBy(error: unknown): string {
    return this.#showValues ? messageOf(error) : `it threw ${error instanceof Error ? error.name : typeof error}`
  }

  #causeOf(error: unknown): unknown {
    return this.#showValues ? error : withoutMessage(error)
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Where it was thrown, and not what was said: the words of `JSON.parse`, for one, hold a piece of the text. */
function withoutMessage(error: unknown): unknown {
  if (!(error instanceof Error)) return undefined
  const hidden = new Error('hidden, as it may hold the value (option showValues)')
  hidden.name = error.name
  const places = (error.stack ?? '').split('\n').filter((line) => /^ {4}at /.test(line))
  hidden.stack = [`${hidden.name}: ${hidden.message}`, ...places].join('\n')
  return hidden
}
