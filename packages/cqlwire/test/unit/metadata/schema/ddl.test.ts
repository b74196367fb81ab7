import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseType } from '../../../../src/codec/parse-type.js'
import { readKeyspaces } from '../../../../src/metadata/schema/keyspace.js'
import type { KeyspaceMetadata } from '../../../../src/metadata/schema/keyspace.js'
import type { SchemaRows } from '../../../../src/metadata/schema/rows.js'

type Row = Record<string, unknown>

/** What the integration test can't have of a server as it is set up for tests: these rows are as other versions and settings write them. */
function keyspaceOf(rows: Partial<SchemaRows>): KeyspaceMetadata {
  const keyspaces = [{ keyspace_name: 'ks', durable_writes: true, replication: new Map([['class', 'org.example.Own']]) }]
  const all = { keyspaces, tables: [], columns: [], types: [], ...rows }
  return readKeyspaces(all, (text, _keyspace, find) => parseType(text, (name) => find(name) ?? undefined)).get('ks')!
}

function table(options: Row = {}, flags: readonly string[] = ['compound']): Row {
  return { keyspace_name: 'ks', table_name: 't', flags: new Set(flags), ...options }
}

function column(name: string, type: string, kind = 'regular', position = -1): Row {
  return { keyspace_name: 'ks', table_name: 't', column_name: name, type, kind, position, clustering_order: 'none' }
}

const KEY = column('k', 'int', 'partition_key', 0)

test('options are written as CQL takes them, whatever kind of value they have', () => {
  const options = {
    cdc: true,
    comment: "it's",
    crc_check_chance: 1,
    default_time_to_live: 0,
    extensions: new Map([['e', Uint8Array.of(1, 255)]]),
    memtable: null,
    read_repair: 'NONE',
    read_repair_chance: 0,
    speculative_retry: null,
  }
  const written = keyspaceOf({ tables: [table(options)], columns: [KEY] }).table('t')!
  assert.equal(
    written.asCql(),
    "CREATE TABLE ks.t (k int PRIMARY KEY) WITH cdc = true AND comment = 'it''s' AND memtable = 'default' AND crc_check_chance = 1.0 " +
      "AND default_time_to_live = 0 AND extensions = {'e': 0x01ff} AND read_repair = 'NONE';",
  )
  assert.equal(written.comment, "it's")
  assert.equal('read_repair_chance' in written.options, false)
})

test('tables of Cassandra 3 keep the options that they had there', () => {
  const written = keyspaceOf({ tables: [table({ read_repair_chance: 0, dclocal_read_repair_chance: 0.1 })], columns: [KEY] }).table('t')!
  assert.match(written.asCql(), / WITH dclocal_read_repair_chance = 0.1 AND read_repair_chance = 0.0;$/)
})

test('an empty map of options is not an empty set of flags', () => {
  const written = keyspaceOf({ tables: [table({ extensions: new Map() }, [])], columns: [KEY, column('v', 'text', 'static')] }).table('t')!
  assert.ok(written.options['extensions'] instanceof Map)
  assert.match(written.asCql(), /extensions = \{\};$/)
})

test('tables with compact storage show the columns that were declared', () => {
  const hidden = [column('column1', 'text', 'clustering', 0), column('value', 'blob')]
  const written = keyspaceOf({ tables: [table({}, [])], columns: [KEY, column('v', 'text', 'static'), ...hidden] }).table('t')!
  assert.equal(written.isCompactStorage, true)
  assert.equal(written.asCql(), 'CREATE TABLE ks.t (k int PRIMARY KEY, v text) WITH COMPACT STORAGE;')
  const dense = keyspaceOf({
    tables: [table({}, ['dense'])],
    columns: [KEY, column('c', 'int', 'clustering', 0), column('value', 'empty')],
  })
  assert.equal(
    dense.table('t')!.asCql(),
    'CREATE TABLE ks.t (k int, c int, PRIMARY KEY (k, c)) WITH COMPACT STORAGE AND CLUSTERING ORDER BY (c ASC);',
  )
})

test('triggers come with their table, and a replication of one’s own keeps its package', () => {
  const triggers = [{ keyspace_name: 'ks', table_name: 't', trigger_name: 'Tell', options: new Map([['class', 'org.example.Tell']]) }]
  assert.deepEqual(keyspaceOf({ tables: [table()], columns: [KEY], triggers }).exportStatements(false), [
    "CREATE KEYSPACE ks WITH replication = {'class': 'org.example.Own'} AND durable_writes = true;",
    'CREATE TABLE ks.t (k int PRIMARY KEY);',
    `CREATE TRIGGER "Tell" ON ks.t USING 'org.example.Tell';`,
  ])
})

test('types come after those that they are made of, also where a name needs quotes', () => {
  const type = (name: string, ...types: string[]): Row => ({
    keyspace_name: 'ks',
    type_name: name,
    field_names: types.map((_, i) => `f${i}`),
    field_types: types,
  })
  const types = [type('a', 'frozen<"B b">', 'int'), type('B b', 'map<text, frozen<list<frozen<c>>>>'), type('c', 'text')]
  assert.deepEqual(
    keyspaceOf({ types })
      .exportStatements(false)
      .slice(1)
      .map((each) => each.slice(0, each.indexOf('(') - 1)),
    ['CREATE TYPE ks.c', 'CREATE TYPE ks."B b"', 'CREATE TYPE ks.a'],
  )
  const a = keyspaceOf({ types }).userTypes.get('a')!
  assert.deepEqual(a.dependencies, ['B b'])
  assert.deepEqual(a.fields[1], { name: 'f1', type: { kind: 'int' }, typeText: 'int' })
})

test('a virtual table is shown in a comment', () => {
  const keyspaces = readKeyspaces(
    {
      keyspaces: [],
      tables: [],
      columns: [],
      types: [],
      virtualKeyspaces: [{ keyspace_name: 'v' }],
      virtualTables: [{ keyspace_name: 'v', table_name: 't', comment: 'a */ b' }],
      virtualColumns: [{ ...KEY, keyspace_name: 'v' }],
    },
    (text) => parseType(text),
  )
  const text = keyspaces.get('v')!.table('t')!.asCql()
  assert.match(
    text,
    /^\/\* A virtual table, which no statement makes: CREATE TABLE v\.t \(k int PRIMARY KEY\) WITH comment = 'a \* \/ b'; \*\/$/,
  )
})
