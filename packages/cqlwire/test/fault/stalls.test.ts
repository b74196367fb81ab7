/** Nodes that stop reading or answering while their sockets stay open, and what the driver holds meanwhile. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { BusyError, ConnectionError, OperationTimedOutError, ShutdownError } from '../../src/base/errors.js'
import { fault } from '../../src/testing/proxy/fault.js'
import { reply } from '../../src/testing/reply.js'
import type { Reply } from '../../src/testing/reply.js'
import { BOTH, BY_ID, eventually, failure, Gate, Lab, ProxiedLab, within } from './support.js'

const MIB = 1024 * 1024
/** The bound that docs/reliability.md states for one connection. */
const BOUND = 16 * MIB

const outcomeOf = (promise: PromiseLike<unknown>): Promise<string> =>
  Promise.resolve(promise).then(
    () => 'answered',
    (error: unknown) => (error instanceof Error ? error.constructor.name : typeof error),
  )

describe('a stalled server', () => {
  for (const protocolVersion of BOTH) {
    test(`on v${protocolVersion} costs a bounded memory, however much is asked; what is past the queue is told so`, async () => {
      await using lab = await ProxiedLab.open({ protocolVersion, pool: { maxQueuedRequests: 2_000 } })
      await lab.works()
      const big = Buffer.alloc(64 * 1024, 1)
      const before = process.memoryUsage()
      const most = { arrayBuffers: 0 }
      lab.proxy.nodes[0]!.pause()
      const asked: Promise<string>[] = []
      for (let i = 0; i < 50; i++) {
        for (let k = 0; k < 60; k++)
          asked.push(outcomeOf(lab.session.execute('INSERT INTO t (b) VALUES (?)', [big], { prepare: false, timeoutMs: 4_000 })))
        await new Promise((resolve) => setImmediate(resolve))
        most.arrayBuffers = Math.max(most.arrayBuffers, process.memoryUsage().arrayBuffers)
      }
      const { inFlight, queued } = lab.session.metrics
      const grown = most.arrayBuffers - before.arrayBuffers
      assert.equal(queued, 2_000)
      // Of 187 MiB that were asked to be sent.
      assert.ok(grown < BOUND, `${(grown / MIB).toFixed(1)} MiB of buffers with ${inFlight} in flight`)
      const outcomes = await within(Promise.all(asked), 20_000)
      assert.deepEqual([...new Set(outcomes)].sort(), ['BusyError', 'OperationTimedOutError'])
      assert.equal(outcomes.filter((name) => name === 'BusyError').length, 3_000 - 2_000 - inFlight)
      lab.proxy.nodes[0]!.resume()
      await lab.works()
    })
  }

  test('holds up its own requests only: those of other nodes are answered', async () => {
    await using lab = await ProxiedLab.open({ nodes: 3, loadBalancing: undefined as never })
    await lab.works()
    lab.proxy.nodes[1]!.pause()
    const outcomes = await Promise.all(
      Array.from({ length: 60 }, (_, id) => outcomeOf(lab.session.execute(BY_ID, [id], { timeoutMs: 600, idempotent: false }))),
    )
    const answered = outcomes.filter((name) => name === 'answered').length
    assert.ok(answered >= 30 && answered < 60, `${answered} of 60`)
    lab.proxy.nodes[1]!.resume()
    await lab.works()
  })

  test('is found by the heartbeat: what is idempotent goes to another node, the rest fails as sent', async () => {
    await using lab = await ProxiedLab.open({ nodes: 2, pool: { heartbeatIntervalMs: 100, heartbeatTimeoutMs: 400 } })
    await lab.works()
    const [first] = lab.inOrder
    first!.pause()
    const may = lab.session.execute(BY_ID, [1], { idempotent: true, timeoutMs: 5_000 })
    const mayNot = failure(lab.session.execute(BY_ID, [2], { idempotent: false, timeoutMs: 5_000 }), ConnectionError)
    assert.equal((await within(may)).one()?.['name'], 'Ada')
    assert.equal((await mayNot).sent, true)
    first!.resume()
    await eventually('it is used again', () => lab.session.metrics.connections.get(first!.name) === 1)
    await lab.works()
  })

  test('whose control connection is stalled has it made anew by the heartbeat, at another node', async () => {
    await using lab = await ProxiedLab.open({ nodes: 2, pool: { heartbeatIntervalMs: 100, heartbeatTimeoutMs: 400 } })
    let restored = 0
    lab.cluster.on('controlConnectionRestored', () => restored++)
    const control = lab.fake.requests.find(({ opcode }) => opcode === 'REGISTER')!.node
    lab.proxy.node(control).pause()
    await eventually('it is made anew', () => restored > 0)
    assert.notEqual(lab.fake.requests.findLast(({ opcode }) => opcode === 'REGISTER')!.node, control)
    lab.proxy.node(control).resume()
    await lab.works()
  })

  test('does not keep the session from opening: one node that answers is enough', async () => {
    await using lab = await ProxiedLab.open({ nodes: 3, targets: 1, connectTimeoutMs: 300 })
    const second = lab.proxy.node(lab.fake.nodes[1]!.name)
    second.pause()
    const session = await within(lab.cluster.connect(), 3_000)
    assert.equal((await session.execute(BY_ID, [1], { idempotent: true })).length, 1)
    second.resume()
    await session.shutdown()
    await lab.works()
  })

  test('does not keep shutdown from ending: it takes no longer than the requests may', async () => {
    const lab = await ProxiedLab.open()
    await lab.works()
    lab.proxy.nodes[0]!.pause()
    const asked = Array.from({ length: 50 }, (_, id) => outcomeOf(lab.session.execute(BY_ID, [id], { timeoutMs: 150 })))
    await within(lab.cluster.shutdown(), 3_000)
    assert.deepEqual([...new Set(await within(Promise.all(asked)))], ['OperationTimedOutError'])
    await failure(lab.session.execute(BY_ID, [1]), ShutdownError)
    await lab[Symbol.asyncDispose]()
  })

  test('that answers byte by byte is read to the end, or to the deadline', async () => {
    await using lab = await ProxiedLab.open()
    await lab.works()
    lab.proxy.when({ answers: 'EXECUTE' }, fault.slow(2_000), { times: 1 })
    assert.equal((await lab.session.execute(BY_ID, [1], { timeoutMs: 5_000 })).length, 1)
    lab.proxy.when({ answers: 'EXECUTE' }, fault.slow(100), { times: 1 })
    await failure(lab.session.execute(BY_ID, [2], { timeoutMs: 60 }), OperationTimedOutError)
    await lab.works()
  })
})

