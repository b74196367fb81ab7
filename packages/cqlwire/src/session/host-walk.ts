/** The hosts of a query plan one after another, each of them once. */
import type { Host } from '../metadata/host.js'
import { type LoadBalancingPolicy, type QueryPlan, queryPlanOf, type RoutingRequest } from '../policies/load-balancing.js'
import { checkedHost } from './policy-calls.js'

/** A plan that names so many hosts again, one after another, has no end. */
const MOST_REPEATS = 10_000

export class HostWalk {
  readonly #policy: LoadBalancingPolicy
  readonly #plan: QueryPlan
  /** Plans may name a host again. */
  readonly #tried: (Host | null)[]

  /** `first` was tried already. */
  constructor(policy: LoadBalancingPolicy, request: RoutingRequest, first: Host | null) {
    this.#policy = policy
    this.#plan = queryPlanOf(policy, request)
    this.#tried = [first]
  }

  next(): Host | null {
    for (let skipped = 0; skipped <= MOST_REPEATS; skipped++) {
      // A plan of the user may give undefined for its end.
      const host = checkedHost(this.#policy, this.#plan.next() ?? null)
      if (host === null) return null
      if (this.#tried.includes(host)) continue
      this.#tried.push(host)
      return host
    }
    return null
  }
}
