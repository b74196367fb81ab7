/** The retry policies that come with the driver: the default one, and those that never retry. */
import type { CqlwireError } from '../base/errors.js'
import { IsBootstrappingError, OverloadedError, ReadFailureError, WriteFailureError } from '../base/server-errors.js'
import type { ReadTimeoutError, UnavailableError, WriteTimeoutError } from '../base/server-errors.js'
import { checkedBudget, RetryBudget, withinBudget } from './retry-budget.js'
import { delayed, RETHROW, RETRY, RETRY_NEXT_HOST } from './retry.js'
import type { RetryDecision, RetryPolicy, RetryRequest } from './retry.js'

export interface RetryPolicyOptions {
  /**
   * What all retries of the policy must stay within. Default: none; but retries after OVERLOADED have a budget of their own in any case,
   * the default one of {@link RetryBudget}, or they would add to the load.
   */
  readonly budget?: RetryBudget
}

/** The wait after the first OVERLOADED answer; each further one doubles it. */
const OVERLOADED_WAIT_MS = 100
const MAX_OVERLOADED = 4

/**
 * Retries only where another attempt is likely to help and can't do harm:
 *
 * - read timeout: once on the same host, where enough replicas answered but not the one that was asked for data: the next
 *   attempt asks another one for it
 * - write timeout: once on the same host, for the log of a batch, where the batch is idempotent
 * - unavailable: once on the next host, which may see more replicas than this one
 * - bootstrapping: on the next host, for the node did not take the request
 * - overloaded: later, on the next host, where the request is idempotent: after about 100, 200, 400 and 800 ms, within a budget
 * - another error, or a lost connection: on the next host, where the request is idempotent or surely wasn't sent
 * - read and write failures: never, they would fail again
 */
export class DefaultRetryPolicy implements RetryPolicy {
  readonly #budget: RetryBudget | null
  readonly #overloadBudget: RetryBudget

  constructor(options: RetryPolicyOptions = {}) {
    this.#budget = checkedBudget(options.budget)
    this.#overloadBudget = this.#budget ?? new RetryBudget()
  }

  onReadTimeout(error: ReadTimeoutError, request: RetryRequest): RetryDecision {
    if (request.retries > 0 || error.received < error.blockFor || error.dataPresent) return RETHROW
    return withinBudget(this.#budget, RETRY, request)
  }

  onWriteTimeout(error: WriteTimeoutError, request: RetryRequest): RetryDecision {
    if (request.retries > 0 || !request.idempotent || error.writeType !== 'BATCH_LOG') return RETHROW
    return withinBudget(this.#budget, RETRY, request)
  }

  onUnavailable(_error: UnavailableError, request: RetryRequest): RetryDecision {
    return request.retries === 0 ? withinBudget(this.#budget, RETRY_NEXT_HOST, request) : RETHROW
  }

  onRequestError(error: CqlwireError, request: RetryRequest, sent: boolean): RetryDecision {
    if (error instanceof ReadFailureError || error instanceof WriteFailureError) return RETHROW
    const mayRetry = request.idempotent || !sent || error instanceof IsBootstrappingError
    if (!mayRetry) return RETHROW
    if (error instanceof OverloadedError) return this.#later(request)
    return withinBudget(this.#budget, RETRY_NEXT_HOST, request)
  }

  #later(request: RetryRequest): RetryDecision {
    if (request.retries >= MAX_OVERLOADED) return RETHROW
    return withinBudget(this.#overloadBudget, delayed(RETRY_NEXT_HOST, spread(OVERLOADED_WAIT_MS * 2 ** request.retries)), request)
  }
}

/** From half of a wait to the whole of it, at random: clients that were refused together don't return together. */
export function spread(delayMs: number): number {
  return Math.round(delayMs * (0.5 + Math.random() / 2))
}

/** Never retries: every error goes to the caller, who knows better. */
export class FallthroughRetryPolicy implements RetryPolicy {
  onReadTimeout(): RetryDecision {
    return RETHROW
  }

  onWriteTimeout(): RetryDecision {
    return RETHROW
  }

  onUnavailable(): RetryDecision {
    return RETHROW
  }

  onRequestError(): RetryDecision {
    return RETHROW
  }
}

/** The same under the other name that the Python driver has for it. */
export class NeverRetryPolicy extends FallthroughRetryPolicy {}