describe('stream ids', () => {
  test('all 32,768 of them in use have the rest wait; all are answered once', async () => {
    await using lab = await Lab.open({ pool: { maxRequestsPerConnection: 32_768 }, requestTimeoutMs: 30_000 })
    await lab.works()
    let release = (): void => {}
    const gate = new Promise<void>((resolve) => (release = resolve))
    lab.fake.when({ opcode: 'EXECUTE' }, async () => {
      await gate
      return reply.rows({ name: 'text' }, [['Ada']])
    })
    const asked = Array.from({ length: 33_000 }, (_, id) => lab.session.execute(BY_ID, [id]))
    await eventually('all ids are in use', () => lab.session.metrics.inFlight === 32_768)
    assert.equal(lab.session.metrics.queued, 33_000 - 32_768)
    release()
    const results = await within(Promise.all(asked), 30_000)
    assert.ok(results.every((result) => result.length === 1))
    const streams = lab.fake.requestsFor({ opcode: 'EXECUTE' }).map(({ stream }) => stream)
    assert.equal(new Set(streams).size, 32_768)
    assert.equal(Math.max(...streams), 32_767)
    await lab.works()
  })

  test('of requests that timed out are not used again before the late answer, whatever the order', async () => {
    await using lab = await Lab.open({ pool: { maxRequestsPerConnection: 16 } })
    await lab.works()
    const gates: (() => void)[] = []
    lab.fake.when(
      { opcode: 'EXECUTE' },
      async () => {
        await new Promise<void>((resolve) => gates.push(resolve))
        return reply.rows({ name: 'text' }, [['late']])
      },
      { times: 6 },
    )
    const late = Array.from({ length: 6 }, (_, id) => failure(lab.session.execute(BY_ID, [id], { timeoutMs: 30 }), OperationTimedOutError))
    await Promise.all(late)
    assert.equal(lab.session.metrics.inFlight, 6)
    const held = new Set(
      lab.fake
        .requestsFor({ opcode: 'EXECUTE' })
        .slice(-6)
        .map(({ stream }) => stream),
    )
    const results = await Promise.all(Array.from({ length: 10 }, (_, id) => lab.session.execute(BY_ID, [id])))
    assert.ok(results.every((result) => result.one()?.['name'] === 'Ada'))
    assert.ok(
      lab.fake
        .requestsFor({ opcode: 'EXECUTE' })
        .slice(-10)
        .every(({ stream }) => !held.has(stream)),
    )
    for (const open of gates.reverse()) open()
    await lab.idle()
    await lab.works()
  })

  test('of a request that timed out: a late answer that comes twice ends the connection, and nothing else', async () => {
    await using lab = await ProxiedLab.open()
    await lab.works()
    const taken = lab.proxy.nodes[0]!.traffic.connections
    const late = new Gate<Reply>()
    lab.fake.when({ opcode: 'EXECUTE' }, () => late.promise, { times: 1 })
    await failure(lab.session.execute(BY_ID, [1], { timeoutMs: 20 }), OperationTimedOutError)
    late.open(reply.twice(reply.void()))
    await eventually('another connection', () => lab.proxy.nodes[0]!.traffic.connections > taken)
    await lab.works()
  })

  test('of answers that never come back are freed with their connection', async () => {
    await using lab = await ProxiedLab.open()
    await lab.works()
    const rule = lab.proxy.when({ answers: 'EXECUTE' }, fault.drop())
    await Promise.all(
      Array.from({ length: 10 }, (_, id) => failure(lab.session.execute(BY_ID, [id], { timeoutMs: 30 }), OperationTimedOutError)),
    )
    assert.equal(lab.session.metrics.inFlight, 10)
    rule.remove()
    lab.proxy.nodes[0]!.cut()
    await eventually('they are free', () => lab.session.metrics.inFlight === 0)
    await lab.works()
  })
})

