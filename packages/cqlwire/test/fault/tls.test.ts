/** TLS: who is believed, what is said where nobody is, sessions that are resumed, certificates that are renewed. */
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { ConnectionError, InvalidOptionError, NoHostAvailableError } from '../../src/base/errors.js'
import type { ClusterOptions } from '../../src/cluster/options.js'
import { issue } from '../../src/embedded/x509.js'
import { Cluster } from '../../src/session/cluster.js'
import { FakeCluster } from '../../src/testing/fake-cluster.js'
import { eventually, failure, quick, within } from './support.js'
import { authority, serverCertificate, TlsFront } from './tls-front.js'

const dayMs = 24 * 3_600_000
const ca = authority.pem

/** A cluster behind the front: all that its node says of its address leads there, too. */
function behind(front: TlsFront, tls: ClusterOptions['tls'], more: Partial<ClusterOptions> = {}): Cluster {
  return new Cluster(
    quick({
      contactPoints: [`127.0.0.1:${front.port}`],
      addressTranslator: { translate: () => ({ address: '127.0.0.1', port: front.port }) },
      ...(tls === undefined ? {} : { tls }),
      ...more,
    }),
  )
}

/** What connecting fails with. */
async function refusal(
  front: { readonly port: number },
  tls: ClusterOptions['tls'],
  more: Partial<ClusterOptions> = {},
): Promise<ConnectionError> {
  const cluster = behind(front as TlsFront, tls, more)
  try {
    const error = await failure(cluster.connect(), NoHostAvailableError)
    const [reason] = error.errors.values()
    assert.ok(reason instanceof ConnectionError, String(reason))
    assert.ok(error.message.includes(reason.message))
    assert.equal(reason.host, `127.0.0.1:${front.port}`)
    return reason
  } finally {
    await within(cluster.shutdown())
  }
}

describe('a node whose certificate is not good is not talked to', () => {
  const expired = serverCertificate({ validFrom: new Date(Date.now() - 9 * dayMs), validTo: new Date(Date.now() - 2 * dayMs) })
  const early = serverCertificate({ validFrom: new Date(Date.now() + 2 * dayMs) })
  const cases: readonly (readonly [string, ReturnType<typeof serverCertificate>, ClusterOptions['tls'], RegExp])[] = [
    ['it has expired', expired, { ca }, /CERT_HAS_EXPIRED\): .*out of date; renew it/],
    ['it is not valid yet', early, { ca }, /CERT_NOT_YET_VALID\): .*not valid yet/],
    [
      'it is for another address',
      serverCertificate({ addresses: ['127.0.0.9'] }),
      { ca },
      /127\.0\.0\.1.*ERR_TLS_CERT_ALTNAME_INVALID\): .*tls\.servername/s,
    ],
    [
      'it signs itself',
      issue({ kind: 'server', commonName: 'node', addresses: ['127.0.0.1'] }),
      { ca },
      /DEPTH_ZERO_SELF_SIGNED_CERT\): .*tls\.ca/,
    ],
    ['its authority is not known', serverCertificate(), true, /UNABLE_TO_VERIFY_LEAF_SIGNATURE\): .*tls\.ca/],
    ['it is one for clients', serverCertificate({ kind: 'client' }), { ca }, /INVALID_PURPOSE\): .*not one for servers/],
  ]
  for (const [what, certificate, tls, message] of cases) {
    test(what, async () => {
      await using fake = await FakeCluster.start()
      await using front = await TlsFront.to(fake.nodes[0]!, { cert: certificate.pem, key: certificate.keyPem })
      const error = await refusal(front, tls)
      assert.match(error.message, message)
      assert.equal(error.code, 'ERR_TLS')
      assert.equal(error.sent, false)
      assert.equal(fake.requests.length, 0)
    })
  }

  test('whatever NODE_TLS_REJECT_UNAUTHORIZED says; only the options can turn it off', async () => {
    await using fake = await FakeCluster.start()
    await using front = await TlsFront.to(fake.nodes[0]!)
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
    try {
      assert.equal((await refusal(front, true)).code, 'ERR_TLS')
    } finally {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
    }
    await using trusting = behind(front, { rejectUnauthorized: false })
    await within(trusting.connect())
  })

  test('one that speaks less than TLS 1.2 is refused, unless the options allow it', async () => {
    await using fake = await FakeCluster.start()
    await using front = await TlsFront.to(fake.nodes[0]!, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' })
    assert.match((await refusal(front, { ca })).message, /no version of TLS in common|could not agree/)
    assert.equal(fake.requests.length, 0)
  })
})

