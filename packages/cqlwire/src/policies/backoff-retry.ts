/** Retries that wait, longer each time. */
import { type CqlwireError, InvalidOptionError } from '../base/errors.js'
import { IsBootstrappingError, ReadFailureError, WriteFailureError } from '../base/server-errors.js'
import type { ReadTimeoutError, UnavailableError, WriteTimeoutError } from '../base/server-errors.js'
import { type RetryPolicyOptions, spread } from './default-retry.js'
import { checkedBudget, type RetryBudget, withinBudget } from './retry-budget.js'
import { delayed, RETHROW, RETRY, RETRY_NEXT_HOST } from './retry.js'
import type { RetryDecision, RetryPolicy, RetryRequest } from './retry.js'

export interface ExponentialBackoffRetryOptions extends RetryPolicyOptions {
  /** The first wait, 100 ms by default; each further one doubles it. */
  readonly baseDelayMs?: number
  /** The longest wait, 10,000 ms by default. */
  readonly maxDelayMs?: number
  /** Retries of one request, 3 by default. */
  readonly maxRetries?: number
}

/**
 * Retries what the default policy retries, up to `maxRetries` times, after waits that double from `baseDelayMs` to `maxDelayMs`, each cut
 * by up to a half at random. Writes that timed out are retried too, whatever their kind, where they are idempotent.
 */
export class ExponentialBackoffRetryPolicy implements RetryPolicy {
  readonly baseDelayMs: number
  readonly maxDelayMs: number
  readonly maxRetries: number
  readonly #budget: RetryBudget | null

  constructor(options: ExponentialBackoffRetryOptions = {}) {
    const { baseDelayMs = 100, maxDelayMs = 10_000, maxRetries = 3 } = options
    this.baseDelayMs = checked('baseDelayMs', baseDelayMs, 0, 'milliseconds')
    this.maxDelayMs = checked('maxDelayMs', maxDelayMs, baseDelayMs, 'milliseconds')
    this.maxRetries = checked('maxRetries', maxRetries, 0, 'retries')
    this.#budget = checkedBudget(options.budget)
  }

  onReadTimeout(error: ReadTimeoutError, request: RetryRequest): RetryDecision {
    return error.received >= error.blockFor && !error.dataPresent ? this.#later(RETRY, request) : RETHROW
  }

  onWriteTimeout(_error: WriteTimeoutError, request: RetryRequest): RetryDecision {
    return request.idempotent ? this.#later(RETRY, request) : RETHROW
  }

  onUnavailable(_error: UnavailableError, request: RetryRequest): RetryDecision {
    return this.#later(RETRY_NEXT_HOST, request)
  }

  onRequestError(error: CqlwireError, request: RetryRequest, sent: boolean): RetryDecision {
    if (error instanceof ReadFailureError || error instanceof WriteFailureError) return RETHROW
    const mayRetry = request.idempotent || !sent || error instanceof IsBootstrappingError
    return mayRetry ? this.#later(RETRY_NEXT_HOST, request) : RETHROW
  }

  #later(decision: RetryDecision, request: RetryRequest): RetryDecision {
    if (request.retries >= this.maxRetries) return RETHROW
    const delayMs = spread(Math.min(this.baseDelayMs * 2 ** request.retries, this.maxDelayMs))
    return withinBudget(this.#budget, delayed(decision, delayMs), request)
  }
}

function checked(name: string, value: number, min: number, unit: string): number {
  const isWhole = unit !== 'retries' || Number.isSafeInteger(value)
  if (Number.isFinite(value) && value >= min && isWhole) return value
  throw new InvalidOptionError(name, `ExponentialBackoffRetryPolicy: ${name} takes ${unit} of at least ${min}, got ${String(value)}`)
}
