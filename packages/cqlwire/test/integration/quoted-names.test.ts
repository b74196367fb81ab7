/** Names that only quotes make possible, on a real server: columns, fields, keys, keyspaces. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Cluster, type Session } from '../../src/index.js'
import { sharedCassandra } from '../support/shared-cassandra.js'

const NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'a"b',
  "it's",
  '`${x}`',
  '\\',
  'Ünicode',
  'select',
  '\u2028',
  'line\nbreak',
]
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

describe('names in quotes', () => {
  let cluster: Cluster
  let session: Session

  before(async () => {
    const { contactPoints, port, localDataCenter } = await sharedCassandra()
    cluster = new Cluster({ contactPoints, port, localDataCenter })
    session = await cluster.connect()
    await session.execute(
      `CREATE KEYSPACE IF NOT EXISTS "QuotedNames" WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`,
    )
    await session.setKeyspace('QuotedNames')
    await session.execute(`CREATE TABLE t (id int PRIMARY KEY, ${NAMES.map((name) => `${quoted(name)} int`).join(', ')})`)
    await session.execute(`CREATE TYPE u (${['__proto__', 'constructor', 'a"b'].map((name) => `${quoted(name)} int`).join(', ')})`)
    await session.execute('CREATE TABLE nested (id int PRIMARY KEY, u frozen<u>, m map<text, int>)')
  })

  after(async () => {
    try {
      await session.execute('DROP KEYSPACE IF EXISTS "QuotedNames"')
    } finally {
      await cluster.shutdown()
    }
  })

  for (const prepare of [true, false]) {
    test(`of columns are own properties of ${prepare ? 'rows of prepared statements' : 'rows'}`, async () => {
      const markers = NAMES.map(() => '?').join(', ')
      const values = [1, ...NAMES.keys()]
      await session.execute(`INSERT INTO t (id, ${NAMES.map(quoted).join(', ')}) VALUES (?, ${markers})`, values)
      const query = `SELECT ${NAMES.map(quoted).join(', ')} FROM t WHERE id = 1`
      const row = (await session.execute(query, [], { prepare })).one()!
      assert.equal(Object.getPrototypeOf(row), Object.prototype)
      assert.deepEqual(Object.keys(row), NAMES)
      for (const [i, name] of NAMES.entries()) assert.equal(Object.getOwnPropertyDescriptor(row, name)?.value, i, name)
      const array = (await session.execute(query, [], { prepare, rowFactory: 'array' })).rows[0]
      assert.deepEqual(array, [...NAMES.keys()])
      const columns = (await session.execute(query, [], { prepare, rowFactory: 'columns' })).rows as unknown as Record<
        string,
        { get(i: number): unknown }
      >
      for (const [i, name] of NAMES.entries()) assert.equal(columns[name]!.get(0), i, name)
    })
  }

  test('of parameters are given as own properties', async () => {
    await session.execute('INSERT INTO t (id, "__proto__", "constructor") VALUES (:id, :"__proto__", :"constructor")', {
      id: 2,
      ['__proto__']: 3,
      constructor: 4,
    })
    const row = (await session.execute('SELECT "__proto__", "constructor" FROM t WHERE id = 2')).one()!
    assert.deepEqual(Object.values(row), [3, 4])
  })

  test('of fields and keys come back as they were', async () => {
    const u = { ['__proto__']: 1, constructor: 2, 'a"b': 3 }
    const m = new Map([
      ['__proto__', 1],
      ['constructor', 2],
    ])
    await session.execute('INSERT INTO nested (id, u, m) VALUES (?, ?, ?)', [1, u, m])
    const row = (await session.execute('SELECT u, m FROM nested WHERE id = 1')).one()!
    assert.deepEqual(Object.entries(row['u'] as object), Object.entries(u))
    assert.equal(Object.getPrototypeOf(row['u']), Object.prototype)
    assert.deepEqual(row['m'], m)
  })

  test('of a keyspace and of columns are quoted in the export of the schema, which a server takes', async () => {
    await cluster.refreshSchema()
    const statements = cluster.metadata.getKeyspace('QuotedNames')!.exportStatements()
    await session.execute('DROP KEYSPACE "QuotedNames"')
    for (const statement of statements) await session.execute(statement, [], { prepare: false })
    assert.deepEqual([...cluster.metadata.getTable('QuotedNames', 't')!.columns.keys()].sort(), ['id', ...NAMES].sort())
  })
})
