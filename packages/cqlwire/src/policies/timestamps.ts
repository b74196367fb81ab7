/** Client-side timestamps of writes, in microseconds since 1970. */

/** A generator is any object with this method. */
export interface TimestampGenerator {
  /** The next write's timestamp, or null to leave it to the server. Asked once per request. */
  next(): number | bigint | null
}

export interface MonotonicTimestampOptions {
  /** Warn when timestamps run ahead of the clock. True by default. */
  readonly warnOnDrift?: boolean
  /** How far ahead is worth a warning, 1,000 ms by default. */
  readonly warningThresholdMs?: number
  /** The least time between two warnings, 1,000 ms by default. */
  readonly warningIntervalMs?: number
  /** Told of the drift; a process warning by default. */
  readonly warn?: (message: string) => void
  /** Milliseconds since 1970; Date.now by default. */
  readonly now?: () => number
}

/**
 * The clock's microseconds, or one more than the last timestamp where that is later: two writes of one session never share a
 * timestamp, and the later call has the later one, though the clock be set back.
 *
 * Timestamps of 2024 need 51 bits, so a number holds them exactly (until the year 2255).
 */
export class MonotonicTimestampGenerator implements TimestampGenerator {
  readonly #now: () => number
  readonly #warn: ((message: string) => void) | null
  readonly #thresholdMicros: number
  readonly #intervalMs: number
  #last = 0
  #lastWarningMs = -Infinity

  constructor(options: MonotonicTimestampOptions = {}) {
    this.#now = options.now ?? Date.now
    this.#warn = options.warnOnDrift === false ? null : (options.warn ?? warnOfDrift)
    this.#thresholdMicros = (options.warningThresholdMs ?? 1_000) * 1_000
    this.#intervalMs = options.warningIntervalMs ?? 1_000
  }

  /** `nowMs` saves reading the clock again, where the caller just has. */
  next(nowMs: number = this.#now()): number {
    const clock = Math.floor(nowMs * 1_000)
    if (clock > this.#last) return (this.#last = clock)
    const next = ++this.#last
    if (this.#warn !== null && next - clock > this.#thresholdMicros) this.#drifted(next - clock, nowMs)
    return next
  }

  #drifted(aheadMicros: number, nowMs: number): void {
    // A clock that was set back far must not silence the warnings until it has caught up.
    if (Math.abs(nowMs - this.#lastWarningMs) < this.#intervalMs) return
    this.#lastWarningMs = nowMs
    this.#warn?.(
      `Write timestamps run ${Math.round(aheadMicros / 1_000)} ms ahead of the clock: it was set back, ` +
        'or more than 1,000 writes a millisecond are sent. Their order is kept.',
    )
  }
}

/** Leaves every timestamp to the server. */
export class ServerTimestampGenerator implements TimestampGenerator {
  next(): null {
    return null
  }
}

/** Exact, as it is a power of two. */
const TO_HIGH = 1 / 0x1_0000_0000

/** The upper 32 bits, signed, of a timestamp: what a 64-bit field takes as its first half. The lower half is `micros | 0`. */
export function highHalf(micros: number): number {
  return Math.floor(micros * TO_HIGH)
}

function warnOfDrift(message: string): void {
  process.emitWarning(message, 'CqlwireWarning')
}
