import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { AuthenticationError, NoHostAvailableError } from '../../src/base/errors.js'
import { ClusterCore } from '../../src/cluster/cluster-core.js'
import type { ClusterOptions } from '../../src/cluster/options.js'
import { resolveClusterOptions } from '../../src/cluster/settings.js'
import { type EmbeddedCassandra, startCassandra } from '../../src/embedded/index.js'
import { ConstantReconnectionPolicy } from '../../src/policies/reconnection.js'

describe('a cluster of three nodes in two data centers, with passwords and TLS', () => {
  let cassandra: EmbeddedCassandra
  const cores: ClusterCore[] = []

  before(async () => {
    cassandra = await startCassandra({
      datacenters: ['dc1', 'dc1', 'dc2'],
      racks: ['r1', 'r2', 'r1'],
      firstAddress: '127.0.31.1',
      port: 0,
      storagePort: 0,
      passwordAuthentication: true,
      tls: true,
    })
  })
  afterEach(async () => {
    await Promise.all(cores.splice(0).map((core) => core.shutdown()))
  })
  after(() => cassandra.stop())

  function coreOf(options: Partial<ClusterOptions> = {}): ClusterCore {
    const core = new ClusterCore(
      resolveClusterOptions({
        contactPoints: cassandra.contactPoints.slice(0, 1),
        port: cassandra.port,
        auth: cassandra.auth!,
        tls: { ca: cassandra.tls!.ca },
        reconnection: new ConstantReconnectionPolicy(100),
        ...options,
      }),
    )
    cores.push(core)
    return core
  }

  const endpointOf = (index: number): string => `${cassandra.contactPoints[index]!}:${cassandra.port}`

  it('learns all nodes from one, with their places', async () => {
    const core = coreOf()
    await core.connect()
    const places = [...core.metadata.hosts.values()].map((host) => [host.endpoint, host.dataCenter, host.rack, host.distance])
    assert.deepEqual(places.sort(), [
      [endpointOf(0), 'dc1', 'r1', 'local'],
      [endpointOf(1), 'dc1', 'r2', 'local'],
      [endpointOf(2), 'dc2', 'r1', 'ignored'],
    ])
    assert.equal(core.metadata.tokenMap?.ring.size, 48)
    assert.equal(await core.waitForSchemaAgreement(), true)
    const pools = await core.openPools(null)
    assert.deepEqual([...pools.entries()].map(([host, pool]) => [host.endpoint, pool.openConnections]).sort(), [
      [endpointOf(0), 1],
      [endpointOf(1), 1],
    ])
  })

  for (const protocolVersion of [3, 4, 5] as const) {
    it(`says that the password is wrong, in v${protocolVersion}`, async () => {
      const { username } = cassandra.auth!
      await assert.rejects(coreOf({ protocolVersion, auth: { username, password: 'wrong' } }).connect(), (error: Error) => {
        assert.ok(error instanceof AuthenticationError)
        assert.match(error.message, /does not take the credentials/)
        return true
      })
    })
  }

  it('does not trust a certificate of an unknown authority', async () => {
    await assert.rejects(coreOf({ tls: true }).connect(), (error: Error) => {
      assert.ok(error instanceof NoHostAvailableError)
      assert.match(error.message, /not signed by a known authority|self-signed certificate/)
      return true
    })
  })

  it('goes on when the node of the control connection is killed, and uses the node again when it is back', async () => {
    const core = coreOf()
    await core.connect()
    const pools = await core.openPools(null)
    const heard: string[] = []
    core.events.on('hostDown', (host) => heard.push(`down ${host.endpoint}`)).on('hostUp', (host) => heard.push(`up ${host.endpoint}`))
    await cassandra.nodes[0]!.kill()
    await until('the node is down', () => heard.includes(`down ${endpointOf(0)}`))
    const rows = await core.query('SELECT * FROM system.local')
    assert.notEqual(`${String(rows[0]?.['rpc_address'])}:${cassandra.port}`, endpointOf(0))
    await cassandra.nodes[0]!.start()
    await until('the node is up', () => heard.includes(`up ${endpointOf(0)}`))
    const host = core.metadata.getHost(endpointOf(0))!
    assert.equal(pools.get(host)?.openConnections, 1)
    assert.equal(await core.waitForSchemaAgreement(), true)
  })

  it('leaves a node that falls silent', async () => {
    const core = coreOf({ connectTimeoutMs: 1_000, pool: { heartbeatIntervalMs: 200, heartbeatTimeoutMs: 500 } })
    await core.connect()
    await core.openPools(null)
    const host = core.metadata.getHost(endpointOf(0))!
    cassandra.nodes[0]!.pause()
    try {
      await until('the node is down', () => !host.isUp)
      const rows = await core.query('SELECT * FROM system.local')
      assert.notEqual(`${String(rows[0]?.['rpc_address'])}:${cassandra.port}`, endpointOf(0))
    } finally {
      cassandra.nodes[0]!.resume()
    }
    await until('the node is up', () => host.isConnected)
  })
})

async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 30_000
  while (!holds()) {
    assert.ok(performance.now() < deadline, `waited thirty seconds: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
