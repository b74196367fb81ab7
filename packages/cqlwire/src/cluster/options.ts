/** What a cluster takes, as users type it. How it is read stands in settings.ts. */
import type { ColumnEncryptionPolicy } from '../codec/column-encryption.js'
import type { CustomCodec } from '../codec/custom-codec.js'
import type { AuthProvider, PlainTextOptions } from '../connection/auth.js'
import type { TlsOptions, TlsProvider } from '../connection/tls.js'
import type { AddressTranslator } from '../policies/address-translator.js'
import type { ConvictionPolicy } from '../policies/conviction.js'
import type { LoadBalancingPolicy } from '../policies/load-balancing.js'
import type { ReconnectionPolicy } from '../policies/reconnection.js'
import type { RetryPolicy } from '../policies/retry.js'
import type { SpeculativeExecutionPolicy } from '../policies/speculative.js'
import type { ThrottleOptions } from '../policies/throttle.js'
import type { TimestampGenerator } from '../policies/timestamps.js'
import type { ProtocolVersion } from '../protocol/features.js'
import type { Logger } from './logger.js'
import type { ExecutionProfileOptions } from './request-defaults.js'

/** Connections to each node. */
export interface PoolOptions {
  /**
   * Connections of a session to each node, by its distance; a number counts for both. Default: `{ local: 1, remote: 1 }`: one connection
   * carries thousands of requests at once, and a second one pays only where the node's cores wait for one another.
   */
  readonly connectionsPerHost?: number | { readonly local?: number; readonly remote?: number }
  /** Requests in flight on one connection, 1 to 32,768. Default: 2,048. */
  readonly maxRequestsPerConnection?: number
  /** Requests of a session that wait for a free place; one more fails with a `BusyError`. Default: 65,536. */
  readonly maxQueuedRequests?: number
  /** A connection that was silent for so many milliseconds is asked for a sign of life; 0 never asks. Default: 30,000. */
  readonly heartbeatIntervalMs?: number
  /** Milliseconds without that sign after which the connection counts as lost. Default: 30,000. */
  readonly heartbeatTimeoutMs?: number
}

/** What is known of the schema and the ring. */
export interface MetadataOptions {
  /** Read the schema at the start and after each change. Default: true. */
  readonly schema?: boolean
  /** Keep a map of tokens, which routing by partition needs. Default: true. */
  readonly tokens?: boolean
  /** Changes that come within so many milliseconds are read at once. Default: 1,000. */
  readonly refreshWindowMs?: number
  /** Rows a page while the schema is read. Default: 1,000. */
  readonly pageSize?: number
}

/** Prepared statements. */
export interface PreparedOptions {
  /** Prepare a statement on all nodes when it is prepared on one. Default: true. */
  readonly onAllHosts?: boolean
  /** Prepare all statements again on a node that comes up. Default: true. */
  readonly reprepareOnUp?: boolean
  /** How many statements that were given as text are kept prepared. Default: 1,000. */
  readonly cacheSize?: number
}

/** How numbers are read that a JavaScript number can't hold exactly. */
export interface NumberOptions {
  /** Default: `'bigint'`. */
  readonly bigint?: 'bigint' | 'number' | 'string'
  /** Default: `'bigint'`. */
  readonly varint?: 'bigint' | 'number' | 'string'
  /** Default: `'decimal'`, a `Decimal`. */
  readonly decimal?: 'decimal' | 'number' | 'string'
}

/** A login by name and password. They are given to servers whose authenticator is known to take passwords. */
export interface Credentials extends PlainTextOptions {
  readonly username: string
  readonly password: string
}

