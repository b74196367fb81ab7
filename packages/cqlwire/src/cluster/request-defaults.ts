/** What an execution profile may fix, and what holds where it doesn't. */
import { anyOf, fn, integer, boolean, oneOf, optional, type Resolved, withMethods } from '../base/options.js'
import type { Option } from '../base/options.js'
import type { RowShape } from '../codec/rows.js'
import { DefaultLoadBalancingPolicy } from '../policies/default-policy.js'
import { DefaultRetryPolicy } from '../policies/default-retry.js'
import type { LoadBalancingPolicy } from '../policies/load-balancing.js'
import type { RetryPolicy } from '../policies/retry.js'
import { NoSpeculativeExecutionPolicy, type SpeculativeExecutionPolicy } from '../policies/speculative.js'
import { Consistency, type ConsistencyName } from '../protocol/constants.js'

export type SerialConsistencyName = 'SERIAL' | 'LOCAL_SERIAL'

/** Request defaults under a name. What is left out comes from the profile `default`, then from the cluster's options. */
export interface ExecutionProfileOptions {
  /** Default: LOCAL_ONE. */
  readonly consistency?: ConsistencyName
  /** The level of the Paxos phase of conditional writes. Default: null, which leaves it to the server (SERIAL). */
  readonly serialConsistency?: SerialConsistencyName | null
  /** The total deadline of a request in milliseconds, retries included; 0 for none. Default: the cluster's `requestTimeoutMs`, 10,000. */
  readonly timeoutMs?: number
  /** Rows a page; 0 turns paging off. Default: 5,000. */
  readonly pageSize?: number
  /** Default: the cluster's `loadBalancing`. */
  readonly loadBalancing?: LoadBalancingPolicy
  /** Default: the cluster's `retry`. */
  readonly retry?: RetryPolicy
  /** Default: the cluster's `speculativeExecution`. */
  readonly speculativeExecution?: SpeculativeExecutionPolicy
  /** What a row becomes. Default: `'object'`. */
  readonly rowFactory?: RowShape | 'columns'
  /** Whether requests may be carried out twice without harm, so that they can be retried freely. Default: false. */
  readonly idempotent?: boolean
}

/** The same with nothing left open. */
export interface RequestDefaults {
  readonly consistency: ConsistencyName
  readonly serialConsistency: SerialConsistencyName | null
  readonly timeoutMs: number
  readonly pageSize: number
  readonly loadBalancing: LoadBalancingPolicy
  readonly retry: RetryPolicy
  readonly speculativeExecution: SpeculativeExecutionPolicy
  readonly rowFactory: RowShape | 'columns'
  readonly idempotent: boolean
}

const MOST = 0x7fff_ffff

// Each of these is an option of its own, so that a cluster and its profiles read policies alike.
export const loadBalancingOption: Option<LoadBalancingPolicy> = withMethods('a LoadBalancingPolicy', ['distance', 'newQueryPlan'])
export const retryOption: Option<RetryPolicy> = withMethods('a RetryPolicy', [
  'onReadTimeout',
  'onWriteTimeout',
  'onUnavailable',
  'onRequestError',
])
export const speculativeOption: Option<SpeculativeExecutionPolicy> = withMethods('a SpeculativeExecutionPolicy', ['nextDelayMs'])
export const timeoutOption: Option<number> = integer({ min: 0, max: MOST, unit: 'ms, 0 for none', default: 10_000 })

/** Takes part in how a user's options are read; every field may be left out. */
export type RequestDefaultsSpec = {
  readonly consistency: Option<ConsistencyName | undefined>
  readonly serialConsistency: Option<SerialConsistencyName | null | undefined>
  readonly timeoutMs: Option<number | undefined>
  readonly pageSize: Option<number | undefined>
  readonly loadBalancing: Option<LoadBalancingPolicy | undefined>
  readonly retry: Option<RetryPolicy | undefined>
  readonly speculativeExecution: Option<SpeculativeExecutionPolicy | undefined>
  readonly rowFactory: Option<RowShape | 'columns' | undefined>
  readonly idempotent: Option<boolean | undefined>
}

/** How a profile is read: `resolveOptions(requestDefaultsSpec, given, 'executionProfiles.slow')`. */
export const requestDefaultsSpec: RequestDefaultsSpec = {
  consistency: optional(oneOf(Object.keys(Consistency) as ConsistencyName[])),
  serialConsistency: optional(oneOf(['SERIAL', 'LOCAL_SERIAL', null])),
  timeoutMs: optional(timeoutOption),
  pageSize: optional(integer({ min: 0, max: MOST, unit: 'rows, 0 for no paging' })),
  loadBalancing: optional(loadBalancingOption),
  retry: optional(retryOption),
  speculativeExecution: optional(speculativeOption),
  rowFactory: optional(anyOf([oneOf(['object', 'array', 'columns']), fn<Extract<RowShape, (...args: never[]) => unknown>>('a function')])),
  idempotent: optional(boolean()),
}

export type ResolvedProfile = Resolved<RequestDefaultsSpec>

/** What holds where nobody says anything. Policies with a state of their own are made anew for each cluster. */
export function builtInRequestDefaults(): RequestDefaults {
  return {
    consistency: 'LOCAL_ONE',
    serialConsistency: null,
    timeoutMs: 10_000,
    pageSize: 5_000,
    loadBalancing: new DefaultLoadBalancingPolicy(),
    retry: new DefaultRetryPolicy(),
    speculativeExecution: new NoSpeculativeExecutionPolicy(),
    rowFactory: 'object',
    idempotent: false,
  }
}

/** The defaults with what a profile says instead, frozen. */
export function withProfile(base: RequestDefaults, profile: ExecutionProfileOptions | ResolvedProfile): RequestDefaults {
  const merged: Record<string, unknown> = { ...base }
  for (const [name, value] of Object.entries(profile)) if (value !== undefined) merged[name] = value
  return Object.freeze(merged) as unknown as RequestDefaults
}
