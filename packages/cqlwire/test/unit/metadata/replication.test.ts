import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Host } from '../../../src/metadata/host.js'
import { parseReplication, parseReplicationFactor } from '../../../src/metadata/replication.js'
import { Murmur3Ring } from '../../../src/metadata/token-ring.js'
import { REPLICATION_CASES } from './replication-vectors.js'

function hostsOf(rows: readonly { dataCenter: string; rack: string; tokens: readonly string[] }[]): Host[] {
  return rows.map((row, index) => new Host({ address: `127.0.0.${index + 1}`, port: 9042, ...row }))
}

for (const [number, each] of REPLICATION_CASES.entries()) {
  const { class: className, ...options } = each.replication
  test(`places replicas as the Python driver does: ring ${number + 1}, ${className?.split('.').pop()} ${JSON.stringify(options)}`, () => {
    const hosts = hostsOf(each.hosts)
    const ring = new Murmur3Ring(hosts)
    const place = parseReplication(each.replication).placeOn(ring)
    for (const [token, expected] of Object.entries(each.replicas)) {
      const found = place(ring.locate(BigInt(token))).map((host) => hosts.indexOf(host))
      // The Python driver lists data center by data center, and racks that repeat last; Cassandra, as we, in the ring's order.
      // So the sets are compared (that driver names a node twice where there are fewer than the factor), and the primary replica of each data center.
      assert.deepEqual(found.toSorted(), [...new Set(expected)].toSorted(), `replicas of ${token}`)
      for (const dataCenter of new Set(each.hosts.map((host) => host.dataCenter))) {
        const isThere = (index: number): boolean => each.hosts[index]!.dataCenter === dataCenter
        assert.equal(found.find(isThere), expected.find(isThere), `the primary replica of ${token} in ${dataCenter}`)
      }
    }
  })
}

test('takes several racks before it takes a rack twice, and a rack twice rather than too few nodes', () => {
  const hosts = hostsOf([
    { dataCenter: 'dc1', rack: 'r1', tokens: ['0'] },
    { dataCenter: 'dc1', rack: 'r1', tokens: ['10'] },
    { dataCenter: 'dc1', rack: 'r1', tokens: ['20'] },
    { dataCenter: 'dc1', rack: 'r2', tokens: ['30'] },
  ])
  const ring = new Murmur3Ring(hosts)
  const replicas = (factor: string): number[] =>
    parseReplication({ class: 'NetworkTopologyStrategy', dc1: factor })
      .placeOn(ring)(0)
      .map((host) => hosts.indexOf(host))
  assert.deepEqual(replicas('2'), [0, 3])
  assert.deepEqual(replicas('3'), [0, 1, 3])
  assert.deepEqual(replicas('9'), [0, 1, 2, 3])
})

test('leaves out transient replicas, the last ones of a data center', () => {
  const hosts = hostsOf([1, 2, 3].map((n) => ({ dataCenter: 'dc1', rack: `r${n}`, tokens: [String(n)] })))
  const ring = new Murmur3Ring(hosts)
  const place = parseReplication({ class: 'NetworkTopologyStrategy', dc1: '3/1' }).placeOn(ring)
  assert.deepEqual(
    place(2).map((host) => hosts.indexOf(host)),
    [2, 0],
  )
})

test('reads replication factors', () => {
  assert.deepEqual(parseReplicationFactor('3'), { all: 3, full: 3, transient: 0 })
  assert.deepEqual(parseReplicationFactor('3/1'), { all: 3, full: 2, transient: 1 })
  for (const wrong of ['', 'three', '-1', '1/2', '3/']) assert.equal(parseReplicationFactor(wrong), null, wrong)
})

test('strategies that place alike have the same key, whatever the order and spelling of their settings', () => {
  const a = parseReplication(
    new Map([
      ['class', 'org.apache.cassandra.locator.NetworkTopologyStrategy'],
      ['dc1', '3'],
      ['dc2', '2'],
    ]),
  )
  const b = parseReplication({ dc2: '2', dc1: '3', class: 'NetworkTopologyStrategy' })
  const c = parseReplication({ dc2: '3', dc1: '2', class: 'NetworkTopologyStrategy' })
  assert.equal(a.key, b.key)
  assert.notEqual(a.key, c.key)
  assert.deepEqual(a.options, { dc1: '3', dc2: '2' })
})

test('a keyspace with LocalStrategy, or an unknown one, has no replicas; with EverywhereStrategy every node is one', () => {
  const hosts = hostsOf([1, 2].map((n) => ({ dataCenter: 'dc1', rack: 'r1', tokens: [String(n)] })))
  const ring = new Murmur3Ring(hosts)
  assert.deepEqual(parseReplication({ class: 'LocalStrategy' }).placeOn(ring)(0), [])
  assert.deepEqual(parseReplication({ class: 'com.example.OwnStrategy', replication_factor: '2' }).placeOn(ring)(0), [])
  assert.deepEqual(parseReplication({ class: 'EverywhereStrategy' }).placeOn(ring)(1), hosts)
})
