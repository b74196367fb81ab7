/** Keeps the hosts of a cluster in step with what a node says in system.local and system.peers_v2 (or system.peers). */
import { CqlwireError } from '../base/errors.js'
import { InvalidRequestError } from '../base/server-errors.js'
import type { Connection } from '../connection/connection.js'
import type { Endpoint } from '../connection/dial.js'
import { endpointText, Host, type HostInfo } from '../metadata/host.js'
import { readLocalRow, readPeerRow, type SystemRow } from '../metadata/host-row.js'
import type { AddressTranslator } from '../policies/address-translator.js'
import { bounded } from '../base/bounded.js'
import { querySystem, type SystemQueryOptions } from './system-query.js'

/** What one node knows of the cluster. */
export interface NodeRows {
  readonly local: SystemRow
  readonly peers: readonly SystemRow[]
}

/**
 * Asks a node for all nodes. Cassandra 4 and later have peers_v2, with a port for each node; what has none answers with an error.
 *
 * @throws {CqlwireError} it has no row about itself; or the errors of {@link querySystem}
 */
export async function readNodes(connection: Connection, options: SystemQueryOptions): Promise<NodeRows> {
  const [locals, peers] = await Promise.all([
    querySystem(connection, "SELECT * FROM system.local WHERE key='local'", options),
    readPeers(connection, options),
  ])
  const local = locals[0]
  if (local === undefined)
    throw new CqlwireError(`${connection.name} has no row in system.local: it can't be used to learn about the cluster`)
  return { local, peers }
}

async function readPeers(connection: Connection, options: SystemQueryOptions): Promise<readonly SystemRow[]> {
  try {
    return await querySystem(connection, 'SELECT * FROM system.peers_v2', options)
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error
    return await querySystem(connection, 'SELECT * FROM system.peers', options)
  }
}

/** What a refresh changed. */
export interface TopologyChange {
  readonly added: readonly Host[]
  readonly removed: readonly Host[]
  /** Known ones that have another data center, rack, address or other tokens now. */
  readonly moved: readonly Host[]
  /** The one that was asked. */
  readonly local: Host
}

export interface TopologySettings {
  readonly port: number
  readonly addressTranslator: AddressTranslator
  /** Milliseconds that a translation may take. */
  readonly connectTimeoutMs: number
}

/** A node as it was read, and where it is reached, where that is not its address. */
interface Found {
  readonly info: HostInfo
  readonly route: Endpoint | null
}

export class Topology {
  /** Every known node by `address:port`. */
  readonly hosts: Map<string, Host> = new Map()
  /**
   * `address:port` of nodes → where they are reached, where that is not their address: by a Unix-domain socket, or by a proxy that tells
   * nodes apart by the name that TLS asks for.
   */
  readonly routes: Map<string, Endpoint> = new Map()
  /** The same by identity. */
  readonly #routesById = new Map<string, Endpoint>()
  readonly #settings: TopologySettings
  readonly #warn: (message: string) => void
  /** Warnings of the last refresh: the same ones aren't given again. */
  #warned: ReadonlySet<string> = new Set()

  constructor(settings: TopologySettings, warn: (message: string) => void) {
    this.#settings = settings
    this.#warn = warn
  }

