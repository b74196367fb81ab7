import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Cluster, groupKeysByReplica, type KeyspaceMetadata, type Session } from '../../src/index.js'
import { sharedCassandra } from '../support/shared-cassandra.js'

const KS = 'metadata_test'

describe('metadata of a real node', () => {
  let cluster: Cluster
  let other: Cluster
  let session: Session

  before(async () => {
    const { contactPoints, port, localDataCenter } = await sharedCassandra()
    const options = { contactPoints, port, localDataCenter }
    cluster = new Cluster({ ...options, metadata: { refreshWindowMs: 20 } })
    other = new Cluster({ ...options, metadata: { schema: false } })
    session = await cluster.connect()
    await other.connect()
    await session.execute(`DROP KEYSPACE IF EXISTS ${KS}`)
    await session.execute(`CREATE KEYSPACE ${KS} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`)
    await session.execute(`CREATE TYPE ${KS}.point (x int)`)
    await session.execute(`CREATE TABLE ${KS}.still (id int PRIMARY KEY, v text)`)
    await session.execute(`CREATE TABLE ${KS}.moving (id int PRIMARY KEY, at frozen<point>)`)
  })
  after(async () => {
    await session.execute(`DROP KEYSPACE IF EXISTS ${KS}`)
    await Promise.all([cluster.shutdown(), other.shutdown()])
  })

  const keyspace = (): KeyspaceMetadata => cluster.metadata.getKeyspace(KS)!

  it('has a change once the statement that made it is done, and the objects that did not change stay', async () => {
    const still = keyspace().table('still')
    await session.execute(`ALTER TABLE ${KS}.moving ADD speed double`)
    assert.equal(keyspace().table('moving')!.columns.get('speed')!.type.kind, 'double')
    assert.equal(keyspace().table('still'), still)
    await session.execute(`CREATE INDEX moving_speed ON ${KS}.moving (speed) USING 'sai'`)
    assert.equal(keyspace().indexes.get('moving_speed')!.isStorageAttached, true)
    await session.execute(`ALTER TYPE ${KS}.point ADD y int`)
    const { type } = keyspace().table('moving')!.columns.get('at')!
    assert.deepEqual(type.kind === 'udt' && type.fieldNames, ['x', 'y'])
  })

  it('knows views, functions and aggregates, and when they are gone', async () => {
    await session.execute(
      `CREATE MATERIALIZED VIEW ${KS}.by_v AS SELECT * FROM ${KS}.still WHERE v IS NOT NULL AND id IS NOT NULL PRIMARY KEY (v, id)`,
    )
    await session.execute(
      `CREATE FUNCTION ${KS}.plus(a int, b int) RETURNS NULL ON NULL INPUT RETURNS int LANGUAGE java AS 'return a + b;'`,
    )
    await session.execute(`CREATE AGGREGATE ${KS}.total(int) SFUNC plus STYPE int INITCOND 0`)
    assert.equal(keyspace().view('by_v')!.baseTable, 'still')
    assert.deepEqual(keyspace().viewsOf('still'), [keyspace().view('by_v')])
    assert.deepEqual([...keyspace().functions.keys()], ['plus(int, int)'])
    assert.equal(keyspace().aggregates.get('total(int)')!.stateType.kind, 'int')
    await session.execute(`DROP AGGREGATE ${KS}.total`)
    await session.execute(`DROP FUNCTION ${KS}.plus`)
    await session.execute(`DROP MATERIALIZED VIEW ${KS}.by_v`)
    assert.deepEqual([keyspace().views.size, keyspace().functions.size, keyspace().aggregates.size], [0, 0, 0])
  })

  it('is read on demand, piece by piece, where it is not kept', async () => {
    assert.equal(other.metadata.keyspaces.size, 0)
    await other.refreshTable(KS, 'still')
    assert.ok(other.metadata.getTable(KS, 'still'), 'with its keyspace, which was not known')
    await session.execute(`CREATE TABLE ${KS}.late (id int PRIMARY KEY)`)
    assert.equal(other.metadata.getTable(KS, 'late'), null)
    await other.refreshTable(KS, 'late')
    assert.ok(other.metadata.getTable(KS, 'late'))
    await session.execute(`DROP TABLE ${KS}.late`)
    await Promise.all([other.refreshTable(KS, 'late'), other.refreshUserType(KS, 'point'), other.refreshFunction(KS, 'none')])
    assert.equal(other.metadata.getTable(KS, 'late'), null)
    assert.equal(other.metadata.keyspaces.size, 1)
    await other.setMetadataEnabled(true)
    assert.ok(other.metadata.keyspaces.size > 5)
  })

  it('cuts the ring so that every row of a table is in one range', async () => {
    const insert = await session.prepare(`INSERT INTO ${KS}.still (id) VALUES (?)`)
    const ids = Array.from({ length: 100 }, (_, id) => id)
    for (const id of ids) await session.execute(insert, [id])
    const found: number[] = []
    for (const range of cluster.metadata.tokenRanges.flatMap((each) => each.splitEvenly(2)).flatMap((each) => each.unwrap())) {
      const upTo = range.end === -(2n ** 63n) ? '' : ` AND token(id) <= ${String(range.end)}`
      const result = await session.execute(`SELECT id FROM ${KS}.still WHERE token(id) > ${String(range.start)}${upTo}`)
      for (const row of result) {
        assert.equal(range.contains(cluster.metadata.tokenOf(KS, 'still', row['id'])), true)
        found.push(row['id'] as number)
      }
    }
    assert.deepEqual(
      found.sort((a, b) => a - b),
      ids,
    )
    const groups = groupKeysByReplica(cluster.metadata, KS, 'still', ids)
    assert.deepEqual([...groups], [[[...cluster.hosts.values()][0], ids]])
  })
})
