/** What every connection of a cluster is made with. */
import type { Compressor } from '../protocol/compression.js'
import type { ProtocolVersion } from '../protocol/features.js'
import type { AuthProvider } from './auth.js'
import type { DialOptions } from './dial.js'

export interface ConnectionSettings extends DialOptions {
  readonly protocolVersion: ProtocolVersion
  /** null: bodies travel as they are. */
  readonly compressor: Compressor | null
  /** STARTUP options besides CQL_VERSION and COMPRESSION: driver and application names, client id, THROW_ON_OVERLOAD. */
  readonly startupOptions: Readonly<Record<string, string>>
  readonly auth: AuthProvider | null
  /** Requests in flight at once, at most 32,768. */
  readonly maxRequests: number
  /** A connection that was silent for this long is asked with OPTIONS; 0 turns heartbeats off. */
  readonly heartbeatIntervalMs: number
  /** No answer to the heartbeat within this time closes the connection. */
  readonly heartbeatTimeoutMs: number
}
