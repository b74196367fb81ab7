/**
 * Who is asked: a request's way along the hosts of its plan.
 *
 * Functions on the request's own fields rather than an object of its own: the common case asks one host and makes nothing for it.
 */
import type { Host } from '../metadata/host.js'
import type { RoutingRequest } from '../policies/load-balancing.js'
import { HostWalk } from './host-walk.js'
import { firstHost } from './policy-calls.js'
import { noSuchHost } from './request-errors.js'
import type { RequestSettings } from './request-options.js'
import type { RequestContext } from './running-request.js'

/** How far a request has come in its plan. */
export interface Planned extends RoutingRequest {
  readonly session: RequestContext
  readonly settings: RequestSettings
  /** The host that the policy names first was asked for. */
  askedFirst: boolean
  firstHost: Host | null
  /** The rest of the plan, where that was asked for. */
  walk: HostWalk | null
}

/** The next host of the plan, null at its end; `anew`: there, the first of a new plan. */
export function nextHost(request: Planned, anew: boolean): Host | null {
  const next = nextOfPlan(request)
  if (next !== null || !anew) return next
  forgetPlan(request)
  return nextOfPlan(request)
}

/** The next host is the first of a new plan. */
export function forgetPlan(request: Planned): void {
  request.walk = null
  request.askedFirst = false
  request.firstHost = null
}

function nextOfPlan(request: Planned): Host | null {
  const { host, loadBalancing } = request.settings
  if (host !== null) return targetHost(request, host)
  if (!request.askedFirst) {
    request.askedFirst = true
    request.firstHost = firstHost(loadBalancing, request)
    if (request.firstHost !== null) return request.firstHost
  }
  request.walk ??= new HostWalk(loadBalancing, request, request.firstHost)
  return request.walk.next()
}

function targetHost(request: Planned, target: Host | string): Host | null {
  if (request.askedFirst) return null
  request.askedFirst = true
  const host = typeof target === 'string' ? request.session.hostByName(target) : target
  if (host === null) throw noSuchHost(target)
  return host
}
