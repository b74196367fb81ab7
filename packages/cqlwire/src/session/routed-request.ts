/**
 * Who is asked: a request as policies see it, and its way along the hosts of a plan.
 *
 * The base of an execution rather than an object of its own: the common case asks one host and makes nothing for it.
 */
import { showInstead } from '../base/show-instead.js'
import type { Host } from '../metadata/host.js'
import type { LoadBalancingPolicy, RoutingRequest } from '../policies/load-balancing.js'
import { HostWalk } from './host-walk.js'
import { firstHost } from './policy-calls.js'
import { noSuchHost } from './request-errors.js'
import type { Request } from './request.js'
import type { RequestSettings } from './request-options.js'
import type { RequestContext } from './running-request.js'

const NO_REPLICAS: readonly Host[] = []

export abstract class RoutedRequest implements RoutingRequest {
  static {
    showInstead(this.prototype, ({ request, keyspace, table, consistency, idempotent }) => ({
      statement: request.describe(),
      keyspace,
      table,
      consistency,
      idempotent,
    }))
  }

  readonly session: RequestContext
  readonly request: Request
  readonly settings: RequestSettings
  /** The consistency level that a retry policy put in place of the settings' one. */
  downgraded: string | null = null
  replicas: readonly Host[] = NO_REPLICAS
  /** Why hosts were left, by endpoint; null as long as nothing went wrong. */
  errors: Map<string, Error> | null = null
  #askedFirst = false
  /** What the present plan named first, and the rest of it where that was asked for. */
  #first: Host | null = null
  #walk: HostWalk | null = null

  constructor(session: RequestContext, request: Request, settings: RequestSettings) {
    this.session = session
    this.request = request
    this.settings = settings
  }

  get poolSlot(): number {
    return this.session.poolSlot
  }

  get keyspace(): string | null {
    return this.request.keyspace ?? this.session.keyspace
  }

  get table(): string | null {
    return this.request.table
  }

  get isLwt(): boolean {
    return this.settings.consistencyCode === 8 || this.settings.consistencyCode === 9 || this.request.isConditional
  }

  get consistency(): string {
    return this.downgraded ?? this.settings.consistency
  }

  get idempotent(): boolean {
    return this.settings.idempotent
  }

  get requests(): number {
    return this.session.requests
  }

  /** The next host is the first of a new plan. */
  protected forgetPlan(): void {
    this.#walk = null
    this.#askedFirst = false
    this.#first = null
  }

  /** The next host of the plan, null at its end; `anew`: there, the first of a new plan. */
  protected nextHost(anew: boolean): Host | null {
    const next = this.#nextOfPlan()
    if (next !== null || !anew) return next
    this.forgetPlan()
    return this.#nextOfPlan()
  }

  #nextOfPlan(): Host | null {
    const { host } = this.settings
    if (host !== null) return this.#targetHost(host)
    const policy: LoadBalancingPolicy = this.settings.loadBalancing
    if (!this.#askedFirst) {
      this.#askedFirst = true
      this.#first = firstHost(policy, this)
      if (this.#first !== null) return this.#first
    }
    this.#walk ??= new HostWalk(policy, this, this.#first)
    return this.#walk.next()
  }

  #targetHost(target: Host | string): Host | null {
    if (this.#askedFirst) return null
    this.#askedFirst = true
    const host = typeof target === 'string' ? this.session.hostByName(target) : target
    if (host === null) throw noSuchHost(target)
    return host
  }

  /** Remembers why a host was left. */
  note(host: Host, error: Error): void {
    this.errors ??= new Map()
    this.errors.delete(host.endpoint) // the latest comes last
    this.errors.set(host.endpoint, error)
  }
}
