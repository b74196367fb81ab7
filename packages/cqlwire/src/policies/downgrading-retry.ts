/** Gives up consistency for an answer. */
import type { ReadTimeoutError, UnavailableError, WriteTimeoutError } from '../base/server-errors.js'
import { DefaultRetryPolicy, type RetryPolicyOptions } from './default-retry.js'
import { checkedBudget, type RetryBudget, withinBudget } from './retry-budget.js'
import { IGNORE, RETHROW, RETRY, RETRY_NEXT_HOST } from './retry.js'
import type { RetryDecision, RetryRequest } from './retry.js'

/**
 * Retries once at the highest level that the replicas which are there can give: a read may then miss what was written, and a write may
 * be on fewer nodes than was asked for. Deprecated in the other drivers for that; take it only where any answer is better than none.
 *
 * - unavailable: at the level of the replicas that are alive (a serial one: on the next host)
 * - read timeout: at the level of the replicas that answered; where enough did but without the data, once more as it was
 * - write timeout: ignored where a replica has the write (it will reach the others); the log of a batch once more, and an unlogged batch at
 *   the level of the replicas that answered, where the batch is idempotent
 * - all else: as the default policy
 */
export class DowngradingConsistencyRetryPolicy extends DefaultRetryPolicy {
  readonly #budget: RetryBudget | null

  constructor(options: RetryPolicyOptions = {}) {
    super(options)
    this.#budget = checkedBudget(options.budget)
  }

  override onReadTimeout(error: ReadTimeoutError, request: RetryRequest): RetryDecision {
    return withinBudget(this.#budget, afterReadTimeout(error, request), request)
  }

  override onWriteTimeout(error: WriteTimeoutError, request: RetryRequest): RetryDecision {
    return withinBudget(this.#budget, afterWriteTimeout(error, request), request)
  }

  override onUnavailable(error: UnavailableError, request: RetryRequest): RetryDecision {
    return withinBudget(this.#budget, afterUnavailable(error, request), request)
  }
}

function afterReadTimeout(error: ReadTimeoutError, request: RetryRequest): RetryDecision {
  if (request.retries > 0 || isSerial(request.consistency)) return RETHROW
  if (error.received < error.blockFor) return at(error.received, request.consistency)
  return error.dataPresent ? RETHROW : RETRY
}

function afterWriteTimeout(error: WriteTimeoutError, request: RetryRequest): RetryDecision {
  if (request.retries > 0) return RETHROW
  const { writeType, received } = error
  if (writeType === 'SIMPLE' || writeType === 'BATCH' || writeType === 'COUNTER') return received > 0 ? IGNORE : RETHROW
  if (!request.idempotent) return RETHROW
  if (writeType === 'UNLOGGED_BATCH') return at(received, request.consistency)
  return writeType === 'BATCH_LOG' ? RETRY : RETHROW
}

function afterUnavailable(error: UnavailableError, request: RetryRequest): RetryDecision {
  if (request.retries > 0) return RETHROW
  return isSerial(request.consistency) ? RETRY_NEXT_HOST : at(error.alive, request.consistency)
}

function isSerial(consistency: string): boolean {
  return consistency === 'SERIAL' || consistency === 'LOCAL_SERIAL'
}

/** Once more at the level of so many replicas. A local level stays one where there is such a level. */
function at(replicas: number, asked: string): RetryDecision {
  if (replicas <= 0) return RETHROW
  const one = asked.startsWith('LOCAL_') ? 'LOCAL_ONE' : 'ONE'
  return { kind: 'retry', consistency: replicas >= 3 ? 'THREE' : replicas === 2 ? 'TWO' : one }
}
