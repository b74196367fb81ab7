import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Host, endpointText } from '../../../src/metadata/host.js'
import { readLocalRow, readPeerRow } from '../../../src/metadata/host-row.js'
import { Decimal } from '../../../src/values/decimal.js'
import { InetAddress } from '../../../src/values/inet-address.js'
import { Uuid } from '../../../src/values/uuid.js'

const inet = (text: string): InetAddress => InetAddress.fromString(text)

const PEER_V2 = {
  peer: inet('10.0.0.2'),
  peer_port: 7000,
  native_address: inet('192.168.0.2'),
  native_port: 9142,
  host_id: Uuid.fromString('11111111-2222-3333-4444-555555555555'),
  data_center: 'dc1',
  rack: 'r1',
  release_version: '5.0.6',
  schema_version: Uuid.fromString('99999999-2222-3333-4444-555555555555'),
  tokens: new Set(['1', '-2']),
}

test('shows an endpoint with brackets around an IPv6 address', () => {
  assert.equal(endpointText('127.0.0.1', 9042), '127.0.0.1:9042')
  assert.equal(endpointText('::1', 9042), '[::1]:9042')
})

test('reads a row of peers_v2 with the port of each node', () => {
  const result = readPeerRow(PEER_V2, 9042)
  assert.ok('info' in result)
  const { info } = result
  assert.deepEqual(
    [
      info.address,
      info.port,
      info.hostId,
      info.dataCenter,
      info.rack,
      info.releaseVersion,
      info.tokens,
      info.broadcastAddress,
      info.broadcastPort,
    ],
    ['192.168.0.2', 9142, '11111111-2222-3333-4444-555555555555', 'dc1', 'r1', '5.0.6', ['1', '-2'], '10.0.0.2', 7000],
  )
})

test('reads a row of peers with the common port', () => {
  const { native_address: address, native_port: _port, peer_port: _peerPort, ...rest } = PEER_V2
  const result = readPeerRow({ ...rest, rpc_address: address }, 9042)
  assert.ok('info' in result)
  assert.equal(result.info.address, '192.168.0.2')
  assert.equal(result.info.port, 9042)
})

test('reaches a node that listens everywhere where its peers reach it', () => {
  for (const everywhere of ['0.0.0.0', '::', '0:0:0:0:0:0:0:0']) {
    const result = readPeerRow({ ...PEER_V2, native_address: inet(everywhere) }, 9042)
    assert.ok('info' in result)
    assert.equal(result.info.address, '10.0.0.2')
  }
})

test('says what a peer lacks that can’t be used', () => {
  const result = readPeerRow({ ...PEER_V2, host_id: null, tokens: null }, 9042)
  assert.deepEqual(result, { invalid: 'peer 10.0.0.2 has no host_id, tokens' })
  assert.ok('invalid' in readPeerRow({ ...PEER_V2, native_port: 0 }, 9042))
  assert.ok('invalid' in readPeerRow({}, 9042))
})

test('takes no text of what has none that is meant: to write out a huge integer takes minutes', () => {
  const huge = 1n << 100_000_000n
  for (const value of [huge, new Decimal(huge, 1), [huge], new Map(), { toString: () => 'x' }, Buffer.from('x'), 5]) {
    const info = readLocalRow({ ...PEER_V2, host_id: value, rack: value, rpc_address: value }, { address: '10.0.0.1', port: 9042 })
    assert.deepEqual([info.hostId, info.rack, info.rpcAddress], [null, null, null])
  }
})

test('knows the local node by the address that it was reached at', () => {
  const info = readLocalRow({ ...PEER_V2, rpc_address: inet('0.0.0.0'), rpc_port: 9042 }, { address: 'db.example', port: 19042 })
  assert.deepEqual([info.address, info.port, info.rpcAddress, info.dataCenter], ['db.example', 19042, 'db.example', 'dc1'])
})

test('an update says whether the place in the cluster changed', () => {
  const result = readPeerRow(PEER_V2, 9042)
  assert.ok('info' in result)
  const host = new Host({ address: '192.168.0.2', port: 9142 })
  assert.equal(host.dataCenter, null)
  assert.equal(host.update(result.info), true)
  assert.equal(host.update({ ...result.info, releaseVersion: '5.0.7' }), false)
  assert.equal(host.releaseVersion, '5.0.7')
  assert.equal(host.update({ ...result.info, tokens: ['1', '3'] }), true)
  assert.equal(host.update({ ...result.info, tokens: ['1', '3'], address: '192.168.0.9' }), true)
  assert.equal(host.endpoint, '192.168.0.9:9142')
})

test('is connected while it is up and a connection is open', () => {
  const host = new Host({ address: '127.0.0.1', port: 9042 })
  assert.equal(host.isConnected, false)
  const pool = { openConnections: 1, inFlight: 0, silentMs: 0 }
  host.pool = pool
  assert.equal(host.isConnected, true)
  pool.openConnections = 0
  assert.equal(host.isConnected, false)
  pool.openConnections = 1
  host.isUp = false
  assert.equal(host.isConnected, false)
})
