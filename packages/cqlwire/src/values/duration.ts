/** A span of time as CQL's `duration` has it: months, days and nanoseconds, none of which converts to another. */
import { InvalidArgumentError } from '../base/errors.js'
import { describeValue } from './describe-value.js'
import { parseDurationText } from './duration-text.js'
import { showAsText } from './inspect-as.js'

const MOST_INT32 = 2 ** 31 - 1
const MOST_INT64: bigint = 2n ** 63n - 1n

/** Nanoseconds of each unit of the last part, largest first. */
const TIME_UNITS: readonly (readonly [string, bigint])[] = [
  ['h', 3_600_000_000_000n],
  ['m', 60_000_000_000n],
  ['s', 1_000_000_000n],
  ['ms', 1_000_000n],
  ['us', 1_000n],
  ['ns', 1n],
]

/** Immutable. All three parts are of one sign, or 0. */
export class Duration {
  readonly months: number
  readonly days: number
  readonly nanoseconds: bigint

  /** @param nanoseconds a bigint, or a safe integer */
  constructor(months: number, days: number, nanoseconds: bigint | number) {
    this.months = takeInt32(months, 'months')
    this.days = takeInt32(days, 'days')
    this.nanoseconds = takeInt64(nanoseconds)
    const negative = months < 0 || days < 0 || this.nanoseconds < 0n
    const positive = months > 0 || days > 0 || this.nanoseconds > 0n
    if (negative && positive) {
      throw new InvalidArgumentError('The months, days and nanoseconds of a Duration are all >= 0 or all <= 0')
    }
  }

  /**
   * From one of CQL's forms: `1y2mo3w4d5h6m7s8ms9us10ns` (units in this order, each at most once), ISO 8601 `P1Y2M3DT4H5M6S` and `P3W`,
   * or ISO 8601's alternative `P0001-02-03T04:05:06`. Each may begin with `-`; case does not matter.
   */
  static fromString(text: string): Duration {
    const parts = typeof text === 'string' ? parseDurationText(text) : null
    if (parts === null) {
      throw new InvalidArgumentError(`A Duration takes text like '1y2mo3d4h5m6s', 'P1Y2M3DT4H5M6S' or 'P3W', got ${describeValue(text)}`)
    }
    return new Duration(Number(parts.months), Number(parts.days), parts.nanoseconds)
  }

  /** A span of whole milliseconds. */
  static fromMilliseconds(milliseconds: number): Duration {
    if (!Number.isSafeInteger(milliseconds)) {
      throw new InvalidArgumentError(`Duration.fromMilliseconds takes a safe integer, got ${describeValue(milliseconds)}`)
    }
    return new Duration(0, 0, BigInt(milliseconds) * 1_000_000n)
  }

  /** Equal in each part; a month is not 30 days, nor a day 24 hours. */
  equals(other: unknown): boolean {
    return other instanceof Duration && this.months === other.months && this.days === other.days && this.nanoseconds === other.nanoseconds
  }

  /** In the form that CQL prints, e.g. `-1y2mo3d4h5m6s7ms8us9ns`; nothing at all is `0ns`. */
  toString(): string {
    const months = Math.abs(this.months)
    const years = Math.floor(months / 12)
    let rest = this.nanoseconds < 0n ? -this.nanoseconds : this.nanoseconds
    let text =
      (years === 0 ? '' : `${years}y`) + (months % 12 === 0 ? '' : `${months % 12}mo`) + (this.days === 0 ? '' : `${Math.abs(this.days)}d`)
    for (const [unit, size] of TIME_UNITS) {
      if (rest >= size) text += `${rest / size}${unit}`
      rest %= size
    }
    if (text === '') return '0ns'
    return this.months < 0 || this.days < 0 || this.nanoseconds < 0n ? `-${text}` : text
  }

  toJSON(): string {
    return this.toString()
  }

  static {
    showAsText(this.prototype)
  }
}

function takeInt32(value: number, name: string): number {
  if (!Number.isInteger(value) || value > MOST_INT32 || value < -MOST_INT32 - 1) {
    throw new InvalidArgumentError(`The ${name} of a Duration are an integer from -2^31 to 2^31-1, got ${describeValue(value)}`)
  }
  return value | 0
}

function takeInt64(value: bigint | number): bigint {
  const whole = typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value
  if (typeof whole !== 'bigint' || whole > MOST_INT64 || whole < -MOST_INT64 - 1n) {
    throw new InvalidArgumentError(
      `The nanoseconds of a Duration are a bigint from -2^63 to 2^63-1, or a safe integer, got ${describeValue(value)}`,
    )
  }
  return whole
}
