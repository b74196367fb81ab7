import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { EmbeddedCassandraError, startCassandra, type EmbeddedCassandra, type EmbeddedNode } from '../../src/embedded/index.js'
import { askColumn, askOptions, type RawTarget } from '../../src/embedded/raw-cql.js'
import { eventually, isAlive, Scratch } from '../unit/embedded/scratch.js'

describe('an embedded Cassandra of one node', () => {
  let cassandra: EmbeddedCassandra
  let node: EmbeddedNode
  const lines: string[] = []
  const target = (timeoutMs = 15_000): RawTarget => ({ address: node.address, port: node.port, auth: null, tls: null, timeoutMs })
  const query = async (text: string): Promise<string[]> => (await askColumn(target(), text)).map((bytes) => bytes.toString())

  before(async () => {
    cassandra = await startCassandra({
      port: 0,
      storagePort: 0,
      // Without it the commit log is written through every 10 s, and a kill loses what came since.
      config: { compaction_throughput: '32MiB/s', commitlog_sync: 'batch' },
      onProgress: (line) => lines.push(line),
    })
    node = cassandra.nodes[0] as EmbeddedNode
  })
  after(() => cassandra.stop())

  it('says where it answers', async () => {
    assert.deepEqual(cassandra.contactPoints, ['127.0.0.1'])
    assert.equal(cassandra.port, node.port)
    assert.deepEqual(await query('SELECT data_center FROM system.local'), [cassandra.localDataCenter])
    assert.deepEqual(await query('SELECT release_version FROM system.local'), ['5.0.6'])
    assert.equal(node.state, 'up')
    assert.ok(node.pid !== null && isAlive(node.pid))
    assert.match(lines.join('\n'), /answers CQL after \d/)
  })

  it('takes extra keys of cassandra.yaml', async () => {
    assert.deepEqual(await query("SELECT value FROM system_views.settings WHERE name = 'compaction_throughput'"), ['32MiB/s'])
  })

  it('has functions, views and storage-attached indexes switched on', async () => {
    const statements = [
      "CREATE KEYSPACE embedded WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
      'CREATE TABLE embedded.t (id text PRIMARY KEY, v text)',
      "CREATE FUNCTION embedded.same(x text) RETURNS NULL ON NULL INPUT RETURNS text LANGUAGE java AS 'return x;'",
      'CREATE MATERIALIZED VIEW embedded.by_v AS SELECT * FROM embedded.t WHERE v IS NOT NULL AND id IS NOT NULL PRIMARY KEY (v, id)',
      "CREATE INDEX ON embedded.t (v) USING 'sai'",
      "INSERT INTO embedded.t (id, v) VALUES ('a', 'one')",
    ]
    for (const statement of statements) await run(statement)
    assert.deepEqual(await query("SELECT embedded.same(v) FROM embedded.t WHERE v = 'one'"), ['one'])
  })

  it('keeps its data over a kill and a start', async () => {
    const before = node.pid
    await node.kill()
    assert.equal(node.state, 'down')
    assert.equal(node.pid, null)
    await assert.rejects(askOptions(target()), /ECONNREFUSED/)
    await node.start()
    assert.equal(node.state, 'up')
    assert.notEqual(node.pid, before)
    assert.deepEqual(await query("SELECT v FROM embedded.t WHERE id = 'a'"), ['one'])
  })

  it('accepts and does not answer while it is paused', async () => {
    node.pause()
    assert.equal(node.state, 'paused')
    await assert.rejects(askOptions(target(300)), /no answer within 300 ms/)
    node.resume()
    assert.equal(node.state, 'up')
    await askOptions(target())
  })

  it('stops in order, even while it is paused, and says so in its log', async () => {
    node.pause()
    await node.stop()
    assert.equal(node.state, 'down')
    assert.match((await node.logs(50)).join('\n'), /Announcing shutdown|shutdown complete/i)
    assert.equal((await node.logs(3)).length, 3)
    assert.throws(() => node.pause(), EmbeddedCassandraError)
    await node.start()
  })

  it('shows as down when its JVM dies by itself', async () => {
    process.kill(node.pid as number, 'SIGKILL')
    await eventually('the node is down', () => node.state === 'down')
    await eventually('its port is free', () =>
      askOptions(target()).then(
        () => false,
        (error: Error) => /ECONNREFUSED/.test(error.message),
      ),
    )
    await node.start()
    assert.equal(node.state, 'up')
  })

  it('refuses a second one on the same port by the name of the option', async () => {
    await assert.rejects(
      startCassandra({ port: node.port, storagePort: 0 }),
      (error) => error instanceof EmbeddedCassandraError && error.code === 'ERR_PORT_TAKEN' && /`port`/.test(error.message),
    )
  })

  it('shows the log where Cassandra refuses its configuration', async () => {
    await assert.rejects(
      startCassandra({ port: 0, storagePort: 0, config: { no_such_key: 1 } }),
      (error) => error instanceof EmbeddedCassandraError && error.code === 'ERR_NODE_DIED' && error.message.includes('no_such_key'),
    )
  })

  it('takes its folder with it, a paused JVM included', async () => {
    const pid = node.pid as number
    node.pause()
    await cassandra.stop()
    assert.equal(isAlive(pid), false)
    assert.equal(existsSync(cassandra.directory), false)
    await assert.rejects(node.start(), /was stopped/)
  })

  /** A statement without rows. */
  async function run(statement: string): Promise<void> {
    await askColumn(target(), statement).catch((error: Error) => {
      if (!/not rows/.test(error.message)) throw error
    })
  }
})

describe('an embedded Cassandra in a folder that was given', () => {
  it('is there again with its data, and its folder may have any name', async () => {
    const scratch = await Scratch.make()
    const directory = scratch.join('a folder #1, "kept" \\ 100%')
    const options = { directory, port: 0, storagePort: 0, datacenters: ['east'] }
    try {
      const first = await startCassandra(options)
      const create = "CREATE KEYSPACE kept WITH replication = {'class': 'NetworkTopologyStrategy', 'east': 1}"
      await assert.rejects(askColumn(targetOf(first), create), /not rows/)
      await first.stop()
      await using second = await startCassandra(options)
      const names = await askColumn(targetOf(second), "SELECT keyspace_name FROM system_schema.keyspaces WHERE keyspace_name = 'kept'")
      assert.deepEqual(names.map(String), ['kept'])
      assert.equal(second.localDataCenter, 'east')
    } finally {
      await scratch.remove()
    }
  })

  function targetOf({ port }: EmbeddedCassandra): RawTarget {
    return { address: '127.0.0.1', port, auth: null, tls: null, timeoutMs: 15_000 }
  }
})
