import {
  ConnectionError,
  CqlwireError,
  InvalidOptionError,
  type NoHostAvailableError,
  OperationTimedOutError,
} from '../../src/base/errors.js'
import type { Equal, Expect } from './expect.js'

export type Checks = [
  Expect<Equal<CqlwireError['code'], string>>,
  Expect<Equal<NoHostAvailableError['errors'], ReadonlyMap<string, Error>>>,
  Expect<Equal<ConnectionError['host'], string | null>>,
]

// One `instanceof` gives the fields of the kind of error, and the root gives `code` for all.
export function whatHappened(error: unknown): string | number | boolean {
  if (error instanceof OperationTimedOutError) return error.timeoutMs
  if (error instanceof ConnectionError) return error.sent
  if (error instanceof CqlwireError) return error.code
  // @ts-expect-error what was caught is still unknown
  return error.message
}

// @ts-expect-error a time-out says after how long
export const timeless = new OperationTimedOutError('no answer', {})

// @ts-expect-error the path of the option comes first
export const pathless = new InvalidOptionError('pool.heartbeatIntervalMs')
