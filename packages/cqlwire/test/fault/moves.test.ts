/** Nodes that come back elsewhere, join, leave, speak less than before, and clocks that go backwards. */
import assert from 'node:assert/strict'
import { describe, mock, test } from 'node:test'
import { NoHostAvailableError, OperationTimedOutError } from '../../src/base/errors.js'
import { ProtocolError } from '../../src/base/server-errors.js'
import { Cluster } from '../../src/session/cluster.js'
import { FakeCluster } from '../../src/testing/fake-cluster.js'
import type { FakeNode } from '../../src/testing/fake-node.js'
import { reply } from '../../src/testing/reply.js'
import { Accounts, BY_ID, eventually, failure, Lab, quick, within } from './support.js'

const isConnected = (lab: Lab, node: FakeNode): boolean => (lab.session.metrics.connections.get(node.name) ?? 0) > 0
const tellOf = (lab: Lab, node: FakeNode): void =>
  lab.fake.pushEvent({ type: 'TOPOLOGY_CHANGE', change: 'NEW_NODE', address: node.address, port: node.port })

describe('a node that comes back at another address', () => {
  test('is the same host, gets requests there, and leaves no connection behind', async () => {
    await using lab = await Lab.open({ nodes: 2 })
    const [first, second] = lab.fake.nodes as [FakeNode, FakeNode]
    const host = lab.cluster.hosts.get(second.name)!
    await second.moveTo({ address: '127.0.0.66' })
    tellOf(lab, second)
    await eventually('it is found', () => lab.cluster.hosts.get(second.name) === host && isConnected(lab, second))
    await first.stop()
    await lab.works()
    assert.deepEqual([...lab.cluster.hosts.values()].map(({ address }) => address).sort(), ['127.0.0.1', '127.0.0.66'])
    await first.start()
  })

  test('at another port of the same address, is as well', async () => {
    await using lab = await Lab.open({ nodes: 2 })
    const [, second] = lab.fake.nodes as [FakeNode, FakeNode]
    await second.moveTo({ address: '127.0.0.2', port: second.port === 65_535 ? 65_534 : second.port + 1 })
    tellOf(lab, second)
    await eventually('it is found', () => isConnected(lab, second))
    assert.equal(lab.cluster.hosts.size, 2)
  })

  test('and was the one of the control connection, is learned of from another one', async () => {
    await using lab = await Lab.open({ nodes: 2 })
    const control = lab.fake.requests.find(({ opcode }) => opcode === 'REGISTER')!.node
    const node = lab.fake.nodes.find(({ name }) => name === control)!
    await node.moveTo({ address: '127.0.0.66' })
    await eventually('it is found, without an event', () => isConnected(lab, node))
    await lab.works()
  })

  test('two nodes that change places keep their identities', async () => {
    await using lab = await Lab.open({ nodes: 3 })
    const [, second, third] = lab.fake.nodes as [FakeNode, FakeNode, FakeNode]
    const ids = new Map([second, third].map((node) => [node.hostId, lab.cluster.hosts.get(node.name)!]))
    const [a, b] = [second.address, third.address]
    await second.moveTo({ address: '127.0.0.66' })
    await third.moveTo({ address: a })
    await second.moveTo({ address: b })
    tellOf(lab, second)
    tellOf(lab, third)
    for (const node of [second, third])
      await eventually('each at the place of the other', () => lab.cluster.hosts.get(node.name) === ids.get(node.hostId))
    for (const node of [second, third]) await eventually('both connected', () => isConnected(lab, node))
    await lab.works()
  })

  test('has what was in flight fail as lost, and what is idempotent answered by another', async () => {
    await using lab = await Lab.open({ nodes: 2 })
    await lab.works()
    const [first, second] = lab.fake.nodes as [FakeNode, FakeNode]
    lab.fake.when({ opcode: 'EXECUTE', node: first.name }, reply.drop())
    const waits = lab.session.execute(BY_ID, [1], { idempotent: true })
    await lab.fake.nextRequest({ opcode: 'EXECUTE', node: first.name })
    await first.moveTo({ address: '127.0.0.66' })
    assert.equal((await within(waits)).one()?.['name'], 'Ada')
    assert.equal(lab.asked.at(-1)?.node, second.name)
  })
})

