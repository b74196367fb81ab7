/** What a cluster tells its listeners. */
import type { Host } from '../metadata/host.js'
import type { SchemaChange } from '../protocol/schema-change.js'

/** Event → arguments of its listeners. */
export interface ClusterEvents {
  /** A node can be used again. */
  hostUp: [host: Host]
  /** A node can't be used: no connection to it is left, or its peers say that it is down. */
  hostDown: [host: Host]
  /** A node joined the cluster, or was learned of. */
  hostAdded: [host: Host]
  /** A node left the cluster. */
  hostRemoved: [host: Host]
  /** Something in the schema changed; `cluster.metadata` has it already, unless schema metadata are off. */
  schemaChange: [change: SchemaChange]
  /** The control connection was lost, or an attempt to make it anew failed; it is tried again. Requests aren't touched by it. */
  controlConnectionLost: [error: Error]
  /** The control connection stands again, and nodes and schema have been read anew. */
  controlConnectionRestored: []
  /** Something that is no error, but should be looked at. */
  warning: [message: string]
}