describe('a pool of several connections', () => {
  test('that loses one goes on with the others, and opens it again', async () => {
    await using lab = await ProxiedLab.open({ pool: { connectionsPerHost: 4 } })
    await lab.works()
    const [node] = lab.proxy.nodes
    lab.proxy.when({ answers: 'EXECUTE' }, fault.cut({ afterBytes: 3 }), { times: 1 })
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, (_, id) => outcomeOf(lab.session.execute(BY_ID, [id], { idempotent: false }))),
    )
    const lost = outcomes.filter((name) => name === 'ConnectionError').length
    assert.ok(lost >= 1 && lost <= 20, `${lost} of 40 were on the lost one of four`)
    assert.equal(outcomes.filter((name) => name === 'answered').length, 40 - lost)
    await eventually('all four', () => lab.session.metrics.connections.get(node!.name) === 4)
    await lab.works()
  })

  test('before a node that refuses keeps trying without a heap of sockets', async () => {
    await using lab = await ProxiedLab.open({ pool: { connectionsPerHost: 4 } })
    await lab.works()
    const [node] = lab.proxy.nodes
    node!.refuse()
    node!.cut()
    await eventually('all are lost', () => lab.session.metrics.connections.get(node!.name) === 0)
    await new Promise((resolve) => setTimeout(resolve, 100))
    const sockets = process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap' || kind === 'TCPConnectWrap').length
    assert.ok(sockets <= 10, `${sockets} sockets`)
    await node!.accept()
    await eventually('all four', () => lab.session.metrics.connections.get(node!.name) === 4)
    await lab.works()
  })

  test('one of which is stalled by a frame that never ends has the others answer', async () => {
    await using lab = await ProxiedLab.open({ pool: { connectionsPerHost: 2 } })
    await lab.works()
    lab.proxy.when({ answers: 'EXECUTE' }, fault.stall(), { times: 1 })
    const stalled = failure(lab.session.execute(BY_ID, [0], { timeoutMs: 300 }), OperationTimedOutError)
    await eventually('it is stalled', () => lab.proxy.nodes[0]!.traffic.faults === 1)
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, id) => outcomeOf(lab.session.execute(BY_ID, [id], { timeoutMs: 200 }))),
    )
    assert.ok(outcomes.includes('answered'))
    await stalled
    lab.proxy.nodes[0]!.resume()
    await lab.works()
  })
})

