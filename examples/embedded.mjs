// A real Apache Cassandra for a demo, a test or development: started here, gone at the end.
import { Cluster } from 'cqlwire'
import { startCassandra } from 'cqlwire/embedded'

const cassandra = await startCassandra({ firstAddress: '127.0.0.9', heap: '512m' })
try {
  const cluster = new Cluster({ contactPoints: cassandra.contactPoints, port: cassandra.port, localDataCenter: cassandra.localDataCenter })
  const session = await cluster.connect()
  const row = (await session.execute('SELECT release_version FROM system.local')).one()
  console.log('Apache Cassandra', row?.release_version, 'answers at', cassandra.contactPoints.join(', '))
  await cluster.shutdown()
} finally {
  await cassandra.stop()
}
