/** When a slow request is also sent to another node. Only ever asked for idempotent requests. */
import { InvalidOptionError } from '../base/errors.js'
import type { RoutingRequest } from './load-balancing.js'

/** A policy is any object with this method. */
export interface SpeculativeExecutionPolicy {
  /**
   * Milliseconds to wait for an answer before one more attempt is started on the next host, or -1 for no more.
   * `started` is how many speculative attempts the request has so far: 0 when it has just been sent.
   */
  nextDelayMs(started: number, request: RoutingRequest): number
  /**
   * How long an idempotent request took from its first attempt to its result. Told of every eighth one or so; where the method is left out,
   * no time is taken.
   */
  onLatency?(ms: number): void
}

/** The default: every request waits for its one answer. */
export class NoSpeculativeExecutionPolicy implements SpeculativeExecutionPolicy {
  nextDelayMs(): number {
    return -1
  }
}

/** Another attempt after each `delayMs` without an answer, `maxAttempts` of them at most, the first request not counted. */
export class ConstantSpeculativeExecutionPolicy implements SpeculativeExecutionPolicy {
  readonly delayMs: number
  readonly maxAttempts: number

  constructor(delayMs: number, maxAttempts: number) {
    if (!(Number.isFinite(delayMs) && delayMs >= 0))
      throw new InvalidOptionError('delayMs', `A speculative execution's delayMs takes milliseconds of at least 0, got ${delayMs}`)
    if (!(Number.isSafeInteger(maxAttempts) && maxAttempts >= 1))
      throw new InvalidOptionError(
        'maxAttempts',
        `A speculative execution's maxAttempts takes an integer of at least 1, got ${maxAttempts}`,
      )
    this.delayMs = delayMs
    this.maxAttempts = maxAttempts
  }

  nextDelayMs(started: number): number {
    return started < this.maxAttempts ? this.delayMs : -1
  }
}