describe('a batch', () => {
  const both = ['UPDATE t SET a = 1', 'UPDATE t SET a = 2']

  test('that is not idempotent and whose connection is lost is sent once, and fails as sent', async () => {
    await using lab = await Lab.open({ nodes: 2 })
    lab.fake.when({ opcode: 'BATCH' }, reply.close())
    const error = await failure(lab.session.batch(both, { idempotent: false }), ConnectionError)
    assert.deepEqual([error.sent, lab.countOf('BATCH')], [true, 1])
    await lab.works()
  })

  test('that is idempotent goes to the next node', async () => {
    await using lab = await Lab.open({ nodes: 2 })
    lab.fake.when({ opcode: 'BATCH', node: lab.node(0) }, reply.close())
    await lab.session.batch(both, { idempotent: true })
    assert.deepEqual([lab.countOf('BATCH', lab.node(0)), lab.countOf('BATCH', lab.node(1))], [1, 1])
    await lab.works()
  })

  test('that is not answered in time fails, and gives its id back with the late answer', async () => {
    await using lab = await Lab.open()
    const late = new Gate<Reply>()
    lab.fake.when({ opcode: 'BATCH' }, () => late.promise, { times: 1 })
    const error = await failure(lab.session.batch(both, { timeoutMs: 20 }), OperationTimedOutError)
    assert.equal(error.sent, true)
    late.open(reply.void())
    await lab.works()
  })

  test('past the bound of the queue is a BusyError, at once, and nothing of it is sent', async () => {
    await using lab = await Lab.open({ pool: { maxRequestsPerConnection: 1, maxQueuedRequests: 1 } })
    lab.fake.when({ opcode: 'BATCH' }, reply.delay(50, reply.void()))
    const [first, second] = [lab.session.batch(both), lab.session.batch(both)]
    await failure(lab.session.batch(both), BusyError)
    await Promise.all([first, second])
    assert.equal(lab.countOf('BATCH'), 2)
    await lab.works()
  })
})

describe('paging', () => {
  const PAGES = 'SELECT n FROM pages'
  const page = (request: { parameters: { pageState: Buffer | null } | null }): ReturnType<typeof reply.rows> => {
    const at = request.parameters?.pageState?.[0] ?? 0
    return reply.rows({ n: 'int' }, [[at * 2], [at * 2 + 1]], at < 4 ? { pageState: Buffer.from([at + 1]) } : {})
  }

  for (const protocolVersion of BOTH) {
    test(`on v${protocolVersion} goes on at another node where the first one is gone between two pages`, async () => {
      await using lab = await ProxiedLab.open({ nodes: 2, protocolVersion })
      lab.fake.when(PAGES, page)
      const read: unknown[] = []
      for await (const row of await lab.session.execute(PAGES, [], { idempotent: true, pageSize: 2 })) {
        read.push(row['n'])
        if (read.length === 4) {
          lab.inOrder[0]!.refuse()
          lab.inOrder[0]!.cut()
        }
      }
      assert.deepEqual(read, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
      await lab.proxy.heal()
      await lab.works()
    })

    test(`on v${protocolVersion} whose connection is cut within a page ends with the error after the rows before; none twice`, async () => {
      await using lab = await ProxiedLab.open({ protocolVersion })
      lab.fake.when(PAGES, page)
      let pages = 0
      lab.proxy.when({ direction: 'response', query: PAGES, opcode: 'RESULT' }, () =>
        ++pages === 3 ? fault.cut({ afterBytes: 20 }) : null,
      )
      const read: unknown[] = []
      const reading = (async () => {
        for await (const row of await lab.session.execute(PAGES, [], { idempotent: false, pageSize: 2, prepare: false }))
          read.push(row['n'])
      })()
      assert.equal((await failure(reading, ConnectionError)).sent, true)
      assert.deepEqual(read, [0, 1, 2, 3])
      await lab.works()
    })
  }
})
