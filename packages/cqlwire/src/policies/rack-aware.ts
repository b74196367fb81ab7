/** Takes turns among the nearest: the own rack, then the own data center, then others where allowed. */
import type { Host, HostDistance } from '../metadata/host.js'
import { InvalidOptionError } from '../base/errors.js'
import { Failover, type FailoverOptions, HostSet } from './host-set.js'
import type { LoadBalancingContext, LoadBalancingPolicy, RoutingRequest } from './load-balancing.js'
import { firstConnected, inTurn, Turn } from './turn.js'

export interface RackAwareOptions extends FailoverOptions {
  /** The rack (on most clouds: the availability zone) that this program runs in. No default. */
  readonly localRack: string
  /** The cluster's own `localDataCenter` by default. Without either, all hosts are in the local data center. */
  readonly localDataCenter?: string
}

/** The hosts of the local rack in turn, then the others of the local data center, then some of other data centers. */
export class RackAwareRoundRobinPolicy implements LoadBalancingPolicy {
  readonly localRack: string
  readonly #failover: Failover
  #localDataCenter: string | null
  readonly #hosts = new HostSet((host) => (this.#isLocal(host) ? null : (host.dataCenter ?? '')))
  #near: readonly Host[] = []
  #others: readonly Host[] = []
  readonly #turn = new Turn()

  constructor(options: RackAwareOptions) {
    this.localRack = checkedRack((options as Partial<RackAwareOptions> | undefined)?.localRack)
    this.#localDataCenter = options.localDataCenter ?? null
    this.#failover = new Failover(options)
  }

  get localDataCenter(): string | null {
    return this.#localDataCenter
  }

  init(context: LoadBalancingContext): void {
    this.#localDataCenter ??= context.localDataCenter
    for (const host of context.hosts) this.#hosts.add(host)
    this.#sort()
    if (this.#near.length === 0) context.warn(noHostInRack(this.localRack, this.#hosts.local))
  }

  distance(host: Host): HostDistance {
    if (this.#isLocal(host)) return 'local'
    return this.#hosts.isAmongFirst(host, this.#failover.usedHostsPerRemoteDc) ? 'remote' : 'ignored'
  }

  isInLocalRack(host: Host): boolean {
    return host.rack === this.localRack && this.#isLocal(host)
  }

  first(): Host | null {
    const turn = this.#turn.next()
    return firstConnected(this.#near, turn) ?? firstConnected(this.#others, turn)
  }

  *newQueryPlan(request: RoutingRequest): Generator<Host> {
    const turn = this.#turn.next()
    yield* inTurn(this.#near, turn)
    yield* inTurn(this.#others, turn)
    yield* this.#failover.hostsOf(this.#hosts, request.consistency)
  }

  onAdd(host: Host): void {
    this.#hosts.add(host)
    this.#sort()
  }

  onRemove(host: Host): void {
    this.#hosts.remove(host)
    this.#sort()
  }

  onUp(host: Host): void {
    this.#hosts.move(host)
    this.#sort()
  }

  #isLocal(host: Host): boolean {
    return this.#localDataCenter === null || host.dataCenter === this.#localDataCenter
  }

  #sort(): void {
    this.#near = this.#hosts.local.filter((host) => host.rack === this.localRack)
    this.#others = this.#hosts.local.filter((host) => host.rack !== this.localRack)
  }
}

export function checkedRack(rack: unknown): string {
  if (typeof rack === 'string' && rack !== '') return rack
  throw new InvalidOptionError('localRack', `localRack takes a rack's name, got ${JSON.stringify(rack) ?? 'nothing'}`)
}

/** A misspelt rack costs money for traffic between zones, and nothing else shows it. */
export function noHostInRack(rack: string, hosts: readonly Host[]): string {
  const racks = [...new Set(hosts.map((host) => host.rack ?? '(none)'))].sort()
  return `Load balancing: no host of the local data center is in the rack ${JSON.stringify(rack)} (localRack); its racks are ${racks.join(', ')}`
}
