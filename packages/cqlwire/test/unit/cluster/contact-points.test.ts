import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InvalidOptionError } from '../../../src/base/errors.js'
import { parseContactPoint, resolveContactPoints } from '../../../src/cluster/contact-points.js'

const parse = (text: string): [string, number] => {
  const { host, port } = parseContactPoint(text, 9042, 'contactPoints[0]')
  return [host, port]
}

describe('a contact point', () => {
  const good: readonly (readonly [string, string, number])[] = [
    ['127.0.0.1', '127.0.0.1', 9042],
    ['127.0.0.1:9999', '127.0.0.1', 9999],
    ['db.example.com', 'db.example.com', 9042],
    ['db.example.com.:1', 'db.example.com.', 1],
    ['cassandra_1', 'cassandra_1', 9042],
    ['node-1:65535', 'node-1', 65535],
    ['::1', '::1', 9042],
    ['fe80::1%eth0', 'fe80::1%eth0', 9042],
    ['[::1]', '::1', 9042],
    ['[2001:db8::7]:19042', '2001:db8::7', 19042],
  ]
  for (const [text, host, port] of good) it(`may be ${text}`, () => assert.deepEqual(parse(text), [host, port]))

  const bad: readonly (readonly [string, RegExp])[] = [
    ['host:', /port must be a number/],
    ['host:0', /port must be a number from 1 to 65535/],
    ['host:65536', /port/],
    ['host:9042x', /port/],
    ['host:-1', /port/],
    ['300.1.1.1', /not an IPv4 address/],
    ['1.2.3', /not an IPv4 address/],
    ['[::1', /no IPv6 address/],
    ['[host]:9042', /no IPv6 address/],
    ['[::1]9042', /only a colon and a port/],
    ['a:b:c', /several colons/],
    ['two words', /neither an address nor a name/],
    ['http://host', /port/],
    ['-host', /neither an address nor a name/],
    ['unix:', /no path of a socket/],
    ['unix:/a\0b', /no path of a socket/],
    [`unix:/${'a'.repeat(107)}`, /at most 107 bytes, this one has 108/],
    [`${'a'.repeat(300)}`, /neither an address nor a name/],
  ]
  for (const [text, why] of bad) {
    it(`may not be ${text.slice(0, 20)}`, () => {
      assert.throws(
        () => parse(text),
        (error: InvalidOptionError) => {
          assert.ok(error instanceof InvalidOptionError)
          assert.equal(error.path, 'contactPoints[0]')
          assert.match(error.message, why)
          return true
        },
      )
    })
  }
})

it('a contact point may be a Unix-domain socket', async () => {
  const point = parseContactPoint('unix:/run/cassandra/cql.sock', 9042, 'contactPoints[0]')
  const { endpoints } = await resolveContactPoints([point], () => Promise.reject(new Error('no name to look up')))
  assert.deepEqual(
    endpoints.map(({ path, contactPoint }) => [path, contactPoint]),
    [['/run/cassandra/cql.sock', 'unix:/run/cassandra/cql.sock']],
  )
})

describe('contact points', () => {
  const points = (...texts: string[]) => texts.map((text) => parseContactPoint(text, 9042, 'contactPoints'))
  const lookup = (name: string): Promise<{ address: string }[]> => {
    if (name === 'nodes.example') return Promise.resolve([{ address: '10.0.0.1' }, { address: '10.0.0.2' }, { address: '2001:db8::1' }])
    if (name === 'empty.example') return Promise.resolve([])
    return Promise.reject(Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' }))
  }

  it('resolve to all addresses of their names, each once, and remember the name for TLS', async () => {
    const { endpoints, errors } = await resolveContactPoints(points('nodes.example:1', '10.0.0.2:1', '10.0.0.2:2'), lookup)
    assert.equal(errors.size, 0)
    assert.deepEqual(
      endpoints.map(({ address, port, contactName }) => [address, port, contactName]),
      [
        ['10.0.0.1', 1, 'nodes.example'],
        ['10.0.0.2', 1, 'nodes.example'],
        ['2001:db8::1', 1, 'nodes.example'],
        ['10.0.0.2', 2, undefined],
      ],
    )
  })

  it('that do not resolve are told apart from those that do', async () => {
    const { endpoints, errors } = await resolveContactPoints(points('nix.example', '10.0.0.9', 'empty.example:7'), lookup)
    assert.deepEqual(
      endpoints.map(({ address }) => address),
      ['10.0.0.9'],
    )
    assert.deepEqual([...errors.keys()], ['nix.example', 'empty.example:7'])
    assert.match(errors.get('nix.example')!.message, /is not known/)
    assert.match(errors.get('empty.example:7')!.message, /has no address/)
  })
})