describe('the name that is asked for and checked', () => {
  test('is that of the contact point, and tls.servername where it is given', async () => {
    await using fake = await FakeCluster.start()
    const named = serverCertificate({ addresses: [], names: ['localhost', 'cassandra.example'] })
    await using front = await TlsFront.to(fake.nodes[0]!, { cert: named.pem, key: named.keyPem })
    const contactPoints = [`localhost:${front.port}`]
    await using byContact = behind(front, { ca }, { contactPoints })
    await within(byContact.connect())
    await using byOption = behind(front, { ca, servername: 'cassandra.example' }, { contactPoints })
    await within(byOption.connect())
    await using byFunction = behind(front, () => ({ ca, servername: 'cassandra.example' }), { contactPoints })
    await within(byFunction.connect())
    assert.deepEqual([...new Set(front.clients.map(({ name }) => name))], ['localhost', 'cassandra.example'])
  })

  test('is checked by a function of the application where there is one', async () => {
    await using fake = await FakeCluster.start()
    const other = serverCertificate({ addresses: [], names: ['node-7.internal'] })
    await using front = await TlsFront.to(fake.nodes[0]!, { cert: other.pem, key: other.keyPem })
    const checked: string[] = []
    const checkServerIdentity = (host: string, { subjectaltname }: { subjectaltname?: string }): Error | undefined => {
      checked.push(`${host} ${subjectaltname}`)
      return subjectaltname === 'DNS:node-7.internal' ? undefined : new Error('not ours')
    }
    await using cluster = behind(front, { ca, checkServerIdentity })
    await within(cluster.connect())
    assert.equal(checked[0], '127.0.0.1 DNS:node-7.internal')
    const error = await refusal(front, { ca, checkServerIdentity: () => new Error('not ours') })
    assert.match(error.message, /not ours/)
  })
})

describe('who speaks the wrong way is told so', () => {
  test('TLS to a node that speaks plain text', async () => {
    await using fake = await FakeCluster.start()
    const error = await refusal({ port: fake.port }, { ca })
    assert.match(error.message, /does not speak TLS on this port: leave the option tls out/)
    assert.equal(error.code, 'ERR_TLS')
  })

  test('plain text to a node that speaks TLS', async () => {
    await using fake = await FakeCluster.start()
    await using front = await TlsFront.to(fake.nodes[0]!)
    const error = await refusal(front, undefined)
    assert.match(error.message, /answers in TLS what it was sent in plain text: set the option tls|does it want TLS \(option tls\)/)
  })

  test('TLS to what closes at once, and to what is silent', async () => {
    let silent = false
    const server = createServer((socket) => void (silent ? socket.on('error', () => {}).resume() : socket.destroy())).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    assert.match((await refusal({ port }, { ca })).message, /closed the connection during the TLS handshake|ECONNRESET/)
    silent = true
    const late = await refusal({ port }, { ca }, { connectTimeoutMs: 50 })
    assert.match(late.message, /not connected within 50 ms \(connectTimeoutMs\), TLS handshake included/)
    await new Promise((resolve) => server.close(resolve))
  })
})

describe('a node that wants a certificate of the client', () => {
  const client = issue({ kind: 'client', commonName: 'app', issuer: authority })
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    test(`lets in who has one, and the others are told (${maxVersion})`, async () => {
      await using fake = await FakeCluster.start()
      await using front = await TlsFront.to(fake.nodes[0]!, { requestCert: true, rejectUnauthorized: true, ca, maxVersion })
      await using cluster = behind(front, { ca, cert: client.pem, key: client.keyPem })
      await within(cluster.connect())
      assert.equal(front.clients[0]!.protocol, maxVersion)
      // Node's own server hangs up without a word of TLS.
      assert.match(
        (await refusal(front, { ca })).message,
        /certificate of the client|closed the connection|closes them when it is spoken to|ECONNRESET/,
      )
    })
  }
})

