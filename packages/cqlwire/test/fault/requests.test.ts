import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { AbortError, ConnectionError, NoHostAvailableError, OperationTimedOutError } from '../../src/base/errors.js'
import { reply } from '../../src/testing/reply.js'
import type { Reply } from '../../src/testing/reply.js'
import { BOTH, BY_ID, eventually, failure, Gate, Lab, warningsOf, within } from './support.js'

const SLOW = 'SELECT slow FROM t'

for (const version of BOTH) {
  describe(`a connection of protocol v${version} that is lost`, () => {
    test('fails what was in flight, with sent true, where it is not idempotent', async () => {
      await using lab = await Lab.open({ nodes: 2, protocolVersion: version })
      lab.fake.when(SLOW, reply.close(), { times: 1 })
      const error = await failure(lab.session.execute(SLOW), ConnectionError)
      assert.equal(error.sent, true)
      assert.equal(error.host, lab.node(0))
      assert.match(error.message, /Connection lost: .*may or may not have been carried out/)
      assert.equal(lab.countOf('QUERY'), 1)
      await lab.works()
    })

    test('has idempotent requests sent to another node', async () => {
      await using lab = await Lab.open({ nodes: 2, protocolVersion: version })
      lab.fake.when({ query: SLOW, node: lab.node(0) }, reply.close(), { times: 1 })
      lab.fake.when({ query: SLOW, node: lab.node(1) }, reply.rows({ n: 'int' }, [[7]]))
      const result = await within(lab.session.execute(SLOW, [], { idempotent: true }))
      assert.equal(result.one()?.['n'], 7)
      assert.equal(result.info.attempts, 2)
      assert.equal(result.info.coordinator?.endpoint, lab.node(1))
      const reason = result.info.triedHosts.get(lab.node(0))
      assert.ok(reason instanceof ConnectionError && reason.sent)
      await lab.works()
    })

    test('fails all of many requests, each once', async () => {
      await using lab = await Lab.open({ protocolVersion: version })
      lab.fake.when(SLOW, reply.drop())
      const all = Array.from({ length: 200 }, () => failure(lab.session.execute(SLOW), ConnectionError))
      await eventually('all of them arrived', () => lab.countOf('QUERY') === 200)
      assert.equal(lab.session.metrics.inFlight, 200)
      lab.fake.nodes[0]!.disconnectAll()
      for (const error of await within(Promise.all(all))) assert.equal(error.sent, true)
      await lab.works()
    })
  })
}

describe('a lost connection', () => {
  test('that was young leaves an idempotent request without a host, with the reason for each', async () => {
    await using lab = await Lab.open()
    lab.fake.when(SLOW, reply.close(), { times: 1 })
    const error = await failure(lab.session.execute(SLOW, [], { idempotent: true }), NoHostAvailableError)
    assert.ok(error.errors.get(lab.node(0)) instanceof ConnectionError)
    await lab.works()
  })

  test('that had stood a while is opened again at once, and the idempotent request goes over the new one', async () => {
    await using lab = await Lab.open()
    lab.fake.when(SLOW, reply.close(), { times: 1 })
    lab.fake.when(SLOW, reply.rows({ n: 'int' }, [[7]]), { times: 1 })
    lab.fake.when(SLOW, reply.close(), { times: 1 })
    await new Promise((resolve) => setTimeout(resolve, 1_050)) // this case is about time: a connection counts as stable after a second
    const result = await within(lab.session.execute(SLOW, [], { idempotent: true }))
    assert.equal(result.one()?.['n'], 7)
    assert.equal(result.info.attempts, 2)
    await lab.idle()
  })

  test('comes back when its node does', async () => {
    await using lab = await Lab.open()
    await lab.fake.nodes[0]!.stop()
    await eventually('the loss is noticed', () => lab.session.metrics.connections.get(lab.node(0)) === 0)
    const error = await failure(lab.session.execute(SLOW), NoHostAvailableError)
    assert.ok(error.errors.has(lab.node(0)))
    await lab.fake.nodes[0]!.start()
    await lab.works()
  })

  test('is opened as often as the pool is large', async () => {
    await using lab = await Lab.open({ pool: { connectionsPerHost: 3 } })
    assert.equal(lab.session.metrics.connections.get(lab.node(0)), 3)
    lab.fake.nodes[0]!.disconnectAll()
    await eventually('all are noticed', () => lab.session.metrics.connections.get(lab.node(0)) === 0)
    await eventually('all are back', () => lab.session.metrics.connections.get(lab.node(0)) === 3)
    await lab.works()
  })
})

