/** Calls of users' policies on behalf of one request: what they throw comes out as an error that names the policy. */
import { CqlwireError } from '../base/errors.js'
import type { Host } from '../metadata/host.js'
import { type LoadBalancingPolicy, policyName, type RoutingRequest } from '../policies/load-balancing.js'
import type { SpeculativeExecutionPolicy } from '../policies/speculative.js'

/** The host that the policy wants asked first, or null. */
export function firstHost(policy: LoadBalancingPolicy, request: RoutingRequest): Host | null {
  try {
    return policy.first?.(request) ?? null
  } catch (cause) {
    throw new CqlwireError(`Load balancing: ${policyName(policy)} failed to name a host; nothing was sent by this choice`, {
      code: 'ERR_POLICY',
      cause,
    })
  }
}

/** Milliseconds until one more attempt is started beside those that run, or -1. */
export function speculativeDelay(policy: SpeculativeExecutionPolicy, started: number, request: RoutingRequest): number {
  try {
    return policy.nextDelayMs(started, request)
  } catch (cause) {
    throw new CqlwireError('The speculative execution policy failed; the request was given up, and may have been carried out', {
      code: 'ERR_POLICY',
      cause,
    })
  }
}
