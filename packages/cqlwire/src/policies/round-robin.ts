/** The load-balancing policies that take turns, named as in the Python driver. */
import type { Host, HostDistance } from '../metadata/host.js'
import { HostSet, remoteHosts } from './host-set.js'
import type { LoadBalancingContext, LoadBalancingPolicy } from './load-balancing.js'
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

export interface DCAwareOptions {
  /** The cluster's own `localDataCenter` by default. Without either, all hosts are local. */
  readonly localDataCenter?: string
  /** Hosts of each other data center that are asked after the local ones. 0 by default. */
  readonly usedHostsPerRemoteDc?: number
}

/** The hosts of the local data center in turn, then some of the others. */
export class DCAwareRoundRobinPolicy implements LoadBalancingPolicy {
  readonly usedHostsPerRemoteDc: number
  #localDataCenter: string | null
  readonly #hosts = new HostSet((host) => (this.#isLocal(host) ? null : (host.dataCenter ?? '')))
  readonly #turn = new Turn()

  constructor(options: DCAwareOptions = {}) {
    this.#localDataCenter = options.localDataCenter ?? null
    this.usedHostsPerRemoteDc = remoteHosts(options.usedHostsPerRemoteDc)
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

  *newQueryPlan(): Generator<Host> {
    const turn = this.#turn.next()
    yield* inTurn(this.#hosts.local, turn)
    yield* inTurn(this.#hosts.remotes(this.usedHostsPerRemoteDc), turn)
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
