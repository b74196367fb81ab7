/** When a lost node is tried again. A policy is any object with `newSchedule`; schedules have no end: a node is never given up. */
import { constantBackoff, exponentialBackoff } from '../base/backoff.js'
import type { Backoff } from '../base/backoff.js'
import { InvalidOptionError } from '../base/errors.js'

export interface ReconnectionPolicy {
  /** The waits until a node, or a control connection, is back. Asked anew each time one is lost. */
  newSchedule(): Backoff
}

export class ConstantReconnectionPolicy implements ReconnectionPolicy {
  readonly delayMs: number

  constructor(delayMs: number) {
    this.delayMs = checked('delayMs', delayMs, 0)
  }

  newSchedule(): Backoff {
    return constantBackoff(this.delayMs)
  }
}

export interface ExponentialReconnectionOptions {
  /** The first wait, 1,000 ms by default. */
  readonly baseDelayMs?: number
  /** The longest wait, 60,000 ms by default. (The Python driver goes to ten minutes: a node that is back stays unused as long.) */
  readonly maxDelayMs?: number
}

/** Doubles from wait to wait, ±15 % at random, up to a longest one. The default. */
export class ExponentialReconnectionPolicy implements ReconnectionPolicy {
  readonly baseDelayMs: number
  readonly maxDelayMs: number

  constructor(options: ExponentialReconnectionOptions = {}) {
    this.baseDelayMs = checked('baseDelayMs', options.baseDelayMs ?? 1_000, 1)
    this.maxDelayMs = checked('maxDelayMs', options.maxDelayMs ?? 60_000, this.baseDelayMs)
  }

  newSchedule(): Backoff {
    return exponentialBackoff({ baseMs: this.baseDelayMs, maxMs: this.maxDelayMs })
  }
}

function checked(name: string, value: number, min: number): number {
  if (Number.isFinite(value) && value >= min) return value
  throw new InvalidOptionError(name, `A reconnection policy's ${name} takes milliseconds of at least ${min}, got ${value}`)
}