  /** Takes over what a node says; `connectedTo` is where that node was reached. Peers that can't be used are left out with a warning. */
  async update(rows: NodeRows, connectedTo: Endpoint): Promise<TopologyChange> {
    const warnings = new Set<string>()
    const read = await Promise.all(rows.peers.map((row) => this.#readPeer(row, warnings)))
    const peers = read.filter((peer) => peer !== null)
    const hasProxy = peers.some(({ route }) => route?.serverName !== undefined)
    const local = await this.#readLocal(rows.local, connectedTo, hasProxy)
    const found = [local, ...peers]
    const infos = found.map(({ info }) => info)
    warnOfSharedAddresses(infos, warnings)
    for (const warning of warnings) if (!this.#warned.has(warning)) this.#warn(warning)
    this.#warned = warnings
    const change = this.#apply(infos)
    this.#setRoutes(found)
    return change
  }

  /** The node that an event names by its address for clients, or null. */
  find(address: string, port: number): Host | null {
    for (const host of this.hosts.values()) {
      if (host.address === address && host.port === port) return host
      if (host.rpcAddress === address && (host.rpcPort ?? this.#settings.port) === port) return host
    }
    return null
  }

  /**
   * The node that was asked is known by the address it was reached at. Behind a socket or a proxy that is no address of its own: there it
   * is known by what it says, as its peers are.
   */
  async #readLocal(row: SystemRow, connectedTo: Endpoint, hasProxy: boolean): Promise<Found> {
    const info = readLocalRow(row, connectedTo)
    const route = this.#routeOf(info)
    if (connectedTo.path === undefined && route === null && !hasProxy) return { info, route: null }
    const own = ownPlace(row, info, this.#settings.port)
    if (connectedTo.path !== undefined) return { info: own, route: connectedTo }
    try {
      const found = hasProxy ? await this.#translate(own) : null
      if (found !== null && found.route !== null) return found
    } catch {
      // The translator's failures are told of with the peers.
    }
    return route === null ? { info, route } : { info: own, route }
  }

  async #readPeer(row: SystemRow, warnings: Set<string>): Promise<Found | null> {
    const read = readPeerRow(row, this.#settings.port)
    if ('invalid' in read) {
      warnings.add(`A node is left out: ${read.invalid} (it may be joining, leaving, or half removed)`)
      return null
    }
    const { info } = read
    try {
      return await this.#translate(info)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      // A name server that is down for a moment must not cut known nodes off.
      const known = this.#byIdentity().get(identity(info))
      const then = known === undefined ? 'is left out' : `stays at ${known.endpoint}`
      warnings.add(`The address translator failed for the node ${info.address}:${info.port}, which ${then}: ${why}`)
      return known === undefined ? null : { info: { ...info, address: known.address, port: known.port }, route: this.#routeOf(info) }
    }
  }

  /** A node that a proxy tells apart by name keeps its own address: the proxy's is the same for all. */
  async #translate(info: HostInfo): Promise<Found> {
    const translated = this.#settings.addressTranslator.translate(info.address, info.port, info.hostId)
    const { address, port, serverName } = await bounded(translated, { timeoutMs: this.#settings.connectTimeoutMs, what: 'it' })
    if (typeof address !== 'string' || !Number.isSafeInteger(port)) throw new TypeError(`it gave ${String(address)} and ${String(port)}`)
    if (serverName === undefined) {
      const known = this.#routeOf(info)
      return known?.path === undefined ? { info: { ...info, address, port }, route: null } : { info, route: known }
    }
    if (typeof serverName !== 'string' || serverName === '') throw new TypeError(`it gave the serverName ${JSON.stringify(serverName)}`)
    return { info, route: { address, port, serverName, name: `${serverName} at ${endpointText(address, port)}` } }
  }

  #routeOf(info: HostInfo): Endpoint | null {
    return this.#routesById.get(identity(info)) ?? null
  }

  #setRoutes(found: readonly Found[]): void {
    const hosts = this.#byIdentity()
    const paths = new Set<string>()
    this.routes.clear()
    this.#routesById.clear()
    for (const { info, route } of found) {
      const host = hosts.get(identity(info))
      // A socket leads to the node that answered there last, which comes first.
      if (route === null || host === undefined || (route.path !== undefined && paths.has(route.path))) continue
      if (route.path !== undefined) paths.add(route.path)
      this.routes.set(host.endpoint, route)
      this.#routesById.set(identity(info), route)
    }
  }

  #apply(infos: readonly HostInfo[]): TopologyChange {
    const known = this.#byIdentity()
    const kept = new Map<string, Host>()
    const added: Host[] = []
    const moved: Host[] = []
    const seen = new Set<string>()
    let local: Host | undefined
    for (const info of infos) {
      const id = identity(info)
      // A node may list itself among its peers.
      if (seen.has(id)) continue
      seen.add(id)
      let host = known.get(id)
      if (host === undefined) added.push((host = new Host(info)))
      else if (host.update(placed(host, info))) moved.push(host)
      kept.set(host.endpoint, host)
      local ??= host
    }
    const stays = new Set(kept.values())
    const removed = [...this.hosts.values()].filter((host) => !stays.has(host))
    this.hosts.clear()
    for (const [endpoint, host] of kept) this.hosts.set(endpoint, host)
    return { added, removed, moved, local: local! }
  }

  #byIdentity(): Map<string, Host> {
    const hosts = new Map<string, Host>()
    for (const host of this.hosts.values()) hosts.set(identity(host), host)
    return hosts
  }
}

/** What a node says of itself, with the address for clients that it names. */
function ownPlace(row: SystemRow, info: HostInfo, defaultPort: number): HostInfo {
  const address = info.broadcastAddress ?? info.listenAddress ?? info.address
  const own = readLocalRow(row, { address, port: defaultPort })
  return { ...own, address: own.rpcAddress ?? address, port: own.rpcPort ?? defaultPort }
}

/** A translator that gives several nodes one address leaves one node of them. */
function warnOfSharedAddresses(infos: readonly HostInfo[], warnings: Set<string>): void {
  const byEndpoint = new Map<string, HostInfo>()
  for (const info of infos) {
    const endpoint = endpointText(info.address, info.port)
    const other = byEndpoint.get(endpoint)
    if (other !== undefined && identity(other) !== identity(info))
      warnings.add(`Two nodes are reached at ${endpoint}, and only one of them is used: does the address translator give them one address?`)
    byEndpoint.set(endpoint, info)
  }
}

/** A node is the same while its host id is. */
function identity(info: HostInfo): string {
  return info.hostId ?? `${info.address} ${info.port}`
}

/**
 * The node the control connection is on is known by the address it was reached at, others by what they say. A node that is up and says the
 * same as before keeps the address it has, or it would change whenever the control connection moves.
 */
function placed(host: Host, info: HostInfo): HostInfo {
  const saysTheSame = host.rpcAddress === info.rpcAddress && (host.rpcPort ?? info.rpcPort) === (info.rpcPort ?? host.rpcPort)
  return saysTheSame && host.isUp ? { ...info, address: host.address, port: host.port } : info
}
