import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { NoHostAvailableError, ShutdownError } from '../../../src/base/errors.js'
import { InvalidRequestError, OverloadedError } from '../../../src/base/server-errors.js'
import { FakeRing, until } from './fake-ring.js'

describe('the connections of a session', () => {
  let ring: FakeRing
  beforeEach(async () => {
    ring = await FakeRing.start('dc1', 'dc1')
    for (const { node } of ring.places) node.keyspaces.add('one').add('two')
  })
  afterEach(() => ring.stop())

  /** All sockets of a node but the control connection's. */
  const sockets = (index: number): number => ring.node(index).sockets.size - ring.node(index).registered.size

  it('are as many to each node as the option says', async () => {
    const core = ring.core({ pool: { connectionsPerHost: { local: 3 } } })
    await core.connect()
    const pools = await core.openPools(null)
    assert.deepEqual(
      [...pools.entries()].map(([, pool]) => pool.openConnections),
      [3, 3],
    )
    assert.deepEqual([sockets(0), sockets(1)], [3, 3])
  })

  it('are all in the keyspace, later ones too', async () => {
    const core = ring.core({ pool: { connectionsPerHost: 2 } })
    await core.connect()
    const pools = await core.openPools('one')
    assert.deepEqual(ring.node(1).usedKeyspaces, ['one', 'one'])
    await pools.setKeyspace('two')
    assert.deepEqual(ring.node(1).usedKeyspaces, ['two', 'two'])
    ring.node(1).dropConnections()
    await until('they are back', () => ring.node(1).usedKeyspaces.filter((name) => name === 'two').length === 2)
  })

  it('follow to a keyspace that the session changes to while they are opened', async () => {
    const core = ring.core()
    await core.connect()
    const pools = await core.openPools('one')
    let go = (): void => {}
    ring.node(1).trouble = (query) => (query === 'USE "one"' ? new Promise((resolve) => (go = resolve)) : null)
    ring.node(1).queries.length = 0
    ring.node(1).dropConnections()
    await until('the node is asked for the old keyspace', () => ring.node(1).queries.includes('USE "one"'))
    await pools.setKeyspace('two')
    go()
    await until('it is asked for the new one', () => ring.node(1).usedKeyspaces.includes('two'))
    await until('the connection counts', () => pools.get(core.metadata.getHost(ring.node(1).name)!)?.openConnections === 1)
    assert.deepEqual(ring.node(1).usedKeyspaces, ['two'])
  })

  it('stay where they are when there is no such keyspace', async () => {
    const core = ring.core()
    await core.connect()
    const pools = await core.openPools('one')
    await assert.rejects(pools.setKeyspace('three'), InvalidRequestError)
    assert.equal(pools.keyspace, 'one')
    assert.deepEqual(ring.node(1).usedKeyspaces, ['one'])
  })

  it('are replaced where a node does not follow to the new keyspace', async () => {
    const core = ring.core()
    await core.connect()
    const pools = await core.openPools('one')
    let refusals = 0
    ring.node(1).trouble = (query) => (query === 'USE "two"' && refusals++ === 0 ? new OverloadedError('not now') : null)
    await pools.setKeyspace('two')
    await until('both nodes are in the new keyspace', () =>
      [...pools.entries()].every(([, pool]) => pool.connections[0]?.keyspace === 'two'),
    )
  })

  it('are there as soon as one node is, and come later to the others', async () => {
    ring.node(1).refusing = true
    const core = ring.core()
    await core.connect()
    const pools = await core.openPools(null)
    const second = core.metadata.getHost(ring.node(1).name)!
    assert.equal(pools.get(second)?.openConnections, 0)
    assert.equal(second.isUp, false)
    ring.node(1).refusing = false
    await until('the second node is there', () => second.isConnected && second.isUp)
  })

  it('fail with the cause for each node where none can be had', async () => {
    const core = ring.core()
    await core.connect()
    for (const { node } of ring.places) node.refusing = true
    await assert.rejects(core.openPools(null), (error: NoHostAvailableError) => {
      assert.ok(error instanceof NoHostAvailableError)
      assert.deepEqual([...error.errors.keys()].sort(), [ring.node(0).name, ring.node(1).name].sort())
      return true
    })
  })

  it('fail with the keyspace that is not there, and the nodes stay up', async () => {
    const core = ring.core()
    await core.connect()
    await assert.rejects(
      core.openPools('three'),
      (error: Error) => error instanceof InvalidRequestError && error.message.includes('"three"'),
    )
    assert.ok([...core.metadata.hosts.values()].every((host) => host.isUp && host.pool === null))
    await until('nothing is left', () => sockets(0) === 0 && sockets(1) === 0)
  })

  it('are given up when the cluster is shut down while they are opened', async () => {
    const core = ring.core({ connectTimeoutMs: 60_000 })
    await core.connect()
    for (const { node } of ring.places) node.trouble = (query) => (query.startsWith('USE') ? 'silence' : null)
    const refused = assert.rejects(core.openPools('one'), ShutdownError)
    await until('both nodes were asked', () => ring.places.every(({ node }) => node.queries.includes('USE "one"')))
    await core.shutdown()
    await refused
    await until('nothing is left', () => ring.places.every(({ node }) => node.sockets.size === 0))
  })
})