describe('sessions', () => {
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    test(`are resumed by the next connection to the node (${maxVersion})`, async () => {
      await using fake = await FakeCluster.start()
      await using front = await TlsFront.to(fake.nodes[0]!, { maxVersion })
      await using cluster = behind(front, { ca })
      const session = await within(cluster.connect())
      const before = cluster.tls!.handshakes
      front.cut()
      await eventually('new connections', () => cluster.tls!.handshakes >= before + 2)
      await eventually('the session works', () => [...session.metrics.connections.values()].every((count) => count > 0))
      assert.ok(cluster.tls!.resumed > 0, 'the driver counts them')
      assert.ok(
        front.clients.some(({ resumed }) => resumed),
        'and so does the server',
      )
    })
  }

  test('end with the options that they were made with: a node is verified again after the authorities changed', async () => {
    await using fake = await FakeCluster.start()
    await using front = await TlsFront.to(fake.nodes[0]!)
    const other = issue({ kind: 'authority', commonName: 'another authority' })
    let trusted = ca
    await using cluster = behind(front, () => ({ ca: trusted }))
    const session = await within(cluster.connect())
    trusted = other.pem
    const { resumed } = cluster.tls!
    front.cut()
    const deadline = performance.now() + 5_000
    let message = ''
    while (!/authority|SIGNATURE|ISSUER/.test(message)) {
      assert.ok(performance.now() < deadline, message)
      message = (await failure(session.execute('SELECT name FROM users'), Error)).message
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    assert.equal(cluster.tls!.resumed, resumed)
  })
})

describe('certificates that are renewed', () => {
  test('in files are read by the next connection', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'cqlwire-'))
    try {
      await using fake = await FakeCluster.start()
      const client = issue({ kind: 'client', commonName: 'app', issuer: authority })
      const files = { ca: join(directory, 'ca.pem'), cert: join(directory, 'cert.pem'), key: join(directory, 'key.pem') }
      await writeFile(files.ca, issue({ kind: 'authority', commonName: 'not yet' }).pem)
      await writeFile(files.cert, client.pem)
      await writeFile(files.key, client.keyPem)
      await using front = await TlsFront.to(fake.nodes[0]!, { requestCert: true, rejectUnauthorized: true, ca })
      await using cluster = behind(front, { files })
      await failure(cluster.connect(), NoHostAvailableError)
      await writeFile(files.ca, ca)
      await within(cluster.connect())
      await rm(files.cert)
      assert.match((await refusal(front, { files })).message, /option tls gives nothing that can be used: ENOENT.*cert\.pem/)
    } finally {
      await rm(directory, { recursive: true })
    }
  })

  test('by a function are asked for at each connection; one that fails, or never answers, fails the attempt', async () => {
    await using fake = await FakeCluster.start()
    await using front = await TlsFront.to(fake.nodes[0]!)
    let asked = 0
    await using cluster = behind(front, async () => (asked++, Promise.resolve({ ca })))
    await within(cluster.connect())
    assert.equal(asked, cluster.tls!.handshakes)
    const failing = (): never => {
      throw new Error('the vault is sealed')
    }
    assert.match((await refusal(front, failing)).message, /option tls gives nothing that can be used: the vault is sealed/)
    const silent = await refusal(front, () => new Promise<never>(() => {}), { connectTimeoutMs: 30 })
    assert.match(silent.message, /the option tls gave nothing within 30 ms/)
  })

  test('that are given at once and are none are refused before anything is connected, and never shown', () => {
    const options = { contactPoints: ['127.0.0.1'], tls: { cert: 'no s3cret certificate', key: 'no s3cret key' } }
    const wrong = (tls: unknown, message: RegExp): void =>
      assert.throws(
        () => new Cluster({ ...options, tls: tls as ClusterOptions['tls'] & object }),
        (error: Error) => {
          assert.ok(error instanceof InvalidOptionError)
          assert.match(error.message, message)
          assert.doesNotMatch(`${error.message} ${String((error.cause as Error | undefined)?.message)}`, /s3cret/)
          return true
        },
      )
    wrong(options.tls, /Option tls has certificates or keys that can't be used/)
    wrong('s3cret', /Option tls takes .*, got a text/)
    wrong({ files: { cret: 'x' } }, /Unknown option tls\.files\.cret/)
  })
})
