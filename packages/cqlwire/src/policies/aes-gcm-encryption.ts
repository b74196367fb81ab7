/**
 * AES-256-GCM for columns. What is stored:
 *
 *     <format:1 byte = 1> <n:1 byte> <key name: n bytes, UTF-8> <nonce: 12 bytes> <ciphertext> <tag: 16 bytes>
 *
 * Authenticated along with the value: everything before the nonce, and the names of keyspace, table and column, each with its length (32
 * bits). So a value that is copied to another column, or whose key name is changed, is not decrypted.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { columnError, type ColumnName } from '../codec/column-encryption.js'
import { EncryptedColumns, nameOf } from './encrypted-columns.js'

const FORMAT = 1
const NONCE_BYTES = 12
const TAG_BYTES = 16
const CIPHER = 'aes-256-gcm'

/**
 * Encrypts with AES-256-GCM and a random nonce per value: equal values are stored as different bytes, and changed ones are noticed. A
 * column that is encrypted so can't be searched by its value. Keys are to be replaced (`addColumn` with several) before 2³² values.
 */
export class Aes256GcmColumnEncryptionPolicy extends EncryptedColumns {
  encrypt(column: ColumnName, bytes: Uint8Array): Uint8Array {
    const id = this.currentKey(column)
    const name = Buffer.from(id, 'utf8')
    const header = Buffer.concat([Buffer.from([FORMAT, name.length]), name])
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv(CIPHER, this.key(column, id), nonce, { authTagLength: TAG_BYTES })
    cipher.setAAD(associated(header, column))
    return Buffer.concat([header, nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()])
  }

  decrypt(column: ColumnName, bytes: Uint8Array): Uint8Array {
    const stored = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    if (stored.length < 2 || stored[0] !== FORMAT) throw notOurs(column)
    const headerEnd = 2 + stored[1]!
    const begin = headerEnd + NONCE_BYTES
    const end = stored.length - TAG_BYTES
    if (end < begin) throw notOurs(column)
    const header = stored.subarray(0, headerEnd)
    const key = this.key(column, header.toString('utf8', 2))
    const decipher = createDecipheriv(CIPHER, key, stored.subarray(headerEnd, begin), { authTagLength: TAG_BYTES })
    decipher.setAAD(associated(header, column))
    decipher.setAuthTag(stored.subarray(end))
    try {
      return Buffer.concat([decipher.update(stored.subarray(begin, end)), decipher.final()])
    } catch {
      throw columnError(`A value of ${nameOf(column)} does not decrypt: it was changed, or written for another column, or with another key`)
    }
  }
}

function associated(header: Buffer, { keyspace, table, column }: ColumnName): Buffer {
  const parts = [header]
  for (const name of [keyspace, table, column]) {
    const bytes = Buffer.from(name, 'utf8')
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    parts.push(length, bytes)
  }
  return Buffer.concat(parts)
}

function notOurs(column: ColumnName): Error {
  return columnError(`A value of ${nameOf(column)} is not one that this policy encrypted: was it written without, or with another policy?`)
}
