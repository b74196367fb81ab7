/** A promise that is rejected with what was caught. */
import { CqlwireError } from './errors.js'

export function rejected(error: unknown): Promise<never> {
  return Promise.reject(
    error instanceof Error ? error : new CqlwireError(`Something that is no error was thrown: ${String(error)}`, { cause: error }),
  )
}
