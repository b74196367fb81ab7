import assert from 'node:assert/strict'
import { afterEach, before, describe, it } from 'node:test'
import { InvalidOptionError, NoHostAvailableError } from '../../src/base/errors.js'
import { InvalidRequestError } from '../../src/base/server-errors.js'
import { ClusterCore } from '../../src/cluster/cluster-core.js'
import type { ClusterOptions } from '../../src/cluster/options.js'
import { resolveClusterOptions } from '../../src/cluster/settings.js'
import type { Connection } from '../../src/connection/connection.js'
import type { PoolSet } from '../../src/cluster/pool-set.js'
import type { SchemaChange } from '../../src/protocol/schema-change.js'
import { type SharedCassandra, sharedCassandra } from '../support/shared-cassandra.js'

const KEYSPACE = 'cluster_test'

describe('a cluster on a real node', () => {
  let shared: SharedCassandra
  const cores: ClusterCore[] = []

  function coreOf(options: Partial<ClusterOptions> = {}): ClusterCore {
    const core = new ClusterCore(resolveClusterOptions({ contactPoints: shared.contactPoints, port: shared.port, ...options }))
    cores.push(core)
    return core
  }

  before(async () => {
    shared = await sharedCassandra()
  })
  afterEach(async () => {
    await Promise.all(cores.splice(0).map((core) => core.shutdown()))
  })

  const combinations = [
    [3, false],
    [3, 'lz4'],
    [4, false],
    [4, 'lz4'],
    [4, 'snappy'],
    [5, false],
    [5, 'lz4'],
  ] as const
  for (const [protocolVersion, compression] of combinations) {
    it(`connects in v${protocolVersion} ${compression === false ? 'without compression' : `with ${compression}`}`, async () => {
      const core = coreOf({ protocolVersion, compression })
      await core.connect()
      assert.equal(core.protocolVersion, protocolVersion)
      assert.equal(core.localDataCenter, shared.localDataCenter)
      const [host] = core.metadata.hosts.values()
      assert.equal(host?.endpoint, `${shared.contactPoints[0]!}:${shared.port}`)
      assert.match(host?.hostId ?? '', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
      assert.ok((core.metadata.tokenMap?.ring.size ?? 0) > 0)
      assert.equal(core.metadata.getTable('system', 'local')?.columns.get('host_id')?.type.kind, 'uuid')
      assert.equal(core.metadata.getKeyspace('system_views')?.virtual, true)
      const pools = await core.openPools('system')
      assert.deepEqual(keyspacesOf(pools), ['system'])
    })
  }

  it('agrees on v5 where no version is asked for, and goes without snappy there', async () => {
    const core = coreOf({ compression: 'snappy' })
    const warnings: string[] = []
    core.events.on('warning', (message) => warnings.push(message))
    await core.connect()
    assert.equal(core.protocolVersion, 5)
    assert.match(warnings.join(), /protocol v5, which was negotiated, has no snappy/)
  })

  it('reads a large table page by page', async () => {
    const core = coreOf({ metadata: { pageSize: 10 } })
    await core.connect()
    const whole = coreOf()
    await whole.connect()
    const rows = await whole.query('SELECT * FROM system_schema.columns')
    assert.ok(rows.length > 100)
    assert.deepEqual(await core.query('SELECT * FROM system_schema.columns'), rows)
  })

  it('moves all connections of a session to a keyspace, and none to one that is not there', async () => {
    const core = coreOf({ pool: { connectionsPerHost: 3 } })
    await core.connect()
    const pools = await core.openPools(null)
    await pools.setKeyspace('system')
    assert.deepEqual(keyspacesOf(pools), ['system', 'system', 'system'])
    await assert.rejects(pools.setKeyspace('No "such"'), (error: InvalidRequestError) => {
      assert.ok(error instanceof InvalidRequestError)
      assert.match(error.message, /Keyspace "No ""such""" can't be used/)
      return true
    })
    assert.deepEqual([pools.keyspace, ...keyspacesOf(pools)], ['system', 'system', 'system', 'system'])
    connectionsOf(pools)[0]!.destroy('the test wants it so')
    await until(() => connectionsOf(pools).length === 3)
    assert.deepEqual(keyspacesOf(pools), ['system', 'system', 'system'])
  })

  it('says which keyspace a session asked for in vain', async () => {
    const core = coreOf()
    await core.connect()
    await assert.rejects(
      core.openPools('nowhere'),
      (error: Error) => error instanceof InvalidRequestError && error.message.includes('"nowhere"'),
    )
    const pools = await core.openPools('system')
    assert.equal(pools.slot, 0, 'the slot of the session that failed is free again')
    assert.equal([...core.metadata.hosts.values()][0]?.isUp, true)
  })

  it('gives each session pools of its own, and policies one view of them', async () => {
    const core = coreOf()
    await core.connect()
    const [one, two] = await Promise.all([core.openPools(null), core.openPools('system')])
    const [host] = core.metadata.hosts.values()
    assert.deepEqual([one.slot, two.slot], [0, 1])
    assert.notEqual(one.get(host!), two.get(host!))
    assert.equal(host!.pool?.openConnections, 2)
    await one.close(true)
    assert.equal(host!.pool, two.get(host!))
    assert.equal((await core.openPools(null)).slot, 0)
  })

  it('knows a change of the schema once it is done, and tells of those that others make', async () => {
    const core = coreOf({ metadata: { refreshWindowMs: 20 } })
    const other = coreOf()
    await Promise.all([core.connect(), other.connect()])
    const heard: SchemaChange[] = []
    core.events.on('schemaChange', (change) => heard.push(change))
    await other.query(`DROP KEYSPACE IF EXISTS ${KEYSPACE}`)
    await other.query(`CREATE KEYSPACE ${KEYSPACE} WITH replication = { 'class': 'SimpleStrategy', 'replication_factor': 1 }`)
    await other.query(`CREATE TYPE ${KEYSPACE}.place (street text, number int)`)
    await other.query(`CREATE TABLE ${KEYSPACE}.people (id uuid, name text, at frozen<place>, PRIMARY KEY (id, name))`)
    await until(() => heard.some((change) => change.name === 'people'))
    const table = core.metadata.getTable(KEYSPACE, 'people')
    assert.deepEqual([...(table?.columns.keys() ?? [])], ['id', 'name', 'at'])
    assert.equal(table?.columns.get('at')?.type.kind, 'udt')
    assert.equal(core.metadata.tokenMap?.replicasOf(KEYSPACE, 0n).length, 1)

    const change = { change: 'UPDATED', target: 'TABLE', keyspace: KEYSPACE, name: 'people', argTypes: null } as const
    await other.query(`ALTER TABLE ${KEYSPACE}.people ADD age int`)
    assert.equal(await other.afterSchemaChange(change), true)
    assert.equal(other.metadata.getTable(KEYSPACE, 'people')?.columns.get('age')?.type.kind, 'int')

    await other.query(`DROP KEYSPACE ${KEYSPACE}`)
    await until(() => core.metadata.getKeyspace(KEYSPACE) === null)
    await other.afterSchemaChange({ ...change, change: 'DROPPED', target: 'KEYSPACE', name: null })
    assert.equal(other.metadata.getKeyspace(KEYSPACE), null)
  })

  it('takes names that resolve', async () => {
    if (shared.contactPoints[0] !== '127.0.0.1') return
    const core = coreOf({ contactPoints: ['localhost'], localDataCenter: shared.localDataCenter })
    await core.connect()
    assert.equal(core.metadata.hosts.size, 1)
  })

  it('says what is wrong: a port where nothing listens, a data center that is not there', async () => {
    await assert.rejects(coreOf({ port: 1 }).connect(), (error: Error) => {
      assert.ok(error instanceof NoHostAvailableError)
      assert.match(error.message, /connection refused/)
      return true
    })
    await assert.rejects(coreOf({ localDataCenter: 'mars' }).connect(), (error: Error) => {
      assert.ok(error instanceof InvalidOptionError)
      assert.ok(error.message.includes(JSON.stringify(shared.localDataCenter)))
      return true
    })
  })
})

function connectionsOf(pools: PoolSet): Connection[] {
  return [...pools.entries()].flatMap(([, pool]) => [...pool.connections])
}

function keyspacesOf(pools: PoolSet): (string | null)[] {
  return connectionsOf(pools).map((connection) => connection.keyspace)
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000
  while (!holds()) {
    assert.ok(performance.now() < deadline, `waited ten seconds for ${String(holds)}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
