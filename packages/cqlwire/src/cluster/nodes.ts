/** The nodes of a cluster: what is known of them, who may be connected to, and the pools of all sessions kept in step. */
import type { Connection } from '../connection/connection.js'
import { type Endpoint, endpointName } from '../connection/dial.js'
import type { Host } from '../metadata/host.js'
import type { Metadata } from '../metadata/metadata.js'
import type { LoadBalancingPolicy } from '../policies/load-balancing.js'
import { HostStatus } from './host-status.js'
import { localDataCenterOf } from './local-data-center.js'
import type { Notices } from './notices.js'
import { PolicySet } from './policy-set.js'
import type { PoolSet } from './pool-set.js'
import type { ClusterSettings } from './settings.js'
import type { SystemQueryOptions } from './system-query.js'
import { type NodeRows, readNodes, Topology, type TopologyChange } from './topology.js'

export class Nodes {
  readonly topology: Topology
  readonly status: HostStatus
  /** Of the live sessions. */
  readonly poolSets: Set<PoolSet> = new Set()
  readonly #settings: ClusterSettings
  readonly #notices: Notices
  readonly #policies: PolicySet
  #localDataCenter: string | null = null

  constructor(settings: ClusterSettings, notices: Notices) {
    const warn = (message: string): void => notices.warn(message)
    this.#settings = settings
    this.#notices = notices
    this.topology = new Topology(settings, warn)
    this.#policies = new PolicySet(
      [...settings.executionProfiles.values()].map((profile) => profile.loadBalancing),
      (message) => notices.warn(message, true),
    )
    this.status = new HostStatus({
      conviction: settings.conviction,
      poolSets: () => this.poolSets,
      warn: (message) => notices.warn(message, true),
      onChange: (host) => this.#onStatus(host),
    })
  }

  get all(): Host[] {
    return [...this.topology.hosts.values()]
  }

  /** Null until connected, and where nothing says it. */
  get localDataCenter(): string | null {
    return this.#localDataCenter
  }

  /**
   * Reads all nodes over a connection, and brings everything in step.
   *
   * @throws {InvalidOptionError} the first time, where the local data center is wrong or can't be told
   */
  async refresh(connection: Connection, metadata: Metadata, contacts: readonly Endpoint[], query: SystemQueryOptions): Promise<void> {
    const rows = await readNodes(connection, query)
    const change = await this.topology.update(rows, connection.endpoint)
    if (query.signal?.aborted === true) return
    if (this.#policies.isInitialized) this.#tellPolicies(change)
    else {
      // Behind a socket or a proxy stands a node that is known by another address.
      const { address, port } = change.local
      this.#initPolicies(contacts.map((contact) => (endpointName(contact) === connection.name ? { address, port } : contact)))
    }
    for (const host of change.removed) this.#remove(host)
    this.updateDistances()
    // A large ring is made in slices. Until it stands the old one is used, in which nodes that are gone are down.
    await this.#updateTokens(rows, change, metadata)
    for (const host of change.removed) this.#notices.events.emit('hostRemoved', host)
    for (const host of change.added) this.#notices.events.emit('hostAdded', host)
    for (const host of [...change.added, ...change.removed]) {
      this.#notices.info(
        `Node ${host.endpoint} (${host.dataCenter ?? 'no data center'}) ${change.added.includes(host) ? 'is known' : 'is gone'}`,
      )
    }
  }

  /** Asks the policies anew how near each node is, and has pools opened and closed as they say. */
  updateDistances(): void {
    for (const host of this.topology.hosts.values()) host.distance = this.#policies.distance(host)
    for (const pools of this.poolSets) for (const host of this.topology.hosts.values()) pools.update(host)
  }

  /** A policy that a profile brought in later. */
  addPolicy(policy: LoadBalancingPolicy): void {
    if (this.#policies.add(policy, this.all)) this.updateDistances()
  }

  #initPolicies(contacts: readonly Endpoint[]): void {
    this.#localDataCenter = localDataCenterOf(this.#settings, this.all, contacts)
    this.#policies.init({ hosts: this.all, localDataCenter: this.#localDataCenter, warn: (message) => this.#notices.warn(message) })
  }

  #tellPolicies({ added, removed, moved }: TopologyChange): void {
    for (const host of [...removed, ...moved]) this.#policies.tell('onRemove', host)
    for (const host of [...added, ...moved]) this.#policies.tell('onAdd', host)
  }

  async #updateTokens(rows: NodeRows, change: TopologyChange, metadata: Metadata): Promise<void> {
    const { cluster_name: name, partitioner } = rows.local
    const known = metadata.partitioner
    const now = typeof partitioner === 'string' ? partitioner : null
    metadata.setCluster(typeof name === 'string' ? name : null, now)
    if (!this.#settings.metadata.tokens) return
    const isChanged = change.added.length + change.removed.length + change.moved.length > 0
    if (isChanged || now !== known || metadata.tokenMap === null) await metadata.updateTokenMap()
  }

  #remove(host: Host): void {
    host.isUp = false
    for (const pools of this.poolSets) pools.remove(host)
  }

  #onStatus(host: Host): void {
    this.#policies.tell(host.isUp ? 'onUp' : 'onDown', host)
    if (host.isUp) {
      host.distance = this.#policies.distance(host)
      for (const pools of this.poolSets) pools.update(host)
    }
    this.#notices.info(`Node ${host.endpoint} is ${host.isUp ? 'up' : 'down'}`)
    this.#notices.events.emit(host.isUp ? 'hostUp' : 'hostDown', host)
  }
}
