import { AbortError } from '../base/errors.js'
import { launch } from './cluster.js'
import type { EmbeddedTls } from './certificates.js'
import type { EmbeddedNode } from './node.js'
import type { EmbeddedCassandraOptions } from './options.js'
import { defaultProgress } from './progress.js'
import { resolveEmbeddedOptions } from './resolve-options.js'

/** The name and the password of a client's login. */
export interface EmbeddedAuth {
  readonly username: string
  readonly password: string
}

/** A running Apache Cassandra. `await using` stops it at the end of the block. */
export interface EmbeddedCassandra extends AsyncDisposable {
  /** The nodes' addresses, as a driver takes them. */
  readonly contactPoints: readonly string[]
  readonly port: number
  /** The first node's data centre. */
  readonly localDataCenter: string
  readonly nodes: readonly EmbeddedNode[]
  /** What a client logs in with, where `passwordAuthentication` is on. */
  readonly auth?: EmbeddedAuth
  /** What a client connects with, where `tls` is on. */
  readonly tls?: EmbeddedTls
  /** Where data and logs stand: a folder `node1`, `node2`, ... for each node. */
  readonly directory: string
  /** Ends every node. A temporary folder is removed (so the nodes are killed); a given one is kept (so they stop in order). */
  stop(): Promise<void>
}

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
