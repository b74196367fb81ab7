import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ConnectionError, CqlwireError, OperationTimedOutError, ShutdownError } from '../../src/base/errors.js'
import { executeConcurrentWithArgs } from '../../src/concurrent/execute-concurrent.js'
import { Opcode } from '../../src/protocol/constants.js'
import { Cluster } from '../../src/session/cluster.js'
import { FakeCluster } from '../../src/testing/fake-cluster.js'
import { reply } from '../../src/testing/reply.js'
import type { Reply } from '../../src/testing/reply.js'
import { type Asked, ByteNode } from './byte-node.js'
import { BOTH, BY_ID, eventually, failure, Gate, Lab, quick, within } from './support.js'

const SLOW = 'SELECT slow FROM t'

const unexpected = (): never => assert.fail('called')

for (const version of BOTH) {
  describe(`session.shutdown() on protocol v${version}`, () => {
    test('waits for the answers to what was sent, then closes', async () => {
      await using lab = await Lab.open({ protocolVersion: version })
      const gate = new Gate<Reply>()
      lab.fake.when(SLOW, () => gate.promise)
      const requests = Array.from({ length: 10 }, () => lab.session.execute(SLOW))
      let isOver = false
      const shutdown = lab.session.shutdown().then(() => (isOver = true))
      await eventually('all arrived', () => lab.countOf('QUERY') === 10)
      assert.equal(isOver, false)
      gate.open(reply.rows({ n: 'int' }, [[1]]))
      for (const result of await within(Promise.all(requests))) assert.equal(result.one()?.['n'], 1)
      await within(shutdown)
      // The control connection is the cluster's.
      await eventually('its sockets are closed', () => lab.fake.nodes[0]!.connections === 1)
    })

    test('waits no longer than the requests themselves', async () => {
      await using lab = await Lab.open({ protocolVersion: version })
      lab.fake.when(SLOW, reply.drop())
      const request = failure(lab.session.execute(SLOW, [], { timeoutMs: 40 }), OperationTimedOutError)
      await within(lab.session.shutdown())
      await request
      await eventually('its sockets are closed', () => lab.fake.nodes[0]!.connections === 1)
    })

    test('does not wait for answers that nobody waits for', async () => {
      await using lab = await Lab.open({ protocolVersion: version, requestTimeoutMs: 10_000 })
      lab.fake.when(SLOW, reply.drop())
      await failure(lab.session.execute(SLOW, [], { timeoutMs: 20 }), OperationTimedOutError)
      const gate = new Gate<Reply>()
      lab.fake.when('SELECT last FROM t', () => gate.promise)
      const last = lab.session.execute('SELECT last FROM t')
      const shutdown = lab.session.shutdown()
      gate.open(reply.void())
      await within(Promise.all([last, shutdown]), 2_000)
    })

    test('fails what waits for room: it was not sent', async () => {
      await using lab = await Lab.open({ protocolVersion: version, pool: { maxRequestsPerConnection: 1 } })
      const gate = new Gate<Reply>()
      lab.fake.when(SLOW, () => gate.promise)
      const sent = lab.session.execute(SLOW)
      const queued = failure(lab.session.execute(SLOW), ShutdownError)
      const shutdown = lab.session.shutdown()
      assert.match((await queued).message, /The session is shut down; nothing was sent/)
      gate.open(reply.void())
      await within(Promise.all([sent, shutdown]))
      assert.equal(lab.countOf('QUERY'), 1)
    })
  })
}

describe('session.shutdown()', () => {
  test('may be called twice, and at once', async () => {
    await using lab = await Lab.open()
    await within(Promise.all([lab.session.shutdown(), lab.session.shutdown()]))
    await within(lab.session.shutdown())
    assert.equal(lab.session.isShutdown, true)
  })

  test('has every call that comes after fail with a ShutdownError', async () => {
    await using lab = await Lab.open()
    const prepared = await lab.session.prepare(BY_ID)
    const first = await lab.session.execute(prepared, [1])
    const { session } = lab
    await within(session.shutdown())
    lab.fake.clearRequests()
    await failure(session.execute(SLOW), ShutdownError)
    await failure(session.execute(BY_ID, [1]), ShutdownError)
    await failure(session.execute(prepared, [1]), ShutdownError)
    await failure(session.executeAsync(SLOW).result(), ShutdownError)
    await failure(session.cql`SELECT name FROM users WHERE id = ${1}`, ShutdownError)
    await failure(session.prepare('SELECT other FROM t'), ShutdownError)
    await failure(session.batch([SLOW]), ShutdownError)
    await failure(session.iterate(SLOW).next(), ShutdownError)
    await failure(session.setKeyspace('ks'), ShutdownError)
    await failure(executeConcurrentWithArgs(session, prepared, [[1], [2]]), ShutdownError)
    assert.throws(() => session.submit(prepared, [1], undefined, unexpected, unexpected), ShutdownError)
    assert.equal(first.one()?.['name'], 'Ada', 'results that are there stay readable')
    assert.deepEqual(lab.asked, [])
  })

  test('ends the reading of pages with a ShutdownError', async () => {
    await using lab = await Lab.open()
    lab.fake.when(SLOW, () => reply.rows({ n: 'int' }, [[1]], { pageState: Buffer.from('more') }))
    const read = async (): Promise<void> => {
      let count = 0
      for await (const row of lab.session.iterate<{ n: number }>(SLOW)) if ((count += row.n) === 5) void lab.session.shutdown()
    }
    await failure(read(), CqlwireError)
  })

  test('during a PREPARE: the request fails with a ShutdownError, and is not executed', async () => {
    await using node = await ByteNode.start()
    const held: Asked[] = []
    node.script = (asked) => void held.push(asked)
    const session = await node.session(4, { requestTimeoutMs: 100 })
    const request = failure(session.execute(BY_ID, [1], { timeoutMs: 5_000 }), ShutdownError)
    await eventually('it is being prepared', () => held.length === 1)
    await within(Promise.all([session.shutdown(), request]))
    assert.ok(!node.log.some(({ opcode }) => opcode === 'EXECUTE'))
  })

  test('while a node is down and tried again: it is not tried any more', async () => {
    await using lab = await Lab.open({ nodes: 2 })
    await lab.fake.nodes[1]!.stop()
    await eventually('the loss is noticed', () => lab.session.metrics.connections.get(lab.node(1)) === 0)
    await within(lab.session.shutdown())
    await lab.fake.nodes[1]!.start()
    await new Promise((resolve) => setTimeout(resolve, 30))
    assert.equal(lab.fake.nodes[1]!.connections, 0)
  })

  test('leaves the cluster and its other sessions alone', async () => {
    await using lab = await Lab.open()
    const other = await lab.cluster.connect()
    await within(lab.session.shutdown())
    assert.equal((await within(other.execute(BY_ID, [1]))).one()?.['name'], 'Ada')
    const another = await within(lab.cluster.connect())
    assert.equal((await within(another.execute(BY_ID, [1]))).one()?.['name'], 'Ada')
  })

  test('lets a connection that is lost meanwhile fail its requests as lost', async () => {
    await using lab = await Lab.open()
    lab.fake.when(SLOW, reply.delay(20, reply.close()))
    const request = failure(lab.session.execute(SLOW, [], { idempotent: true }), ConnectionError)
    await within(Promise.all([lab.session.shutdown(), request]))
  })
})

