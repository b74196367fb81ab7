/** A named set of request defaults, with nothing left open. */
import { resolveOptions } from '../base/options.js'
import { type ExecutionProfileOptions, type RequestDefaults, requestDefaultsSpec, withProfile } from '../cluster/request-defaults.js'
import type { LoadBalancingPolicy } from '../policies/load-balancing.js'
import type { RetryPolicy } from '../policies/retry.js'
import type { SpeculativeExecutionPolicy } from '../policies/speculative.js'
import type { ConsistencyName } from '../protocol/constants.js'

/**
 * An execution profile. Frozen; made by the option `executionProfiles`, by `cluster.addExecutionProfile`, or from another one:
 *
 *     const patient = cluster.profile('reports').with({ timeoutMs: 120_000 })
 *     await session.execute(query, params, { executionProfile: patient })
 */
export class ExecutionProfile implements RequestDefaults {
  /** What it is called in the cluster; a derived one that was not added has the name of the one that it comes from. */
  readonly name: string
  readonly consistency: ConsistencyName
  readonly serialConsistency: 'SERIAL' | 'LOCAL_SERIAL' | null
  readonly timeoutMs: number
  readonly pageSize: number
  readonly loadBalancing: LoadBalancingPolicy
  readonly retry: RetryPolicy
  readonly speculativeExecution: SpeculativeExecutionPolicy
  readonly rowFactory: RequestDefaults['rowFactory']
  readonly idempotent: boolean

  /** @internal */
  constructor(name: string, defaults: RequestDefaults) {
    this.name = name
    this.consistency = defaults.consistency
    this.serialConsistency = defaults.serialConsistency
    this.timeoutMs = defaults.timeoutMs
    this.pageSize = defaults.pageSize
    this.loadBalancing = defaults.loadBalancing
    this.retry = defaults.retry
    this.speculativeExecution = defaults.speculativeExecution
    this.rowFactory = defaults.rowFactory
    this.idempotent = defaults.idempotent
    Object.freeze(this)
  }

  /**
   * The same with some values instead. Make it once: a load-balancing policy in it is told of every host from its first use on.
   *
   * @throws {InvalidOptionError} an unknown option or a wrong value
   */
  with(changes: ExecutionProfileOptions): ExecutionProfile {
    const profile = resolveOptions(requestDefaultsSpec, changes, `executionProfiles.${this.name}`)
    return new ExecutionProfile(this.name, withProfile(this.#values(), profile))
  }

  #values(): RequestDefaults {
    const { consistency, serialConsistency, timeoutMs, pageSize, loadBalancing, retry, speculativeExecution, rowFactory, idempotent } = this
    return { consistency, serialConsistency, timeoutMs, pageSize, loadBalancing, retry, speculativeExecution, rowFactory, idempotent }
  }
}
