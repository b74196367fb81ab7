import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { AuthenticationError, InvalidOptionError, NoHostAvailableError, ShutdownError } from '../../../src/base/errors.js'
import { OverloadedError } from '../../../src/base/server-errors.js'
import { DefaultLoadBalancingPolicy } from '../../../src/policies/default-policy.js'
import type { SchemaChange } from '../../../src/protocol/schema-change.js'
import { FakeRing, hostId, peerRow, SCHEMA_B, until } from './fake-ring.js'

describe('a cluster', () => {
  let ring: FakeRing
  beforeEach(async () => {
    ring = await FakeRing.start('dc1', 'dc1', 'dc2')
  })
  afterEach(async () => {
    await ring.stop()
  })

  describe('connecting', () => {
    it('knows every node, its place and its tokens', async () => {
      const core = ring.core()
      await core.connect()
      const found = [...core.metadata.hosts.values()].map((host) => [host.endpoint, host.hostId, host.dataCenter, host.distance])
      assert.deepEqual(
        found.sort(),
        [
          [ring.node(0).name, hostId(1), 'dc1', 'local'],
          [ring.node(1).name, hostId(2), 'dc1', 'local'],
          [ring.node(2).name, hostId(3), 'dc2', 'ignored'],
        ].sort(),
      )
      assert.equal(core.metadata.clusterName, 'made up')
      assert.equal(core.metadata.tokenMap?.ring.size, 3)
      assert.equal(core.localDataCenter, 'dc1')
    })

    it('negotiates the version downward', async () => {
      const core = ring.core()
      await core.connect()
      assert.equal(core.protocolVersion, 4)
      ring.node(0).versions = [3]
      const older = ring.core()
      await older.connect()
      assert.equal(older.protocolVersion, 3)
    })

    it('does not negotiate a version that was asked for', async () => {
      await assert.rejects(ring.core({ protocolVersion: 5 }).connect(), (error: NoHostAvailableError) => {
        assert.ok(error instanceof NoHostAvailableError)
        assert.match(
          error.message,
          /does not speak protocol v5 \(option protocolVersion\).*highest version is 4.*Leave protocolVersion out/s,
        )
        return true
      })
    })

    it('is done once, however many call', async () => {
      const core = ring.core()
      await Promise.all([core.connect(), core.connect(), core.connect()])
      assert.equal(ring.node(0).registered.size, 1)
    })

    it('says who it is', async () => {
      const core = ring.core({ applicationName: 'shop', applicationVersion: '2.1', clientId: hostId(9) })
      await core.connect()
      const said = ring.node(0).startups.at(-1)!
      assert.deepEqual(
        ['CQL_VERSION', 'DRIVER_NAME', 'APPLICATION_NAME', 'APPLICATION_VERSION', 'CLIENT_ID'].map((name) => said.get(name)),
        ['3.0.0', 'cqlwire', 'shop', '2.1', hostId(9)],
      )
      assert.match(said.get('DRIVER_VERSION') ?? '', /^\d+\.\d+\.\d+$/)
    })

    it('goes on to the next contact point where one fails in the middle', async () => {
      ring.node(0).trouble = (query) => (query.includes('system.local') ? 'close' : null)
      const core = ring.core({ contactPoints: [ring.node(0).name, ring.node(1).name] })
      await core.connect()
      assert.equal(ring.node(1).registered.size, 1)
    })

    it('goes on where one is silent in the middle of the schema', async () => {
      ring.node(0).trouble = (query) => (query.includes('system_schema.columns') ? 'silence' : null)
      const core = ring.core({ contactPoints: [ring.node(0).name, ring.node(1).name], connectTimeoutMs: 100 })
      await core.connect()
      assert.equal(ring.node(1).registered.size, 1)
    })

    it('fails with the cause for each contact point, and leaves no socket behind', async () => {
      ring.node(0).trouble = (query) => (query.includes('system.local') ? new OverloadedError('too much') : null)
      ring.node(1).refusing = true
      const core = ring.core({ contactPoints: [ring.node(0).name, ring.node(1).name] })
      await assert.rejects(core.connect(), (error: NoHostAvailableError) => {
        assert.deepEqual([...error.errors.keys()].sort(), [ring.node(0).name, ring.node(1).name].sort())
        assert.match(error.message, /None of 2 nodes could be used/)
        assert.match(error.errors.get(ring.node(0).name)!.message, /too much/)
        return true
      })
      await until('no socket is left', () => ring.node(0).sockets.size === 0)
    })

    it('can be tried again after it failed', async () => {
      ring.node(0).refusing = true
      const core = ring.core()
      await assert.rejects(core.connect(), NoHostAvailableError)
      ring.node(0).refusing = false
      await core.connect()
      assert.equal(core.metadata.hosts.size, 3)
    })

    it('fails with an AuthenticationError where every node refuses the credentials', async () => {
      for (const { node } of ring.places) node.authenticator = 'org.apache.cassandra.auth.PasswordAuthenticator'
      const contactPoints = [ring.node(0).name, ring.node(1).name]
      await assert.rejects(ring.core({ contactPoints, auth: { username: 'me', password: 'secret' } }).connect(), (error: Error) => {
        assert.ok(error instanceof AuthenticationError)
        assert.match(error.message, /does not take the credentials/)
        assert.doesNotMatch(error.message, /secret/)
        return true
      })
      await assert.rejects(ring.core({ contactPoints }).connect(), /no credentials were given: set auth/)
    })

    it('ends where it is shut down meanwhile', async () => {
      ring.node(0).trouble = () => 'silence'
      const core = ring.core({ connectTimeoutMs: 60_000 })
      const connecting = core.connect()
      const refused = assert.rejects(connecting, ShutdownError)
      await until('the node was asked', () => ring.node(0).queries.length > 0)
      await core.shutdown()
      await refused
      await until('no socket is left', () => ring.node(0).sockets.size === 0)
      await assert.rejects(core.connect(), ShutdownError)
    })
  })

  describe('the local data center', () => {
    it('must exist', async () => {
      await assert.rejects(ring.core({ localDataCenter: 'dc3' }).connect(), (error: InvalidOptionError) => {
        assert.ok(error instanceof InvalidOptionError)
        assert.equal(error.path, 'localDataCenter')
        assert.match(error.message, /"dc3".*there are "dc1", "dc2"/)
        return true
      })
    })

    it('must be named where the contact points are in several', async () => {
      const contactPoints = [ring.node(0).name, ring.node(2).name]
      await assert.rejects(ring.core({ contactPoints }).connect(), (error: InvalidOptionError) => {
        assert.equal(error.path, 'localDataCenter')
        assert.ok(error.message.includes(`"dc1" (${ring.node(0).name})`) && error.message.includes(`"dc2" (${ring.node(2).name})`))
        return true
      })
      const named = ring.core({ contactPoints, localDataCenter: 'dc2' })
      await named.connect()
      assert.equal(named.localDataCenter, 'dc2')
    })

    it('is left to a policy of the user', async () => {
      const contactPoints = [ring.node(0).name, ring.node(2).name]
      const core = ring.core({ contactPoints, loadBalancing: new DefaultLoadBalancingPolicy() })
      await core.connect()
      assert.deepEqual(
        [...core.metadata.hosts.values()].map((host) => host.distance),
        ['local', 'local', 'local'],
      )
    })
  })

  describe('the nodes', () => {
    it('are read from system.peers where there is no peers_v2', async () => {
      const { node } = ring.places[0]!
      node.tables.delete('system.peers_v2')
      const { native_address: rpc_address, native_port: port, ...rest } = peerRow(ring.places[1]!)
      node.tables.set('system.peers', [{ ...rest, rpc_address }])
      const core = ring.core({ port: port as number })
      await core.connect()
      assert.deepEqual([...core.metadata.hosts.keys()].sort(), [ring.node(0).name, ring.node(1).name].sort())
    })

    it('leave out peers that lack something, with a warning, once', async () => {
      ring
        .node(0)
        .tables.set('system.peers_v2', [peerRow(ring.places[1]!), { ...peerRow(ring.places[2]!), host_id: null, native_address: null }])
      const core = ring.core()
      const warnings: string[] = []
      core.events.on('warning', (message) => warnings.push(message))
      await core.connect()
      await core.refreshNodes()
      assert.equal(core.metadata.hosts.size, 2)
      assert.equal(warnings.length, 1)
      assert.match(warnings[0]!, /A node is left out: peer .*127\.0\.0\.1 has no host_id, native_address/)
    })

    it('are the same by their host id when they come back with another address', async () => {
      const core = ring.core({ contactPoints: [ring.node(0).name, ring.node(1).name] })
      await core.connect()
      await core.openPools(null)
      const host = core.metadata.getHost(ring.node(1).name)!
      await ring.node(1).stop()
      await until('the node is down', () => !host.isUp)
      const back = await FakeRing.start('dc1')
      try {
        ring.node(0).tables.set('system.peers_v2', [{ ...peerRow(ring.places[1]!), native_port: back.node(0).port }])
        ring.node(0).emit({ type: 'STATUS_CHANGE', change: 'UP', address: '127.0.0.1', port: back.node(0).port })
        await until('the node is used again', () => host.isUp && host.isConnected)
        assert.equal(core.metadata.getHost(back.node(0).name), host)
        assert.equal(core.metadata.getHost(ring.node(1).name), null)
      } finally {
        await back.stop()
      }
    })

    it('are reached where the translator says', async () => {
      const asked: string[] = []
      const second = ring.node(1)
      const core = ring.core({
        addressTranslator: {
          translate(address, port) {
            asked.push(`${address}:${port}`)
            return Promise.resolve(port === ring.node(2).port ? { address: '10.0.0.3', port: 1 } : { address, port })
          },
        },
      })
      await core.connect()
      assert.deepEqual(asked.sort(), [second.name, ring.node(2).name].sort())
      assert.equal(core.metadata.getHost('10.0.0.3:1')?.hostId, hostId(3))
    })

    it('are left out where the translator fails, with a warning', async () => {
      const translate = (): never => {
        throw new Error('no such place')
      }
      const core = ring.core({ addressTranslator: { translate } })
      const warnings: string[] = []
      core.events.on('warning', (message) => warnings.push(message))
      await core.connect()
      assert.deepEqual([...core.metadata.hosts.keys()], [ring.node(0).name])
      assert.equal(warnings.length, 2)
      assert.match(warnings[0]!, /The address translator failed for the node .*no such place/)
    })

    it('come and go by events', async () => {
      const core = ring.core()
      await core.connect()
      const heard: string[] = []
      core.events.on('hostAdded', (host) => heard.push(`+${host.endpoint}`)).on('hostRemoved', (host) => heard.push(`-${host.endpoint}`))
      const pools = await core.openPools(null)
      const added = await ring.add('dc1')
      ring.node(0).emit({ type: 'TOPOLOGY_CHANGE', change: 'NEW_NODE', address: added.node.address, port: added.node.port })
      await until('the new node has a connection', () => core.metadata.getHost(added.node.name)?.isConnected === true)
      const second = core.metadata.getHost(ring.node(1).name)!
      ring.tell(ring.places.filter((place) => place.index !== 2))
      ring.node(0).emit({ type: 'TOPOLOGY_CHANGE', change: 'REMOVED_NODE', address: '127.0.0.1', port: ring.node(1).port })
      await until('the old node is gone', () => heard.length === 2)
      assert.deepEqual(heard, [`+${added.node.name}`, `-${ring.node(1).name}`])
      assert.equal(pools.get(second), undefined)
      await until('nothing is connected to it', () => ring.node(1).sockets.size === 0)
    })

    it('are down with their last connection and up with the first', async () => {
      const core = ring.core()
      await core.connect()
      await core.openPools(null)
      const heard: string[] = []
      core.events.on('hostUp', (host) => heard.push(`up ${host.endpoint}`)).on('hostDown', (host) => heard.push(`down ${host.endpoint}`))
      ring.node(1).refusing = true
      ring.node(1).dropConnections()
      await until('it is down', () => heard.length === 1)
      ring.node(1).refusing = false
      await until('it is up again', () => heard.length === 2)
      assert.deepEqual(heard, [`down ${ring.node(1).name}`, `up ${ring.node(1).name}`])
    })

    it('stay up where events say down and connections stand', async () => {
      const core = ring.core()
      await core.connect()
      await core.openPools(null)
      const [first, , third] = [0, 1, 2].map((i) => core.metadata.getHost(ring.node(i).name)!)
      ring.node(0).emit({ type: 'STATUS_CHANGE', change: 'DOWN', address: '127.0.0.1', port: ring.node(0).port })
      ring.node(0).emit({ type: 'STATUS_CHANGE', change: 'DOWN', address: '127.0.0.1', port: ring.node(2).port })
      await until('a node without connections is down', () => !third!.isUp)
      assert.equal(first!.isUp, true)
      ring.node(0).emit({ type: 'STATUS_CHANGE', change: 'UP', address: '127.0.0.1', port: ring.node(2).port })
      await until('it is up by word alone', () => third!.isUp)
    })
  })

  describe('the control connection', () => {
    it('goes to another node when it is lost, and reads again what it missed', async () => {
      const core = ring.core()
      await core.connect()
      const added = await ring.add('dc1')
      await ring.node(0).stop()
      await until('the new node is known', () => core.metadata.getHost(added.node.name) !== null)
      assert.equal(ring.node(0).registered.size, 0)
      assert.equal(ring.places.filter(({ node }) => node.registered.size === 1).length, 1)
    })

    it('goes to another node when it is lost during a refresh', async () => {
      const core = ring.core()
      await core.connect()
      ring.node(0).trouble = (query) => (query.includes('system.peers') ? 'close' : null)
      await assert.rejects(core.refreshNodes())
      await until('another node has it', () => ring.node(1).registered.size + ring.node(2).registered.size === 1)
      await core.refreshNodes()
    })

    it('goes to another node when the present one is silent', async () => {
      const core = ring.core({ connectTimeoutMs: 100 })
      await core.connect()
      ring.node(0).trouble = (query) => (query.includes('system.local') ? 'silence' : null)
      await assert.rejects(core.refreshNodes(), /did not answer/)
      await until('another node has it', () => ring.node(1).registered.size + ring.node(2).registered.size === 1)
    })

    it('is tried for as long as it takes, and tells', async () => {
      const core = ring.core()
      await core.connect()
      let lost = 0
      let restored = 0
      core.events.on('controlConnectionLost', () => lost++).on('controlConnectionRestored', () => restored++)
      for (const { node } of ring.places) {
        node.refusing = true
        node.dropConnections()
      }
      await until('several rounds failed', () => lost > 2)
      ring.node(2).refusing = false
      await until('it is back', () => restored === 1)
      assert.equal((await core.query('SELECT * FROM system.local')).length, 1)
    })

    it('changes no address of a node that is up by moving', async () => {
      // As peers have it, the first node is where nobody reaches it; it was reached by its contact point.
      const translate = (address: string, port: number) => (port === ring.node(0).port ? { address: '10.9.9.9', port } : { address, port })
      const core = ring.core({ addressTranslator: { translate } })
      await core.connect()
      await core.openPools(null)
      const first = core.metadata.getHost(ring.node(0).name)!
      ring.node(0).trouble = (query) => (query.includes('system.local') ? 'close' : null)
      await assert.rejects(core.refreshNodes())
      await until('another node has it', () => ring.node(1).registered.size + ring.node(2).registered.size === 1)
      await core.query('SELECT * FROM system.local')
      assert.equal(core.metadata.getHost(ring.node(0).name), first)
      assert.equal(core.metadata.hosts.size, 3)
    })

    it('makes a query wait for it', async () => {
      const core = ring.core()
      await core.connect()
      ring.node(0).dropConnections()
      await until('it is lost', () => ring.node(0).registered.size === 0)
      assert.equal((await core.query('SELECT * FROM system.local'))[0]?.['key'], 'local')
    })
  })

  describe('the schema', () => {
    const keyspaceRow = (name: string) => ({
      keyspace_name: name,
      durable_writes: true,
      replication: { class: 'SimpleStrategy', replication_factor: '2' },
    })
    const setKeyspaces = (...names: string[]): void => {
      for (const { node } of ring.places) node.tables.set('system_schema.keyspaces', names.map(keyspaceRow))
    }

    it('is read at the start, and again what an event names, several events at once', async () => {
      setKeyspaces('one')
      const core = ring.core({ metadata: { refreshWindowMs: 50 } })
      await core.connect()
      assert.deepEqual([...core.metadata.keyspaces.keys()], ['one'])
      const heard: SchemaChange[] = []
      core.events.on('schemaChange', (change) => {
        assert.ok(core.metadata.getKeyspace('two'), 'the metadata come before the event')
        heard.push(change)
      })
      setKeyspaces('one', 'two')
      const change = { change: 'CREATED', target: 'KEYSPACE', keyspace: 'two', name: null, argTypes: null } as const
      ring.node(0).queries.length = 0
      ring.node(0).emit({ type: 'SCHEMA_CHANGE', ...change })
      ring.node(0).emit({ type: 'SCHEMA_CHANGE', ...change, target: 'TABLE', name: 't' })
      await until('both were heard', () => heard.length === 2)
      assert.equal(ring.node(0).queries.filter((query) => query.includes('system_schema.keyspaces')).length, 1)
      assert.equal(core.metadata.tokenMap?.replicasOf('two', 0n).length, 2)
    })

    it('is left alone where metadata.schema is off', async () => {
      const core = ring.core({ metadata: { schema: false } })
      await core.connect()
      assert.deepEqual(
        ring.node(0).queries.filter((query) => query.includes('system_schema')),
        [],
      )
    })

    it('is agreed on when all nodes that are up have one version', async () => {
      ring.places[1]!.schema = SCHEMA_B
      ring.tell()
      const core = ring.core()
      await core.connect()
      assert.equal(await core.waitForSchemaAgreement(100), false)
      core.metadata.getHost(ring.node(1).name)!.isUp = false
      assert.equal(await core.waitForSchemaAgreement(100), true)
    })

    it('is waited for until the nodes agree, over another node where one is lost', async () => {
      ring.places[1]!.schema = SCHEMA_B
      ring.tell()
      const core = ring.core()
      await core.connect()
      const agreed = core.waitForSchemaAgreement(5_000)
      await ring.node(0).stop()
      ring.places[1]!.schema = ring.places[0]!.schema
      ring.tell()
      assert.equal(await agreed, true)
    })

    it('is waited for no longer than the cluster lives', async () => {
      ring.places[1]!.schema = SCHEMA_B
      ring.tell()
      const core = ring.core()
      await core.connect()
      const refused = assert.rejects(core.waitForSchemaAgreement(60_000), ShutdownError)
      await core.shutdown()
      await refused
    })
  })

  describe('what users plug in', () => {
    it('does no harm where it throws: policies, listeners, loggers', async () => {
      const fail = (): never => {
        throw new Error('broken')
      }
      class Broken extends DefaultLoadBalancingPolicy {
        override distance = fail
        override onAdd = fail
      }
      const logger = { warn: fail, info: fail, debug: fail }
      const core = ring.core({
        loadBalancing: new Broken(),
        conviction: { addFailure: fail, reset: fail },
        reconnection: { newSchedule: fail },
        logger,
      })
      const warnings: string[] = []
      core.events.on('warning', (message) => warnings.push(message)).on('hostAdded', fail)
      await core.connect()
      const pools = await core.openPools(null)
      assert.equal([...pools.entries()].length, 3)
      ring.node(1).dropConnections()
      const host = core.metadata.getHost(ring.node(1).name)!
      await until('the connection is back', () => host.isConnected)
      const text = warnings.join('\n')
      for (const expected of [/Broken\.distance failed/, /listener for 'hostAdded' failed/, /conviction policy failed/])
        assert.match(text, expected)
    })
  })

  it('leaves nothing behind when it is shut down', async () => {
    const core = ring.core()
    await core.connect()
    const pools = await core.openPools(null)
    await core.shutdown()
    await core.shutdown()
    assert.equal(pools.isClosed, true)
    await until('no socket is left', () => ring.places.every(({ node }) => node.sockets.size === 0))
    await assert.rejects(core.openPools(null), ShutdownError)
    await assert.rejects(core.query('SELECT * FROM system.local'), ShutdownError)
  })
})
