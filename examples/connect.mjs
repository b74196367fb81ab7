// What every example starts with: a cluster, and a session in a keyspace of its own that is dropped at the end.
// Run one with a Cassandra at hand:  npx cqlwire up   and then   node examples/patterns.mjs
import { Cluster } from 'cqlwire'

const contactPoints = (process.env.CQLWIRE_CONTACT_POINTS ?? '127.0.0.1').split(',')

export const options = { contactPoints, localDataCenter: process.env.CQLWIRE_LOCAL_DATA_CENTER ?? 'datacenter1' }

/** Runs `example(session, cluster)` in a fresh keyspace. */
export async function withKeyspace(name, example) {
  const keyspace = `example_${name}_${process.pid}`
  const cluster = new Cluster(options)
  try {
    const session = await cluster.connect()
    await session.execute(`CREATE KEYSPACE ${keyspace} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`)
    await session.setKeyspace(keyspace)
    try {
      await example(session, cluster)
    } finally {
      await session.execute(`DROP KEYSPACE ${keyspace}`)
    }
  } finally {
    await cluster.shutdown()
  }
}
