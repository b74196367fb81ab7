/** The load-balancing policies that take turns, named as in the Python driver. */
import type { Host, HostDistance } from '../metadata/host.js'
import { Failover, type FailoverOptions, HostSet } from './host-set.js'
import type { LoadBalancingContext, LoadBalancingPolicy, RoutingRequest } from './load-balancing.js'
import { firstConnected, inTurn, Turn } from './turn.js'

/** Every host in turn, wherever it stands. */
export class RoundRobinPolicy implements LoadBalancingPolicy {
  readonly #hosts = new HostSet(() => null)
  readonly #turn = new Turn()

  init(context: LoadBalancingContext): void {
    for (const host of context.hosts) this.#hosts.add(host)
  }

  distance(): HostDistance {
    return 'local'
  }

  first(): Host | null {
    return firstConnected(this.#hosts.local, this.#turn.next())
  }

  newQueryPlan(): Iterable<Host> {
    return inTurn(this.#hosts.local, this.#turn.next())
  }

  onAdd(host: Host): void {
    this.#hosts.add(host)
  }

  onRemove(host: Host): void {
    this.#hosts.remove(host)
  }
}

export interface DCAwareOptions extends FailoverOptions {
  /** The cluster's own `localDataCenter` by default. Without either, all hosts are local. */
  readonly localDataCenter?: string
}

/** The hosts of the local data center in turn, then some of the others. */
export class DCAwareRoundRobinPolicy implements LoadBalancingPolicy {
  readonly #failover: Failover
  #localDataCenter: string | null
  readonly #hosts = new HostSet((host) => (this.#isLocal(host) ? null : (host.dataCenter ?? '')))
  readonly #turn = new Turn()

  constructor(options: DCAwareOptions = {}) {
    this.#localDataCenter = options.localDataCenter ?? null
    this.#failover = new Failover(options)
  }

  get usedHostsPerRemoteDc(): number {
    return this.#failover.usedHostsPerRemoteDc
  }

  get localDataCenter(): string | null {
    return this.#localDataCenter
  }

  init(context: LoadBalancingContext): void {
    this.#localDataCenter ??= context.localDataCenter
    for (const host of context.hosts) this.#hosts.add(host)
  }

  distance(host: Host): HostDistance {
    if (this.#isLocal(host)) return 'local'
    return this.#hosts.isAmongFirst(host, this.usedHostsPerRemoteDc) ? 'remote' : 'ignored'
  }

  first(): Host | null {
    return firstConnected(this.#hosts.local, this.#turn.next())
  }

  *newQueryPlan(request: RoutingRequest): Generator<Host> {
    yield* inTurn(this.#hosts.local, this.#turn.next())
    yield* this.#failover.hostsOf(this.#hosts, request.consistency)
  }

  onAdd(host: Host): void {
    this.#hosts.add(host)
  }

  onRemove(host: Host): void {
    this.#hosts.remove(host)
  }

  onUp(host: Host): void {
    this.#hosts.move(host)
  }

  #isLocal(host: Host): boolean {
    return this.#localDataCenter === null || host.dataCenter === this.#localDataCenter
  }
}
