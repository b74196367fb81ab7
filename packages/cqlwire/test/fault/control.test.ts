import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { NoHostAvailableError } from '../../src/base/errors.js'
import { ServerError } from '../../src/base/server-errors.js'
import { EVENT_STREAM, Opcode } from '../../src/protocol/constants.js'
import { writeEvent } from '../../src/protocol/register.js'
import { Cluster } from '../../src/session/cluster.js'
import { FakeCluster } from '../../src/testing/fake-cluster.js'
import { reply } from '../../src/testing/reply.js'
import { type Asked, ByteNode, QUERY } from './byte-node.js'
import { BOTH, BY_ID, eventually, failure, Lab, quick, within } from './support.js'

/** Counts what a cluster tells. */
function listen(cluster: Cluster): Record<string, number> {
  const counts: Record<string, number> = { lost: 0, restored: 0, up: 0, down: 0 }
  cluster.on('controlConnectionLost', () => counts['lost']!++)
  cluster.on('controlConnectionRestored', () => counts['restored']!++)
  cluster.on('hostUp', () => counts['up']!++)
  cluster.on('hostDown', () => counts['down']!++)
  return counts
}

const registered = (fake: FakeCluster): string[] => fake.requests.filter(({ opcode }) => opcode === 'REGISTER').map(({ node }) => node)

describe('the control connection', () => {
  test('that is lost during connect is looked for on the next contact point', async () => {
    for (const lost of [{ opcode: 'REGISTER' }, { query: /FROM system\.local/ }, { query: /FROM system\.peers/ }] as const) {
      await using fake = await FakeCluster.start({ nodes: 2 })
      fake.when({ ...lost, node: fake.nodes[0]!.name }, reply.close())
      await using cluster = new Cluster(quick({ contactPoints: fake.contactPoints }))
      await within(cluster.connect())
      assert.equal(registered(fake).at(-1), fake.nodes[1]!.name)
      assert.equal(cluster.hosts.size, 2)
    }
  })

  test('whose questions are answered with errors, or not at all, on every node fails connect with the reasons', async () => {
    await using fake = await FakeCluster.start({ nodes: 2 })
    fake.when({ query: /FROM system\.local/, node: fake.nodes[0]!.name }, reply.error(new ServerError(0, 'no local today')))
    fake.when({ query: /FROM system\.local/, node: fake.nodes[1]!.name }, reply.drop())
    await using cluster = new Cluster(quick({ contactPoints: fake.contactPoints, connectTimeoutMs: 50 }))
    const error = await failure(cluster.connect(), NoHostAvailableError)
    assert.match(error.errors.get(fake.nodes[0]!.name)!.message, /no local today/)
    assert.match(error.errors.get(fake.nodes[1]!.name)!.message, /within 50 ms/)
    await eventually('no socket is left', () => fake.nodes.every(({ connections }) => connections === 0))
  })

  test('that is lost later is made anew; requests are not touched', async () => {
    await using lab = await Lab.open({ nodes: 2 })
    const counts = listen(lab.cluster)
    const [first] = registered(lab.fake)
    lab.fake.when(({ opcode, node }) => opcode === 'REGISTER' && node === first, reply.close())
    lab.fake.nodes.find(({ name }) => name === first)!.disconnectAll()
    await eventually('it is back', () => counts['restored'] === 1)
    assert.ok(counts['lost']! >= 1)
    assert.notEqual(registered(lab.fake).at(-1), first)
    await lab.works()
  })

  test('goes from node to node until one will have it', async () => {
    await using lab = await Lab.open({ nodes: 3 })
    const counts = listen(lab.cluster)
    const [first] = registered(lab.fake)
    const last = lab.fake.nodes.find(({ name }) => name !== first)!.name
    const rule = lab.fake.when(({ opcode, node }) => opcode === 'STARTUP' && node !== last, reply.close())
    for (const node of lab.fake.nodes) if (node.name !== last) node.disconnectAll()
    await eventually('it is back', () => counts['restored'] === 1)
    assert.equal(registered(lab.fake).at(-1), last)
    rule.remove()
    await eventually('all nodes are back', () => [...lab.session.metrics.connections.values()].every((count) => count === 1))
    await lab.works()
  })

  for (const version of BOTH) {
    test(`on v${version} that is sent an event which is none is made anew`, async () => {
      for (const event of [
        (asked: Asked) => asked.answer(Opcode.EVENT, (writer) => writer.putString('STATUS_CHANGE'), { stream: EVENT_STREAM }),
        (asked: Asked) => asked.answer(Opcode.RESULT, (writer) => writer.putInt32(1), { stream: EVENT_STREAM }),
      ]) {
        await using node = await ByteNode.start()
        let control: Asked | null = null
        node.system = (asked) => {
          control ??= asked
          return false
        }
        const cluster = node.cluster(version)
        const session = await within(cluster.connect())
        const counts = listen(cluster)
        event(control!)
        await eventually('it is back', () => counts['restored'] === 1)
        assert.equal(counts['lost'], 1)
        assert.equal((await within(session.execute(QUERY))).one()?.['name'], 'Ada')
        assert.equal(session.metrics.connections.get(node.name), 1)
      }
    })

    test(`on v${version} takes no notice of events of a kind that it does not know`, async () => {
      await using node = await ByteNode.start()
      let control: Asked | null = null
      node.system = (asked) => {
        control ??= asked
        return false
      }
      const cluster = node.cluster(version)
      const session = await within(cluster.connect())
      const counts = listen(cluster)
      control!.answer(Opcode.EVENT, (writer) => writer.putString('MOON_PHASE'), { stream: EVENT_STREAM })
      control!.answer(
        Opcode.EVENT,
        (writer) => writeEvent(writer, { type: 'STATUS_CHANGE', change: 'DOWN', address: '192.0.2.9', port: 9042 }),
        { stream: EVENT_STREAM },
      )
      assert.equal((await within(session.execute(QUERY))).one()?.['name'], 'Ada')
      assert.deepEqual(counts, { lost: 0, restored: 0, up: 0, down: 0 })
    })
  }

  test('hears that a node is down which is not: it is used on', async () => {
    await using lab = await Lab.open({ nodes: 2 })
    const counts = listen(lab.cluster)
    const { address, port } = lab.fake.nodes[0]!
    lab.fake.pushEvent({ type: 'STATUS_CHANGE', change: 'DOWN', address, port })
    await lab.works()
    assert.equal(counts['down'], 0)
    assert.equal((await within(lab.session.execute(BY_ID, [1]))).info.coordinator?.endpoint, lab.node(0))
  })

  test('that is lost again and again has the driver pause between its attempts', async () => {
    await using lab = await Lab.open()
    lab.fake.when({ opcode: 'REGISTER' }, reply.close())
    lab.fake.nodes[0]!.disconnectAll()
    await new Promise((resolve) => setTimeout(resolve, 50))
    // 5 ms between attempts, each of which takes some time itself.
    assert.ok(registered(lab.fake).length <= 12, `${registered(lab.fake).length} attempts in 50 ms`)
    await lab.works()
  })
})

