import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCodecRegistry } from '../../../src/codec/registry.js'
import { groupKeysByReplica } from '../../../src/metadata/group-keys.js'
import { Host } from '../../../src/metadata/host.js'
import { Metadata } from '../../../src/metadata/metadata.js'
import { readKeyspaces } from '../../../src/metadata/schema/keyspace.js'
import { runInSlices, runThrough } from '../../../src/metadata/slices.js'
import { sortByComparing, sortMurmur3 } from '../../../src/metadata/token-sort.js'

function keyspace(name: string, replication: Record<string, string>): Record<string, unknown> {
  return { keyspace_name: name, replication: new Map(Object.entries(replication)) }
}

function metadataOf(hosts: readonly Host[]): Metadata {
  const metadata = new Metadata(new Map(hosts.map((host) => [host.endpoint, host])), createCodecRegistry())
  metadata.setCluster('made up', 'Murmur3Partitioner')
  metadata.setKeyspaces(
    readKeyspaces(
      {
        keyspaces: [
          keyspace('two', { class: 'SimpleStrategy', replication_factor: '2' }),
          keyspace('passing', { class: 'NetworkTopologyStrategy', dc1: '3/1' }),
        ],
        tables: [{ keyspace_name: 'two', table_name: 't', flags: new Set(['compound']) }],
        columns: [{ keyspace_name: 'two', table_name: 't', column_name: 'id', type: 'int', kind: 'partition_key', position: 0 }],
        types: [],
      },
      () => ({ kind: 'int' }),
    ),
  )
  return metadata
}

/** One token each: -3, 0 and 3 times 10^18. */
function threeHosts(): Host[] {
  return ['-3', '0', '3'].map((token, i) => {
    const tokens = [token === '0' ? '0' : `${token}000000000000000000`]
    return new Host({ address: `127.0.0.${i + 1}`, port: 9042, dataCenter: 'dc1', rack: `r${i}`, tokens })
  })
}

test('cuts the ring at every token, and knows who has which part', () => {
  const hosts = threeHosts()
  const metadata = metadataOf(hosts)
  assert.deepEqual(metadata.tokenRanges, [], 'there is no ring yet')
  metadata.rebuildTokenMap()
  assert.deepEqual(metadata.tokenRanges.map(String), [
    ']3000000000000000000, -3000000000000000000]',
    ']-3000000000000000000, 0]',
    ']0, 3000000000000000000]',
  ])
  const of = (as?: 'primary' | 'full' | 'any', ks = 'two'): number[] =>
    metadata.getTokenRanges(ks, hosts[1]!, as).map((range) => metadata.tokenRanges.indexOf(range))
  assert.deepEqual(of('primary'), [1])
  assert.deepEqual(of(), [0, 1])
  assert.deepEqual(of('full', 'passing'), [0, 1])
  assert.deepEqual(of('any', 'passing'), [0, 1, 2])
  assert.deepEqual(of('full', 'nowhere'), [])
  assert.deepEqual(metadata.getReplicas('two', metadata.tokenRanges[0]!), [hosts[0], hosts[1]])
  assert.deepEqual(metadata.getReplicas('two', metadata.newTokenRange(5n, 9n)), [hosts[2], hosts[0]])
})

test('one token alone has the whole ring', () => {
  const metadata = metadataOf(threeHosts().slice(0, 1))
  metadata.rebuildTokenMap()
  assert.deepEqual(
    metadata.tokenRanges.map((range) => range.isFullRing),
    [true],
  )
})

test('tells transient replicas from full ones, and routes to full ones only', () => {
  const hosts = threeHosts()
  const metadata = metadataOf(hosts)
  metadata.rebuildTokenMap()
  assert.deepEqual(metadata.getReplicaSet('passing', 0n), { primary: hosts[1], full: [hosts[1], hosts[2]], transient: [hosts[0]] })
  assert.deepEqual(metadata.getReplicas('passing', 0n), [hosts[1], hosts[2]])
  assert.deepEqual(metadata.getReplicaSet('nowhere', 0n), { primary: null, full: [], transient: [] })
})

test('groups keys by a local replica that is up', () => {
  const hosts = threeHosts()
  const metadata = metadataOf(hosts)
  metadata.rebuildTokenMap()
  hosts[0]!.isUp = false
  hosts[1]!.distance = 'remote'
  const keys = Array.from({ length: 300 }, (_, id) => id)
  const groups = groupKeysByReplica(metadata, 'two', 't', keys)
  assert.deepEqual(
    [...groups.values()].flat().sort((a, b) => a - b),
    keys,
  )
  for (const [host, group] of groups) {
    for (const id of group) {
      const replicas = metadata.getReplicas('two', metadata.tokenOf('two', 't', id))
      // The node that is down is never asked, the one far away only for what the near one lacks.
      assert.equal(host, replicas.includes(hosts[2]!) ? hosts[2] : hosts[1])
    }
  }
})

test('a large ring is made in slices, the same as at once, while the old one is used', async () => {
  const hosts = Array.from({ length: 1000 }, (_, i) => {
    const tokens = Array.from({ length: 64 }, (__, j) => String(BigInt.asIntN(64, BigInt(i * 64 + j + 1) * 0x9e37_79b9_7f4a_7c15n)))
    return new Host({ address: `10.0.${i >> 8}.${i & 255}`, port: 9042, dataCenter: 'dc1', rack: `r${i % 3}`, tokens })
  })
  const metadata = metadataOf(hosts)
  metadata.rebuildTokenMap()
  const atOnce = metadata.tokenMap!
  const update = metadata.updateTokenMap()
  assert.equal(metadata.tokenMap, atOnce)
  await update
  assert.notEqual(metadata.tokenMap, atOnce)
  assert.deepEqual(metadata.tokenMap.ring.owners, atOnce.ring.owners)
  let steps = 0
  const work = sortMurmur3(hosts)
  while (work.next().done !== true) steps++
  assert.ok(steps > 30, `64,000 tokens in ${steps} steps`)
})

test('the last of several updates wins, also where an earlier one ends later', async () => {
  const hosts = threeHosts()
  const metadata = metadataOf(hosts)
  const first = metadata.updateTokenMap()
  metadata.clearTokenMap()
  await first
  assert.equal(metadata.tokenMap, null)
})

test('tokens that share their upper bits, by the hundred, are in order', () => {
  const tokens = Array.from({ length: 200 }, (_, i) => String((i * 7919) % 200))
  const { low } = runThrough(sortMurmur3([new Host({ address: '127.0.0.1', port: 1, tokens })]))
  assert.deepEqual(
    [...low],
    Array.from({ length: 200 }, (_, i) => i),
  )
})

test('sorts by comparing as Array.sort does, equal ones in their order', async () => {
  const items = Array.from({ length: 9001 }, (_, index) => ({ key: (index * 7919) % 1000, index }))
  const compare = (a: { key: number }, b: { key: number }): number => a.key - b.key
  assert.deepEqual(await runInSlices(sortByComparing([...items], compare)), items.toSorted(compare))
})
