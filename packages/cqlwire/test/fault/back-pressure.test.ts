import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BusyError, InvalidArgumentError, OperationTimedOutError } from '../../src/base/errors.js'
import type { Session } from '../../src/session/session.js'
import { reply } from '../../src/testing/reply.js'
import type { Reply } from '../../src/testing/reply.js'
import { type Asked, ByteNode } from './byte-node.js'
import { BOTH, BY_ID, eventually, failure, Gate, Lab, within } from './support.js'

const SLOW = 'SELECT slow FROM t'

describe('stream ids that are all in use', () => {
  for (const version of BOTH) {
    test(`on v${version} have requests wait, which are then sent in their order`, async () => {
      await using lab = await Lab.open({ protocolVersion: version, pool: { maxRequestsPerConnection: 4 } })
      const gate = new Gate<Reply>()
      lab.fake.when(/^SELECT \d+/, () => gate.promise)
      const all = Array.from({ length: 20 }, (_, i) => lab.session.execute(`SELECT ${i} FROM t`))
      await eventually('the first ones arrived', () => lab.countOf('QUERY') === 4)
      assert.equal(lab.session.metrics.inFlight, 4)
      assert.equal(lab.session.metrics.queued, 16)
      gate.open(reply.void())
      await within(Promise.all(all))
      assert.deepEqual(
        lab.asked.map(({ query }) => query),
        Array.from({ length: 20 }, (_, i) => `SELECT ${i} FROM t`),
      )
      assert.ok(lab.asked.every(({ stream }) => stream < 4))
      await lab.works()
    })
  }

  test('and a queue that is full: BusyError, at once; what waits is served', async () => {
    await using lab = await Lab.open({ pool: { maxRequestsPerConnection: 2, maxQueuedRequests: 3 } })
    const gate = new Gate<Reply>()
    lab.fake.when(SLOW, () => gate.promise)
    const taken = Array.from({ length: 5 }, () => lab.session.execute(SLOW))
    const error = await failure(lab.session.execute(SLOW), BusyError)
    assert.match(error.message, /was not sent: every connection is at its limit, and 3 requests wait already \(pool\.maxQueuedRequests\)/)
    gate.open(reply.void())
    await within(Promise.all(taken))
    assert.equal(lab.countOf('QUERY'), 5)
    await lab.works()
  })

  test('use the ids of another connection', async () => {
    await using lab = await Lab.open({ nodes: 2, pool: { maxRequestsPerConnection: 2 } })
    const gate = new Gate<Reply>()
    lab.fake.when(SLOW, () => gate.promise)
    const all = Array.from({ length: 4 }, () => lab.session.execute(SLOW))
    await eventually('both nodes were asked', () => lab.countOf('QUERY', lab.node(1)) === 2)
    assert.equal(lab.session.metrics.queued, 0)
    gate.open(reply.void())
    await within(Promise.all(all))
  })

  test('keep nobody past their deadline: what was not sent says so', async () => {
    await using lab = await Lab.open({ pool: { maxRequestsPerConnection: 1 } })
    const gate = new Gate<Reply>()
    lab.fake.when(SLOW, () => gate.promise)
    const first = lab.session.execute(SLOW)
    const error = await failure(lab.session.execute(BY_ID, undefined, { timeoutMs: 30 }), OperationTimedOutError)
    assert.equal(error.sent, false)
    assert.match(error.message, /It was not sent: the connections are all busy/)
    gate.open(reply.void())
    await within(first)
    await lab.idle()
  })

  test('are freed by late answers that nobody waits for, and the queue goes on', async () => {
    await using lab = await Lab.open({ pool: { maxRequestsPerConnection: 4 } })
    const late = new Gate<Reply>()
    const never = new Gate<Reply>()
    lab.fake.when('SELECT late FROM t', () => late.promise)
    lab.fake.when(SLOW, () => never.promise)
    lab.fake.when('SELECT quick FROM t', reply.void())
    const slow = [lab.session.execute(SLOW), lab.session.execute(SLOW)]
    const orphans = [0, 1].map(() => failure(lab.session.execute('SELECT late FROM t', [], { timeoutMs: 20 }), OperationTimedOutError))
    await within(Promise.all(orphans))
    const waiting = lab.session.execute('SELECT quick FROM t')
    assert.equal(lab.session.metrics.queued, 1)
    late.open(reply.void())
    await within(waiting)
    assert.equal(lab.session.metrics.inFlight, 2)
    never.open(reply.void())
    await within(Promise.all(slow))
    await lab.idle()
  })

  test('are given to who waited longest, not to the callback that has just got one back', async () => {
    await using lab = await Lab.open({ pool: { maxRequestsPerConnection: 1 } })
    lab.fake.when(SLOW, reply.void())
    let turns = 0
    const chain = new Gate()
    const again = (): void => {
      if (++turns === 100) return chain.open()
      lab.session.executeAsync(SLOW).addCallback(again)
    }
    again()
    const turnsBefore: number[] = []
    const waiting = Array.from({ length: 3 }, () => lab.session.execute(SLOW).then(() => turnsBefore.push(turns)))
    await within(Promise.all(waiting))
    assert.ok(Math.max(...turnsBefore) < 10, `served after ${turnsBefore.join(', ')} turns of the chain`)
    await within(chain.promise)
    await lab.idle()
  })

  test('lose no request that a callback makes while the queue is served', async () => {
    await using lab = await Lab.open({ pool: { maxRequestsPerConnection: 1 } })
    const prepared = await lab.session.prepare(BY_ID)
    const gate = new Gate<Reply>()
    lab.fake.when(SLOW, () => gate.promise)
    const first = lab.session.execute(SLOW)
    const later: Promise<unknown>[] = []
    const failed = new Gate<Error>()
    // It is found wrong when its turn comes; its errback makes two more within that turn.
    lab.session.executeAsync(prepared, ['not a number']).addErrback((error) => {
      for (let i = 0; i < 3; i++) later.push(lab.session.execute(prepared, [i]))
      failed.open(error)
    })
    gate.open(reply.void())
    await within(first)
    assert.ok((await within(failed.promise)) instanceof InvalidArgumentError)
    await within(Promise.all(later))
    assert.equal(lab.countOf('EXECUTE'), 3)
    await lab.idle()
  })

  test('do not end a connection that changes its keyspace', async () => {
    await using lab = await Lab.open({ pool: { maxRequestsPerConnection: 1 } })
    const gate = new Gate<Reply>()
    lab.fake.when(SLOW, () => gate.promise)
    const slow = lab.session.execute(SLOW)
    await within(lab.session.setKeyspace('shop'))
    gate.open(reply.void())
    await within(slow)
    await lab.works()
    assert.equal(new Set(lab.asked.map(({ connection }) => connection)).size, 1)
  })
})

