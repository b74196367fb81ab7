/** The load-balancing policies of a cluster (its own and those of profiles), as one. What a policy throws becomes a warning that names it. */
import type { Host, HostDistance } from '../metadata/host.js'
import { type HostListener, type LoadBalancingContext, type LoadBalancingPolicy, policyName } from '../policies/load-balancing.js'

/** More policies than anybody has purposes for. */
const MANY = 64

const ORDER: readonly HostDistance[] = ['local', 'remote', 'ignored']

export class PolicySet {
  readonly #policies = new Set<LoadBalancingPolicy>()
  readonly #warn: (message: string) => void
  #context: LoadBalancingContext | null = null

  constructor(policies: Iterable<LoadBalancingPolicy>, warn: (message: string) => void) {
    for (const policy of policies) this.#policies.add(policy)
    this.#warn = warn
  }

  get isInitialized(): boolean {
    return this.#context !== null
  }

  init(context: LoadBalancingContext): void {
    this.#context = context
    for (const policy of this.#policies) this.#call(policy, 'init', () => policy.init?.(context))
  }

  /** Adds one at run time. True where it is new: distances must then be asked anew. */
  add(policy: LoadBalancingPolicy, hosts: readonly Host[]): boolean {
    if (this.#policies.has(policy)) return false
    this.#policies.add(policy)
    if (this.#policies.size === MANY)
      this.#warn(`Load balancing: ${MANY} policies are in use, each told of every host for good. Make one per purpose, not one per request`)
    const context = this.#context
    if (context !== null) this.#call(policy, 'init', () => policy.init?.({ ...context, hosts }))
    return true
  }

  /** The nearest distance that any policy gives. One that fails counts as saying `local`: it must not cut the cluster off. */
  distance(host: Host): HostDistance {
    let nearest: HostDistance = 'ignored'
    for (const policy of this.#policies) {
      const distance = this.#call(policy, 'distance', () => policy.distance(host))
      const index = ORDER.indexOf(distance as HostDistance)
      if (index === -1 && distance !== undefined)
        this.#warn(`Load balancing: ${policyName(policy)} gave the distance ${String(distance)} for ${host.endpoint}; it counts as local`)
      if (index < ORDER.indexOf(nearest)) nearest = index === -1 ? 'local' : ORDER[index]!
    }
    return nearest
  }

  tell(event: keyof HostListener, host: Host): void {
    for (const policy of this.#policies) this.#call(policy, event, () => policy[event]?.(host))
  }

  #call<T>(policy: LoadBalancingPolicy, what: string, call: () => T): T | undefined {
    try {
      return call()
    } catch (error) {
      this.#warn(
        `Load balancing: ${policyName(policy)}.${what} failed, the driver goes on: ${error instanceof Error ? error.message : String(error)}`,
      )
      return undefined
    }
  }
}