describe('a listener of the cluster', () => {
  test('that throws, or whose promise rejects, warns; the others are called, and the driver goes on', async () => {
    const warnings: string[] = []
    await using lab = await Lab.open({ nodes: 2, logger: { warn: (message: string) => void warnings.push(message) } })
    const called: string[] = []
    lab.cluster.on('hostDown', () => {
      throw new Error('thrown by a listener')
    })
    lab.cluster.on('hostDown', () => Promise.reject(new Error('rejected by a listener')))
    lab.cluster.on('hostDown', (host) => called.push(host.endpoint))
    await lab.fake.nodes[1]!.stop()
    await eventually('the third is called', () => called.length === 1)
    await lab.works()
    assert.deepEqual(called, [lab.node(1)])
    for (const what of ['thrown', 'rejected'])
      assert.ok(
        warnings.some((warning) => warning.includes(`${what} by a listener`)),
        what,
      )
    await lab.fake.nodes[1]!.start()
    await eventually('the node is back', () => lab.session.metrics.connections.get(lab.node(1)) === 1)
  })

  test('that shuts the cluster down has it shut down', async () => {
    await using lab = await Lab.open({ nodes: 2 })
    const shutdown = new Promise<void>((resolve) => {
      lab.cluster.once('hostDown', () => void lab.cluster.shutdown().then(resolve))
    })
    await lab.fake.nodes[1]!.stop()
    await within(shutdown)
    assert.equal(lab.cluster.isShutdown, true)
  })
})
