/** Column encryption: against bytes that the Python driver (3.30.1) and Python's cryptography made, and against what was tampered with. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { compileBind } from '../../../src/codec/bind.js'
import { compileColumns } from '../../../src/codec/columns.js'
import type { ColumnEncryptionPolicy } from '../../../src/codec/column-encryption.js'
import type { ColumnSpec, NativeKind } from '../../../src/codec/data-type.js'
import { createCodecRegistry } from '../../../src/codec/registry.js'
import { compileRows } from '../../../src/codec/rows.js'
import { RowCursor } from '../../../src/codec/rows-cursor.js'
import { decodeValue, encodeValue } from '../../../src/codec/value.js'
import { Aes256CbcColumnEncryptionPolicy } from '../../../src/policies/aes-cbc-encryption.js'
import { Aes256GcmColumnEncryptionPolicy } from '../../../src/policies/aes-gcm-encryption.js'
import type { EncryptedColumns } from '../../../src/policies/encrypted-columns.js'
import { Uuid } from '../../../src/values/uuid.js'
import { byteBlock } from '../../../src/wire/byte-block.js'
import { ByteWriter } from '../../../src/wire/byte-writer.js'
import { BOTH_WAYS } from '../codec/rows-support.js'

const key = Uint8Array.from({ length: 32 }, (_, i) => i)
const otherKey = Uint8Array.from({ length: 32 }, (_, i) => 255 - i)
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const named = (column: string) => ({ keyspace: 'ks', table: 'people', column })
const isOurs = (pattern: RegExp) => (error: { code?: string } & Error) => {
  assert.equal(error.code, 'ERR_COLUMN_ENCRYPTION')
  assert.match(error.message, pattern)
  return true
}

// AES256ColumnEncryptionPolicy(iv=bytes(range(100, 116))).encode_and_encrypt(...), with the key bytes(range(32))
const python: readonly (readonly [NativeKind, unknown, string])[] = [
  ['text', 'Grace Hopper', 'c18fb63c05c9a6edf9e4e5bbd75d18bf'],
  ['text', 'sixteen bytes ok', '52cc565e89c28e70b80512c0c32cac9e16bdf0113c561e2e8a87b3efebbbd947'],
  ['text', 'é東\u{1f408}', '865c18d30ba90df526d575b36e4f81fd'],
  ['int', -42, '2ffd70ffb6e560397715693a0289184a'],
  ['bigint', 2n ** 53n + 1n, 'caaf78cffea16c0369990aa937f1e5b6'],
  ['double', 1.5, '9d63ae796c591b9f50456f106b1b6ebc'],
  ['boolean', true, 'f2b1a6101f846c8d37211c276a6c4727'],
  ['timestamp', new Date('2024-02-29T12:30:15.123Z'), '86390c7be80ed7e00bd461e7a34d4b45'],
  ['uuid', Uuid.fromString('123e4567-e89b-42d3-a456-426614174000'), 'ab8559e4a671da3898dacf4e83bf8d77172d167ea324ca9a7eb1e97bedc0b1c1'],
  ['blob', Buffer.from('0001ff', 'hex'), 'f2113a690100cb3e589004f21b3a092a'],
  ['varint', 2n ** 80n, '7eba53d9227ee76d17c925cc28e5e8cd'],
]
const iv = Uint8Array.from({ length: 16 }, (_, i) => 100 + i)

describe('AES-256-CBC as the Python driver has it', () => {
  for (const [type, value, ciphertext] of python) {
    it(`writes a ${type} as Python does, and reads it`, () => {
      const policy = new Aes256CbcColumnEncryptionPolicy({ iv }).addColumn('ks', 'people', 'c', key, type)
      const stored = policy.encodeAndEncrypt(named('c'), value)
      assert.equal(hex(stored), hex(iv) + ciphertext)
      assert.deepEqual(decodeValue(type, policy.decrypt(named('c'), stored)), value)
    })
  }

  it('reads what was written with any vector, and takes a new one for each value where none is given', () => {
    const policy = new Aes256CbcColumnEncryptionPolicy().addColumn('ks', 'people', 'name', key, 'text')
    const stored = Buffer.from('09f56b4449397c7a977cab219e17b2693ce9fa20693d57aed9a6fa50fb0bd0da', 'hex')
    assert.equal(decodeValue('text', policy.decrypt(named('name'), stored)), 'Ada Lovelace')
    const twice = [1, 2].map(() => hex(policy.encodeAndEncrypt(named('name'), 'Ada Lovelace')))
    assert.notEqual(twice[0], twice[1])
  })

  it('refuses bytes of another key, or that are no such ciphertext', () => {
    const policy = new Aes256CbcColumnEncryptionPolicy({ iv }).addColumn('ks', 'people', 'name', key, 'text')
    const other = new Aes256CbcColumnEncryptionPolicy({ iv }).addColumn('ks', 'people', 'name', otherKey, 'text')
    const stored = policy.encodeAndEncrypt(named('name'), 'Grace Hopper')
    for (const bytes of [stored.subarray(0, 16), stored.subarray(0, 31), new Uint8Array()])
      assert.throws(() => policy.decrypt(named('name'), bytes), isOurs(/ks\.people\.name does not decrypt/))
    assert.throws(() => other.decrypt(named('name'), stored), isOurs(/ks\.people\.name does not decrypt/))
  })
})

describe('AES-256-GCM', () => {
  // AESGCM(key).encrypt(bytes(range(200, 212)), ...) of Python's cryptography, put together as aes-gcm-encryption.ts says
  const name = Buffer.from('0100c8c9cacbcccdcecfd0d1d2d3560a00b8e3ecb34f044c7accc7c68f914b9747d20241ea6ffbc7c28f', 'hex')
  const age = Buffer.from('0107323032362d3131c8c9cacbcccdcecfd0d1d2d3ee879e0d8986441fde8a7d461ec4ca8ea97289b7', 'hex')
  const policy = new Aes256GcmColumnEncryptionPolicy()
    .addColumn('ks', 'people', 'name', key, 'text')
    .addColumn('ks', 'people', 'age', { current: '2026-11', keys: { '2026-11': key } }, 'int')

  it('reads what another implementation wrote', () => {
    assert.equal(decodeValue('text', policy.decrypt(named('name'), name)), 'Grace Hopper')
    assert.equal(decodeValue('int', policy.decrypt(named('age'), age)), -42)
  })

  it('writes the format, the name of the key, and another nonce each time', () => {
    const [first, second] = [policy.encodeAndEncrypt(named('age'), -42), policy.encodeAndEncrypt(named('age'), -42)]
    assert.equal(first.length, age.length)
    assert.equal(hex(first.subarray(0, 9)), hex(age.subarray(0, 9)))
    assert.notEqual(hex(first.subarray(9, 21)), hex(second.subarray(9, 21)))
    assert.equal(decodeValue('int', policy.decrypt(named('age'), first)), -42)
  })

  it('refuses a value with any bit changed, cut short anywhere, or from another column', () => {
    for (let i = 0; i < name.length; i++) {
      const changed = Buffer.from(name)
      changed[i]! ^= 1
      assert.throws(() => policy.decrypt(named('name'), changed), isOurs(/ks\.people\.name/), `byte ${i}`)
      assert.throws(() => policy.decrypt(named('name'), name.subarray(0, i)), isOurs(/ks\.people\.name/), `${i} bytes`)
    }
    const both = new Aes256GcmColumnEncryptionPolicy()
      .addColumn('ks', 'people', 'name', key, 'text')
      .addColumn('ks', 'people', 'nick', key, 'text')
    assert.throws(() => both.decrypt(named('nick'), name), isOurs(/does not decrypt: it was changed, or written for another column/))
  })

  it('goes over to a new key at once, and reads values of the old one as long as it is given', () => {
    const rotating = new Aes256GcmColumnEncryptionPolicy().addColumn('ks', 't', 'c', { current: 'a', keys: { a: key } }, 'text')
    const column = { keyspace: 'ks', table: 't', column: 'c' }
    const old = rotating.encodeAndEncrypt(column, 'old')
    rotating.addColumn('ks', 't', 'c', { current: 'b', keys: { a: key, b: otherKey } }, 'text')
    const fresh = rotating.encodeAndEncrypt(column, 'new')
    assert.equal(Buffer.from(fresh).toString('latin1', 2, 3), 'b')
    assert.equal(decodeValue('text', rotating.decrypt(column, old)), 'old')
    assert.equal(decodeValue('text', rotating.decrypt(column, fresh)), 'new')
    rotating.addColumn('ks', 't', 'c', { current: 'b', keys: { b: otherKey } }, 'text')
    assert.throws(() => rotating.decrypt(column, old), isOurs(/encrypted with the key "a", which addColumn was not given/))
  })

  it('shows no key, wherever it is printed', () => {
    const shown = inspect(policy, { depth: Infinity, showHidden: true }) + JSON.stringify(policy)
    assert.doesNotMatch(shown, /AAECAwQF|000102030405|00 01 02 03|0, 1, 2, 3/)
  })
})

it('a column takes a name, a key of 32 bytes, and a type', () => {
  const policy = new Aes256GcmColumnEncryptionPolicy()
  assert.throws(() => policy.addColumn('ks', 't', 'c', key.subarray(1), 'text'), /32 bytes/)
  assert.throws(() => policy.addColumn('ks', '', 'c', key, 'text'), /name of a table/)
  assert.throws(() => policy.addColumn('ks', 't', 'c', key, 'txet'), /txet/)
  assert.throws(() => policy.addColumn('ks', 't', 'c', { current: 'b', keys: { a: key } }, 'text'), /current/)
  assert.throws(() => policy.encrypt({ keyspace: 'ks', table: 't', column: 'c' }, key), isOurs(/does not know ks\.t\.c/))
  assert.throws(() => new Aes256CbcColumnEncryptionPolicy({ iv: key }), /16 bytes/)
})

const spec = (name: string, type: NativeKind = 'blob'): ColumnSpec => ({ keyspace: 'ks', table: 'people', name, type: { kind: type } })
const fixed = (): EncryptedColumns =>
  new Aes256CbcColumnEncryptionPolicy({ iv }).addColumn('ks', 'people', 'name', key, 'text').addColumn('ks', 'people', 'age', key, 'int')
const stored = [hex(iv) + 'c18fb63c05c9a6edf9e4e5bbd75d18bf', hex(iv) + '2ffd70ffb6e560397715693a0289184a'].map((text) =>
  Buffer.from(text, 'hex'),
)
const cells = (...values: readonly (Buffer | null)[]): Buffer =>
  Buffer.concat(
    values.flatMap((value) => {
      const length = Buffer.alloc(4)
      length.writeInt32BE(value === null ? -1 : value.length)
      return value === null ? [length] : [length, value]
    }),
  )

for (const { name, generate } of BOTH_WAYS) {
  describe(`encrypted columns by ${name}`, () => {
    const registry = createCodecRegistry({ columnEncryption: fixed() })
    const columns = [spec('id', 'int'), spec('name'), spec('age')]
    const write = (values: readonly unknown[]): string => {
      const writer = new ByteWriter(4)
      compileBind(columns, registry, { protocolVersion: 5, generate }).write(writer, values)
      return hex(writer.toBuffer()).slice(4)
    }

    it('are bound encrypted; null and undefined as they are', () => {
      const id = Buffer.from('00000007', 'hex')
      assert.equal(write([7, 'Grace Hopper', -42]), hex(cells(id, ...stored)))
      assert.equal(write([7, null, undefined]), `${hex(cells(id, null))}fffffffe`)
    })

    it('refuse what their own type does not take', () => {
      assert.throws(() => write([7, 'Ada', 'x']), /Parameter 3 of 3, "age" \(blob\), is an encrypted int, and takes an integer/)
    })

    it('are read decrypted by every row factory', () => {
      const bytes = cells(Buffer.from('00000007', 'hex'), ...stored, Buffer.from('00000008', 'hex'), null, null)
      const cursor = (): RowCursor => new RowCursor(byteBlock(bytes), 0, bytes.length)
      const read = (rowFactory: 'object' | 'array') => compileRows(columns, registry, { rowFactory, generate }).rows(cursor(), 2)
      assert.deepEqual(read('object'), [
        { id: 7, name: 'Grace Hopper', age: -42 },
        { id: 8, name: null, age: null },
      ])
      assert.deepEqual(read('array'), [
        [7, 'Grace Hopper', -42],
        [8, null, null],
      ])
      const byColumn = compileColumns(columns, registry, { generate }).decode(cursor(), 2)
      assert.deepEqual([...byColumn['name']!], ['Grace Hopper', null])
      assert.deepEqual([...byColumn['age']!], [-42, null])
    })

    it('are never written as they are: a column that is no blob on the server is refused, and read as what it is', () => {
      const columns = [spec('name', 'text')]
      const writer = new ByteWriter(4)
      const bind = compileBind(columns, registry, { protocolVersion: 5, generate })
      assert.throws(() => bind.write(writer, ['Ada']), /"name" \(text\), is to be encrypted .* takes a column of type blob/)
      const bytes = cells(Buffer.from('Ada'))
      const rows = compileRows(columns, registry, { rowFactory: 'object', generate }).rows(
        new RowCursor(byteBlock(bytes), 0, bytes.length),
        1,
      )
      assert.deepEqual(rows, [{ name: 'Ada' }])
    })
  })
}

it('a policy of the application that throws, or gives no bytes, is named; its message, which may hold the value, is not repeated', () => {
  const failing = (encrypt: () => Uint8Array): ColumnEncryptionPolicy => ({
    containsColumn: () => true,
    columnType: () => 'text',
    encrypt,
    decrypt: encrypt,
  })
  const bind = (policy: ColumnEncryptionPolicy): void =>
    compileBind([spec('name')], createCodecRegistry({ columnEncryption: policy }), { protocolVersion: 5 }).write(new ByteWriter(64), [
      's3cret',
    ])
  const throwing = failing(() => {
    throw new TypeError('can not take s3cret')
  })
  assert.throws(
    () => bind(throwing),
    (error: Error) => {
      assert.match(error.message, /ks\.people\.name can't be encrypted: the policy threw TypeError/)
      assert.doesNotMatch(inspect(error, { depth: Infinity }), /s3cret/)
      return true
    },
  )
  assert.throws(() => bind(failing(() => 'text' as never)), isOurs(/gave no bytes/))
})

it('encodeAndEncrypt writes what the codec of the type writes', () => {
  const policy = fixed()
  assert.deepEqual(policy.decrypt(named('age'), policy.encodeAndEncrypt(named('age'), 12)), encodeValue('int', 12))
})
