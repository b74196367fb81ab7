/** A node of the cluster, as the driver knows it. */
import type { HostPool as SessionPool } from '../pool/host-pool.js'

/** What a load-balancing policy says about a node: asked first, asked only where it allows, never connected to. */
export type HostDistance = 'local' | 'remote' | 'ignored'

/** What planning and policies see of a node's connections. Kept as plain numbers by the pool, so that a look costs nothing. */
export interface HostPool {
  /**
   * The slot of the session that alone has these connections.
   * @internal
   */
  readonly slot?: number
  /** Connections that take requests now. */
  readonly openConnections: number
  /** Requests sent and not yet answered, over all connections. */
  readonly inFlight: number
  /** Milliseconds, to about 20, in which the node gave no sign of life though requests waited for it. Says nothing while `inFlight` is 0. */
  readonly silentMs: number
}

/** What a row of system.local, system.peers or system.peers_v2 says about a node. */
export interface HostInfo {
  /** Where clients connect to, address translation done. */
  readonly address: string
  readonly port: number
  /** The node's identity over address changes: a UUID as text; null where the server doesn't say. */
  readonly hostId: string | null
  readonly dataCenter: string | null
  readonly rack: string | null
  readonly releaseVersion: string | null
  readonly schemaVersion: string | null
  /** As the server writes them; empty where it doesn't. */
  readonly tokens: readonly string[]
  /** What other nodes know this one by. */
  readonly broadcastAddress: string | null
  readonly broadcastPort: number | null
  readonly listenAddress: string | null
  readonly listenPort: number | null
  /** The untranslated address for clients, as the server says it: what its events name. */
  readonly rpcAddress: string | null
  readonly rpcPort: number | null
}

/** `address:port`, with brackets around an IPv6 address: how hosts are keyed and shown. */
export function endpointText(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

const sharedNames = new Map<string, string>()

/**
 * The one string of that text. Names of data centers are compared for every request: two of the same text that were read from two rows
 * would be compared character by character, the one string is known by its address.
 */
export function sharedName(name: string | null): string | null {
  if (name === null) return null
  const shared = sharedNames.get(name)
  if (shared !== undefined) return shared
  sharedNames.set(name, name)
  return name
}

const NOTHING_KNOWN: Omit<HostInfo, 'address' | 'port'> = {
  hostId: null,
  dataCenter: null,
  rack: null,
  releaseVersion: null,
  schemaVersion: null,
  tokens: [],
  broadcastAddress: null,
  broadcastPort: null,
  listenAddress: null,
  listenPort: null,
  rpcAddress: null,
  rpcPort: null,
}

/** One object per node for as long as the cluster knows it; compared by identity. Users read it, the cluster writes it. */
export class Host implements HostInfo {
  // The first fields are what planning reads for every request.
  /** The node's connections over all sessions, or null where there are none. Set by the cluster. */
  pool: HostPool | null
  /** Set by the cluster: connections to the node can be had, as far as events and its pool tell. */
  isUp: boolean
  dataCenter: string | null
  /** The node's connections by session, at the session's slot. Set by the cluster. */
  readonly pools: (SessionPool | undefined)[]
  /** Set by the cluster from the load-balancing policies: the nearest distance any of them gives. */
  distance: HostDistance
  rack: string | null

  address: string
  port: number
  /** `address:port`, the key in `cluster.hosts`. */
  endpoint: string
  hostId: string | null
  releaseVersion: string | null
  schemaVersion: string | null
  tokens: readonly string[]
  broadcastAddress: string | null
  broadcastPort: number | null
  listenAddress: string | null
  listenPort: number | null
  rpcAddress: string | null
  rpcPort: number | null

  /** A contact point is a host of which only address and port are known; `update` fills in the rest. */
  constructor(info: Pick<HostInfo, 'address' | 'port'> & Partial<HostInfo>) {
    const all: HostInfo = { ...NOTHING_KNOWN, ...info }
    this.pool = null
    this.isUp = true
    this.dataCenter = sharedName(all.dataCenter)
    this.pools = []
    this.distance = 'local'
    this.rack = all.rack
    this.address = all.address
    this.port = all.port
    this.endpoint = endpointText(all.address, all.port)
    this.hostId = all.hostId
    this.releaseVersion = all.releaseVersion
    this.schemaVersion = all.schemaVersion
    this.tokens = all.tokens
    this.broadcastAddress = all.broadcastAddress
    this.broadcastPort = all.broadcastPort
    this.listenAddress = all.listenAddress
    this.listenPort = all.listenPort
    this.rpcAddress = all.rpcAddress
    this.rpcPort = all.rpcPort
  }

  /** True where the node can be sent a request now. */
  get isConnected(): boolean {
    return this.isUp && this.pool !== null && this.pool.openConnections > 0
  }

  /**
   * Takes over what a fresh row says. True where the place in the cluster changed (data center, rack, tokens, address):
   * token map and distances must then be made again.
   */
  update(info: HostInfo): boolean {
    const moved =
      this.dataCenter !== info.dataCenter ||
      this.rack !== info.rack ||
      this.address !== info.address ||
      this.port !== info.port ||
      !sameTokens(this.tokens, info.tokens)
    this.dataCenter = sharedName(info.dataCenter)
    this.rack = info.rack
    this.address = info.address
    this.port = info.port
    this.endpoint = endpointText(info.address, info.port)
    this.hostId = info.hostId
    this.releaseVersion = info.releaseVersion
    this.schemaVersion = info.schemaVersion
    this.tokens = info.tokens
    this.broadcastAddress = info.broadcastAddress
    this.broadcastPort = info.broadcastPort
    this.listenAddress = info.listenAddress
    this.listenPort = info.listenPort
    this.rpcAddress = info.rpcAddress
    this.rpcPort = info.rpcPort
    return moved
  }

  toString(): string {
    return this.endpoint
  }
}

/** A server gives tokens as a set: in the order of their texts, the same as long as the tokens are. */
function sameTokens(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