describe('nodes that join and leave under load', () => {
  test('lose no request', async () => {
    await using lab = await Lab.open({ nodes: 2, loadBalancing: undefined as never })
    let isOver = false
    let answered = 0
    const worker = async (): Promise<void> => {
      while (!isOver) {
        await lab.session.execute(BY_ID, [1], { idempotent: true })
        answered++
      }
    }
    const load = Promise.all(Array.from({ length: 8 }, worker))
    for (let round = 0; round < 5; round++) {
      const node = await lab.fake.addNode()
      await eventually('requests go to the new node', () => isConnected(lab, node))
      await lab.fake.removeNode(node)
      await eventually('it is forgotten', () => !lab.cluster.hosts.has(node.name))
    }
    isOver = true
    await within(load)
    assert.ok(answered > 0)
    assert.equal(lab.cluster.hosts.size, 2)
  })

  test('told of by a storm of events cost a bounded number of questions', async () => {
    await using lab = await Lab.open({ nodes: 2 })
    lab.fake.clearRequests()
    for (let i = 0; i < 2_000; i++) {
      const { address, port } = lab.fake.nodes[1]!
      lab.fake.pushEvent({ type: 'TOPOLOGY_CHANGE', change: i % 2 === 0 ? 'NEW_NODE' : 'MOVED_NODE', address, port })
      lab.fake.pushEvent({ type: 'STATUS_CHANGE', change: i % 2 === 0 ? 'DOWN' : 'UP', address: '127.0.0.99', port })
    }
    await lab.works()
    const questions = lab.fake.requests.filter(({ query }) => /system\.peers/.test(query ?? '')).length
    assert.ok(questions < 100, `${questions} times`)
    assert.equal(lab.cluster.hosts.size, 2)
  })
})

describe('a node of another protocol version', () => {
  const refusal = new ProtocolError('Invalid or unsupported protocol version (5); the lowest supported version is 3 and the greatest is 4')

  test('that is lower than the session speaks is passed over, and taken once it speaks it', async () => {
    const accounts = new Accounts()
    {
      await using fake = await FakeCluster.start({ nodes: 2 })
      fake.when('SELECT 1', reply.rows({ name: 'text' }, [['Ada']]))
      const [first, second] = fake.nodes as [FakeNode, FakeNode]
      const rule = fake.when({ opcode: 'STARTUP', node: second.name }, reply.error(refusal))
      await using cluster = new Cluster(quick({ contactPoints: [first.name] }))
      const session = await within(cluster.connect())
      assert.equal(cluster.protocolVersion, 5)
      for (let i = 0; i < 5; i++) assert.equal((await session.execute('SELECT 1')).length, 1)
      assert.equal(session.metrics.connections.get(second.name) ?? 0, 0)
      rule.remove()
      await eventually('it is used', () => session.metrics.connections.get(second.name) === 1)
    }
    await accounts.close()
  })

  test('after its restart, as in a downgrade of the cluster, has the session go on with the others', async () => {
    await using lab = await Lab.open({ nodes: 2 })
    const [first, second] = lab.fake.nodes as [FakeNode, FakeNode]
    lab.fake.when({ opcode: 'STARTUP', node: first.name }, reply.error(refusal))
    await first.stop({ announce: true })
    await first.start({ announce: true })
    for (let i = 0; i < 20; i++) await within(lab.session.execute(BY_ID, [i], { idempotent: true }))
    assert.equal(lab.asked.at(-1)?.node, second.name)
    await second.stop()
    await failure(lab.session.execute(BY_ID, [1], { idempotent: true }), NoHostAvailableError)
    await second.start()
    await eventually('it is back', () => isConnected(lab, second))
    await lab.works()
  })
})

describe('a clock that goes backwards', () => {
  /** The wall clock an hour back, while `run` runs. */
  async function anHourBack(run: () => Promise<void>): Promise<void> {
    const now = Date.now
    const back = mock.method(Date, 'now', () => now() - 3_600_000)
    try {
      await run()
    } finally {
      back.mock.restore()
    }
  }

  test('has the timestamps of writes go on rising', async () => {
    await using lab = await Lab.open()
    const write = async (): Promise<bigint> => {
      await lab.session.execute('UPDATE t SET a = 1', [], { prepare: false })
      return lab.asked.at(-1)!.parameters!.timestamp!
    }
    const before = await write()
    await anHourBack(async () => {
      const first = await write()
      assert.ok(first > before, `${first} after ${before}`)
      assert.ok((await write()) > first)
    })
  })

  test('changes no deadline: neither late nor early', async () => {
    await using lab = await Lab.open()
    await lab.works()
    lab.fake.when({ opcode: 'EXECUTE' }, reply.drop(), { times: 1 })
    const waits = failure(lab.session.execute(BY_ID, [1], { timeoutMs: 60 }), OperationTimedOutError)
    await anHourBack(async () => {
      await waits
      await lab.works()
    }).catch((error: unknown) => {
      // The id of the request that was never answered stays an orphan: `works` waits for none in use.
      assert.match(String(error), /no request in flight/)
    })
    lab.fake.nodes[0]!.disconnectAll()
    await eventually('the loss and the return', () => isConnected(lab, lab.fake.nodes[0]!) && lab.session.metrics.inFlight === 0)
    await lab.works()
  })

  test('has connections that are lost made anew, and nodes tried again', async () => {
    await using lab = await Lab.open()
    await anHourBack(async () => {
      await lab.fake.nodes[0]!.stop()
      await eventually('it is down', () => !isConnected(lab, lab.fake.nodes[0]!))
      await lab.fake.nodes[0]!.start()
      await eventually('it is back', () => isConnected(lab, lab.fake.nodes[0]!))
      await lab.works()
    })
  })
})
