import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InvalidArgumentError } from '../../../src/base/errors.js'
import type { Codec, CodecRegistry } from '../../../src/codec/codec.js'
import type { DataType, UdtType } from '../../../src/codec/data-type.js'
import { Host } from '../../../src/metadata/host.js'
import { Metadata } from '../../../src/metadata/metadata.js'
import { murmur3 } from '../../../src/metadata/murmur3.js'
import { readKeyspaces } from '../../../src/metadata/schema/keyspace.js'
import type { SchemaRows } from '../../../src/metadata/schema/rows.js'

/** Only what these tests need of the codecs: int and text. */
const codecs: CodecRegistry = {
  numbers: { bigint: 'bigint', varint: 'bigint', decimal: 'decimal' },
  emptyValues: 'null',
  showValues: false,
  isCustomized: () => false,
  codecFor: (type) =>
    ({
      type,
      fixedLength: type.kind === 'int' ? 4 : -1,
      write(writer, value) {
        if (type.kind === 'int') writer.putInt32(value as number)
        else writer.putText(value as string)
      },
      read: () => null,
    }) satisfies Codec,
}

function parseType(text: string, _keyspace: string, userType: (name: string) => UdtType | null): DataType {
  if (text === 'int' || text === 'text') return { kind: text }
  return userType(text) ?? { kind: 'custom', className: text }
}

function column(table: string, name: string, type: string, kind: string, position: number, order = 'none'): Record<string, unknown> {
  return { keyspace_name: 'ks', table_name: table, column_name: name, type, kind, position, clustering_order: order }
}

const ROWS: SchemaRows = {
  keyspaces: [
    {
      keyspace_name: 'ks',
      durable_writes: true,
      replication: new Map([
        ['class', 'NetworkTopologyStrategy'],
        ['dc1', '2'],
      ]),
    },
    {
      keyspace_name: 'loose',
      durable_writes: false,
      replication: new Map([
        ['class', 'SimpleStrategy'],
        ['replication_factor', '1'],
      ]),
    },
  ],
  tables: [
    { keyspace_name: 'ks', table_name: 'events', comment: 'what happened', gc_grace_seconds: 10 },
    { keyspace_name: 'ks', table_name: 'users' },
  ],
  columns: [
    column('events', 'note', 'text', 'regular', -1),
    column('events', 'at', 'int', 'clustering', 0, 'desc'),
    column('events', 'city', 'text', 'partition_key', 0),
    column('events', 'day', 'int', 'partition_key', 1),
    column('events', 'actor', 'person', 'regular', -1),
    column('events', 'mayor', 'text', 'static', -1),
    column('users', 'id', 'int', 'partition_key', 0),
  ],
  types: [{ keyspace_name: 'ks', type_name: 'person', field_names: ['name', 'age'], field_types: ['text', 'int'] }],
  virtualKeyspaces: [{ keyspace_name: 'system_views' }],
  virtualTables: [{ keyspace_name: 'system_views', table_name: 'clients' }],
  virtualColumns: [],
}

function newMetadata(): { metadata: Metadata; hosts: Map<string, Host> } {
  const hosts = new Map<string, Host>()
  for (const [index, token] of ['-5000000000000000000', '0', '5000000000000000000'].entries()) {
    const host = new Host({ address: `127.0.0.${index + 1}`, port: 9042, dataCenter: 'dc1', rack: 'r1', tokens: [token] })
    hosts.set(host.endpoint, host)
  }
  const metadata = new Metadata(hosts, codecs)
  metadata.setCluster('test', 'org.apache.cassandra.dht.Murmur3Partitioner')
  metadata.rebuildTokenMap()
  metadata.setKeyspaces(readKeyspaces(ROWS, parseType))
  return { metadata, hosts }
}

test('reads keyspaces, tables, columns in order, and user-defined types', () => {
  const { metadata } = newMetadata()
  assert.deepEqual([...metadata.keyspaces.keys()], ['ks', 'loose', 'system_views'])
  assert.equal(metadata.getKeyspace('loose')?.durableWrites, false)
  assert.equal(metadata.getKeyspace('system_views')?.virtual, true)
  assert.equal(metadata.getTable('system_views', 'clients')?.virtual, true)
  const table = metadata.getTable('ks', 'events')!
  assert.deepEqual([...table.columns.keys()], ['city', 'day', 'at', 'mayor', 'actor', 'note'])
  assert.deepEqual(
    table.partitionKey.map((each) => each.name),
    ['city', 'day'],
  )
  assert.deepEqual(
    table.clusteringKey.map((each) => [each.name, each.clusteringOrder]),
    [['at', 'desc']],
  )
  assert.equal(table.options['gc_grace_seconds'], 10)
  const person: DataType = {
    kind: 'udt',
    keyspace: 'ks',
    name: 'person',
    fieldNames: ['name', 'age'],
    fieldTypes: [{ kind: 'text' }, { kind: 'int' }],
    frozen: false,
  }
  assert.deepEqual(table.columns.get('actor')?.type, person)
  assert.deepEqual(metadata.getKeyspace('ks')?.userTypeNames, ['person'])
})

