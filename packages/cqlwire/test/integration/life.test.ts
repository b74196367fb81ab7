/** From connecting to the end of the process. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { text } from 'node:stream/consumers'
import { Cluster, type ClusterOptions, executeConcurrentWithArgs, ShutdownError } from '../../src/index.js'
import { Gate } from '../support/gate.js'
import { programFile } from '../support/program-file.js'
import { sharedCassandra } from '../support/shared-cassandra.js'
import { onEachVersion, VERSIONS } from '../support/versions.js'
import { eventually } from '../unit/embedded/scratch.js'

async function options(more: Partial<ClusterOptions> = {}): Promise<ClusterOptions> {
  const { contactPoints, port, localDataCenter } = await sharedCassandra()
  return { contactPoints, port, localDataCenter, ...more }
}

describe('the version of the protocol', () => {
  it('is 5 where none is asked for', async () => {
    await using cluster = new Cluster(await options())
    await using session = await cluster.connect()
    assert.equal(cluster.protocolVersion, 5)
    assert.equal((await session.execute('SELECT key FROM system.local')).length, 1)
  })

  for (const protocolVersion of VERSIONS) {
    it(`is ${protocolVersion} where ${protocolVersion} is asked for, as the node says`, async () => {
      const applicationName = `life of v${protocolVersion} ${process.pid}`
      await using cluster = new Cluster(await options({ protocolVersion, applicationName, applicationVersion: '1.2' }))
      await using session = await cluster.connect()
      assert.equal(cluster.protocolVersion, protocolVersion)
      const clients = await session.execute('SELECT protocol_version, driver_name, client_options FROM system_views.clients')
      const mine = clients.rows.filter((row) => (row['client_options'] as Map<string, string>).get('APPLICATION_NAME') === applicationName)
      assert.equal(mine.length, 2, 'the control connection and one of the session')
      for (const row of mine) {
        assert.deepEqual([row['protocol_version'], row['driver_name']], [protocolVersion, 'cqlwire'])
        assert.equal((row['client_options'] as Map<string, string>).get('APPLICATION_VERSION'), '1.2')
      }
    })
  }

  it('localDataCenter may be left out where the contact points agree', async () => {
    const { contactPoints, port } = await sharedCassandra()
    await using cluster = new Cluster({ contactPoints, port })
    await using session = await cluster.connect()
    assert.equal((await session.execute('SELECT key FROM system.local')).length, 1)
  })
})

onEachVersion('the life of a session', 'life', { schema: ['CREATE TABLE t (id int PRIMARY KEY, v text)'] }, (stage) => {
  it('leaves nothing in flight after work of every kind, good and bad', async () => {
    const { session } = stage
    const insert = await session.prepare('INSERT INTO t (id, v) VALUES (?, ?)')
    const rows = Array.from({ length: 300 }, (_, id) => [id, `value ${id}`])
    await executeConcurrentWithArgs(session, insert, rows)
    const outcomes = await Promise.allSettled([
      session.execute('SELEC'),
      session.execute(insert, ['wrong', 'x']),
      session.execute('SELECT v FROM t', undefined, { timeoutMs: 1 }),
      session.execute('SELECT v FROM t', undefined, { signal: AbortSignal.timeout(1) }),
      (async () => {
        for await (const row of session.iterate('SELECT v FROM t', undefined, { pageSize: 10 })) if (row['v'] === 'value 7') break
      })(),
    ])
    assert.deepEqual(
      outcomes.slice(0, 2).map(({ status }) => status),
      ['rejected', 'rejected'],
    )
    session.executeAsync('SELECT v FROM t').cancel()
    await eventually('nothing is in flight', () => session.metrics.inFlight === 0)
    const { queued, connections } = session.metrics
    assert.deepEqual([queued, [...connections.values()]], [0, [1]])
  })

  it('shutdown waits for the answers of what was sent, and refuses what comes later', async () => {
    const gate = await Gate.open()
    try {
      const session = await stage.another(gate.options)
      gate.hold()
      const sent = session.execute("INSERT INTO t (id, v) VALUES (1000, 'sent before')")
      const over = session.shutdown()
      await assert.rejects(session.execute('SELECT v FROM t'), ShutdownError)
      gate.release()
      assert.equal((await sent).wasApplied, true)
      await over
      assert.equal(session.isShutdown, true)
    } finally {
      await gate.close()
    }
    assert.equal((await stage.session.execute('SELECT v FROM t WHERE id = 1000')).one()?.v, 'sent before')
  })

  it('sessions of one cluster live and end by themselves; the cluster ends those that are left', async () => {
    const cluster = new Cluster(await stage.clusterOptions())
    const [one, two] = await Promise.all([cluster.connect(), cluster.connect(stage.keyspace)])
    await one.shutdown()
    assert.ok((await two.execute('SELECT id FROM t LIMIT 1')).length <= 1)
    await cluster.shutdown()
    assert.deepEqual([cluster.isShutdown, one.isShutdown, two.isShutdown], [true, true, true])
    await assert.rejects(two.execute('SELECT id FROM t'), ShutdownError)
    await assert.rejects(cluster.connect(), ShutdownError)
    await cluster.shutdown() // once more does no harm
  })
})

describe('a process', () => {
  const driver = new URL('../../src/index.js', import.meta.url).href

  /** Runs a script with `Cluster` and `options`; gives what it printed once it has ended by itself. */
  async function run(script: string, given: Partial<ClusterOptions> = {}): Promise<string> {
    const code = `import { Cluster } from ${JSON.stringify(driver)}\nconst options = ${JSON.stringify(await options(given))}\n${script}`
    const child = spawn(process.execPath, [programFile(code)], { stdio: ['ignore', 'pipe', 'pipe'], timeout: 15_000 })
    const [output, errors, [exitCode, signal]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
    assert.deepEqual([exitCode, signal, errors], [0, null, ''], 'it ended by itself')
    return output.trim()
  }

  it('ends after shutdown', async () => {
    const output = await run(`
      const cluster = new Cluster(options)
      const session = await cluster.connect()
      console.log((await session.execute('SELECT key FROM system.local WHERE key = ?', ['local'])).one().key)
      await cluster.shutdown()
    `)
    assert.equal(output, 'local')
  })

  it('ends after connect has failed, though nobody called shutdown', async () => {
    const script = `await new Cluster(options).connect().catch((error) => console.log(error.name))`
    assert.equal(await run(script, { contactPoints: ['127.0.0.1:1'] }), 'NoHostAvailableError')
    assert.equal(await run(script, { localDataCenter: 'nowhere' }), 'InvalidOptionError')
  })

  it('ends after shutdown with requests under way', async () => {
    const output = await run(`
      const cluster = new Cluster(options)
      const session = await cluster.connect()
      const pending = Array.from({ length: 50 }, () => session.execute('SELECT * FROM system_schema.columns'))
      await cluster.shutdown()
      const outcomes = await Promise.allSettled(pending)
      console.log(outcomes.length)
    `)
    assert.equal(output, '50')
  })

  it('ends though a cluster was made and never connected', async () => {
    assert.equal(await run(`new Cluster(options); console.log('made')`), 'made')
  })
})
