/** Calls of users' policies on behalf of one request: what they throw comes out as an error that names the policy. */
import { inspect } from 'node:util'
import { CqlwireError } from '../base/errors.js'
import type { Host } from '../metadata/host.js'
import { UNITS_PER_MS } from '../policies/latencies.js'
import { type LoadBalancingPolicy, policyName, type RoutingRequest } from '../policies/load-balancing.js'
import type { SpeculativeExecutionPolicy } from '../policies/speculative.js'
import { highHalf, type TimestampGenerator } from '../policies/timestamps.js'

/** The host that the policy wants asked first, or null. */
export function firstHost(policy: LoadBalancingPolicy, request: RoutingRequest): Host | null {
  try {
    return checkedHost(policy, policy.first?.(request) ?? null)
  } catch (cause) {
    if (cause instanceof CqlwireError && cause.code === 'ERR_POLICY') throw cause
    throw new CqlwireError(`Load balancing: ${policyName(policy)} failed to name a host; nothing was sent by this choice`, {
      code: 'ERR_POLICY',
      cause,
    })
  }
}

/** What a policy gives must be a host of a cluster; one that is gone is told by its having no connections. */
export function checkedHost(policy: LoadBalancingPolicy, host: Host | null): Host | null {
  if (host === null || (host as Partial<Host>).pools !== undefined) return host
  throw new CqlwireError(
    `Load balancing: ${policyName(policy)} gave ${String(host)} for a host, which is no Host (they are in cluster.hosts, and told by onAdd); nothing was sent by this choice`,
    { code: 'ERR_POLICY' },
  )
}

let sample = 0

/** Now and then the time, where the policy wants to know how long requests take; else 0. In a form for {@link tellLatency} only. */
export function sampleLatency(policy: SpeculativeExecutionPolicy): number {
  if (policy.onLatency === undefined || (sample = (sample + 1) & 7) !== 0) return 0
  return sixteenths() | 1
}

export function tellLatency(policy: SpeculativeExecutionPolicy, sampledAt: number): void {
  try {
    policy.onLatency!(Math.max(0, (sixteenths() - sampledAt) | 0) / UNITS_PER_MS)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    process.emitWarning(
      `${policyName(policy, 'speculative execution policy')}.onLatency failed; the driver goes on: ${why}`,
      'CqlwireWarning',
    )
  }
}

/** An integer of 32 bits, so that it makes no garbage in its request. It comes round every two days; differences stay right. */
function sixteenths(): number {
  return (performance.now() * UNITS_PER_MS) | 0
}

/** Milliseconds until one more attempt is started beside those that run, or -1. */
export function speculativeDelay(policy: SpeculativeExecutionPolicy, started: number, request: RoutingRequest): number {
  try {
    const delayMs: unknown = policy.nextDelayMs(started, request)
    if (typeof delayMs === 'number' && !Number.isNaN(delayMs)) return delayMs
    throw new TypeError(`it gave ${String(delayMs)} where milliseconds are wanted`)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    const name = policyName(policy, 'speculative execution policy')
    throw new CqlwireError(`${name} failed (${why}); the request was given up, and may have been carried out`, {
      code: 'ERR_POLICY',
      cause,
    })
  }
}

/** Where a write's timestamp is left, as two halves: a number of its size in a field would be an object of its own. */
export interface Timestamped {
  timestampHigh: number
  timestampLow: number
}

/** Leaves this many microseconds since 1970 in `into`; false where there are none. */
export function putTimestamp(micros: number | bigint | null, into: Timestamped): boolean {
  if (typeof micros === 'number') {
    into.timestampHigh = highHalf(micros)
    into.timestampLow = micros | 0
  } else if (micros === null) return false
  else {
    into.timestampHigh = Number(BigInt.asIntN(32, micros >> 32n))
    into.timestampLow = Number(BigInt.asIntN(32, micros))
  }
  return true
}

/** Leaves the next timestamp of a write in `into`, false for the server's clock; what isn't one must not reach a node as another. */
export function nextTimestamp(generator: TimestampGenerator, into: Timestamped): boolean {
  let given: unknown
  try {
    given = generator.next()
    if (given === null || Number.isSafeInteger(given) || typeof given === 'bigint')
      return putTimestamp(given as number | bigint | null, into)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new CqlwireError(`${policyName(generator, 'timestamp generator')} failed (${why}); nothing was sent`, {
      code: 'ERR_POLICY',
      cause,
    })
  }
  throw new CqlwireError(
    `${policyName(generator, 'timestamp generator')} gave ${inspect(given, { depth: 0 })} where microseconds since 1970 (an integer or a bigint) or null are wanted; nothing was sent`,
    { code: 'ERR_POLICY' },
  )
}
