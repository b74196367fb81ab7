/** Columns that the server stores encrypted: written and read by every kind of statement and row factory, and as Python stores them. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import {
  Aes256CbcColumnEncryptionPolicy,
  Aes256GcmColumnEncryptionPolicy,
  BatchStatement,
  type Column,
  CqlwireError,
  type Session,
} from '../../src/index.js'
import { onEachVersion, type Stage } from '../support/versions.js'

const key = Uint8Array.from({ length: 32 }, (_, i) => i)
const schema = ['CREATE TABLE people (id int PRIMARY KEY, name blob, born blob, note text)']

const gcm = (stage: Stage): Aes256GcmColumnEncryptionPolicy =>
  new Aes256GcmColumnEncryptionPolicy()
    .addColumn(stage.keyspace, 'people', 'name', key, 'text')
    .addColumn(stage.keyspace, 'people', 'born', key, 'date')

onEachVersion('column encryption', 'encryption', { schema }, (stage) => {
  const people = async (): Promise<Session> => stage.another({ columnEncryption: gcm(stage) })

  it('what is written by prepared statements, texts and batches comes back; the server has bytes alone', async () => {
    const session = await people()
    const insert = await session.prepare('INSERT INTO people (id, name, born, note) VALUES (?, ?, ?, ?)')
    await session.execute(insert, [1, 'Ada', '1815-12-10', 'countess'])
    await session.execute('INSERT INTO people (id, name, born, note) VALUES (:id, :name, :born, :note)', {
      id: 2,
      name: 'Grace',
      born: null,
      note: null,
    })
    await session.execute(new BatchStatement().add(insert, [3, 'Kateryna', '1919-04-26', null]).add(insert.bind([4, '', null, null])))
    const read = await session.prepare('SELECT id, name, born FROM people WHERE id IN (1, 2, 3, 4)')
    const rows = (await session.execute(read)).rows.map(({ id, name, born }) => [id, name, born?.toString() ?? null])
    const expected = [
      [1, 'Ada', '1815-12-10'],
      [2, 'Grace', null],
      [3, 'Kateryna', '1919-04-26'],
      [4, '', null],
    ]
    assert.deepEqual(rows, expected)
    const unprepared = await session.execute('SELECT id, name FROM people WHERE id IN (1, 2)')
    assert.deepEqual(unprepared.rows, [
      { id: 1, name: 'Ada' },
      { id: 2, name: 'Grace' },
    ])
    const onServer = (await stage.session.execute('SELECT name FROM people WHERE id = 1')).one()!['name'] as Buffer
    assert.equal(onServer.includes('Ada'), false)
    assert.equal(onServer[0], 1)
  })

  it('every row factory decrypts', async () => {
    const session = await people()
    await session.execute('INSERT INTO people (id, name) VALUES (?, ?)', [10, 'Ada'])
    const read = async (rowFactory: 'array' | 'columns') =>
      session.execute('SELECT id, name, born FROM people WHERE id = ?', [10], { rowFactory })
    assert.deepEqual((await read('array')).rows, [[10, 'Ada', null]])
    const columns = (await read('columns')).rows as unknown as Record<string, Column>
    assert.deepEqual([...columns['name']!], ['Ada'])
    assert.deepEqual([...columns['born']!], [null])
  })

  it('a value that is left unset stays', { skip: stage.version === 3 }, async () => {
    const session = await people()
    await session.execute('INSERT INTO people (id, name) VALUES (?, ?)', [20, 'Ada'])
    await session.execute('INSERT INTO people (id, name, note) VALUES (?, ?, ?)', [20, undefined, 'same'])
    assert.deepEqual((await session.execute('SELECT name, note FROM people WHERE id = 20')).one(), { name: 'Ada', note: 'same' })
  })

  it('a value that was written without encryption is an error that names the column', async () => {
    await stage.session.execute('INSERT INTO people (id, name) VALUES (?, ?)', [30, Buffer.from('Ada')])
    const session = await people()
    const result = await session.execute('SELECT name FROM people WHERE id = 30')
    assert.throws(
      () => result.one(),
      (error: Error) => {
        assert.ok(error instanceof CqlwireError && error.code === 'ERR_COLUMN_ENCRYPTION', error.message)
        assert.match(error.message, /column "name".*people\.name is not one that this policy encrypted/)
        return true
      },
    )
  })

  it('reads what the Python driver stored, and finds it by its value where the vector is fixed', async () => {
    const iv = Uint8Array.from({ length: 16 }, (_, i) => 100 + i)
    const policy = new Aes256CbcColumnEncryptionPolicy({ iv }).addColumn(stage.keyspace, 'people', 'name', key, 'text')
    const stored = Buffer.from('6465666768696a6b6c6d6e6f70717273c18fb63c05c9a6edf9e4e5bbd75d18bf', 'hex')
    await stage.session.execute('INSERT INTO people (id, name) VALUES (?, ?)', [40, stored])
    const session = await stage.another({ columnEncryption: policy })
    const found = await session.execute('SELECT id, name FROM people WHERE name = ? ALLOW FILTERING', ['Grace Hopper'])
    assert.deepEqual(found.rows, [{ id: 40, name: 'Grace Hopper' }])
    await session.execute('INSERT INTO people (id, name) VALUES (?, ?)', [41, 'Grace Hopper'])
    assert.deepEqual((await stage.session.execute('SELECT name FROM people WHERE id = 41')).one(), { name: stored })
  })
})
