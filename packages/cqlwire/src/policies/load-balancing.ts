/**
 * Who is asked: the contract of load-balancing policies.
 *
 * A policy is any object with these methods; nothing is checked by class. One object serves one cluster (its profiles may share it).
 *
 * For each request the driver asks `first` for one host, and `newQueryPlan` only when that host can't be used or didn't answer:
 * the common case makes no list. The driver leaves out hosts that it already tried, so a plan may name them again.
 */
import { CqlwireError } from '../base/errors.js'
import type { Host, HostDistance } from '../metadata/host.js'

/** What is known of a request when it is routed. */
export interface RoutingRequest {
  readonly keyspace: string | null
  readonly table: string | null
  /** The replicas of the request's partition, the primary one first; empty where the partition isn't known. */
  readonly replicas: readonly Host[]
  /** Conditional (LWT), or a serial read: best sent to the primary replica, always the same. */
  readonly isLwt: boolean
  /** The name of the consistency level: `'LOCAL_QUORUM'`. */
  readonly consistency: string
  readonly idempotent: boolean
}

/** Hosts one after another, null when there are no more. */
export interface QueryPlan {
  next(): Host | null
}

/** What a policy is given once, before it is asked for anything. */
export interface LoadBalancingContext {
  /** The hosts known so far, contact points included. Later ones are told by `onAdd`. */
  readonly hosts: readonly Host[]
  /** The option `localDataCenter`, or the one that all contact points agree on; null where neither is there. */
  readonly localDataCenter: string | null
  /** Tells the user about something that isn't an error. */
  warn(message: string): void
}

/** Told of every change. All methods may be left out. */
export interface HostListener {
  onAdd?(host: Host): void
  onRemove?(host: Host): void
  onUp?(host: Host): void
  onDown?(host: Host): void
}

export interface LoadBalancingPolicy extends HostListener {
  init?(context: LoadBalancingContext): void
  /** How near a host is. Asked when a host is added, comes up, or has moved. Ignored hosts get no connections. */
  distance(host: Host): HostDistance
  /** Whether a host is in the rack of this program. Asked by policies that prefer such replicas; where it is left out, racks don't count. */
  isInLocalRack?(host: Host): boolean
  /** The best host for a request, or null to have the plan asked. Runs once per request: allocate nothing. */
  first?(request: RoutingRequest): Host | null
  /** Every host to be tried, best first. A generator, an array, or an object with `next(): Host | null`. */
  newQueryPlan(request: RoutingRequest): Iterable<Host> | QueryPlan
}

/** A policy for logs and errors: the name of its class, or what it is. */
export function policyName(policy: object, kind = 'load-balancing policy'): string {
  // A plain object may have no prototype.
  const name = (policy.constructor as { readonly name?: unknown } | undefined)?.name
  return typeof name !== 'string' || name === '' || name === 'Object' ? `the given ${kind}` : name
}

/** Asks a policy for its plan, whichever form it gives it in. An error of the policy comes out with its name. */
export function queryPlanOf(policy: LoadBalancingPolicy, request: RoutingRequest): QueryPlan {
  let plan: Iterable<Host> | QueryPlan
  try {
    plan = policy.newQueryPlan(request)
  } catch (cause) {
    throw planError(policy, 'failed to make a query plan', cause)
  }
  if (isIterable(plan)) return new IteratorPlan(policy, plan[Symbol.iterator]())
  if (typeof (plan as QueryPlan | null | undefined)?.next === 'function') return plan
  throw planError(policy, 'gave a query plan that is neither iterable nor has next()', undefined)
}

// A generator has next() too, of another kind: it is told by being iterable.
function isIterable(plan: Iterable<Host> | QueryPlan | null | undefined): plan is Iterable<Host> {
  return typeof (plan as Partial<Iterable<Host>> | null | undefined)?.[Symbol.iterator] === 'function'
}

function planError(policy: LoadBalancingPolicy, what: string, cause: unknown): CqlwireError {
  return new CqlwireError(`Load balancing: ${policyName(policy)} ${what}; nothing was sent by this plan`, { code: 'ERR_POLICY', cause })
}

class IteratorPlan implements QueryPlan {
  readonly #policy: LoadBalancingPolicy
  readonly #iterator: Iterator<Host>

  constructor(policy: LoadBalancingPolicy, iterator: Iterator<Host>) {
    this.#policy = policy
    this.#iterator = iterator
  }

  next(): Host | null {
    try {
      const step = this.#iterator.next()
      return step.done === true ? null : step.value
    } catch (cause) {
      throw planError(this.#policy, 'failed within its query plan', cause)
    }
  }
}
