/** How many requests a concurrent helper keeps in flight: the option, and its check. */
import { InvalidOptionError } from './errors.js'

/** A positive integer, or `'auto'`: found and followed while the run goes on. */
export type Concurrency = number | 'auto'

/** `'auto'` stays at or below this. */
export const MOST_AUTO_CONCURRENCY = 1_024

export function checkConcurrency(given: unknown): asserts given is Concurrency {
  if (given === 'auto' || (Number.isSafeInteger(given) && (given as number) >= 1)) return
  throw new InvalidOptionError(
    'concurrency',
    `The option concurrency takes a positive integer (requests in flight at once) or 'auto', got ${String(given)}. Nothing was sent`,
  )
}
