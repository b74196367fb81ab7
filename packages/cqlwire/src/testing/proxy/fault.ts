/** What a proxy does to a frame instead of passing it on. Plain data, made by `fault`. */
import { InvalidArgumentError } from '../../base/errors.js'
import { ServerError } from '../../base/server-errors.js'

/** `'reset'`: TCP's RST, as when a machine is gone. `'end'`: FIN, as when a process ends in order. */
export type CutKind = 'reset' | 'end'

export type Fault =
  | { readonly kind: 'drop' }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'slow'; readonly bytesPerSecond: number }
  | { readonly kind: 'cut'; readonly how: CutKind; readonly afterBytes: number }
  | { readonly kind: 'corrupt'; readonly at: number }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'stall' }
  | { readonly kind: 'error'; readonly error: ServerError }

export interface FaultMaker {
  /** It never arrives. */
  drop(): Fault
  /** It arrives so many milliseconds later; others may overtake it. */
  delay(ms: number): Fault
  /** It arrives at this rate, and holds up what comes behind it. */
  slow(bytesPerSecond: number): Fault
  /** So many of its bytes arrive (none by default), then the connection is cut: by FIN, or by `'reset'`. */
  cut(options?: { readonly afterBytes?: number; readonly how?: CutKind }): Fault
  /** One bit of it is turned: in the byte at this place, the last one by default (negative places count from the end). */
  corrupt(at?: number): Fault
  /** It arrives twice. */
  duplicate(): Fault
  /** It is held back with all that comes behind it in its direction, until the node's `resume()`. */
  stall(): Fault
  /** The client is answered with this error instead; a request does not reach the node. */
  error(error: ServerError): Fault
}

export const fault: FaultMaker = {
  drop: () => ({ kind: 'drop' }),
  delay: (ms) => ({ kind: 'delay', ms: atLeast('fault.delay', 0, ms, 'milliseconds') }),
  slow: (bytesPerSecond) => ({ kind: 'slow', bytesPerSecond: atLeast('fault.slow', 1, bytesPerSecond, 'bytes per second') }),
  cut: ({ afterBytes = 0, how = 'end' } = {}) => ({
    kind: 'cut',
    how: checkCutKind('fault.cut', how),
    afterBytes: atLeast('fault.cut', 0, afterBytes, 'bytes'),
  }),
  corrupt: (at = -1) => {
    if (!Number.isSafeInteger(at)) throw new InvalidArgumentError(`fault.corrupt takes the place of a byte, an integer, got ${String(at)}`)
    return { kind: 'corrupt', at }
  },
  duplicate: () => ({ kind: 'duplicate' }),
  stall: () => ({ kind: 'stall' }),
  error: (error) => {
    if (!(error instanceof ServerError))
      throw new InvalidArgumentError(
        `fault.error takes an error that servers answer with, new OverloadedError('busy') for example, got ${String(error)}`,
      )
    return { kind: 'error', error }
  },
}

export function atLeast(what: string, least: number, value: number, unit: string): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= least) return value
  throw new InvalidArgumentError(`${what} takes a number of ${unit} from ${least} on, got ${String(value)}`)
}

export function checkCutKind(what: string, how: CutKind): CutKind {
  if (how === 'reset' || how === 'end') return how
  throw new InvalidArgumentError(`${what} takes 'reset' or 'end', got ${JSON.stringify(how)}`)
}
