/** Waits for what may never come: user code, name resolution. */
import { CqlwireError } from './errors.js'

export interface Bounds {
  readonly signal?: AbortSignal | undefined
  readonly timeoutMs?: number
  /** Named in the error: `the address translator`. */
  readonly what: string
}

/**
 * The promise's outcome, unless the signal or the time comes first; its late outcome, an error too, is then ignored.
 *
 * @throws {CqlwireError} the time is over; the signal's reason, where that is an error
 */
export async function bounded<T>(promise: T | PromiseLike<T>, { signal, timeoutMs, what }: Bounds): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  let onAbort: (() => void) | undefined
  const end = new Promise<never>((_, reject) => {
    if (timeoutMs !== undefined) {
      const message = `${what} gave nothing within ${timeoutMs} ms`
      timer = setTimeout(() => reject(new CqlwireError(message, { code: 'ERR_TIMED_OUT' })), timeoutMs)
    }
    onAbort = () => {
      const reason: unknown = signal?.reason
      reject(reason instanceof Error ? reason : new CqlwireError(`${what} was given up`))
    }
    if (signal?.aborted === true) onAbort()
    else signal?.addEventListener('abort', onAbort, { once: true })
  })
  try {
    return await Promise.race([promise, end])
  } finally {
    clearTimeout(timer)
    if (onAbort !== undefined) signal?.removeEventListener('abort', onAbort)
  }
}
