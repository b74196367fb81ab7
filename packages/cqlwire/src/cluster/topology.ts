/** Keeps the hosts of a cluster in step with what a node says in system.local and system.peers_v2 (or system.peers). */
import { CqlwireError } from '../base/errors.js'
import { InvalidRequestError } from '../base/server-errors.js'
import type { Connection } from '../connection/connection.js'
import type { Endpoint } from '../connection/dial.js'
import { endpointText, Host, type HostInfo } from '../metadata/host.js'
import { readLocalRow, readPeerRow, type SystemRow } from '../metadata/host-row.js'
import type { AddressTranslator } from '../policies/address-translator.js'
import { bounded } from './bounded.js'
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
}

export interface TopologySettings {
  readonly port: number
  readonly addressTranslator: AddressTranslator
  /** Milliseconds that a translation may take. */
  readonly connectTimeoutMs: number
}

export class Topology {
  /** Every known node by `address:port`. */
  readonly hosts: Map<string, Host> = new Map()
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
    const local = readLocalRow(rows.local, connectedTo)
    const peers = await Promise.all(rows.peers.map((row) => this.#readPeer(row, warnings)))
    const infos = [local, ...peers.filter((peer) => peer !== null)]
    warnOfSharedAddresses(infos, warnings)
    for (const warning of warnings) if (!this.#warned.has(warning)) this.#warn(warning)
    this.#warned = warnings
    return this.#apply(infos)
  }

  /** The node that an event names by its address for clients, or null. */
  find(address: string, port: number): Host | null {
    for (const host of this.hosts.values()) {
      if (host.address === address && host.port === port) return host
      if (host.rpcAddress === address && (host.rpcPort ?? this.#settings.port) === port) return host
    }
    return null
  }

  async #readPeer(row: SystemRow, warnings: Set<string>): Promise<HostInfo | null> {
    const read = readPeerRow(row, this.#settings.port)
    if ('invalid' in read) {
      warnings.add(`A node is left out: ${read.invalid} (it may be joining, leaving, or half removed)`)
      return null
    }
    const { info } = read
    try {
      const translated = this.#settings.addressTranslator.translate(info.address, info.port)
      const { address, port } = await bounded(translated, { timeoutMs: this.#settings.connectTimeoutMs, what: 'it' })
      if (typeof address !== 'string' || !Number.isSafeInteger(port)) throw new TypeError(`it gave ${String(address)} and ${String(port)}`)
      return { ...info, address, port }
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      // A name server that is down for a moment must not cut known nodes off.
      const known = this.#byIdentity().get(identity(info))
      const then = known === undefined ? 'is left out' : `stays at ${known.endpoint}`
      warnings.add(`The address translator failed for the node ${info.address}:${info.port}, which ${then}: ${why}`)
      return known === undefined ? null : { ...info, address: known.address, port: known.port }
    }
  }

  #apply(infos: readonly HostInfo[]): TopologyChange {
    const known = this.#byIdentity()
    const kept = new Map<string, Host>()
    const added: Host[] = []
    const moved: Host[] = []
    const seen = new Set<string>()
    for (const info of infos) {
      const id = identity(info)
      // A node may list itself among its peers.
      if (seen.has(id)) continue
      seen.add(id)
      let host = known.get(id)
      if (host === undefined) added.push((host = new Host(info)))
      else if (host.update(placed(host, info))) moved.push(host)
      kept.set(host.endpoint, host)
    }
    const stays = new Set(kept.values())
    const removed = [...this.hosts.values()].filter((host) => !stays.has(host))
    this.hosts.clear()
    for (const [endpoint, host] of kept) this.hosts.set(endpoint, host)
    return { added, removed, moved }
  }

  #byIdentity(): Map<string, Host> {
    const hosts = new Map<string, Host>()
    for (const host of this.hosts.values()) hosts.set(identity(host), host)
    return hosts
  }
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
