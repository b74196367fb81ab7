/** Asks the nodes that hold the data. */
import type { Host, HostDistance } from '../metadata/host.js'
import { queryPlanOf } from './load-balancing.js'
import type { LoadBalancingContext, LoadBalancingPolicy, RoutingRequest } from './load-balancing.js'
import { inTurn, Turn } from './turn.js'

export interface TokenAwareOptions {
  /** Spread requests for one partition over its replicas, rather than ask the primary one first. True by default. */
  readonly shuffleReplicas?: boolean
}

/** Local replicas of the request's partition first, then what another policy says. */
export class TokenAwarePolicy implements LoadBalancingPolicy {
  readonly #child: LoadBalancingPolicy
  readonly #shuffle: boolean
  readonly #turn = new Turn()

  constructor(child: LoadBalancingPolicy, options: TokenAwareOptions = {}) {
    this.#child = child
    this.#shuffle = options.shuffleReplicas ?? true
  }

  init(context: LoadBalancingContext): void {
    this.#child.init?.(context)
  }

  distance(host: Host): HostDistance {
    return this.#child.distance(host)
  }

  first(request: RoutingRequest): Host | null {
    const { replicas } = request
    const start = this.#startFor(request)
    for (let i = 0; i < replicas.length; i++) {
      const host = replicas[(start + i) % replicas.length]!
      if (host.isConnected && this.#child.distance(host) === 'local') return host
    }
    return this.#child.first?.(request) ?? null
  }

  *newQueryPlan(request: RoutingRequest): Generator<Host> {
    const { replicas } = request
    for (const host of inTurn(replicas, this.#startFor(request))) if (this.#child.distance(host) === 'local') yield host
    const plan = queryPlanOf(this.#child, request)
    for (let host = plan.next(); host !== null; host = plan.next()) {
      if (!replicas.includes(host) || this.#child.distance(host) !== 'local') yield host
    }
  }

  onAdd(host: Host): void {
    this.#child.onAdd?.(host)
  }

  onRemove(host: Host): void {
    this.#child.onRemove?.(host)
  }

  onUp(host: Host): void {
    this.#child.onUp?.(host)
  }

  onDown(host: Host): void {
    this.#child.onDown?.(host)
  }

  #startFor(request: RoutingRequest): number {
    return request.isLwt || !this.#shuffle ? 0 : this.#turn.next()
  }
}
