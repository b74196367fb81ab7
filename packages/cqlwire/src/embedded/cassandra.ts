import { AbortError } from '../base/errors.js'
import { launch } from './cluster.js'
import type { EmbeddedCassandra } from './embedded-cassandra.js'
import type { EmbeddedCassandraOptions } from './options.js'
import { defaultProgress } from './progress.js'
import { resolveEmbeddedOptions } from './resolve-options.js'

/**
 * Starts an Apache Cassandra, one node or a cluster, and resolves when every node answers CQL and knows the others.
 * The JVMs end with this process, however that ends; nothing keeps this process alive but a start or a stop under way.
 * @throws {InvalidOptionError} before anything is done
 * @throws {EmbeddedCassandraError} Java or Maven is missing, a port is taken, memory is short, a node died or did not answer; nothing runs on
 * @throws {AbortError} `signal` was aborted; nothing runs on
 */
export async function startCassandra(options: EmbeddedCassandraOptions = {}): Promise<EmbeddedCassandra> {
  const resolved = resolveEmbeddedOptions(options)
  try {
    return await launch(resolved, resolved.onProgress ?? defaultProgress())
  } catch (error) {
    if (resolved.signal?.aborted !== true) throw error
    throw new AbortError('The start of Cassandra was aborted by its signal', { cause: resolved.signal.reason })
  }
}
