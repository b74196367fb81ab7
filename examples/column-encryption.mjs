// Columns that the server never sees in clear: encrypted before they are sent, decrypted when they are read.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { Aes256GcmColumnEncryptionPolicy, Cluster } from 'cqlwire'
import { options, withKeyspace } from './connect.mjs'

await withKeyspace('column_encryption', async (plain) => {
  const { keyspace } = plain
  // On the server an encrypted column is a blob.
  await plain.execute('CREATE TABLE patients (id int PRIMARY KEY, name blob, born blob)')

  // Keys come from where keys are kept; here they are made up.
  const key = randomBytes(32)
  const columnEncryption = new Aes256GcmColumnEncryptionPolicy()
    .addColumn(keyspace, 'patients', 'name', { current: '2026-11', keys: { '2026-11': key } }, 'text')
    .addColumn(keyspace, 'patients', 'born', { current: '2026-11', keys: { '2026-11': key } }, 'date')

  const cluster = new Cluster({ ...options, columnEncryption })
  try {
    const session = await cluster.connect(keyspace)
    await session.execute('INSERT INTO patients (id, name, born) VALUES (?, ?, ?)', [1, 'Ada', '1815-12-10'])
    const ada = (await session.execute('SELECT name, born FROM patients WHERE id = ?', [1])).one()
    console.log(ada.name, 'was born on', ada.born.toString())

    const stored = (await plain.execute('SELECT name FROM patients WHERE id = 1')).one()
    console.log('the server has', stored.name)
    assert.equal(stored.name.includes('Ada'), false)

    // A new key: values are written with it at once, and old ones are read as long as theirs is given.
    const keys = { '2026-11': key, '2026-12': randomBytes(32) }
    columnEncryption.addColumn(keyspace, 'patients', 'name', { current: '2026-12', keys }, 'text')
    await session.execute('INSERT INTO patients (id, name) VALUES (?, ?)', [2, 'Grace'])
    const names = (await session.execute('SELECT name FROM patients')).rows.map(({ name }) => name)
    assert.deepEqual(names.sort(), ['Ada', 'Grace'])
  } finally {
    await cluster.shutdown()
  }
})
