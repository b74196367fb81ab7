// A login by password over TLS, with a certificate of the client, on a real node that wants all three.
import assert from 'node:assert/strict'
import { Cluster } from 'cqlwire'
import { startCassandra } from 'cqlwire/embedded'

const cassandra = await startCassandra({
  firstAddress: '127.0.0.19',
  port: 0,
  storagePort: 0,
  heap: '512m',
  passwordAuthentication: true,
  tls: { clientAuth: true },
})
const { contactPoints, port, localDataCenter } = cassandra
const { username, password } = cassandra.auth
const { ca, cert, key } = cassandra.tls.files // paths of PEM files

try {
  // Files are read anew for each connection: certificates are renewed without a restart.
  const cluster = new Cluster({
    contactPoints,
    port,
    localDataCenter,
    auth: { username, password },
    tls: { files: { ca, cert, key } },
  })
  const session = await cluster.connect()
  const { rows } = await session.execute('SELECT role FROM system_auth.roles')
  console.log('roles:', rows.map(({ role }) => role).join(', '))
  console.log('TLS handshakes:', cluster.tls)
  await cluster.shutdown()

  // A wrong password is an error that says so, and never shows it.
  const wrong = new Cluster({
    contactPoints,
    port,
    localDataCenter,
    auth: { username, password: 'guess' },
    tls: { files: { ca, cert, key } },
  })
  await assert.rejects(wrong.connect(), (error) => {
    console.log(`${error.name}: ${error.message}`)
    return error.name === 'AuthenticationError' && !error.message.includes('guess')
  })
  await wrong.shutdown()
} finally {
  await cassandra.stop()
}