describe('a node that goes and comes', () => {
  test('is passed over while it is down, and used again', async () => {
    await using lab = await Lab.open({ nodes: 2 })
    await lab.fake.nodes[0]!.stop()
    const result = await within(lab.session.execute(BY_ID, [1], { idempotent: true }))
    assert.equal(result.info.coordinator?.endpoint, lab.node(1))
    await lab.fake.nodes[0]!.start()
    await eventually('a connection to it', () => lab.session.metrics.connections.get(lab.node(0)) === 1)
    assert.equal((await within(lab.session.execute(BY_ID, [1]))).info.coordinator?.endpoint, lab.node(0))
  })

  test('with all the others: NoHostAvailableError with a cause per host, then it works again', async () => {
    await using lab = await Lab.open({ nodes: 3 })
    await Promise.all(lab.fake.nodes.map((node) => node.stop()))
    await eventually('the loss is noticed', () => [...lab.session.metrics.connections.values()].every((count) => count === 0))
    const error = await failure(lab.session.execute(SLOW), NoHostAvailableError)
    assert.deepEqual([...error.errors.keys()].sort(), lab.fake.contactPoints)
    for (const [name, cause] of error.errors) {
      assert.ok(cause instanceof ConnectionError)
      assert.ok(error.message.includes(name) && error.message.includes(cause.message))
    }
    await Promise.all(lab.fake.nodes.map((node) => node.start()))
    await eventually('all are back', () => [...lab.session.metrics.connections.values()].every((count) => count === 1))
    await lab.works()
  })
})

describe('a request that is not answered in time', () => {
  for (const version of BOTH) {
    test(`on v${version} fails, and its stream id is free when the late answer comes`, async () => {
      await using lab = await Lab.open({ protocolVersion: version })
      const gate = new Gate<Reply>()
      lab.fake.when(SLOW, () => gate.promise)
      const error = await failure(lab.session.execute(SLOW, [], { timeoutMs: 30 }), OperationTimedOutError)
      assert.equal(error.timeoutMs, 30)
      assert.equal(error.sent, true)
      assert.equal(error.host, lab.node(0))
      assert.match(error.message, /"SELECT slow FROM t" timed out: 127\.0\.0\.1:\d+ did not answer within 30 ms \(timeoutMs\), 1 attempt/)
      assert.equal(lab.session.metrics.inFlight, 1, 'the id must not be used while its answer may come')
      gate.open(reply.rows({ n: 'int' }, [[1]]))
      await lab.works()
    })
  }

  test('does not hold up those that are', async () => {
    await using lab = await Lab.open()
    lab.fake.when(SLOW, reply.drop())
    const slow = failure(lab.session.execute(SLOW, [], { timeoutMs: 60 }), OperationTimedOutError)
    assert.equal((await within(lab.session.execute(BY_ID, [1]))).one()?.['name'], 'Ada')
    await slow
  })

  test('with many others has the connection replaced; the session never stops', async () => {
    await using lab = await Lab.open({ pool: { maxRequestsPerConnection: 8 } })
    lab.fake.when(SLOW, reply.drop())
    const orphans = Array.from({ length: 5 }, () => failure(lab.session.execute(SLOW, [], { timeoutMs: 30 }), OperationTimedOutError))
    const before = Math.max(...lab.fake.requests.map(({ connection }) => connection))
    await within(Promise.all(orphans))
    // Right then, before the new connection is there: the old one still has room.
    assert.equal((await within(lab.session.execute(BY_ID, [1]))).one()?.['name'], 'Ada')
    await eventually('a fresh connection without orphans', () => lab.session.metrics.inFlight === 0)
    await lab.works()
    assert.ok(Math.max(...lab.asked.map(({ connection }) => connection)) > before)
    await eventually('the old one is closed', () => lab.fake.nodes[0]!.connections === 2)
  })

  test('counts the time of its PREPARE', async () => {
    await using lab = await Lab.open({ requestTimeoutMs: 100 })
    lab.fake.when({ opcode: 'PREPARE' }, reply.drop())
    const error = await failure(lab.session.execute(BY_ID, [1], { timeoutMs: 30 }), OperationTimedOutError)
    assert.equal(error.sent, false)
    assert.match(error.message, /was not prepared within 30 ms \(timeoutMs\)\. The statement itself was not sent/)
    assert.equal(lab.countOf('EXECUTE'), 0)
  })

  test('is not retried past its deadline', async () => {
    await using lab = await Lab.open({ nodes: 2 })
    lab.fake.when({ query: SLOW, node: lab.node(0) }, reply.delay(20, reply.close()))
    lab.fake.when({ query: SLOW, node: lab.node(1) }, reply.drop())
    const error = await failure(lab.session.execute(SLOW, [], { timeoutMs: 60, idempotent: true }), OperationTimedOutError)
    assert.match(error.message, /2 attempts/)
    assert.equal(error.host, lab.node(1))
  })
})

