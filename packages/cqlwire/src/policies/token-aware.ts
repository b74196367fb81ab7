/** Asks the nodes that hold the data. */
import type { Host, HostDistance } from '../metadata/host.js'
import { queryPlanOf } from './load-balancing.js'
import type { LoadBalancingContext, LoadBalancingPolicy, RoutingRequest } from './load-balancing.js'
import { inTurn, Turn } from './turn.js'

export interface TokenAwareOptions {
  /** Spread requests for one partition over its replicas, rather than ask the primary one first. True by default. */
  readonly shuffleReplicas?: boolean
}

/**
 * Local replicas of the request's partition first, then what another policy says. Of the local replicas those in the local rack come first,
 * where the other policy knows racks. A conditional request goes to the first local replica, always the same, whatever the rack.
 */
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

  isInLocalRack(host: Host): boolean {
    return this.#child.isInLocalRack?.(host) ?? false
  }

  first(request: RoutingRequest): Host | null {
    const { replicas } = request
    const count = replicas.length
    if (count === 0) return this.#child.first?.(request) ?? null
    const child = this.#child
    const prefersRack = child.isInLocalRack !== undefined && !request.isLwt
    const start = this.#startFor(request)
    let other: Host | null = null
    for (let i = 0; i < count; i++) {
      const host = replicas[(start + i) % count]!
      if (!host.isConnected || child.distance(host) !== 'local') continue
      if (!prefersRack || child.isInLocalRack!(host)) return host
      other ??= host
    }
    return other ?? child.first?.(request) ?? null
  }

  *newQueryPlan(request: RoutingRequest): Generator<Host> {
    const child = this.#child
    const { replicas } = request
    const local = [...inTurn(replicas, this.#startFor(request))].filter((host) => child.distance(host) === 'local')
    const isNear = (host: Host): boolean => !request.isLwt && child.isInLocalRack?.(host) === true
    for (const host of local) if (isNear(host)) yield host
    for (const host of local) if (!isNear(host)) yield host
    const plan = queryPlanOf(child, request)
    for (let host = plan.next(); host !== null; host = plan.next()) if (!local.includes(host)) yield host
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