describe('cluster.shutdown()', () => {
  test('ends every session, and may be called twice', async () => {
    await using lab = await Lab.open()
    const other = await lab.cluster.connect()
    await within(Promise.all([lab.cluster.shutdown(), lab.cluster.shutdown()]))
    await failure(lab.session.execute(SLOW), ShutdownError)
    await failure(other.execute(SLOW), ShutdownError)
    await failure(lab.cluster.connect(), ShutdownError)
  })

  test('before anything was connected does nothing', async () => {
    const cluster = new Cluster(quick({ contactPoints: ['127.0.0.1:1'] }))
    await within(cluster.shutdown())
    await failure(cluster.connect(), ShutdownError)
  })

  for (const [what, isStuck] of [
    ['a handshake', (asked: Asked) => asked.request.opcode === 'STARTUP'],
    ['reading the nodes', (asked: Asked) => asked.request.query?.includes('system.local') === true],
  ] as const) {
    test(`during connect, in ${what}, has it fail with a ShutdownError and closes its socket`, async () => {
      await using node = await ByteNode.start()
      let stuck = 0
      node.startup = (asked) => (isStuck(asked) ? void stuck++ : asked.answer(Opcode.READY))
      node.system = (asked) => (isStuck(asked) ? stuck++ >= 0 : false)
      const cluster = node.cluster(4, { connectTimeoutMs: 10_000 })
      const connecting = failure(cluster.connect(), ShutdownError)
      await eventually('it is under way', () => stuck > 0)
      await within(cluster.shutdown(), 1_000)
      await within(connecting, 1_000)
      await eventually('the socket is closed', () => node.sockets.size === 0)
    })
  }

  test('during the opening of a session has it fail with a ShutdownError', async () => {
    await using fake = await FakeCluster.start()
    const cluster = new Cluster(quick({ contactPoints: fake.contactPoints, connectTimeoutMs: 10_000 }))
    fake.when(({ opcode, connection }) => opcode === 'STARTUP' && connection === 2, reply.drop())
    const connecting = failure(cluster.connect(), ShutdownError)
    await eventually('the pool is being opened', () =>
      fake.requests.some(({ opcode, connection }) => opcode === 'STARTUP' && connection === 2),
    )
    await within(cluster.shutdown(), 1_000)
    await within(connecting, 1_000)
    await eventually('the sockets are closed', () => fake.nodes[0]!.connections === 0)
  })

  test('while the control connection is being looked for is quick', async () => {
    await using lab = await Lab.open({ connectTimeoutMs: 10_000 })
    lab.fake.when({ opcode: 'STARTUP' }, reply.drop())
    lab.fake.nodes[0]!.disconnectAll()
    await eventually('it is noticed', () => lab.session.metrics.connections.get(lab.node(0)) === 0)
    await within(lab.cluster.shutdown(), 1_000)
  })

  test('with a schema change under way does not wait for agreement', async () => {
    await using lab = await Lab.open({ schemaAgreementTimeoutMs: 10_000 })
    lab.fake.when('CREATE TABLE t', reply.schemaChange({ change: 'CREATED', target: 'TABLE', keyspace: 'ks', name: 't', argTypes: null }))
    lab.fake.when(/schema_version/, reply.drop())
    const request = within(lab.session.execute('CREATE TABLE t')).catch((error: Error) => error)
    await eventually('the agreement is asked for', () => lab.fake.requests.some(({ query }) => query?.includes('schema_version') === true))
    await within(lab.cluster.shutdown(), 1_500)
    await request
  })
})
