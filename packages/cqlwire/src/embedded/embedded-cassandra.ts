import type { EmbeddedTls } from './certificates.js'
import type { EmbeddedNode } from './node.js'

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
