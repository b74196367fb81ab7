import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Host } from '../../../src/metadata/host.js'
import { murmur3 } from '../../../src/metadata/murmur3.js'
import { parseReplication } from '../../../src/metadata/replication.js'
import { TokenMap } from '../../../src/metadata/token-map.js'
import { Murmur3Ring } from '../../../src/metadata/token-ring.js'

const hosts = ['-6000000000000000000', '0', '6000000000000000000'].map(
  (token, index) => new Host({ address: `127.0.0.${index + 1}`, port: 9042, dataCenter: 'dc1', rack: 'r1', tokens: [token] }),
)
const twice = parseReplication({ class: 'NetworkTopologyStrategy', dc1: '2' })
const once = parseReplication({ class: 'SimpleStrategy', replication_factor: '1' })

function newMap(): TokenMap {
  return new TokenMap(new Murmur3Ring(hosts))
}

test('finds the replicas of a key, of a token and of its halves', () => {
  const map = newMap()
  map.setKeyspace('ks', twice)
  assert.deepEqual(map.replicasOf('ks', 5n), [hosts[2], hosts[0]])
  assert.deepEqual(map.getReplicas('ks', 0, 5), [hosts[2], hosts[0]])
  assert.deepEqual(map.getReplicas('ks', -1, -1), [hosts[1], hosts[2]])
  const buffer = Buffer.from('--key--')
  assert.equal(map.tableOf('ks')!.ofKey(buffer, 2, 5), map.replicasOf('ks', murmur3(Buffer.from('key'))))
})

test('gives the same list each time: nothing is made per request', () => {
  const map = newMap()
  map.setKeyspace('ks', twice)
  assert.equal(map.replicasOf('ks', 5n), map.replicasOf('ks', 6n))
})

test('keyspaces that are replicated alike share their table', () => {
  const map = newMap()
  map.setKeyspace('a', twice)
  map.setKeyspace('b', parseReplication({ dc1: '2', class: 'org.apache.cassandra.locator.NetworkTopologyStrategy' }))
  map.setKeyspace('c', once)
  assert.equal(map.tableOf('a'), map.tableOf('b'))
  assert.notEqual(map.tableOf('a'), map.tableOf('c'))
})

test('takes over a changed replication and leaves other keyspaces alone', () => {
  const map = newMap()
  map.setKeyspace('a', twice)
  map.setKeyspace('b', twice)
  map.setKeyspace('a', once)
  assert.equal(map.replicasOf('a', 5n).length, 1)
  assert.equal(map.replicasOf('b', 5n).length, 2)
  map.dropKeyspace('b')
  assert.deepEqual(map.replicasOf('b', 5n), [])
  assert.equal(map.replicasOf('a', 5n).length, 1)
})

test('knows no replicas of an unknown keyspace, nor on an empty ring', () => {
  assert.deepEqual(newMap().replicasOf('nowhere', 1n), [])
  const empty = new TokenMap(new Murmur3Ring([]))
  empty.setKeyspace('ks', twice)
  assert.deepEqual(empty.replicasOf('ks', 1n), [])
})

test('gives the same replicas each time on a large ring, which keeps numbers instead of lists', () => {
  const many = Array.from({ length: 90 }, (_, node) => {
    const tokens = Array.from({ length: 200 }, (__, index) =>
      String(BigInt.asIntN(64, BigInt(node * 200 + index + 1) * 0x9e37_79b9_7f4a_7c15n)),
    )
    return new Host({ address: `10.0.0.${node}`, port: 9042, dataCenter: `dc${node % 2}`, rack: `r${node % 5}`, tokens })
  })
  const ring = new Murmur3Ring(many)
  const strategies: Record<string, string>[] = [
    { class: 'NetworkTopologyStrategy', dc0: '3' },
    { class: 'NetworkTopologyStrategy', dc0: '3', dc1: '2' },
    { class: 'SimpleStrategy', replication_factor: '12' },
    { class: 'EverywhereStrategy' },
    { class: 'LocalStrategy' },
  ]
  for (const settings of strategies) {
    const strategy = parseReplication(settings)
    const map = new TokenMap(ring)
    map.setKeyspace('ks', strategy)
    const table = map.tableOf('ks')!
    const place = strategy.placeOn(ring)
    for (let position = ring.size - 1; position >= 0; position -= 7) {
      const wanted = place(position)
      assert.ok(table.at(position).every((host, index) => host === wanted[index]) && table.at(position).length === wanted.length)
      assert.deepEqual(table.at(position).map(String), wanted.map(String))
    }
    assert.deepEqual(table.at(-1), [])
    for (let key = 0; key < 300; key++) {
      const words = Int32Array.of(key, -key)
      const bytes = Buffer.alloc(10)
      bytes.writeInt32BE(words[0]!, 1)
      bytes.writeInt32BE(words[1]!, 5)
      const wanted = place(ring.locate(murmur3(bytes.subarray(1, 9)))).map(String)
      assert.deepEqual(table.ofWords(words, 2).map(String), wanted)
      assert.deepEqual(table.ofKey(bytes, 1, 9).map(String), wanted)
    }
  }
})
