/** Certificates on a real node: names, dates, sessions, files, and clients that are logged in by theirs. */
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { Cluster, type ClusterOptions, CqlwireError, NoHostAvailableError, type Session } from '../../src/index.js'
import { CLIENT_IDENTITY } from '../../src/embedded/certificates.js'
import { type EmbeddedCassandra, type EmbeddedCassandraOptions, startCassandra } from '../../src/embedded/index.js'
import { issue } from '../../src/embedded/x509.js'

async function withFolder(use: (path: string) => Promise<void>): Promise<void> {
  const path = await mkdtemp(join(tmpdir(), 'cqlwire-certificates-'))
  try {
    await use(path)
  } finally {
    await rm(path, { recursive: true, force: true })
  }
}

async function withNode(options: EmbeddedCassandraOptions, use: (cassandra: EmbeddedCassandra) => Promise<void>): Promise<void> {
  const cassandra = await startCassandra({ firstAddress: '127.0.0.29', port: 0, storagePort: 0, heap: '512m', ...options })
  try {
    await use(cassandra)
  } finally {
    await cassandra.stop()
  }
}

async function connected(
  { contactPoints, port, localDataCenter }: EmbeddedCassandra,
  options: Partial<ClusterOptions>,
  use: (session: Session, cluster: Cluster) => Promise<void> = async () => {},
): Promise<void> {
  const cluster = new Cluster({ contactPoints, port, localDataCenter, ...options })
  try {
    await use(await cluster.connect(), cluster)
  } finally {
    await cluster.shutdown()
  }
}

const refuses = (promise: Promise<void>, message: RegExp): Promise<void> =>
  assert.rejects(promise, (error: Error) => {
    assert.ok(error instanceof CqlwireError)
    assert.match(error.message, message)
    return true
  })

describe('a client that is logged in by its certificate', () => {
  it('needs no password: MutualTlsAuthenticator', async () => {
    await withFolder(async (directory) => {
      const tls = { clientAuth: true }
      await withNode({ directory, tls, passwordAuthentication: true }, async (cassandra) => {
        const { ca, cert, key, files } = cassandra.tls!
        const auth = cassandra.auth!
        await connected(cassandra, { tls: { ca, cert, key }, auth }, async (session) => {
          await session.execute("CREATE ROLE app WITH LOGIN = true AND SUPERUSER = true AND PASSWORD = 'unused'")
          await session.execute(`ADD IDENTITY '${CLIENT_IDENTITY}' TO ROLE 'app'`)
        })
        await connected(cassandra, { tls: { files }, auth }, async (_, cluster) => {
          // The control connection's session is there when the pool's is opened, or the next session's.
          await (await cluster.connect()).shutdown()
          assert.ok(cluster.tls!.resumed > 0, 'a TLS session is resumed')
        })
        await refuses(
          connected(cassandra, { tls: { ca, cert, key, servername: 'elsewhere.example' }, auth }),
          /elsewhere\.example.*not for this name/s,
        )
        await refuses(connected(cassandra, { tls: { ca }, auth, connectTimeoutMs: 2_000 }), /certificate of the client/)
        await connected(cassandra, { tls: { ca, cert, key }, auth }, async (session) => {
          // Cassandra itself has no proxy execution, and takes the payload for one that it doesn't know.
          assert.equal((await session.execute('SELECT key FROM system.local', [], { executeAs: 'app' })).length, 1)
        })
      })
      const authenticator = {
        class_name: 'org.apache.cassandra.auth.MutualTlsAuthenticator',
        parameters: { validator_class_name: 'org.apache.cassandra.auth.SpiffeCertificateValidator' },
      }
      const config = { authenticator, role_manager: 'CassandraRoleManager', authorizer: 'CassandraAuthorizer' }
      await withNode({ directory, tls, config }, async (cassandra) => {
        const { ca, cert, key } = cassandra.tls!
        await connected(cassandra, { tls: { ca, cert, key } }, async (session) => {
          const clients = await session.execute('SELECT username FROM system_views.clients')
          assert.ok(
            clients.rows.every(({ username }) => username === 'app'),
            JSON.stringify(clients.rows),
          )
        })
      })
    })
  })
})

describe('a node whose certificate has expired', () => {
  it('is not talked to', async () => {
    await withFolder(async (directory) => {
      const authority = issue({ kind: 'authority', commonName: 'authority' })
      const dayMs = 24 * 3_600_000
      const [validFrom, validTo] = [9, 2].map((days) => new Date(Date.now() - days * dayMs))
      const server = issue({
        kind: 'server',
        commonName: 'node',
        issuer: authority,
        addresses: ['127.0.0.29'],
        validFrom: validFrom!,
        validTo: validTo!,
      })
      const [keystore, truststore] = [join(directory, 'server.pem'), join(directory, 'ca.pem')]
      await writeFile(keystore, server.keyPem + server.pem)
      await writeFile(truststore, authority.pem)
      // Plain text is taken as well: by it the start is noticed.
      const client_encryption_options = {
        enabled: true,
        optional: true,
        ssl_context_factory: { class_name: 'org.apache.cassandra.security.PEMBasedSslContextFactory' },
        keystore,
        truststore,
      }
      await withNode({ config: { client_encryption_options } }, async (cassandra) => {
        await assert.rejects(connected(cassandra, { tls: { ca: authority.pem } }), (error: Error) => {
          assert.ok(error instanceof NoHostAvailableError)
          assert.match(error.message, /CERT_HAS_EXPIRED.*out of date; renew it/)
          return true
        })
        await connected(cassandra, { tls: { ca: authority.pem, rejectUnauthorized: false } }, async (session) => {
          assert.equal((await session.execute('SELECT key FROM system.local')).length, 1)
        })
      })
    })
  })
})