describe('a signal', () => {
  test('that was aborted before stops the request: nothing is sent', async () => {
    await using lab = await Lab.open()
    for (const params of [undefined, [1]]) {
      const error = await failure(lab.session.execute(BY_ID, params, { signal: AbortSignal.abort('no need') }), AbortError)
      assert.equal(error.cause, 'no need')
    }
    await failure(lab.session.prepare(BY_ID, { signal: AbortSignal.abort() }), AbortError)
    assert.deepEqual(lab.asked, [])
    await lab.works()
  })

  test('that aborts in flight rejects at once; the late answer frees the stream id', async () => {
    await using lab = await Lab.open()
    const gate = new Gate<Reply>()
    lab.fake.when(SLOW, () => gate.promise)
    const controller = new AbortController()
    const request = failure(lab.session.execute(SLOW, [], { signal: controller.signal }), AbortError)
    await eventually('it arrived', () => lab.countOf('QUERY') === 1)
    controller.abort(new Error('changed my mind'))
    const error = await request
    assert.equal(error.name, 'AbortError')
    assert.equal((error.cause as Error).message, 'changed my mind')
    gate.open(reply.void())
    await lab.works()
  })

  test('that aborts while the request is queued takes it out: it is never sent', async () => {
    await using lab = await Lab.open({ pool: { maxRequestsPerConnection: 1 } })
    const gate = new Gate<Reply>()
    lab.fake.when(SLOW, () => gate.promise)
    const first = lab.session.execute(SLOW)
    const controller = new AbortController()
    const queued = failure(lab.session.execute('SELECT never FROM t', [], { signal: controller.signal }), AbortError)
    controller.abort()
    await queued
    gate.open(reply.void())
    await within(first)
    await lab.works()
    assert.ok(!lab.asked.some(({ query }) => query === 'SELECT never FROM t'))
  })

  test('that aborts while the statement is being prepared leaves those who wait for the same PREPARE alone', async () => {
    await using lab = await Lab.open()
    const controller = new AbortController()
    const impatient = failure(lab.session.execute(BY_ID, [1], { signal: controller.signal }), AbortError)
    const patient = lab.session.execute(BY_ID, [2])
    controller.abort()
    await impatient
    assert.equal((await within(patient)).one()?.['name'], 'Ada')
    assert.equal(lab.countOf('PREPARE'), 1)
    assert.equal(lab.countOf('EXECUTE'), 1)
    await lab.idle()
  })
})

