import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import type { AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import {
  ConnectionError,
  InvalidArgumentError,
  InvalidOptionError,
  NoHostAvailableError,
  OperationTimedOutError,
} from '../../src/base/errors.js'
import { OverloadedError } from '../../src/base/server-errors.js'
import { SUPPORTED_VERSIONS } from '../../src/protocol/features.js'
import { CqlProxy } from '../../src/testing/proxy/cql-proxy.js'
import { fault } from '../../src/testing/proxy/fault.js'
import type { FrameCondition } from '../../src/testing/proxy/proxy-frame.js'
import type { ProxyNode } from '../../src/testing/proxy/proxy-node.js'
import { reply } from '../../src/testing/reply.js'
import { BOTH, BY_ID, eventually, failure, ProxiedLab, within } from './support.js'

const ANSWER: FrameCondition = { answers: 'EXECUTE', query: BY_ID }
const isExecute: FrameCondition = { opcode: 'EXECUTE', query: BY_ID }

/** The statement is prepared, so that the next request is one EXECUTE and nothing else. */
async function prepared(lab: ProxiedLab): Promise<ProxyNode> {
  await lab.works()
  return lab.proxy.nodes[0]!
}

/** Cuts a node's connections; resolves when as many stand again. */
async function cutAndBack(node: ProxyNode): Promise<void> {
  const { connections } = node.traffic
  const cut = node.cut()
  await eventually('the connections are made anew', () => node.traffic.connections === connections + cut)
}

describe('a proxy', () => {
  for (const protocolVersion of SUPPORTED_VERSIONS) {
    for (const compression of [false, 'lz4', ...(protocolVersion < 5 ? (['snappy'] as const) : [])] as const) {
      test(`passes v${protocolVersion} ${compression === false ? 'as it is' : `with ${compression}`} on, and knows what passes`, async () => {
        await using lab = await ProxiedLab.open({ nodes: 3, protocolVersion, compression })
        const long = 'x'.repeat(300_000)
        lab.fake.when('SELECT long FROM t', reply.rows({ long: 'text' }, [[long]]))
        assert.equal((await lab.session.execute('SELECT long FROM t')).one()?.['long'], long)
        await Promise.all(Array.from({ length: 50 }, (_, id) => lab.session.execute(BY_ID, [id])))
        const seen = lab.proxy.frames.filter(({ query, opcode, answers }) => query === BY_ID && (answers ?? opcode) === 'EXECUTE')
        assert.equal(seen.filter(({ direction, opcode }) => direction === 'request' && opcode === 'EXECUTE').length, 50)
        assert.equal(seen.filter(({ direction, opcode }) => direction === 'response' && opcode === 'RESULT').length, 50)
        for (const [i, node] of lab.proxy.nodes.entries()) {
          assert.equal(node.target, lab.fake.nodes[i]!.name)
          assert.equal(node.connections, lab.fake.nodes[i]!.connections, 'no connection goes past it')
          assert.ok(node.connections > 0 && node.traffic.requests > 0 && node.traffic.responses > 0 && node.traffic.responseBytes > 0)
        }
      })
    }
  }

  test('passes on what it can not make out, as TLS', async () => {
    await using echo = await EchoServer.start()
    await using proxy = await CqlProxy.start({ targets: [echo.name] })
    const socket = net.connect(proxy.nodes[0]!.port, '127.0.0.1')
    const hello = Buffer.from([0x16, 0x03, 0x01, 0x00, 0x05, 1, 2, 3, 4, 5])
    socket.write(hello)
    const received: Buffer[] = []
    socket.on('data', (chunk) => received.push(chunk))
    await eventually('the echo', () => Buffer.concat(received).length >= hello.length)
    socket.end(Buffer.alloc(1_000_000, 7))
    await within(once(socket, 'close'))
    assert.deepEqual(Buffer.concat(received), Buffer.concat([hello, Buffer.alloc(1_000_000, 7)]))
    assert.equal(proxy.nodes[0]!.traffic.requests, 0)
    assert.equal(proxy.nodes[0]!.traffic.requestBytes, 1_000_010)
    assert.deepEqual(proxy.frames, [])
  })

  test('gives nodes that the driver discovers proxies of their own', async () => {
    await using lab = await ProxiedLab.open({ nodes: 3, targets: 1 })
    await lab.works()
    assert.deepEqual(
      lab.proxy.nodes.map(({ target }) => target),
      lab.fake.contactPoints,
    )
    assert.deepEqual([...lab.cluster.hosts.keys()].sort(), lab.proxy.contactPoints.sort())
  })

  test('before a node that does not run has its connections reset', async () => {
    await using lab = await ProxiedLab.open()
    await lab.works()
    await lab.fake.nodes[0]!.stop()
    await eventually('the loss to be noticed', () => lab.proxy.nodes[0]!.connections === 0)
    await failure(lab.session.execute(BY_ID, [1]), NoHostAvailableError)
    await lab.fake.nodes[0]!.start()
    await lab.works()
  })

  test('keeps the last frames, as many as it is told to', async () => {
    await using lab = await ProxiedLab.open({ logSize: 4 })
    for (let id = 0; id < 10; id++) await lab.session.execute(BY_ID, [id])
    assert.deepEqual(
      lab.proxy.frames.map(({ direction, opcode, query, fault: done }) => [direction, opcode, query, done]),
      [
        ['request', 'EXECUTE', BY_ID, null],
        ['response', 'RESULT', BY_ID, null],
        ['request', 'EXECUTE', BY_ID, null],
        ['response', 'RESULT', BY_ID, null],
      ],
    )
  })
})

describe('a node behind a proxy', () => {
  for (const how of ['reset', 'end'] as const) {
    test(`whose connections are cut by ${how} fails what was in flight, and is connected to again`, async () => {
      await using lab = await ProxiedLab.open()
      const node = await prepared(lab)
      lab.fake.when(BY_ID, reply.drop(), { times: 1 })
      const before = lab.countOf('EXECUTE')
      const lost = failure(lab.session.execute(BY_ID, [1], { idempotent: false }), ConnectionError)
      await eventually('the request to arrive', () => lab.countOf('EXECUTE') > before)
      assert.equal(node.cut(how), 2, 'the control connection and one of the session')
      assert.equal((await lost).sent, true)
      await lab.works()
      assert.equal(node.traffic.cuts, 2)
    })
  }

  test('that is paused answers nothing until it is resumed; nothing is lost', async () => {
    await using lab = await ProxiedLab.open()
    const node = await prepared(lab)
    node.pause()
    assert.equal(node.isPaused, true)
    await failure(lab.session.execute(BY_ID, [1], { timeoutMs: 40 }), OperationTimedOutError)
    const waits = lab.session.execute(BY_ID, [2])
    node.resume()
    assert.equal((await waits).one()?.['name'], 'Ada')
    await eventually('both to have arrived', () => lab.countOf('EXECUTE') === 3)
    await lab.works()
  })

  test('that is paused in the direction of its answers receives requests', async () => {
    await using lab = await ProxiedLab.open()
    const node = await prepared(lab)
    node.pause('response')
    assert.equal(node.isPaused, false)
    const before = lab.countOf('EXECUTE')
    const waits = lab.session.execute(BY_ID, [1])
    await eventually('the request to arrive', () => lab.countOf('EXECUTE') === before + 1)
    node.resume('response')
    assert.equal((await waits).length, 1)
  })

  test('that is slow answers after its latency, and at its rate', async () => {
    await using lab = await ProxiedLab.open()
    const node = await prepared(lab)
    node.slow({ latencyMs: 100 })
    await failure(lab.session.execute(BY_ID, [1], { timeoutMs: 30 }), OperationTimedOutError)
    node.slow({ bytesPerSecond: 1_000 })
    lab.fake.when('SELECT long FROM t', reply.rows({ long: 'text' }, [['x'.repeat(1_000)]]))
    await failure(lab.session.execute('SELECT long FROM t', [], { timeoutMs: 100 }), OperationTimedOutError)
    node.slow()
    await lab.works()
  })

  test('that refuses connections keeps those that there are; it accepts again on the same port', async () => {
    await using lab = await ProxiedLab.open()
    const node = await prepared(lab)
    const { name } = node
    node.refuse()
    assert.equal(node.isListening, false)
    await lab.works()
    node.cut()
    const error = await failure(lab.session.execute(BY_ID, [1], { idempotent: true }), NoHostAvailableError)
    assert.deepEqual([...error.errors.keys()], [name])
    await node.accept()
    assert.equal(node.name, name)
    await lab.works()
  })

  test('is well again after heal(): no rule, no pause, listening', async () => {
    await using lab = await ProxiedLab.open()
    const node = await prepared(lab)
    const rule = lab.proxy.when(BY_ID, fault.drop())
    node.pause()
    node.refuse()
    node.slow({ latencyMs: 10_000 })
    await failure(lab.session.execute(BY_ID, [1], { timeoutMs: 40 }), OperationTimedOutError)
    await lab.proxy.heal()
    // What came in while it was slow keeps its delay: connections are made anew.
    await cutAndBack(node)
    await lab.works()
    assert.deepEqual([node.isPaused, node.isListening], [false, true])
    assert.equal(rule.calls, 0)
  })
})

for (const protocolVersion of BOTH) {
  describe(`a rule of a proxy on v${protocolVersion}`, () => {
    test('drops a request: it does not arrive, and times out', async () => {
      await using lab = await ProxiedLab.open({ protocolVersion })
      const node = await prepared(lab)
      const before = lab.countOf('EXECUTE')
      const rule = lab.proxy.when(BY_ID, fault.drop(), { times: 1 })
      await failure(lab.session.execute(BY_ID, [1], { timeoutMs: 40 }), OperationTimedOutError)
      assert.equal(lab.countOf('EXECUTE'), before)
      assert.deepEqual([rule.calls, node.traffic.faults], [1, 1])
      assert.equal(lab.proxy.frames.find(({ fault: done }) => done !== null)?.fault, 'drop')
      // Its stream id never comes back: the proxy has eaten it.
      await cutAndBack(node)
      await lab.works()
    })

    test('drops one answer of many that travel together; the others arrive', async () => {
      await using lab = await ProxiedLab.open({ protocolVersion })
      const node = await prepared(lab)
      let count = 0
      lab.proxy.when(ANSWER, () => (++count === 7 ? fault.drop() : null))
      const outcomes = await Promise.allSettled(Array.from({ length: 20 }, (_, id) => lab.session.execute(BY_ID, [id], { timeoutMs: 700 })))
      const failed = outcomes.filter(({ status }) => status === 'rejected')
      assert.deepEqual([failed.length, count], [1, 20])
      await cutAndBack(node)
      await lab.works()
    })

    test('delays an answer; another overtakes it', async () => {
      await using lab = await ProxiedLab.open({ protocolVersion })
      await prepared(lab)
      lab.proxy.when(ANSWER, fault.delay(200), { times: 1 })
      const order: number[] = []
      const first = lab.session.execute(BY_ID, [1]).then(() => order.push(1))
      const second = lab.session.execute(BY_ID, [2]).then(() => order.push(2))
      await Promise.all([first, second])
      assert.deepEqual(order, [2, 1])
    })

    for (const how of ['end', 'reset'] as const) {
      test(`cuts by ${how} in the middle of an answer: the request fails as sent, another connection is made`, async () => {
        await using lab = await ProxiedLab.open({ protocolVersion })
        const node = await prepared(lab)
        const taken = node.traffic.connections
        lab.proxy.when(ANSWER, fault.cut({ afterBytes: 12, how }), { times: 1 })
        const error = await failure(lab.session.execute(BY_ID, [1], { idempotent: false }), ConnectionError)
        assert.equal(error.sent, true)
        await lab.works()
        assert.equal(node.traffic.connections, taken + 1)
        assert.equal(node.traffic.cuts, 1)
      })
    }

    test('cuts in the middle of a request: the node never has it whole', async () => {
      await using lab = await ProxiedLab.open({ protocolVersion })
      await prepared(lab)
      const before = lab.countOf('EXECUTE')
      lab.proxy.when(isExecute, fault.cut({ afterBytes: 15 }), { times: 1 })
      await failure(lab.session.execute(BY_ID, [1], { idempotent: false }), ConnectionError)
      assert.equal(lab.countOf('EXECUTE'), before)
      await lab.works()
    })

    test('turns a bit of an answer', async () => {
      await using lab = await ProxiedLab.open({ protocolVersion })
      await prepared(lab)
      lab.proxy.when(ANSWER, fault.corrupt(), { times: 1 })
      const request = lab.session.execute(BY_ID, [1], { idempotent: false })
      // v4 has no checksums: the last letter of the name is another one.
      if (protocolVersion < 5) assert.equal((await request).one()?.['name'], 'Ad`')
      else assert.match(String((await failure(request, ConnectionError)).cause), /bad CRC/)
      await lab.works()
    })

    test('sends an answer twice: the second one ends the connection', async () => {
      await using lab = await ProxiedLab.open({ protocolVersion })
      const node = await prepared(lab)
      const taken = node.traffic.connections
      lab.proxy.when(ANSWER, fault.duplicate(), { times: 1 })
      assert.equal((await lab.session.execute(BY_ID, [1])).length, 1)
      await eventually('another connection', () => node.traffic.connections === taken + 1)
      await lab.works()
    })

    test('answers with an error in the place of the node', async () => {
      await using lab = await ProxiedLab.open({ protocolVersion })
      await prepared(lab)
      const before = lab.countOf('EXECUTE')
      lab.proxy.when(BY_ID, fault.error(new OverloadedError('by the proxy')), { times: 1 })
      const error = await failure(lab.session.execute(BY_ID, [1], { idempotent: false }), OverloadedError)
      assert.match(error.message, /by the proxy/)
      assert.equal(lab.countOf('EXECUTE'), before)
      lab.proxy.when(ANSWER, fault.error(new OverloadedError('instead of the answer')), { times: 1 })
      await failure(lab.session.execute(BY_ID, [1], { idempotent: false }), OverloadedError)
      assert.equal(lab.countOf('EXECUTE'), before + 1)
      await lab.works()
    })

    test('stalls a direction until the node is resumed', async () => {
      await using lab = await ProxiedLab.open({ protocolVersion })
      const node = await prepared(lab)
      lab.proxy.when(ANSWER, fault.stall(), { times: 1 })
      const first = lab.session.execute(BY_ID, [1])
      await failure(lab.session.execute(BY_ID, [2], { timeoutMs: 40 }), OperationTimedOutError)
      node.resume()
      assert.equal((await first).length, 1)
      await lab.works()
    })

    test('slows one answer down, and what comes behind it', async () => {
      await using lab = await ProxiedLab.open({ protocolVersion })
      await prepared(lab)
      lab.proxy.when(ANSWER, fault.slow(400), { times: 1 })
      const order: number[] = []
      const first = lab.session.execute(BY_ID, [1]).then(() => order.push(1))
      const second = lab.session.execute(BY_ID, [2]).then(() => order.push(2))
      await Promise.all([first, second])
      assert.deepEqual(order, [1, 2])
      await lab.works()
    })
  })
}

describe('what a proxy is told wrong', () => {
  test('is an error that says where', async () => {
    await assert.rejects(CqlProxy.start({} as never), isOption('targets', /targets/))
    await assert.rejects(CqlProxy.start({ targets: [] }), isOption('targets', /targets/))
    await assert.rejects(CqlProxy.start({ targets: ['127.0.0.1:99999'] }), isOption('targets[0]', /port/))
    await assert.rejects(CqlProxy.start({ targets: ['127.0.0.1'], logsize: 1 } as never), isOption('logsize', /did you mean logSize/i))
    await assert.rejects(CqlProxy.start({ targets: ['unix:/tmp/x'] }), isOption('targets[0]', /socket/))
  })

  test('of a node or a fault as well', async () => {
    await using proxy = await CqlProxy.start({ targets: ['127.0.0.1:9'] })
    const [node] = proxy.nodes as [ProxyNode]
    assert.throws(() => proxy.node('127.0.0.9:9042'), isArgument(/those with one are 127\.0\.0\.1:9$/))
    assert.throws(() => node.cut('hard' as never), isArgument(/'reset' or 'end'/))
    assert.throws(() => node.pause('both' as never), isArgument(/'request' or 'response'/))
    assert.throws(() => node.slow({ bytesPerSecond: 0 }), isArgument(/bytes per second from 1 on/))
    assert.throws(() => fault.delay(-1), isArgument(/milliseconds from 0 on/))
    assert.throws(() => fault.error(new Error('x') as never), isArgument(/OverloadedError/))
    assert.throws(() => proxy.when(BY_ID, fault.drop(), { times: 0 }), isArgument(/times/))
    assert.throws(() => proxy.when(BY_ID, 'drop' as never), isArgument(/fault\.drop\(\)/))
  })
})

const isOption = (path: string, message: RegExp) => (error: unknown) =>
  error instanceof InvalidOptionError && error.path === path && message.test(error.message)

const isArgument = (message: RegExp) => (error: unknown) => error instanceof InvalidArgumentError && message.test(error.message)

class EchoServer implements AsyncDisposable {
  readonly #server = net.createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket))

  static async start(): Promise<EchoServer> {
    const echo = new EchoServer()
    echo.#server.listen(0, '127.0.0.1')
    await once(echo.#server, 'listening')
    return echo
  }

  get name(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close()
    await once(this.#server, 'close')
  }
}
