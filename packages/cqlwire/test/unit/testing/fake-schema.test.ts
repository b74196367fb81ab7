/** The driver itself reads what a fake cluster says of its schema, its nodes and their changes. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { InvalidOptionError } from '../../../src/base/errors.js'
import { SUPPORTED_VERSIONS } from '../../../src/protocol/features.js'
import { FakeCluster } from '../../../src/testing/fake-cluster.js'
import type { FakeSchema } from '../../../src/testing/fake-schema.js'
import { eventually, quick } from '../../fault/support.js'
import { Cluster } from '../../../src/session/cluster.js'

const SHOP: FakeSchema = {
  shop: {
    replication: { class: 'NetworkTopologyStrategy', dc1: '3' },
    types: { address: { street: 'text', city: 'text' } },
    tables: {
      orders: {
        columns: { customer: 'uuid', day: 'date', at: 'timestamp', name: 'text', to: 'frozen<address>', tags: 'set<text>' },
        partitionKey: ['customer', 'day'],
        clusteringKey: { at: 'desc' },
        staticColumns: ['name'],
      },
      users: { columns: { id: 'uuid', name: 'text' }, partitionKey: 'id' },
    },
  },
}

function clusterOf(fake: FakeCluster, options: object = {}): Cluster {
  const { metadata: _, ...settings } = quick({ contactPoints: fake.contactPoints, ...options })
  return new Cluster({ ...settings, metadata: { refreshWindowMs: 5 } })
}

for (const protocolVersion of SUPPORTED_VERSIONS) {
  test(`a schema that is given is the driver's metadata on v${protocolVersion}`, async () => {
    await using fake = await FakeCluster.start({ schema: SHOP })
    await using cluster = clusterOf(fake, { protocolVersion })
    await cluster.connect()
    const shop = cluster.metadata.getKeyspace('shop')!
    assert.deepEqual([...shop.tables.keys()].sort(), ['orders', 'users'])
    const orders = shop.tables.get('orders')!
    assert.deepEqual(
      orders.partitionKey.map(({ name }) => name),
      ['customer', 'day'],
    )
    assert.deepEqual(
      orders.clusteringKey.map(({ name, clusteringOrder }) => [name, clusteringOrder]),
      [['at', 'desc']],
    )
    assert.deepEqual(
      [...orders.columns.values()].map(({ name, typeText, kind }) => `${name} ${typeText} ${kind}`),
      [
        'customer uuid partition_key',
        'day date partition_key',
        'at timestamp clustering',
        'name text static',
        'tags set<text> regular',
        'to frozen<address> regular',
      ],
    )
    assert.deepEqual([...shop.userTypes.keys()], ['address'])
    assert.match(orders.asCql(), /CREATE TABLE shop\.orders/)
  })
}

describe('a schema that changes', () => {
  test('is told of: keyspaces that came, changed and went', async () => {
    await using fake = await FakeCluster.start({ nodes: 2, schema: SHOP })
    await using cluster = clusterOf(fake)
    const heard: string[] = []
    cluster.on('schemaChange', ({ change, target, keyspace }) => heard.push(`${change} ${target} ${keyspace}`))
    await cluster.connect()
    const { shop } = SHOP as { shop: NonNullable<FakeSchema[string]> }
    fake.setSchema({ shop: { ...shop, tables: { ...shop.tables, items: { columns: { id: 'int' }, partitionKey: 'id' } } }, other: {} })
    await eventually('the new table', () => cluster.metadata.getKeyspace('shop')?.tables.has('items') === true)
    await eventually('the new keyspace', () => cluster.metadata.getKeyspace('other') !== null)
    fake.setSchema({ other: {} })
    await eventually('the end of the keyspace', () => cluster.metadata.getKeyspace('shop') === null)
    assert.deepEqual(heard.sort(), ['CREATED KEYSPACE other', 'DROPPED KEYSPACE shop', 'UPDATED KEYSPACE shop'])
  })
})

describe('nodes that come and go', () => {
  test('are told of, and seen by the driver', async () => {
    await using fake = await FakeCluster.start({ nodes: 2, dataCenters: ['dc1', 'dc2'], racks: ['r1', 'r2'] })
    await using cluster = clusterOf(fake, { localDataCenter: 'dc1' })
    const heard: string[] = []
    cluster.on('hostAdded', (host) => heard.push(`+${host.address}`))
    cluster.on('hostRemoved', (host) => heard.push(`-${host.address}`))
    await cluster.connect()
    const third = await fake.addNode({ rack: 'r9' })
    assert.equal(third.name, `127.0.0.3:${fake.port}`)
    await eventually('the third node', () => cluster.hosts.get(third.name)?.rack === 'r9')
    await fake.removeNode(third)
    await eventually('its end', () => !cluster.hosts.has(third.name))
    // The first two in the order of the contact points, which are tried at random.
    assert.deepEqual([...heard.slice(0, 2).sort(), ...heard.slice(2)], ['+127.0.0.1', '+127.0.0.2', '+127.0.0.3', '-127.0.0.3'])
    assert.equal(fake.nodes.length, 2)
    await assert.rejects(fake.removeNode(third), /not been removed yet/)
  })

  test('are said to be down and up by the others, where it is asked for', async () => {
    await using fake = await FakeCluster.start({ nodes: 2 })
    await using cluster = clusterOf(fake, { contactPoints: [fake.nodes[0]!.name] })
    await cluster.connect()
    const [, second] = fake.nodes
    await second!.stop({ announce: true })
    await eventually('it is down', () => cluster.hosts.get(second!.name)?.isUp === false)
    await second!.start({ announce: true })
    await eventually('it is up', () => cluster.hosts.get(second!.name)?.isUp === true)
  })

  test('keep their host id at another address', async () => {
    await using fake = await FakeCluster.start({ nodes: 2 })
    await using cluster = clusterOf(fake, { contactPoints: [fake.nodes[0]!.name] })
    await cluster.connect()
    const [, second] = fake.nodes
    const before = cluster.hosts.get(second!.name)!
    await second!.moveTo({ address: '127.0.0.77' })
    fake.pushEvent({ type: 'TOPOLOGY_CHANGE', change: 'NEW_NODE', address: '127.0.0.77', port: fake.port })
    await eventually('the new address', () => cluster.hosts.get(`127.0.0.77:${fake.port}`) === before && before.isUp)
    await assert.rejects(second!.moveTo({ address: '10.0.0.1' }), /127\.x\.y\.z/)
  })
})

describe('a schema that is none', () => {
  const cases: readonly [what: string, schema: unknown, path: string, message: RegExp][] = [
    ['of a table without a key', { ks: { tables: { t: { columns: { a: 'int' } } } } }, 'schema.ks.tables.t.partitionKey', /partitionKey/],
    [
      'whose key is no column',
      { ks: { tables: { t: { columns: { a: 'int' }, partitionKey: 'b' } } } },
      'schema.ks.tables.t',
      /no column "b" for its key: its columns are a/,
    ],
    [
      'of a type that there is not',
      { ks: { tables: { t: { columns: { a: 'itn' }, partitionKey: 'a' } } } },
      'schema.ks.tables.t.a',
      /"itn"/,
    ],
    ['with a word that it does not know', { ks: { table: {} } }, 'schema.ks.table', /tables/],
    ['that is a text', 'CREATE TABLE t', 'schema', /keyspaces/],
  ]
  for (const [what, schema, path, message] of cases) {
    test(`${what} is an error that says where`, async () => {
      await assert.rejects(FakeCluster.start({ schema } as never), (error: unknown) => {
        assert.ok(error instanceof InvalidOptionError)
        assert.equal(error.path, path)
        assert.match(error.message, message)
        return true
      })
    })
  }
})
