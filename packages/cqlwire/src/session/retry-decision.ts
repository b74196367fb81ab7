/** What a retry policy of the user decided, checked: nonsense must not make a request hang, or be sent with a level that there isn't. */
import { CqlwireError } from '../base/errors.js'
import { nearestName } from '../base/nearest-name.js'
import { policyName } from '../policies/load-balancing.js'
import type { RetryDecision, RetryPolicy } from '../policies/retry.js'
import { consistencyCode } from '../protocol/constants.js'

const KINDS = ['retry', 'retryNextHost', 'rethrow', 'ignore']

/** @throws {CqlwireError} (ERR_POLICY) it is no decision */
export function checkDecision(policy: RetryPolicy, decision: RetryDecision, error: Error): void {
  const given: Partial<RetryDecision> | null | undefined = decision
  if (given === null || typeof given !== 'object') throw wrong(policy, error, `gave ${given === null ? 'null' : typeof given}`)
  const { kind, consistency, delayMs } = given
  if (!KINDS.includes(kind as string)) {
    const near = typeof kind === 'string' ? nearestName(kind, KINDS) : null
    throw wrong(policy, error, `decided on the kind ${JSON.stringify(kind)}${near === null ? '' : ` (did you mean '${near}'?)`}`)
  }
  if (delayMs !== undefined && !(Number.isFinite(delayMs) && delayMs >= 0))
    throw wrong(policy, error, `gave delayMs ${String(delayMs)}, which is no number of milliseconds`)
  if (consistency === undefined) return
  try {
    consistencyCode(consistency)
  } catch (cause) {
    throw wrong(policy, error, `asked for another consistency level. ${(cause as Error).message}`)
  }
}

/** The policy threw, or its promise was rejected. */
export function policyFailed(policy: RetryPolicy, error: Error, cause: unknown): CqlwireError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new CqlwireError(`${policyName(policy, 'retry policy')} failed (${why}) over this error: ${error.message}`, {
    code: 'ERR_POLICY',
    cause,
  })
}

function wrong(policy: RetryPolicy, error: Error, what: string): CqlwireError {
  return new CqlwireError(
    `${policyName(policy, 'retry policy')} ${what}, where { kind: 'retry' | 'retryNextHost' | 'rethrow' | 'ignore', consistency?, delayMs? } is wanted, over this error: ${error.message}`,
    { code: 'ERR_POLICY', cause: error },
  )
}
