import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startCassandra, type EmbeddedCassandra, type EmbeddedNode } from '../../src/embedded/index.js'
import { askColumn, askOptions, type RawTarget } from '../../src/embedded/raw-cql.js'

describe('an embedded Cassandra of three nodes in two data centres, with passwords and TLS', () => {
  let cassandra: EmbeddedCassandra

  before(async () => {
    cassandra = await startCassandra({
      datacenters: { dc1: 2, dc2: 1 },
      racks: ['r1', 'r2', 'r1'],
      port: 0,
      storagePort: 0,
      passwordAuthentication: true,
      tls: { clientAuth: true },
    })
  })
  after(() => cassandra.stop())

  const targetOf = (node: EmbeddedNode): RawTarget => ({
    address: node.address,
    port: node.port,
    auth: cassandra.auth ?? null,
    tls: { ca: cassandra.tls?.ca, cert: cassandra.tls?.cert, key: cassandra.tls?.key },
    timeoutMs: 15_000,
  })
  const ask = async (node: EmbeddedNode, query: string): Promise<Buffer[]> => await askColumn(targetOf(node), query)

  it('has every node know every other one', async () => {
    assert.deepEqual(cassandra.contactPoints, ['127.0.0.1', '127.0.0.2', '127.0.0.3'])
    for (const node of cassandra.nodes) {
      const peers = await ask(node, 'SELECT peer FROM system.peers')
      const others: readonly string[] = cassandra.contactPoints.filter((address) => address !== node.address)
      assert.deepEqual(peers.map((bytes) => bytes.join('.')).sort(), others)
    }
  })

  it('has the data centres and racks that were asked for', async () => {
    for (const [i, node] of cassandra.nodes.entries()) {
      const dataCenter = await ask(node, 'SELECT data_center FROM system.local')
      const rack = await ask(node, 'SELECT rack FROM system.local')
      assert.deepEqual(
        [String(dataCenter[0]), String(rack[0])],
        [
          ['dc1', 'r1'],
          ['dc1', 'r2'],
          ['dc2', 'r1'],
        ][i],
      )
      assert.deepEqual([node.dataCenter, node.rack], [String(dataCenter[0]), String(rack[0])])
    }
  })

  it('refuses a client without a certificate, and one with a wrong password', async () => {
    const target = targetOf(cassandra.nodes[1] as EmbeddedNode)
    await assert.rejects(askOptions({ ...target, tls: { ca: cassandra.tls?.ca } }))
    await assert.rejects(askOptions({ ...target, tls: {} }), /self-signed certificate|unable to (get|verify)/)
    const wrong = { ...target, auth: { username: 'cassandra', password: 'wrong' } }
    await assert.rejects(askColumn(wrong, 'SELECT rack FROM system.local'), /0x100/)
  })

  it('goes on without a node that was killed, and takes it back', async () => {
    const [first, , third] = cassandra.nodes as [EmbeddedNode, EmbeddedNode, EmbeddedNode]
    await third.kill()
    assert.equal(third.state, 'down')
    await ask(first, 'SELECT rack FROM system.local')
    await third.start()
    assert.equal((await ask(third, 'SELECT peer FROM system.peers')).length, 2)
  })
})
