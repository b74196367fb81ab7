/**
 * The load-balancing policy of a cluster that names no other: token-aware, data-center-aware, rack-aware where a rack is named, the less
 * busy of two, slow nodes last, nodes that just came up eased in.
 */
import { sharedName } from '../metadata/host.js'
import type { Host, HostDistance } from '../metadata/host.js'
import { DefaultPlan } from './default-plan.js'
import { EasingIn } from './easing-in.js'
import { Failover, type FailoverOptions, HostSet } from './host-set.js'
import type { LoadBalancingContext, LoadBalancingPolicy, QueryPlan, RoutingRequest } from './load-balancing.js'
import { checkedRack, noHostInRack } from './rack-aware.js'

export interface DefaultPolicyOptions extends FailoverOptions {
  /** Instead of the cluster's own `localDataCenter`. */
  readonly localDataCenter?: string
  /** The rack (on most clouds: the availability zone) that this program runs in: its replicas are asked first. None by default. */
  readonly localRack?: string
  /** Milliseconds over which the share of requests of a node that came up grows to its full size; 0: at once. 60,000 by default. */
  readonly easeInMs?: number
  /** A number from 0 (inclusive) to 1 (exclusive) that spreads the load; only the start of a sequence is drawn from it. */
  readonly random?: () => number
  /** Milliseconds from any origin, never going back; performance.now by default. Asked only while a node is eased in. */
  readonly now?: () => number
}

/** With so many requests in flight, and no answer for so many milliseconds, a node counts as slow. */
const SLOW_IN_FLIGHT = 10
const SLOW_MS = 200

/**
 * A request whose partition is known goes to one of its replicas in the local data center: of two of them that are connected, the one
 * with fewer requests in flight; a conditional one always goes to the first connected replica, so that its Paxos rounds meet in
 * one place. Then come the other local replicas, the other local hosts in turn, and hosts of other data centers where allowed.
 *
 * Replicas in the local rack come first where `localRack` is given. A node that has ten requests in flight and gave no answer for 200 ms
 * is asked only where no other can be; one that came up gets a share of the requests that grows over a minute.
 *
 * Without a local data center (see `ClusterOptions.localDataCenter`) all hosts are local.
 */
export class DefaultLoadBalancingPolicy implements LoadBalancingPolicy {
  #localDataCenter: string | null
  readonly #rack: string | null
  readonly #failover: Failover
  readonly #hosts = new HostSet((host) => (this.#isLocal(host) ? null : (host.dataCenter ?? '')))
  readonly #young: EasingIn
  #random: number

  constructor(options: DefaultPolicyOptions = {}) {
    const { localDataCenter = null, localRack, easeInMs = 60_000, random = Math.random } = options
    this.#localDataCenter = sharedName(localDataCenter)
    this.#rack = localRack === undefined ? null : checkedRack(localRack)
    this.#failover = new Failover(options)
    this.#young = new EasingIn(easeInMs, options.now ?? (() => performance.now()))
    this.#random = Math.floor(random() * 0x7fff_ffff) | 1
  }

  get localDataCenter(): string | null {
    return this.#localDataCenter
  }

  get usedHostsPerRemoteDc(): number {
    return this.#failover.usedHostsPerRemoteDc
  }

