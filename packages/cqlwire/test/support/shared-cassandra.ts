import { after } from 'node:test'
import { startCassandra, type EmbeddedCassandra } from '../../src/embedded/index.js'

/** Where the node of a test run answers, and what it wants of a client. */
export type SharedCassandra = Pick<EmbeddedCassandra, 'contactPoints' | 'port' | 'localDataCenter' | 'auth' | 'tls'>

/** Set by `scripts/with-cassandra.mjs` to a {@link SharedCassandra} in JSON. */
const variable = 'CQLWIRE_TEST_CASSANDRA'

let shared: Promise<SharedCassandra> | undefined

/**
 * The one node that a test run shares over its files. A file that is run by itself gets a node of its own, stopped after its tests.
 * Call it at the top of a file or in a `before` hook; make a keyspace with a name of your own, the node is not yours alone.
 */
export function sharedCassandra(): Promise<SharedCassandra> {
  shared ??= find()
  return shared
}

async function find(): Promise<SharedCassandra> {
  const given = process.env[variable]
  if (given !== undefined && given !== '') return JSON.parse(given) as SharedCassandra
  const own = startCassandra({ port: 0, storagePort: 0 })
  after(async () => await (await own).stop())
  return await own
}