describe('a future', () => {
  test('that is cancelled in flight fails with an AbortError', async () => {
    await using lab = await Lab.open()
    lab.fake.when(SLOW, reply.delay(30, reply.void()))
    const future = lab.session.executeAsync(SLOW)
    future.cancel('enough')
    const error = await failure(future.result(), AbortError)
    assert.equal(error.cause, 'enough')
    await lab.works()
  })

  test('that is cancelled while its text is being prepared is never sent', async () => {
    await using lab = await Lab.open()
    const future = lab.session.executeAsync(BY_ID, [1])
    future.cancel()
    await failure(future.result(), AbortError)
    await lab.session.prepare(BY_ID)
    assert.equal(lab.countOf('EXECUTE'), 0)
    await lab.works()
  })

  test('that is cancelled while its next page is fetched fails at once', async () => {
    await using lab = await Lab.open()
    const more = { pageState: Buffer.from('2') }
    lab.fake.when(SLOW, ({ parameters }) =>
      parameters?.pageState === null ? reply.rows({ n: 'int' }, [[1]], more) : reply.delay(30, reply.rows({ n: 'int' }, [[2]])),
    )
    const future = lab.session.executeAsync(SLOW)
    await within(future.result())
    future.startFetchingNextPage()
    future.cancel()
    await failure(future.result(), AbortError)
    await lab.works()
  })

  test('whose callback throws warns, and neither its other callbacks nor other requests suffer', async () => {
    await using lab = await Lab.open()
    const called: string[] = []
    const warnings = await warningsOf(async () => {
      const future = lab.session.executeAsync(BY_ID, [1])
      future.addCallback(() => {
        throw new Error('mine')
      })
      future.addCallback(() => called.push('second'))
      await within(future.result())
      await lab.works()
    })
    assert.deepEqual(called, ['second'])
    assert.ok(warnings.some((warning) => /callback.*mine/s.test(warning)))
    assert.equal(lab.session.metrics.connections.get(lab.node(0)), 1)
  })

  test('whose errback throws warns as well', async () => {
    await using lab = await Lab.open()
    lab.fake.when(SLOW, reply.close(), { times: 1 })
    const warnings = await warningsOf(async () => {
      const failed = new Gate()
      lab.session.executeAsync(SLOW).addErrback(() => {
        failed.open()
        throw new Error('mine')
      })
      await within(failed.promise)
    })
    assert.ok(warnings.some((warning) => /callback.*mine/s.test(warning)))
    await lab.works()
  })

  test('of session.submit, plain functions: what they throw does not end the connection', async () => {
    await using lab = await Lab.open()
    const prepared = await lab.session.prepare(BY_ID)
    const warnings = await warningsOf(async () => {
      const called = new Gate()
      const onResult = (): never => {
        called.open()
        throw new Error('from onResult')
      }
      lab.session.submit(prepared, [1], undefined, onResult, () => {})
      await within(called.promise)
      await lab.works()
    })
    assert.ok(warnings.some((warning) => warning.includes('from onResult')))
    assert.equal(lab.countOf('PREPARE'), 1)
    assert.equal(new Set(lab.asked.map(({ connection }) => connection)).size, 1)
  })
})

describe('pages', () => {
  const more = { pageState: Buffer.from('2') }

  test('that fail half-way end the iteration with the error, once; the rows before it were given', async () => {
    await using lab = await Lab.open()
    lab.fake.when(SLOW, ({ parameters }) => (parameters?.pageState === null ? reply.rows({ n: 'int' }, [[1], [2]], more) : reply.close()))
    const seen: number[] = []
    const rows = lab.session.iterate<{ n: number }>(SLOW)
    const error = await failure(
      (async () => {
        for await (const row of rows) seen.push(row.n)
      })(),
      ConnectionError,
    )
    assert.equal(error.sent, true)
    assert.deepEqual(seen, [1, 2])
    assert.deepEqual(await rows.next(), { done: true, value: undefined })
    await lab.works()
  })

  test('that fail unread are no unhandled rejection', async () => {
    await using lab = await Lab.open()
    lab.fake.when(SLOW, ({ parameters }) => (parameters?.pageState === null ? reply.rows({ n: 'int' }, [[1]], more) : reply.close()))
    for await (const row of lab.session.iterate<{ n: number }>(SLOW)) {
      assert.equal(row.n, 1)
      break
    }
    await eventually('the second page was asked for', () => lab.countOf('QUERY') === 2)
    await lab.idle()
    await lab.works()
  })

  test('are not asked for any more when the reader leaves', async () => {
    await using lab = await Lab.open()
    lab.fake.when(SLOW, () => reply.rows({ n: 'int' }, [[1]], more)) // endless
    let count = 0
    for await (const row of lab.session.iterate<{ n: number }>(SLOW)) if ((count += row.n) === 10) break
    await lab.idle()
    const asked = lab.countOf('QUERY')
    await lab.works()
    assert.ok(asked <= 11, `${asked} pages`)
    assert.equal(lab.countOf('QUERY'), asked)
  })

  test('time out one by one', async () => {
    await using lab = await Lab.open()
    lab.fake.when(SLOW, ({ parameters }) => (parameters?.pageState === null ? reply.rows({ n: 'int' }, [[1]], more) : reply.drop()))
    const result = await within(lab.session.execute(SLOW, [], { timeoutMs: 30 }))
    await failure(result.fetchNextPage(), OperationTimedOutError)
  })
})