  init(context: LoadBalancingContext): void {
    this.#localDataCenter ??= sharedName(context.localDataCenter)
    for (const host of context.hosts) this.#hosts.add(host)
    const { local } = this.#hosts
    if (this.#rack !== null && !local.some((host) => host.rack === this.#rack)) context.warn(noHostInRack(this.#rack, local))
  }

  distance(host: Host): HostDistance {
    if (this.#isLocal(host)) return 'local'
    return this.#hosts.isAmongFirst(host, this.usedHostsPerRemoteDc) ? 'remote' : 'ignored'
  }

  isInLocalRack(host: Host): boolean {
    return this.#rack !== null && host.rack === this.#rack && this.#isLocal(host)
  }

  first(request: RoutingRequest): Host | null {
    const { replicas } = request
    if (request.isLwt) return this.#firstUsable(replicas) ?? this.#lessBusy(this.#hosts.local)
    if (this.#rack === null) return this.#lessBusy(replicas) ?? this.#lessBusy(this.#hosts.local)
    return this.#nearest(replicas) ?? this.#nearest(this.#hosts.local)
  }

  newQueryPlan(request: RoutingRequest): QueryPlan {
    const remote = this.#failover.hostsOf(this.#hosts, request.consistency)
    const replicas = request.replicas.filter((host) => this.#isLocal(host))
    // The order within each group is a turn, except for conditional requests: theirs must be the same everywhere.
    if (request.isLwt) return new DefaultPlan([replicas, this.#hosts.local, remote], 0, null)
    const groups = [...this.#byRack(replicas), ...this.#byRack(this.#hosts.local)]
    // Remote ones stand in the order of preference.
    return new DefaultPlan([...groups, remote], this.#next(), (host) => isSlow(host))
  }

  onAdd(host: Host): void {
    this.#hosts.add(host)
    this.#young.add(host)
  }

  onRemove(host: Host): void {
    this.#hosts.remove(host)
    this.#young.delete(host)
  }

  onUp(host: Host): void {
    // A node may have come back in another data center.
    this.#hosts.move(host)
    this.#young.add(host)
  }

  onDown(host: Host): void {
    this.#young.delete(host)
  }

  #byRack(hosts: readonly Host[]): (readonly Host[])[] {
    if (this.#rack === null) return [hosts]
    return [hosts.filter((host) => host.rack === this.#rack), hosts.filter((host) => host.rack !== this.#rack)]
  }

  #isLocal(host: Host): boolean {
    return this.#localDataCenter === null || host.dataCenter === this.#localDataCenter
  }

  #usable({ pool, isUp, dataCenter }: Host): boolean {
    if (!isUp || pool === null || (this.#localDataCenter !== null && dataCenter !== this.#localDataCenter)) return false
    return pool.openConnections > 0
  }

  #firstUsable(hosts: readonly Host[]): Host | null {
    for (let i = 0; i < hosts.length; i++) if (this.#usable(hosts[i]!)) return hosts[i]!
    return null
  }

  /** Of two usable hosts that follow each other from a random place on, the one with fewer requests in flight. Avoided ones come last. */
  #lessBusy(hosts: readonly Host[]): Host | null {
    const count = hosts.length
    if (count === 0) return null
    const at = this.#next() % count
    const one = hosts[at]!
    const other = hosts[at + 1 === count ? 0 : at + 1]!
    // Nearly always both can be asked, and the rest need not be looked at.
    if (this.#usable(one) && this.#usable(other)) {
      const choice = lighter(one, other)
      if (!this.#isAvoided(choice)) return choice
    }
    return this.#lessBusyOfAll(hosts, at)
  }

  #lessBusyOfAll(hosts: readonly Host[], from: number): Host | null {
    const count = hosts.length
    let one: Host | null = null
    let avoided: Host | null = null
    let at = from
    for (let seen = 0; seen < count; seen++) {
      const host = hosts[at]!
      if (++at === count) at = 0
      if (!this.#usable(host)) continue
      if (this.#isAvoided(host)) avoided = avoided === null ? host : lighter(avoided, host)
      else if (one === null) one = host
      else return lighter(one, host)
    }
    return one ?? avoided
  }

  /** The same among the hosts of the local rack; where all of those are avoided, among all. */
  #nearest(hosts: readonly Host[]): Host | null {
    const count = hosts.length
    if (count === 0) return null
    const rack = this.#rack
    let one: Host | null = null
    let at = this.#next() % count
    for (let seen = 0; seen < count; seen++) {
      const host = hosts[at]!
      if (++at === count) at = 0
      if (host.rack !== rack || !this.#usable(host) || this.#isAvoided(host)) continue
      if (one === null) one = host
      else return lighter(one, host)
    }
    return one ?? this.#lessBusy(hosts)
  }

  #isAvoided(host: Host): boolean {
    return isSlow(host) || (this.#young.size > 0 && !this.#young.takes(host, this.#next() / 0x8000_0000))
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

function lighter(one: Host, other: Host): Host {
  return other.pool!.inFlight < one.pool!.inFlight ? other : one
}

function isSlow({ pool }: Host): boolean {
  return pool !== null && pool.inFlight >= SLOW_IN_FLIGHT && pool.silentMs >= SLOW_MS
}
