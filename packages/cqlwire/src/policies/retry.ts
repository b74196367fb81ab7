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
}

/** The request that an attempt of failed. */
export interface RetryRequest {
  /** May be carried out more than once without harm, as its statement or options say. */
  readonly idempotent: boolean
  /** The consistency level of the failed attempt, by name. */
  readonly consistency: string
  /** Retries that were decided for this request so far: 0 at its first failure. */
  readonly retries: number
}

export interface RetryPolicy {
  onReadTimeout(error: ReadTimeoutError, request: RetryRequest): RetryDecision
  onWriteTimeout(error: WriteTimeoutError, request: RetryRequest): RetryDecision
  onUnavailable(error: UnavailableError, request: RetryRequest): RetryDecision
  /**
   * Everything else that may be worth another attempt: a lost connection, an overloaded or bootstrapping node, a server error, a
   * failed truncate, read and write failures. `sent` is false where the request surely never reached the server.
   */
  onRequestError(error: CqlwireError, request: RetryRequest, sent: boolean): RetryDecision
}

// Decisions without a consistency of their own are shared: none is made per failure.
export const RETRY: RetryDecision = Object.freeze({ kind: 'retry' })
export const RETRY_NEXT_HOST: RetryDecision = Object.freeze({ kind: 'retryNextHost' })
export const RETHROW: RetryDecision = Object.freeze({ kind: 'rethrow' })
export const IGNORE: RetryDecision = Object.freeze({ kind: 'ignore' })
