/** Policies that leave hosts out of what another policy does. */
import type { Host, HostDistance } from '../metadata/host.js'
import { InvalidOptionError } from '../base/errors.js'
import { queryPlanOf } from './load-balancing.js'
import type { LoadBalancingContext, LoadBalancingPolicy, RoutingRequest } from './load-balancing.js'
import { RoundRobinPolicy } from './round-robin.js'

/** Only hosts that a predicate says yes to; the others get no connections. The predicate is asked anew each time. */
export class HostFilterPolicy implements LoadBalancingPolicy {
  readonly #child: LoadBalancingPolicy
  readonly #allows: (host: Host) => boolean

  constructor(child: LoadBalancingPolicy, allows: (host: Host) => boolean) {
    this.#child = child
    this.#allows = allows
  }

  init(context: LoadBalancingContext): void {
    this.#child.init?.(context)
  }

  distance(host: Host): HostDistance {
    return this.#allows(host) ? this.#child.distance(host) : 'ignored'
  }

  isInLocalRack(host: Host): boolean {
    return this.#child.isInLocalRack?.(host) ?? false
  }

  first(request: RoutingRequest): Host | null {
    const host = this.#child.first?.(request) ?? null
    return host !== null && this.#allows(host) ? host : null
  }

  *newQueryPlan(request: RoutingRequest): Generator<Host> {
    const plan = queryPlanOf(this.#child, request)
    for (let host = plan.next(); host !== null; host = plan.next()) if (this.#allows(host)) yield host
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
}

/** Only hosts of a list, each named by its address or by `address:port`, in turn unless another policy is given. */
export class AllowListPolicy extends HostFilterPolicy {
  constructor(hosts: Iterable<string>, child: LoadBalancingPolicy = new RoundRobinPolicy()) {
    const allowed = new Set(hosts)
    if (allowed.size === 0)
      throw new InvalidOptionError('hosts', 'An allow list takes at least one host; with none, no request could be sent')
    super(child, (host) => allowed.has(host.address) || allowed.has(host.endpoint))
  }
}