test('a type that can’t be read harms only who asks for it', () => {
  const keyspaces = readKeyspaces(ROWS, () => {
    throw new Error('no such type')
  })
  assert.equal(keyspaces.get('ks')?.tables.size, 2)
  assert.throws(() => keyspaces.get('ks')?.tables.get('users')?.columns, /no such type/)
})

test('computes tokens of a value, of several values, of values by column and of bytes', () => {
  const { metadata } = newMetadata()
  const one = Buffer.from([0, 0, 0, 7])
  assert.equal(metadata.tokenOf('ks', 'users', 7), murmur3(one))
  assert.equal(metadata.tokenOf('ks', 'users', [7]), murmur3(one))
  assert.equal(metadata.tokenOf('ks', 'users', { id: 7 }), murmur3(one))
  assert.equal(metadata.tokenOf('ks', 'users', one), murmur3(one))
  // CompositeType: a [short] length, the bytes and a zero byte for each part.
  const two = Buffer.from('0004' + '4f736c6f' + '00' + '0004' + '00000003' + '00', 'hex')
  assert.equal(metadata.tokenOf('ks', 'events', ['Oslo', 3]), murmur3(two))
  assert.equal(metadata.tokenOf('ks', 'events', { day: 3, city: 'Oslo' }), murmur3(two))
})

test('finds replicas by token and by the bytes of a key', () => {
  const { metadata, hosts } = newMetadata()
  const [first, , third] = [...hosts.values()]
  assert.deepEqual(metadata.getReplicas('ks', 1n), [third, first])
  const key = Buffer.from([0, 0, 0, 7])
  assert.deepEqual(metadata.getReplicas('ks', key), metadata.getReplicas('ks', metadata.tokenOf('ks', 'users', 7)))
  metadata.getReplicas('ks', 1n).length = 0
  assert.equal(metadata.getReplicas('ks', 1n).length, 2, 'the caller’s list is its own')
  assert.deepEqual(metadata.getReplicas('system_views', 1n), [])
  assert.deepEqual(metadata.getReplicas('nowhere', 1n), [])
})

test('follows nodes that come and go, and keyspaces that change', () => {
  const { metadata, hosts } = newMetadata()
  const [first, second, third] = [...hosts.values()]
  hosts.delete(third!.endpoint)
  metadata.rebuildTokenMap()
  assert.deepEqual(metadata.getReplicas('ks', 1n), [first, second])
  const changed = readKeyspaces(
    { ...ROWS, keyspaces: [{ keyspace_name: 'ks', replication: { class: 'SimpleStrategy', replication_factor: '1' } }] },
    parseType,
  )
  metadata.setKeyspace(changed.get('ks')!)
  assert.deepEqual(metadata.getReplicas('ks', 1n), [first])
  assert.equal(metadata.getReplicas('loose', 1n).length, 1)
  metadata.dropKeyspace('ks')
  assert.equal(metadata.getKeyspace('ks'), null)
  assert.deepEqual(metadata.getReplicas('ks', 1n), [])
  metadata.setKeyspaces(new Map())
  assert.deepEqual(metadata.getReplicas('loose', 1n), [])
})

test('names what is unknown or missing when a token is asked for', () => {
  const { metadata } = newMetadata()
  const invalid = (message: RegExp) => (error: unknown) => error instanceof InvalidArgumentError && message.test(error.message)
  assert.throws(() => metadata.tokenOf('lose', 'users', 1), invalid(/no keyspace named "lose": did you mean "loose"\?/))
  assert.throws(() => metadata.tokenOf('ks', 'user', 1), invalid(/no table of ks named "user": did you mean "users"\?/))
  assert.throws(() => metadata.tokenOf('ks', 'events', ['Oslo', null]), invalid(/ks\.events \(city, day\) has a part that is null/))
  assert.throws(() => metadata.tokenOf('ks', 'events', ['Oslo']), InvalidArgumentError)
  metadata.setCluster('test', 'com.example.OwnPartitioner')
  assert.throws(() => metadata.tokenOf('ks', 'users', 1), invalid(/OwnPartitioner/))
})
