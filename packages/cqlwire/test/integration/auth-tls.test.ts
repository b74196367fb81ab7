/** Who may come in, and how the bytes travel: passwords, TLS, compression. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import {
  AuthenticationError,
  type AuthProvider,
  BadCredentialsError,
  Cluster,
  type ClusterOptions,
  NoHostAvailableError,
  PlainTextAuthProvider,
  type Session,
  UnauthorizedError,
} from '../../src/index.js'
import { type EmbeddedCassandra, startCassandra } from '../../src/embedded/index.js'
import { Gate } from '../support/gate.js'
import { onEachVersion, VERSIONS } from '../support/versions.js'

/** Connects, uses the session, and closes everything, also where connecting fails. */
async function connected<T>(options: ClusterOptions, use: (session: Session) => Promise<T>): Promise<T> {
  const cluster = new Cluster(options)
  try {
    return await use(await cluster.connect())
  } finally {
    await cluster.shutdown()
  }
}

const clusterNameOf = async (session: Session): Promise<unknown> =>
  (await session.execute('SELECT cluster_name FROM system.local')).one()?.cluster_name

describe('a node that wants a password over TLS, and a certificate of the client', () => {
  let cassandra: EmbeddedCassandra
  let secure: { readonly ca: string; readonly cert: string; readonly key: string }
  let where: Pick<ClusterOptions, 'contactPoints' | 'port' | 'localDataCenter' | 'tls'>
  before(async () => {
    cassandra = await startCassandra({ port: 0, storagePort: 0, heap: '512m', passwordAuthentication: true, tls: { clientAuth: true } })
    const { ca, cert, key } = cassandra.tls!
    secure = { ca, cert, key }
    where = { contactPoints: cassandra.contactPoints, port: cassandra.port, localDataCenter: cassandra.localDataCenter, tls: secure }
  })
  after(() => cassandra?.stop())

  for (const protocolVersion of VERSIONS) {
    describe(`(protocol v${protocolVersion})`, () => {
      it('lets in who has the right one', async () => {
        const { username, password } = cassandra.auth!
        for (const auth of [{ username, password }, new PlainTextAuthProvider(username, password)])
          assert.equal(typeof (await connected({ ...where, auth, protocolVersion }, clusterNameOf)), 'string')
      })

      it('refuses a wrong one: an AuthenticationError that names the node, and never the password', async () => {
        const auth = { username: cassandra.auth!.username, password: 'my secret' }
        await assert.rejects(connected({ ...where, auth, protocolVersion }, clusterNameOf), (error: Error) => {
          assert.ok(error instanceof AuthenticationError, `${error.name}: ${error.message}`)
          assert.ok(error.cause instanceof BadCredentialsError)
          assert.equal(error.host, `${cassandra.contactPoints[0]!}:${cassandra.port}`)
          assert.match(error.message, /does not take the credentials/)
          assert.doesNotMatch(`${error.message}${error.stack ?? ''}${String((error.cause as Error).stack)}`, /my secret/)
          return true
        })
      })

      it('says what to do where none was given', async () => {
        await assert.rejects(connected({ ...where, protocolVersion }, clusterNameOf), (error: Error) => {
          assert.ok(error instanceof AuthenticationError, `${error.name}: ${error.message}`)
          assert.match(error.message, /PasswordAuthenticator.*no credentials were given: set auth: \{ username, password \}/)
          return true
        })
      })

      it('may keep a user from a table: an UnauthorizedError that names it, and the session goes on', async () => {
        const role = `reader_${protocolVersion}`
        const admin = { ...where, auth: cassandra.auth!, protocolVersion }
        await connected(admin, (session) => session.execute(`CREATE ROLE ${role} WITH PASSWORD = 'read' AND LOGIN = true`))
        await connected({ ...admin, auth: { username: role, password: 'read' } }, async (session) => {
          await assert.rejects(session.execute('SELECT role FROM system_auth.roles'), (error: Error) => {
            assert.ok(error instanceof UnauthorizedError, `${error.name}: ${error.message}`)
            assert.match(error.message, new RegExp(`${role} .*system_auth\\.roles`))
            return true
          })
          assert.equal(typeof (await clusterNameOf(session)), 'string')
        })
      })
    })
  }

  it('an AuthProvider of the application is asked for a token for each connection', async () => {
    const asked: string[] = []
    const { username, password } = cassandra.auth!
    const auth: AuthProvider = {
      newAuthenticator: (host, authenticatorClass) => {
        asked.push(`${host} ${authenticatorClass}`)
        return { initialResponse: async () => Promise.resolve(Buffer.from(`\0${username}\0${password}`)), evaluateChallenge: () => null }
      },
    }
    await connected({ ...where, auth }, clusterNameOf)
    const expected = `${cassandra.contactPoints[0]!}:${cassandra.port} org.apache.cassandra.auth.PasswordAuthenticator`
    assert.ok(asked.length >= 2 && asked.every((each) => each === expected), asked.join())
  })

  const distrusted: readonly (readonly [string, () => ClusterOptions['tls'], RegExp])[] = [
    [
      'where its authority is not known',
      () => true,
      /certificate.*not signed by a known authority; give the authority's certificate as tls\.ca/,
    ],
    [
      'where its certificate is for another name',
      () => ({ ...secure, checkServerIdentity: otherName }),
      /certificate is not for this name/,
    ],
    ['by a client without a certificate', () => ({ ca: secure.ca }), /certificate/],
  ]
  for (const [what, tls, message] of distrusted) {
    it(`is not talked to ${what}: the error says so`, async () => {
      await assert.rejects(connected({ ...where, tls: tls()!, auth: cassandra.auth! }, clusterNameOf), (error: Error) => {
        assert.ok(error instanceof NoHostAvailableError, `${error.name}: ${error.message}`)
        assert.match(error.message, message)
        return true
      })
    })
  }

  it('is not reached without TLS: an error instead of silence', async () => {
    const { tls: _, ...plain } = where
    await assert.rejects(connected({ ...plain, auth: cassandra.auth!, connectTimeoutMs: 2_000 }, clusterNameOf), (error: Error) => {
      assert.ok(error instanceof NoHostAvailableError, `${error.name}: ${error.message}`)
      assert.match(error.message, /closes them when it is spoken to in plain text: does it want TLS \(option tls\)\?/)
      return true
    })
  })

  function otherName(): Error {
    return Object.assign(new Error('the name is another'), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
  }
})

for (const compression of ['lz4', 'snappy', false] as const) {
  const versions = compression === 'snappy' ? ([3, 4] as const) : VERSIONS
  const title = compression === false ? 'without compression' : `compression: ${compression}`
  const schema = ['CREATE TABLE t (id int PRIMARY KEY, v text)']
  onEachVersion(title, 'compression', { schema, versions }, (stage) => {
    const long = 'the same again, '.repeat(20_000) // 320 kB: more than two segments of v5

    it('the bytes that travel are fewer, and come out as they went in', async () => {
      const gate = await Gate.open()
      try {
        const session = await stage.another({ ...gate.options, compression })
        const insert = await session.prepare('INSERT INTO t (id, v) VALUES (?, ?)')
        const before = gate.sent
        await session.execute(insert, [1, long])
        const sent = gate.sent - before
        if (compression === false) assert.ok(sent > long.length)
        else assert.ok(sent < long.length / 10, `${sent} bytes were sent for ${long.length}`)
        for (const [id, v] of [[2, ''], [3, 'short'], [4, '\u0000é東\u{1f408}'.repeat(3_000)]]) await session.execute(insert, [id, v]) // prettier-ignore
        const rows = await session.execute('SELECT id, v FROM t')
        const read = new Map(rows.rows.map((row) => [row['id'] as number, row['v'] as string]))
        assert.deepEqual(read, new Map([[1, long], [2, ''], [3, 'short'], [4, '\u0000é東\u{1f408}'.repeat(3_000)]])) // prettier-ignore
      } finally {
        await gate.close()
      }
    })
  })
}
