import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NoHostAvailableError } from '../../../src/base/errors.js'
import { ContactEndpoints } from '../../../src/cluster/contact-endpoints.js'
import { parseContactPoint } from '../../../src/cluster/contact-points.js'
import type { Endpoint } from '../../../src/connection/dial.js'
import { Host } from '../../../src/metadata/host.js'

const points = (...texts: string[]) => texts.map((text) => parseContactPoint(text, 9042, 'contactPoints'))
const places = (endpoints: readonly Endpoint[]) => endpoints.map(({ address, path }) => path ?? address)

/** A name server whose one answer changes. */
function nameServer(...first: string[]) {
  let addresses: readonly string[] | null = first
  let asked = 0
  return {
    lookup: () => {
      asked++
      return addresses === null ? Promise.reject(new Error('no answer')) : Promise.resolve(addresses.map((address) => ({ address })))
    },
    set: (now: readonly string[] | null) => void (addresses = now),
    asked: () => asked,
  }
}

test('names are resolved again in each round: nodes that all have moved are found where they are now', async () => {
  const { lookup, set, asked } = nameServer('10.0.0.1', '10.0.0.2')
  const contacts = new ContactEndpoints(points('nodes.example'), { lookup })
  assert.deepEqual(places(await contacts.resolve()).sort(), ['10.0.0.1', '10.0.0.2'])
  const gone = new Host({ address: '10.0.0.1', port: 9042 })
  gone.isUp = false
  set(['10.0.1.7'])
  assert.deepEqual(places(await contacts.candidates([gone])), ['10.0.0.1', '10.0.1.7'])
  assert.equal(asked(), 2)
})

test('known nodes are asked while the name server is silent; without any that is an error', async () => {
  const { lookup, set } = nameServer('10.0.0.1')
  const contacts = new ContactEndpoints(points('nodes.example'), { lookup })
  set(null)
  assert.deepEqual(places(await contacts.candidates([new Host({ address: '10.0.0.9', port: 9042 })])), ['10.0.0.9'])
  await assert.rejects(contacts.candidates([]), NoHostAvailableError)
})

test('near nodes that are up come first, then far ones, then those that are down, then contact points that are none of them', async () => {
  const contacts = new ContactEndpoints(points('10.0.0.3', '10.0.0.8'))
  const hosts = [1, 2, 3].map((n) => new Host({ address: `10.0.0.${n}`, port: 9042 }))
  hosts[0]!.isUp = false
  hosts[1]!.distance = 'remote'
  assert.deepEqual(places(await contacts.candidates(hosts)), ['10.0.0.3', '10.0.0.2', '10.0.0.1', '10.0.0.8'])
})

test('the name of a contact point goes along with its addresses, for TLS', async () => {
  const { lookup } = nameServer('10.0.0.1')
  const contacts = new ContactEndpoints(points('nodes.example'), { lookup })
  const [endpoint] = await contacts.resolve()
  assert.equal(endpoint!.contactName, 'nodes.example')
  assert.equal(contacts.endpointOf(new Host({ address: '10.0.0.1', port: 9042 })).contactName, 'nodes.example')
  assert.equal(contacts.endpointOf(new Host({ address: '10.0.0.2', port: 9042 })).contactName, undefined)
})

test('a node behind a socket or a proxy is reached by it; each is a candidate once', async () => {
  const hosts = [1, 2, 3].map((n) => new Host({ address: `10.0.0.${n}`, port: 9042 }))
  const proxy = (serverName: string): Endpoint => ({ address: 'proxy', port: 443, serverName })
  const routes = new Map<string, Endpoint>([
    ['10.0.0.1:9042', { address: '/run/cql.sock', port: 9042, path: '/run/cql.sock' }],
    ['10.0.0.2:9042', proxy('two')],
    ['10.0.0.3:9042', proxy('three')],
  ])
  const contacts = new ContactEndpoints(points('unix:/run/cql.sock'), { routes })
  assert.equal(contacts.endpointOf(hosts[1]!), routes.get('10.0.0.2:9042'))
  const candidates = await contacts.candidates(hosts)
  assert.deepEqual(candidates.map(({ path, serverName }) => path ?? serverName).sort(), ['/run/cql.sock', 'three', 'two'])
})
