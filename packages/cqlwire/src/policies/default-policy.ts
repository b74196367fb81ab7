/** The load-balancing policy of a cluster that names no other: token-aware, data-center-aware, the less busy of two. */
import { sharedName } from '../metadata/host.js'
import type { Host, HostDistance } from '../metadata/host.js'
import type { LoadBalancingContext, LoadBalancingPolicy, QueryPlan, RoutingRequest } from './load-balancing.js'
import { HostSet, remoteHosts } from './host-set.js'

export interface DefaultPolicyOptions {
  /** Instead of the cluster's own `localDataCenter`. */
  readonly localDataCenter?: string
  /** Hosts of each other data center that are asked when none of the local one is left. 0 by default: requests stay at home. */
  readonly usedHostsPerRemoteDc?: number
  /** A number from 0 (inclusive) to 1 (exclusive) that spreads the load; only the start of a sequence is drawn from it. */
  readonly random?: () => number
}

/**
 * A request whose partition is known goes to one of its replicas in the local data center: of two of them that are connected, the one
 * with fewer requests in flight; a conditional one always goes to the first connected replica, so that its Paxos rounds meet in
 * one place. Then come the other local replicas, the other local hosts in turn, and hosts of other data centers where allowed.
 *
 * Without a local data center (see `ClusterOptions.localDataCenter`) all hosts are local.
 */
export class DefaultLoadBalancingPolicy implements LoadBalancingPolicy {
  readonly usedHostsPerRemoteDc: number
  #localDataCenter: string | null
  readonly #hosts = new HostSet((host) => (this.#isLocal(host) ? null : (host.dataCenter ?? '')))
  #random: number

  constructor(options: DefaultPolicyOptions = {}) {
    const { localDataCenter = null, random = Math.random } = options
    this.#localDataCenter = sharedName(localDataCenter)
    this.usedHostsPerRemoteDc = remoteHosts(options.usedHostsPerRemoteDc)
    this.#random = Math.floor(random() * 0x7fff_ffff) | 1
  }

  get localDataCenter(): string | null {
    return this.#localDataCenter
  }

  init(context: LoadBalancingContext): void {
    this.#localDataCenter ??= sharedName(context.localDataCenter)
    for (const host of context.hosts) this.#hosts.add(host)
  }

  distance(host: Host): HostDistance {
    if (this.#isLocal(host)) return 'local'
    return this.#hosts.isAmongFirst(host, this.usedHostsPerRemoteDc) ? 'remote' : 'ignored'
  }

  first(request: RoutingRequest): Host | null {
    const { replicas } = request
    if (request.isLwt) return this.#firstUsable(replicas, 0) ?? this.#lessBusy(this.#hosts.local)
    return this.#lessBusy(replicas) ?? this.#lessBusy(this.#hosts.local)
  }

  newQueryPlan(request: RoutingRequest): QueryPlan {
    const remote = this.usedHostsPerRemoteDc > 0 ? this.#hosts.remotes(this.usedHostsPerRemoteDc) : []
    const replicas = request.replicas.filter((host) => this.#isLocal(host))
    // The order within each group is a turn, except for conditional requests: theirs must be the same everywhere.
    const turn = request.isLwt ? 0 : this.#next()
    return new DefaultPlan([replicas, this.#hosts.local, remote], turn)
  }

  onAdd(host: Host): void {
    this.#hosts.add(host)
  }

  onRemove(host: Host): void {
    this.#hosts.remove(host)
  }

  onUp(host: Host): void {
    // A node may have come back in another data center.
    this.#hosts.move(host)
  }

  #isLocal(host: Host): boolean {
    return this.#localDataCenter === null || host.dataCenter === this.#localDataCenter
  }

  #usable(host: Host): boolean {
    if (!host.isUp || (this.#localDataCenter !== null && host.dataCenter !== this.#localDataCenter)) return false
    const { pool } = host
    return pool !== null && pool.openConnections > 0
  }

  #firstUsable(hosts: readonly Host[], from: number): Host | null {
    for (let i = from; i < hosts.length; i++) if (this.#usable(hosts[i]!)) return hosts[i]!
    return null
  }

  /** Of two usable hosts that follow each other from a random place on, the one with fewer requests in flight. */
  #lessBusy(hosts: readonly Host[]): Host | null {
    const count = hosts.length
    if (count === 0) return null
    let one: Host | null = null
    let at = this.#next() % count
    for (let seen = 0; seen < count; seen++) {
      const host = hosts[at]!
      if (++at === count) at = 0
      if (!this.#usable(host)) continue
      if (one === null) one = host
      else return host.pool!.inFlight < one.pool!.inFlight ? host : one
    }
    return one
  }

  /** A pseudo-random integer of 31 bits (xorshift): costs no call and makes no garbage. */
  #next(): number {
    let x = this.#random
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    this.#random = x
    return x & 0x7fff_ffff
  }
}

/** Groups of hosts one after another, each from its own turn on. Hosts of an earlier group aren't named again. */
class DefaultPlan implements QueryPlan {
  readonly #groups: readonly (readonly Host[])[]
  readonly #turn: number
  #group = 0
  #seen = 0

  constructor(groups: readonly (readonly Host[])[], turn: number) {
    this.#groups = groups
    this.#turn = turn
  }

  next(): Host | null {
    while (this.#group < this.#groups.length) {
      const hosts = this.#groups[this.#group]!
      while (this.#seen < hosts.length) {
        const host = hosts[(this.#turn + this.#seen++) % hosts.length]!
        if (host.isConnected && (this.#group === 0 || !this.#groups[0]!.includes(host))) return host
      }
      this.#group++
      this.#seen = 0
    }
    return null
  }
}
