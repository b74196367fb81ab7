/** A real Apache Cassandra for development and tests: `cqlwire/embedded`. */
export { cacheDirectory } from './cache-directory.js'
export { startCassandra } from './cassandra.js'
export type { EmbeddedAuth, EmbeddedCassandra } from './embedded-cassandra.js'
export type { EmbeddedTls } from './certificates.js'
export { EmbeddedCassandraError } from './embedded-error.js'
export type { EmbeddedCassandraErrorOptions } from './embedded-error.js'
export type { EmbeddedNode, EmbeddedNodeState } from './node.js'
export type { EmbeddedCassandraOptions } from './options.js'
