/** The retry policies that come with the driver. */
import type { CqlwireError } from '../base/errors.js'
import { IsBootstrappingError, ReadFailureError, WriteFailureError } from '../base/server-errors.js'
import type { ReadTimeoutError, UnavailableError, WriteTimeoutError } from '../base/server-errors.js'
import { RETHROW, RETRY, RETRY_NEXT_HOST } from './retry.js'
import type { RetryDecision, RetryPolicy, RetryRequest } from './retry.js'

/**
 * Retries only where another attempt is likely to help and can't do harm:
 *
 * - read timeout: once on the same host, where enough replicas answered but not the one that was asked for data: the next
 *   attempt asks another one for it
 * - write timeout: once on the same host, for the log of a batch, where the batch is idempotent
 * - unavailable: once on the next host, which may see more replicas than this one
 * - bootstrapping: on the next host, for the node did not take the request
 * - another error, or a lost connection: on the next host, where the request is idempotent or surely wasn't sent
 * - read and write failures: never, they would fail again
 */
export class DefaultRetryPolicy implements RetryPolicy {
  onReadTimeout(error: ReadTimeoutError, request: RetryRequest): RetryDecision {
    return request.retries === 0 && error.received >= error.blockFor && !error.dataPresent ? RETRY : RETHROW
  }

  onWriteTimeout(error: WriteTimeoutError, request: RetryRequest): RetryDecision {
    return request.retries === 0 && request.idempotent && error.writeType === 'BATCH_LOG' ? RETRY : RETHROW
  }

  onUnavailable(_error: UnavailableError, request: RetryRequest): RetryDecision {
    return request.retries === 0 ? RETRY_NEXT_HOST : RETHROW
  }

  onRequestError(error: CqlwireError, request: RetryRequest, sent: boolean): RetryDecision {
    if (error instanceof ReadFailureError || error instanceof WriteFailureError) return RETHROW
    if (error instanceof IsBootstrappingError) return RETRY_NEXT_HOST
    return request.idempotent || !sent ? RETRY_NEXT_HOST : RETHROW
  }
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
