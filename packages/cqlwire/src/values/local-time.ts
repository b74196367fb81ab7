/** A time of day without date or zone (CQL `time`), in nanoseconds. */
import { InvalidArgumentError } from '../base/errors.js'
import { describeValue } from './describe-value.js'
import { showAsText } from './inspect-as.js'

const NS_PER_SECOND = 1_000_000_000
const NS_PER_MS = 1_000_000
const MS_PER_DAY = 86_400_000
/** 8.64e13 is far below 2^53, so a number holds every nanosecond of a day exactly: no bigint is needed. */
const NS_PER_DAY: number = MS_PER_DAY * NS_PER_MS

const TEXT = /^(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?$/

/** Immutable. From 00:00:00 to 23:59:59.999999999. */
export class LocalTime {
  /** Nanoseconds since midnight: an integer from 0 to 86,399,999,999,999. */
  readonly nanosecondOfDay: number

  constructor(nanosecondOfDay: number) {
    if (!Number.isInteger(nanosecondOfDay) || nanosecondOfDay < 0 || nanosecondOfDay >= NS_PER_DAY) {
      throw new InvalidArgumentError(
        `A LocalTime takes whole nanoseconds since midnight, from 0 to ${NS_PER_DAY - 1}, got ${describeValue(nanosecondOfDay)}`,
      )
    }
    this.nanosecondOfDay = nanosecondOfDay
  }

  static of(hour: number, minute: number, second = 0, nanosecond = 0): LocalTime {
    if (!within(hour, 24) || !within(minute, 60) || !within(second, 60) || !within(nanosecond, NS_PER_SECOND)) {
      throw new InvalidArgumentError(
        'There is no time of day with this hour (0 to 23), minute, second (0 to 59) or nanosecond (0 to 999999999)',
      )
    }
    return new LocalTime(((hour * 60 + minute) * 60 + second) * NS_PER_SECOND + nanosecond)
  }

  /** From `hh:mm`, `hh:mm:ss` or `hh:mm:ss.n` with up to nine digits of a second. */
  static fromString(text: string): LocalTime {
    const match = typeof text === 'string' ? TEXT.exec(text) : null
    if (match === null) throw new InvalidArgumentError(`A LocalTime takes text like '08:12:54.123456789', got ${describeValue(text)}`)
    return LocalTime.of(Number(match[1]), Number(match[2]), Number(match[3] ?? 0), Number((match[4] ?? '').padEnd(9, '0')))
  }

  /** From milliseconds since midnight, whole or not, from 0 up to but not including 86,400,000. */
  static fromMilliseconds(milliseconds: number): LocalTime {
    if (typeof milliseconds !== 'number' || !(milliseconds >= 0 && milliseconds < MS_PER_DAY)) {
      throw new InvalidArgumentError(
        `LocalTime.fromMilliseconds takes milliseconds since midnight, from 0 to 86399999, got ${describeValue(milliseconds)}`,
      )
    }
    return new LocalTime(Math.floor(milliseconds * NS_PER_MS))
  }

  /** The time of day of the moment in UTC, to the millisecond. */
  static fromDate(date: Date): LocalTime {
    const ms = date instanceof Date ? date.getTime() : NaN
    if (Number.isNaN(ms)) throw new InvalidArgumentError(`LocalTime.fromDate takes a valid Date, got ${describeValue(date)}`)
    return new LocalTime((ms - Math.floor(ms / MS_PER_DAY) * MS_PER_DAY) * NS_PER_MS)
  }

  get hour(): number {
    return Math.floor(this.nanosecondOfDay / (3600 * NS_PER_SECOND))
  }

  get minute(): number {
    return Math.floor(this.nanosecondOfDay / (60 * NS_PER_SECOND)) % 60
  }

  get second(): number {
    return Math.floor(this.nanosecondOfDay / NS_PER_SECOND) % 60
  }

  /** Nanoseconds within the second, 0 to 999,999,999. */
  get nanosecond(): number {
    return this.nanosecondOfDay % NS_PER_SECOND
  }

  /** Milliseconds since midnight, cut to whole ones. */
  toMilliseconds(): number {
    return Math.floor(this.nanosecondOfDay / NS_PER_MS)
  }

  equals(other: unknown): boolean {
    return other instanceof LocalTime && this.nanosecondOfDay === other.nanosecondOfDay
  }

  /** Negative, 0 or positive: in nanoseconds. */
  compare(other: LocalTime): number {
    return this.nanosecondOfDay - other.nanosecondOfDay
  }

  /** `hh:mm:ss`, and a fraction of three, six or nine digits where it is not 0. */
  toString(): string {
    const text = `${pad(this.hour)}:${pad(this.minute)}:${pad(this.second)}`
    const { nanosecond } = this
    if (nanosecond === 0) return text
    const fraction = String(nanosecond).padStart(9, '0')
    return `${text}.${fraction.endsWith('000000') ? fraction.slice(0, 3) : fraction.endsWith('000') ? fraction.slice(0, 6) : fraction}`
  }

  toJSON(): string {
    return this.toString()
  }

  static {
    showAsText(this.prototype)
  }
}

function within(value: number, limit: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < limit
}

function pad(value: number): string {
  return String(value).padStart(2, '0')
}
