import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Topology } from '../../../src/cluster/topology.js'
import type { SystemRow } from '../../../src/metadata/host-row.js'
import type { AddressTranslator } from '../../../src/policies/address-translator.js'
import { FixedHostNameTranslator } from '../../../src/policies/fixed-host-name-translator.js'
import { InetAddress } from '../../../src/values/inet-address.js'
import { Uuid } from '../../../src/values/uuid.js'

const id = (n: number): Uuid => Uuid.fromString(`00000000-0000-4000-8000-00000000000${n}`)
const place = { data_center: 'dc1', rack: 'r1', tokens: new Set(['1']) }
const local: SystemRow = { ...place, host_id: id(1), rpc_address: InetAddress.fromString('10.0.0.1') }

function peer(n: number, port = 9042): SystemRow {
  const address = InetAddress.fromString(`10.0.0.${n}`)
  return { ...place, host_id: id(n), peer: address, peer_port: 7000, native_address: address, native_port: port }
}

function newTopology(addressTranslator: AddressTranslator): { topology: Topology; warnings: string[] } {
  const warnings: string[] = []
  return {
    topology: new Topology({ port: 9042, addressTranslator, connectTimeoutMs: 1_000 }, (message) => warnings.push(message)),
    warnings,
  }
}

const here = { address: '10.0.0.1', port: 9042 } as Parameters<Topology['update']>[1]

test('a node that is known stays where it is while the translator fails; one that is not is left out', async () => {
  let fails = false
  const { topology, warnings } = newTopology({
    translate: (address, port) => (fails ? Promise.reject(new Error('no name server')) : { address: address.replace('10.', '172.'), port }),
  })
  await topology.update({ local, peers: [peer(2)] }, here)
  const known = topology.hosts.get('172.0.0.2:9042')
  fails = true
  const change = await topology.update({ local, peers: [peer(2), peer(3)] }, here)
  assert.deepEqual(change.removed, [])
  assert.equal(topology.hosts.get('172.0.0.2:9042'), known)
  assert.equal(topology.hosts.size, 2)
  assert.match(warnings.join('\n'), /failed for the node 10\.0\.0\.2:9042, which stays at 172\.0\.0\.2:9042: no name server/)
  assert.match(warnings.join('\n'), /failed for the node 10\.0\.0\.3:9042, which is left out: no name server/)
})

test('nodes that the translator gives one address are a warning', async () => {
  const { topology, warnings } = newTopology(new FixedHostNameTranslator('gate'))
  await topology.update({ local, peers: [peer(2, 9043), peer(3, 9044)] }, here)
  assert.deepEqual([...topology.hosts.keys()].toSorted(), ['10.0.0.1:9042', 'gate:9043', 'gate:9044'])
  assert.deepEqual(warnings, [])
  const shared = newTopology(new FixedHostNameTranslator('gate'))
  await shared.topology.update({ local, peers: [peer(2), peer(3)] }, here)
  assert.match(shared.warnings.join(), /Two nodes are reached at gate:9042/)
})

test('nodes behind a proxy that tells them apart by name keep their own addresses, the node that was asked among them', async () => {
  const asked: (string | null | undefined)[] = []
  const { topology, warnings } = newTopology({
    translate: (_address, _port, hostId) => {
      asked.push(hostId)
      return { address: 'proxy', port: 443, serverName: `${hostId}.nodes` }
    },
  })
  const proxy = { address: 'proxy', port: 443, serverName: 'proxy' }
  const { local: first } = await topology.update({ local, peers: [peer(2), peer(3)] }, proxy)
  assert.deepEqual([...topology.hosts.keys()], ['10.0.0.1:9042', '10.0.0.2:9042', '10.0.0.3:9042'])
  assert.equal(first.endpoint, '10.0.0.1:9042')
  const routes = [1, 2, 3].map((n) => {
    const serverName = `${id(n).toString()}.nodes`
    return [`10.0.0.${n}:9042`, { address: 'proxy', port: 443, serverName, name: `${serverName} at proxy:443` }] as const
  })
  assert.deepEqual([...topology.routes], routes)
  assert.deepEqual(asked.toSorted(), [id(1), id(2), id(3)].map(String))
  assert.deepEqual(warnings, [])
  // The control connection moves to another node: all stay what they are.
  const known = new Map(topology.hosts)
  await topology.update(
    { local: { ...local, host_id: id(2), rpc_address: InetAddress.fromString('10.0.0.2') }, peers: [peer(1), peer(3)] },
    routes[1]![1],
  )
  for (const [endpoint, host] of known) assert.equal(topology.hosts.get(endpoint), host)
  assert.equal(topology.routes.size, 3)
})

test('a node reached by a socket is known by its own address, and stays reached by it when another node is asked', async () => {
  const { topology } = newTopology({ translate: (address, port) => ({ address, port }) })
  const socket = { address: '/run/cql.sock', port: 9042, path: '/run/cql.sock' }
  await topology.update({ local: { ...local, rpc_port: 9142 }, peers: [peer(2)] }, socket)
  assert.deepEqual([...topology.routes], [['10.0.0.1:9142', socket]])
  const second = { ...local, host_id: id(2), rpc_address: InetAddress.fromString('10.0.0.2') }
  await topology.update({ local: second, peers: [peer(1, 9142)] }, { address: '10.0.0.2', port: 9042 })
  assert.deepEqual([...topology.routes], [['10.0.0.1:9142', socket]])
  // Behind the socket is the second node now.
  await topology.update({ local: second, peers: [peer(1, 9142)] }, socket)
  assert.deepEqual([...topology.routes], [['10.0.0.2:9042', socket]])
})
