/** Options of the concurrent helpers. */
import { InvalidOptionError } from '../base/errors.js'
import type { RequestOptions } from '../session/request-options.js'

/** Options of one request (each applies to all of them), and how they are run. */
export interface ConcurrentOptions extends RequestOptions {
  /** Requests in flight at once, a positive integer. Default 100. */
  readonly concurrency?: number
  /**
   * Stop at the first request that fails: no more input is taken, what is in flight is waited for, and the call fails with that error.
   * Default true. With false every outcome is among the results.
   */
  readonly raiseOnFirstError?: boolean
  /** Results as an async iterator, in the order of the input, as they come, instead of an array at the end. Default false. */
  readonly resultsGenerator?: boolean
}

const DEFAULT_CONCURRENCY = 100

export interface RunSettings {
  readonly concurrency: number
  readonly raiseOnFirstError: boolean
  readonly requestOptions: RequestOptions | undefined
  readonly signal: AbortSignal | null
}

/** Checks what belongs to the run; the rest are request options, which the session checks. */
export function resolveConcurrentOptions(options: ConcurrentOptions): RunSettings {
  if (typeof options !== 'object' || options === null) {
    throw new InvalidOptionError(
      'options',
      `The options of a concurrent helper are an object, got ${options === null ? 'null' : typeof options}. Nothing was sent`,
    )
  }
  const { concurrency = DEFAULT_CONCURRENCY, raiseOnFirstError = true, resultsGenerator = false, ...rest } = options
  if (!Number.isSafeInteger(concurrency) || concurrency < 1) {
    throw new InvalidOptionError(
      'concurrency',
      `The option concurrency takes a positive integer (requests in flight at once), got ${String(concurrency)}. Nothing was sent`,
    )
  }
  for (const [name, value] of [['raiseOnFirstError', raiseOnFirstError] as const, ['resultsGenerator', resultsGenerator] as const]) {
    if (typeof value !== 'boolean')
      throw new InvalidOptionError(name, `The option ${name} takes true or false, got ${typeof value}. Nothing was sent`)
  }
  // The signal ends the run as a whole; every request listening to it as well would only cost.
  const { signal, ...requestOptions } = rest
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw new InvalidOptionError('signal', 'The option signal takes an AbortSignal. Nothing was sent')
  return {
    concurrency,
    raiseOnFirstError,
    requestOptions: Object.keys(requestOptions).length === 0 ? undefined : requestOptions,
    signal: signal ?? null,
  }
}