/** Options of a `Cluster`. Every one but `contactPoints` may be left out; an unknown one or a wrong value is an `InvalidOptionError`. */
export interface ClusterOptions {
  /**
   * Nodes to start with: `'host'`, `'host:port'`, `'[IPv6]:port'` or a bare IPv6 address; a name stands for all its addresses.
   * `'unix:/path'` is a Unix-domain socket that leads to a node. The other nodes are learned from them. No default.
   */
  readonly contactPoints: readonly string[]
  /** The port where a contact point, or a node of a cluster without `system.peers_v2`, names none. Default: 9042. */
  readonly port?: number
  /** The data center that requests stay in. Default: the one that all contact points are in; where they differ, connecting fails. */
  readonly localDataCenter?: string
  /** The keyspace of sessions that name none. Default: none. */
  readonly keyspace?: string
  /** Credentials. Default: none. */
  readonly auth?: AuthProvider | Credentials
  /**
   * TLS: `true`, or the options of Node's `tls.connect` (`ca`, `cert`, `key`, ...); with `files`, paths that are read anew for each
   * connection, or a function that gives the options of each connection, certificates are renewed without a restart. Certificates and names
   * are verified, and TLS 1.2 is the oldest that is spoken, unless the options say otherwise. Default: `false`.
   */
  readonly tls?: boolean | TlsOptions | TlsProvider
  /** The version of the native protocol. Default: the highest that the first node speaks, of 5, 4 and 3. */
  readonly protocolVersion?: ProtocolVersion
  /** Compression of what travels; `snappy` takes the package of that name, and is for protocol 4 and 3. Default: `false`. */
  readonly compression?: 'lz4' | 'snappy' | false
  /** Who is asked. Default: a `DefaultLoadBalancingPolicy`: replicas in the local data center first, the less busy of two. */
  readonly loadBalancing?: LoadBalancingPolicy
  /** What is done about failed attempts. Default: a `DefaultRetryPolicy`. */
  readonly retry?: RetryPolicy
  /** When lost nodes are tried again. Default: an `ExponentialReconnectionPolicy`, 1 s growing to 60 s. */
  readonly reconnection?: ReconnectionPolicy
  /** When slow requests are sent to a second node. Default: never. */
  readonly speculativeExecution?: SpeculativeExecutionPolicy
  /** Timestamps of writes. Default: a `MonotonicTimestampGenerator`. */
  readonly timestampGenerator?: TimestampGenerator
  /** Where nodes are reached from here. Default: where they say. */
  readonly addressTranslator?: AddressTranslator
  /** When a node counts as down. Default: a `SimpleConvictionPolicy`: when a connection failed and no other is open. */
  readonly conviction?: ConvictionPolicy
  /** Request defaults by name; the one named `default` holds for requests that name none. Default: none. */
  readonly executionProfiles?: Readonly<Record<string, ExecutionProfileOptions>>
  readonly pool?: PoolOptions
  /** Limits on what a session sends, every attempt counted; what is over them waits, in order. Default: none. */
  readonly throttle?: ThrottleOptions
  /**
   * Asks nodes to refuse requests with OVERLOADED when they have too much to do, rather than to stop reading from their connections:
   * idempotent requests are then sent again later, within a budget. Cassandra 4 and later. Default: false.
   */
  readonly throwOnOverload?: boolean
  /** Milliseconds that opening a connection may take; each answer of the handshake and of a node's metadata as well. Default: 5,000. */
  readonly connectTimeoutMs?: number
  /** The total deadline of a request in milliseconds, retries included; 0 for none. Default: 10,000. */
  readonly requestTimeoutMs?: number
  /** Milliseconds to wait after a change of the schema until all nodes know it; 0 doesn't wait. Default: 10,000. */
  readonly schemaAgreementTimeoutMs?: number
  readonly metadata?: MetadataOptions
  readonly prepared?: PreparedOptions
  /** Codecs that take the place of the built-in ones. Default: none. */
  readonly codecs?: readonly CustomCodec[]
  /** Columns that are encrypted before they are sent, and decrypted when they are read; see docs/security.md. Default: none. */
  readonly columnEncryption?: ColumnEncryptionPolicy
  readonly numbers?: NumberOptions
  /**
   * Whether errors about a parameter, and of codecs of the application, show values. For development: errors end up in logs, and values are
   * your users'. Default: false, they say types and shapes.
   */
  readonly showValues?: boolean
  /** What the nodes show for this client (`system_views.clients`). Default: none. */
  readonly applicationName?: string
  /** Default: none. */
  readonly applicationVersion?: string
  /** A UUID for this client. Default: a random one. */
  readonly clientId?: string
  /** Where messages go. Default: none; warnings that nobody listens to become warnings of the process. */
  readonly logger?: Logger
  /** Reserved for the recording of latencies: checked, and not used yet. What is counted always stands in `session.metrics`. Default: false. */
  readonly metrics?: boolean
  /** Reserved for spans of requests: checked, and not used yet. Default: none. */
  readonly tracer?: object
}
