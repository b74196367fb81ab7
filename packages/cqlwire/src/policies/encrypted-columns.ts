/** What the policies of column encryption have in common: which columns there are, with which keys and types. */
import { createSecretKey, type KeyObject } from 'node:crypto'
import { InvalidArgumentError } from '../base/errors.js'
import { type ColumnEncryptionPolicy, columnError, type ColumnName } from '../codec/column-encryption.js'
import type { DataType } from '../codec/data-type.js'
import { parseType } from '../codec/parse-type.js'
import { encodeValue } from '../codec/value.js'

/** Bytes of an AES-256 key. */
const KEY_BYTES = 32

/** Several keys of a column: values are written with the current one, and read with the one that they were written with. */
export interface ColumnKeys {
  /** The name in `keys` of the key to write with. */
  readonly current: string
  /** Keys of 32 bytes by name. */
  readonly keys: Readonly<Record<string, Uint8Array>>
}

interface EncryptedColumn {
  readonly type: DataType
  readonly current: string
  readonly keys: ReadonlyMap<string, KeyObject>
}

export abstract class EncryptedColumns implements ColumnEncryptionPolicy {
  readonly #columns = new Map<string, EncryptedColumn>()

  /**
   * Has a column encrypted; called again for a column, replaces its keys at once. To be called before statements on the column are prepared.
   *
   * @param keyspace, table, column as the server has them, without quotes; the column is a `blob` there
   * @param key 32 bytes, or several keys of which one is the current one
   * @param type the CQL type of the values
   * @throws {InvalidArgumentError}
   */
  addColumn(keyspace: string, table: string, column: string, key: Uint8Array | ColumnKeys, type: string | DataType): this {
    for (const [what, name] of Object.entries({ keyspace, table, column }))
      if (typeof name !== 'string' || name === '') throw new InvalidArgumentError(`addColumn takes the name of a ${what}, a text`)
    const dataType = typeof type === 'string' ? parseType(type) : type
    const { current, keys } = key instanceof Uint8Array ? { current: '', keys: { '': key } } : key
    const made = new Map(Object.entries(keys).map(([id, bytes]) => [id, makeKey(id, bytes)]))
    if (!made.has(current)) throw new InvalidArgumentError('addColumn takes keys among which is the one that is named as current')
    this.#columns.set(idOf({ keyspace, table, column }), { type: dataType, current, keys: made })
    return this
  }

  containsColumn(column: ColumnName): boolean {
    return this.#columns.has(idOf(column))
  }

  columnType(column: ColumnName): DataType {
    return this.#find(column).type
  }

  /** The stored bytes of a value, for where the driver doesn't know the column: unprepared statements, and markers of another name. */
  encodeAndEncrypt(column: ColumnName, value: unknown): Uint8Array {
    return this.encrypt(column, encodeValue(this.columnType(column), value))
  }

  abstract encrypt(column: ColumnName, bytes: Uint8Array): Uint8Array
  abstract decrypt(column: ColumnName, bytes: Uint8Array): Uint8Array

  /** The name of the key to write with. */
  protected currentKey(column: ColumnName): string {
    return this.#find(column).current
  }

  protected key(column: ColumnName, id: string): KeyObject {
    const key = this.#find(column).keys.get(id)
    if (key !== undefined) return key
    throw columnError(`A value of ${nameOf(column)} was encrypted with the key ${JSON.stringify(id)}, which addColumn was not given`)
  }

  #find(column: ColumnName): EncryptedColumn {
    const found = this.#columns.get(idOf(column))
    if (found === undefined) throw columnError(`The column encryption policy does not know ${nameOf(column)}: call addColumn first`)
    return found
  }
}

export function nameOf({ keyspace, table, column }: ColumnName): string {
  return `${keyspace}.${table}.${column}`
}

/** Names may have dots in them, and no zeros. */
function idOf({ keyspace, table, column }: ColumnName): string {
  return `${keyspace}\0${table}\0${column}`
}

/** As an object of the platform a key shows its kind wherever it is printed, and not its bytes. */
function makeKey(id: string, bytes: unknown): KeyObject {
  if (!(bytes instanceof Uint8Array) || bytes.length !== KEY_BYTES)
    throw new InvalidArgumentError(`A key of a column has ${KEY_BYTES} bytes (AES-256), a Uint8Array`)
  if (Buffer.byteLength(id) > 0xff) throw new InvalidArgumentError('The name of a key has at most 255 bytes')
  return createSecretKey(bytes)
}
