/** What to do about a failed attempt: the contract of retry policies. A policy is any object with these methods. */
import type { CqlwireError } from '../base/errors.js'
import type { ReadTimeoutError, UnavailableError, WriteTimeoutError } from '../base/server-errors.js'

/**
 * - `retry`: once more on the same host
 * - `retryNextHost`: on the next host of the plan
 * - `rethrow`: the error is the answer
 * - `ignore`: an empty result is the answer
 */
export type RetryKind = 'retry' | 'retryNextHost' | 'rethrow' | 'ignore'

export interface RetryDecision {
  readonly kind: RetryKind
  /** The consistency level of the next attempt, where it is to be another one. */
  readonly consistency?: string
  /**
   * Milliseconds to wait before the next attempt; 0 by default. The request holds nothing of a connection meanwhile, and its deadline
   * goes on. When the plan is at its end after a wait, it begins anew.
   */
  readonly delayMs?: number
}

/** Policies may take their time: the request's deadline goes on meanwhile. */
export type RetryAnswer = RetryDecision | PromiseLike<RetryDecision>

/** The request that an attempt of failed. */
export interface RetryRequest {
  /** May be carried out more than once without harm, as its statement or options say. */
  readonly idempotent: boolean
  /** The consistency level of the failed attempt, by name. */
  readonly consistency: string
  /** Retries that were decided for this request so far: 0 at its first failure. */
  readonly retries: number
  /** Requests that all sessions of the cluster have started so far: what a share of them is taken of, see {@link RetryBudget}. */
  readonly requests: number
}

/**
 * A policy's word holds: the driver doesn't ask again whether a request that was sent and isn't idempotent may be sent twice. The built-in
 * ones never retry such a request where it may have been carried out.
 */
export interface RetryPolicy {
  onReadTimeout(error: ReadTimeoutError, request: RetryRequest): RetryAnswer
  onWriteTimeout(error: WriteTimeoutError, request: RetryRequest): RetryAnswer
  onUnavailable(error: UnavailableError, request: RetryRequest): RetryAnswer
  /**
   * Everything else that may be worth another attempt: a lost connection, an overloaded or bootstrapping node, a server error, a
   * failed truncate, read and write failures. `sent` is false where the request surely never reached the server.
   */
  onRequestError(error: CqlwireError, request: RetryRequest, sent: boolean): RetryAnswer
}

// Decisions without a consistency of their own are shared: none is made per failure.
export const RETRY: RetryDecision = Object.freeze({ kind: 'retry' })
export const RETRY_NEXT_HOST: RetryDecision = Object.freeze({ kind: 'retryNextHost' })
export const RETHROW: RetryDecision = Object.freeze({ kind: 'rethrow' })
export const IGNORE: RetryDecision = Object.freeze({ kind: 'ignore' })

/** A decision after a wait. */
export function delayed(decision: RetryDecision, delayMs: number): RetryDecision {
  return { ...decision, delayMs }
}
