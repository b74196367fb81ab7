/** How long to wait between attempts that keep failing. Delays in milliseconds; schedules have no end. */

/** The waits of one series of attempts. A new series takes a new schedule. */
export interface Backoff {
  /** Milliseconds to wait before the next attempt. */
  nextDelayMs(): number
}

export interface ExponentialBackoffOptions {
  /** The first wait. */
  readonly baseMs: number
  /** No wait is longer than this, jitter included. */
  readonly maxMs: number
  /** A share by which each wait is made longer or shorter at random: 0.15 is ±15 %. */
  readonly jitter?: number
  /** From 0 (inclusive) to 1 (exclusive); Math.random by default. */
  readonly random?: () => number
}

/** Doubles from `baseMs` to `maxMs`, each wait spread at random so that clients that lost a node together don't return together. */
export function exponentialBackoff(options: ExponentialBackoffOptions): Backoff {
  const { baseMs, maxMs, jitter = 0.15, random = Math.random } = options
  let wait = baseMs
  return {
    nextDelayMs() {
      const spread = 1 + (random() * 2 - 1) * jitter
      const delay = Math.min(Math.round(wait * spread), maxMs)
      wait = Math.min(wait * 2, maxMs)
      return delay
    },
  }
}

export function constantBackoff(delayMs: number): Backoff {
  return { nextDelayMs: () => delayMs }
}
