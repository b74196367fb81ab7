/** Columns whose values the server never sees: encrypted between the codec of their own type and the blob that the server stores. */
import { CqlwireError, InvalidArgumentError } from '../base/errors.js'
import { byteBlock, type ByteBlock } from '../wire/byte-block.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import type { Codec } from './codec.js'
import type { DataType } from './data-type.js'
import { formatType } from './format-type.js'

/** Which column: names as the server has them, without quotes. */
export interface ColumnName {
  readonly keyspace: string
  readonly table: string
  readonly column: string
}

/**
 * Encrypts and decrypts the values of columns (option `columnEncryption`). `Aes256GcmColumnEncryptionPolicy` and
 * `Aes256CbcColumnEncryptionPolicy` are two; another one is an object with these methods. All are synchronous, and called for each value; what
 * columns there are is asked once per prepared statement.
 */
export interface ColumnEncryptionPolicy {
  containsColumn(column: ColumnName): boolean
  /** The CQL type of the values before they are encrypted; on the server the column is a `blob`. */
  columnType(column: ColumnName): DataType | string
  /** Gives what is stored for the bytes of a value. The argument is valid during the call only. */
  encrypt(column: ColumnName, bytes: Uint8Array): Uint8Array
  /** The inverse. Throws where the bytes are not what `encrypt` made for this column. The argument is valid during the call only. */
  decrypt(column: ColumnName, bytes: Uint8Array): Uint8Array
}

/** The codec of an encrypted column: the codec of the declared type, and the policy behind it. */
export class EncryptedCodec implements Codec {
  readonly type: DataType
  readonly fixedLength: number = -1
  readonly #column: ColumnName
  readonly #policy: ColumnEncryptionPolicy
  readonly #plain: Codec

  /** @param type what the server says of the column */
  constructor(type: DataType, column: ColumnName, policy: ColumnEncryptionPolicy, plain: Codec) {
    this.type = type
    this.#column = column
    this.#policy = policy
    this.#plain = plain
  }

  write(writer: ByteWriter, value: unknown): void {
    if (this.type.kind !== 'blob') {
      throw new InvalidArgumentError(
        `is to be encrypted (option columnEncryption), which takes a column of type blob on the server, not ${formatType(this.type)}. Nothing was sent`,
      )
    }
    const start = writer.position
    this.#writePlain(writer, value)
    const plain = Buffer.from(writer.buffer.subarray(start, writer.position))
    // Nothing of the value stays behind in the buffer, whatever the policy does next.
    writer.buffer.fill(0, start, writer.position)
    writer.position = start
    writer.putRaw(this.#call('encrypt', plain))
  }

  /** The server calls the column a blob; who gives a wrong value wants to hear of its own type. */
  #writePlain(writer: ByteWriter, value: unknown): void {
    try {
      this.#plain.write(writer, value)
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error
      throw new InvalidArgumentError(`is an encrypted ${formatType(this.#plain.type)}, and ${error.message}`, { cause: error.cause })
    }
  }

  read(block: ByteBlock, start: number, end: number): unknown {
    if (this.type.kind !== 'blob') return this.#plain.read(block, start, end)
    const bytes = this.#call('decrypt', block.buffer.subarray(start, end))
    return this.#plain.read(byteBlock(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)), 0, bytes.length)
  }

  #call(what: 'encrypt' | 'decrypt', bytes: Uint8Array): Uint8Array {
    const { keyspace, table, column } = this.#column
    let result: unknown
    try {
      result = this.#policy[what](this.#column, bytes)
    } catch (cause) {
      if (cause instanceof CqlwireError) throw cause
      throw columnError(`The value of ${keyspace}.${table}.${column} can't be ${what}ed: the policy threw ${nameOf(cause)}`)
    }
    if (result instanceof Uint8Array) return result
    throw columnError(`The column encryption policy gave no bytes (Uint8Array) when asked to ${what} ${keyspace}.${table}.${column}`)
  }
}

/** An error of column encryption, code ERR_COLUMN_ENCRYPTION. Never says anything of a value or a key. */
export function columnError(message: string, options: { readonly cause?: unknown } = {}): CqlwireError {
  return new CqlwireError(message, { code: 'ERR_COLUMN_ENCRYPTION', ...options })
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error
}