describe('a node that stops reading', () => {
  const BIG = Buffer.alloc(128 * 1024, 1)
  const WRITE = 'INSERT INTO t (blob) VALUES (?)'
  const write = (session: Session): Promise<unknown> => session.execute(WRITE, [BIG], { prepare: false, timeoutMs: 20_000 })

  for (const version of BOTH) {
    test(`on v${version} has requests queue up instead of memory, and all are carried out when it reads again`, async () => {
      await using node = await ByteNode.start()
      const held: Asked[] = []
      let isPaused = true
      node.script = (asked) => {
        if (!isPaused) return asked.answerRow()
        asked.socket.pause()
        held.push(asked)
      }
      const session = await node.session(version)
      const all = Array.from({ length: 400 }, () => write(session))
      // In this very turn: what is on its way is bounded. The kernel's buffers on both ends hold some megabytes as well.
      const most = 24 * 1024 * 1024
      assert.ok(session.metrics.inFlight * BIG.length < most, `${session.metrics.inFlight} requests on their way`)
      await eventually('it stops reading', () => held.length > 0)
      await new Promise((resolve) => setTimeout(resolve, 50))
      const { inFlight, queued } = session.metrics
      assert.equal(inFlight + queued, 400)
      assert.ok(inFlight * BIG.length < most, `${inFlight} requests on their way`)
      isPaused = false
      for (const asked of held) {
        asked.answerRow()
        asked.socket.resume()
      }
      await within(Promise.all(all), 20_000)
      assert.equal(session.metrics.inFlight, 0)
      assert.equal(session.metrics.queued, 0)
      assert.equal(node.accepted, 2)
    })
  }

  test('and whose requests are all given up has the queue go on when it reads again', async () => {
    await using node = await ByteNode.start()
    let paused: Asked | null = null
    node.script = (asked) => {
      if (paused !== null) return asked.answerRow()
      paused = asked
      asked.socket.pause()
    }
    const session = await node.session(4)
    const controller = new AbortController()
    const sent = Array.from({ length: 40 }, () =>
      session.execute(WRITE, [BIG], { prepare: false, signal: controller.signal }).catch((error: Error) => error.name),
    )
    await eventually('it stops reading', () => paused !== null)
    controller.abort()
    assert.ok((await within(Promise.all(sent))).every((name) => name === 'AbortError'))
    const waiting = write(session)
    paused!.answerRow()
    paused!.socket.resume()
    await within(waiting)
    await eventually('late answers free the ids', () => session.metrics.inFlight === 0)
  })
})
