/** Options of the concurrent helpers. */
import { checkConcurrency, type Concurrency } from '../base/concurrency.js'
import { InvalidOptionError } from '../base/errors.js'
import type { RequestOptions } from '../session/request-options.js'

/** Options of one request (each applies to all of them), and how they are run. */
export interface ConcurrentOptions extends RequestOptions {
  /**
   * Requests in flight at once, a positive integer. Default 100.
   *
   * With `'auto'` the number is found, and followed when the servers change, between 1 and 1,024: by what more or less in flight does to
   * latencies, and lowered by OVERLOADED answers and requests without an answer in time. A refused request is the retry policy's business as
   * always; the default one sends it again, later, where it is `idempotent`. Finding out takes some thousand requests: for fewer, give a number.
   */
  readonly concurrency?: Concurrency
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
  readonly concurrency: Concurrency
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
  checkConcurrency(concurrency)
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
