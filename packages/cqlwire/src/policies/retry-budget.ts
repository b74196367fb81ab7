/** Retries as a share of the requests: what fails everywhere must not be asked twice as often. */
import { InvalidOptionError } from '../base/errors.js'
import type { ReadTimeoutError, UnavailableError, WriteTimeoutError } from '../base/server-errors.js'
import type { CqlwireError } from '../base/errors.js'
import { RETHROW, type RetryAnswer, type RetryDecision, type RetryPolicy, type RetryRequest } from './retry.js'

export interface RetryBudgetOptions {
  /** Retries for each request, 0.1 by default: one for ten requests. */
  readonly ratio?: number
  /** Retries that are allowed every second however few requests there are, 10 by default. */
  readonly minPerSecond?: number
  /** Milliseconds from any origin, never going back; performance.now by default. */
  readonly now?: () => number
}

/** What was not used is forgotten after about so many milliseconds. */
const WINDOW_MS = 10_000

/**
 * Retries may be at most a share of the requests of about the last ten seconds. Nothing is counted while nothing fails: the number of
 * requests comes with each failure. One budget serves one cluster; its policies may share it.
 */
export class RetryBudget {
  readonly ratio: number
  readonly minPerSecond: number
  readonly #now: () => number
  #balance: number
  #requests = 0
  #at: number

  constructor(options: RetryBudgetOptions = {}) {
    const { ratio = 0.1, minPerSecond = 10, now = () => performance.now() } = options
    this.ratio = checked('ratio', ratio, 'retries a request')
    this.minPerSecond = checked('minPerSecond', minPerSecond, 'retries a second')
    this.#now = now
    this.#at = now()
    this.#balance = (this.minPerSecond * WINDOW_MS) / 1_000
  }

  /** Takes one retry out of the budget; false where it is used up. `requests` is the total so far, see {@link RetryRequest.requests}. */
  tryTake(requests: number): boolean {
    this.#earn(requests)
    if (this.#balance < 1) return false
    this.#balance--
    return true
  }

  /** What was earned since the last look came evenly over the time, and lost its worth the same way. */
  #earn(requests: number): void {
    const now = this.#now()
    const elapsedMs = Math.max(0, now - this.#at)
    const earned = Math.max(0, requests - this.#requests) * this.ratio
    const kept = Math.exp(-elapsedMs / WINDOW_MS)
    const share = elapsedMs === 0 ? 1 : ((1 - kept) * WINDOW_MS) / elapsedMs
    this.#balance = this.#balance * kept + (earned + (this.minPerSecond * elapsedMs) / 1_000) * share
    this.#at = now
    this.#requests = requests
  }
}

/** The same policy, whose retries end where the budget does: the error is the answer then. */
export function withRetryBudget(policy: RetryPolicy, budget: RetryBudget): RetryPolicy {
  return new BudgetedRetryPolicy(policy, budget)
}

class BudgetedRetryPolicy implements RetryPolicy {
  readonly #policy: RetryPolicy
  readonly #budget: RetryBudget

  constructor(policy: RetryPolicy, budget: RetryBudget) {
    this.#policy = policy
    this.#budget = budget
  }

  onReadTimeout(error: ReadTimeoutError, request: RetryRequest): RetryAnswer {
    return this.#within(this.#policy.onReadTimeout(error, request), request)
  }

  onWriteTimeout(error: WriteTimeoutError, request: RetryRequest): RetryAnswer {
    return this.#within(this.#policy.onWriteTimeout(error, request), request)
  }

  onUnavailable(error: UnavailableError, request: RetryRequest): RetryAnswer {
    return this.#within(this.#policy.onUnavailable(error, request), request)
  }

  onRequestError(error: CqlwireError, request: RetryRequest, sent: boolean): RetryAnswer {
    return this.#within(this.#policy.onRequestError(error, request, sent), request)
  }

  #within(answer: RetryAnswer, request: RetryRequest): RetryAnswer {
    return isPromise(answer)
      ? answer.then((decision) => withinBudget(this.#budget, decision, request))
      : withinBudget(this.#budget, answer, request)
  }
}

function isPromise(answer: RetryAnswer): answer is PromiseLike<RetryDecision> {
  return typeof (answer as Partial<PromiseLike<RetryDecision>> | undefined)?.then === 'function'
}

/** The decision, or RETHROW where it is a retry that the budget has no room for. Without a budget everything has room. */
export function withinBudget(budget: RetryBudget | null, decision: RetryDecision, request: RetryRequest): RetryDecision {
  if (budget === null) return decision
  // What a policy gives may be nonsense: whoever carries it out says so.
  const kind = (decision as RetryDecision | undefined)?.kind
  const isRetry = kind === 'retry' || kind === 'retryNextHost'
  return isRetry && !budget.tryTake(request.requests) ? RETHROW : decision
}

function checked(name: string, value: number, unit: string): number {
  if (Number.isFinite(value) && value >= 0) return value
  throw new InvalidOptionError(name, `A retry budget's ${name} takes ${unit}, a number of at least 0, got ${String(value)}`)
}

/** Checks the option `budget` of a policy. */
export function checkedBudget(budget: RetryBudget | undefined): RetryBudget | null {
  if (budget === undefined) return null
  if (typeof (budget as Partial<RetryBudget> | null)?.tryTake === 'function') return budget
  throw new InvalidOptionError('budget', 'The option budget of a retry policy takes a RetryBudget')
}
