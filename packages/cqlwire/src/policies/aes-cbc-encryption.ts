/**
 * AES-256-CBC for columns as the Python driver's AES256ColumnEncryptionPolicy has it: a random vector of 16 bytes, then the ciphertext of
 * the value, padded to blocks as in PKCS #7.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { InvalidArgumentError } from '../base/errors.js'
import { columnError, type ColumnName } from '../codec/column-encryption.js'
import { EncryptedColumns, nameOf } from './encrypted-columns.js'

const BLOCK_BYTES = 16
const CIPHER = 'aes-256-cbc'

export interface Aes256CbcOptions {
  /**
   * 16 bytes to begin every value with, instead of random ones. Equal values are then stored as equal bytes: they can be searched (`=`), and
   * whoever sees the stored bytes knows which are equal, and how long a beginning they share. Default: new random bytes for each value.
   */
  readonly iv?: Uint8Array
}

/**
 * Reads and writes what the Python driver's `AES256ColumnEncryptionPolicy` does. Nothing tells a changed value from the one that was
 * written: for anything that need not be shared with it, take `Aes256GcmColumnEncryptionPolicy`. Values don't say which key they were
 * written with: the current one is all there is.
 */
export class Aes256CbcColumnEncryptionPolicy extends EncryptedColumns {
  readonly #iv: Uint8Array | null

  constructor(options: Aes256CbcOptions = {}) {
    super()
    const { iv } = options
    if (iv !== undefined && (!(iv instanceof Uint8Array) || iv.length !== BLOCK_BYTES))
      throw new InvalidArgumentError(`The option iv takes ${BLOCK_BYTES} bytes (Uint8Array)`)
    this.#iv = iv === undefined ? null : Uint8Array.from(iv)
  }

  encrypt(column: ColumnName, bytes: Uint8Array): Uint8Array {
    const iv = this.#iv ?? randomBytes(BLOCK_BYTES)
    const cipher = createCipheriv(CIPHER, this.key(column, this.currentKey(column)), iv)
    return Buffer.concat([iv, cipher.update(bytes), cipher.final()])
  }

  decrypt(column: ColumnName, bytes: Uint8Array): Uint8Array {
    if (bytes.length < 2 * BLOCK_BYTES || bytes.length % BLOCK_BYTES !== 0) throw wrong(column)
    const key = this.key(column, this.currentKey(column))
    const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, BLOCK_BYTES))
    try {
      return Buffer.concat([decipher.update(bytes.subarray(BLOCK_BYTES)), decipher.final()])
    } catch {
      throw wrong(column)
    }
  }
}

function wrong(column: ColumnName): Error {
  return columnError(`A value of ${nameOf(column)} does not decrypt: it was written with another key, or without encryption`)
}
