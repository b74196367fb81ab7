/** What {@link startCassandra} takes. Every field may be left out; an unknown field or a wrong value is an `InvalidOptionError`. */
export interface EmbeddedCassandraOptions {
  /** How many nodes, 1 to 9. Default: as many as `datacenters` or `racks` have, else 1. */
  readonly nodes?: number
  /** Nodes by data centre, e.g. `{ dc1: 2, dc2: 1 }`, or the name of each node's data centre in order. Default: all in `dc1`. */
  readonly datacenters?: Readonly<Record<string, number>> | readonly string[]
  /** Each node's rack in order. Default: all in `rack1`. */
  readonly racks?: readonly string[]
  /** The most heap that a node may take, in MiB or GiB: `'600m'`, `'2g'`. Default: `'1g'` for one node, `'600m'` for several. At least 256m. */
  readonly heap?: string
  /**
   * What the node is tuned for. `'start'`: quick to start, small, steady from the first request on. `'throughput'`: half the CPU a request
   * in the long run (measured: 55 µs against 110 for a select), after some 400,000 requests that cost double. Default: `'start'`.
   */
  readonly tuning?: 'start' | 'throughput'
  /** Tokens of each node, 1 to 256. Default: 16. */
  readonly numTokens?: number
  /** Keys of cassandra.yaml, which win over those set here. Default: none. */
  readonly config?: Readonly<Record<string, unknown>>
  /** More arguments for the JVM, which win over those set here. Default: none. */
  readonly jvmOptions?: readonly string[]
  /** The release of `org.apache.cassandra:cassandra-all`. Default: 5.0.6. */
  readonly version?: string
  /** The first node's loopback IPv4 address; the others follow it, one by one. Default: `127.0.0.1`. */
  readonly firstAddress?: string
  /** The port of the native protocol, the same on each address; 0 is any free one. Default: 9042. */
  readonly port?: number
  /** The port between the nodes, the same on each address; 0 is any free one. Default: 7000. */
  readonly storagePort?: number
  /**
   * Where data and logs stand; kept at the end, and used again by a later start with the same nodes.
   * Default: a temporary folder, removed at the end.
   */
  readonly directory?: string
  /** Clients must log in; `auth` of the result has the superuser. Default: false. */
  readonly passwordAuthentication?: boolean
  /** Clients must use TLS, with certificates made at the start; `clientAuth`: and show one of their own. Default: false. */
  readonly tls?: boolean | { readonly clientAuth?: boolean }
  /** How long one node may take until it answers CQL, in milliseconds. Default: 120,000. */
  readonly startTimeoutMs?: number
  /** Called with a line about what goes on. Default: a line on standard error, where that is a terminal or `CQLWIRE_PROGRESS=1`. */
  readonly onProgress?: (line: string) => void
  /** Ends a start: what was started is killed, and the promise rejects with an `AbortError`. Default: none. */
  readonly signal?: AbortSignal
}

/** Where one node stands. */
export interface NodePlace {
  readonly address: string
  readonly dataCenter: string
  readonly rack: string
}

/** Checked options, with every default filled in. */
export interface ResolvedEmbeddedOptions {
  readonly places: readonly NodePlace[]
  /** MiB. */
  readonly heap: number
  readonly tuning: 'start' | 'throughput'
  readonly numTokens: number
  readonly config: Readonly<Record<string, unknown>>
  readonly jvmOptions: readonly string[]
  readonly version: string
  readonly port: number
  readonly storagePort: number
  readonly directory: string | null
  readonly passwordAuthentication: boolean
  readonly tls: { readonly clientAuth: boolean } | null
  readonly startTimeoutMs: number
  readonly onProgress: ((line: string) => void) | null
  readonly signal: AbortSignal | undefined
}
