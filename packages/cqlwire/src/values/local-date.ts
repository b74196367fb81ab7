/** A day of the calendar without time or zone (CQL `date`), in the proleptic Gregorian calendar, over all 2^32 days that CQL has. */
import { InvalidArgumentError } from '../base/errors.js'
import { describeValue } from './describe-value.js'
import { showAsText } from './inspect-as.js'

const MS_PER_DAY = 86_400_000
/** A JavaScript Date reaches 100 million days to each side of 1970. */
const DATE_REACH_DAYS = 100_000_000
const LEAST_DAYS: number = -(2 ** 31)
const MOST_DAYS: number = 2 ** 31 - 1
/** Days in 400 years, after which the calendar repeats; and from 0000-03-01 to 1970-01-01. */
const DAYS_PER_ERA = 146_097
const DAYS_TO_EPOCH = 719_468

const TEXT = /^([+-]?\d{4,7})-(\d{2})-(\d{2})$/

/** Year, month (1 to 12), day (1 to 31). */
interface CivilDay {
  readonly year: number
  readonly month: number
  readonly day: number
}

/** Years are counted from 1 March, so that the leap day is the last of a year and months have one formula. */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * DAYS_PER_ERA + dayOfEra - DAYS_TO_EPOCH
}

function civilFromDays(daysSinceEpoch: number): CivilDay {
  const days = daysSinceEpoch + DAYS_TO_EPOCH
  const era = Math.floor(days / DAYS_PER_ERA)
  const dayOfEra = days - era * DAYS_PER_ERA
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day }
}

/** Immutable. From year -5,877,641 to 5,881,580 (year 0 is 1 BC, as in ISO 8601). */
export class LocalDate {
  /** Days since 1970-01-01, negative before it. */
  readonly daysSinceEpoch: number

  /** @param daysSinceEpoch from -2^31 to 2^31-1 */
  constructor(daysSinceEpoch: number) {
    if (!Number.isInteger(daysSinceEpoch) || daysSinceEpoch < LEAST_DAYS || daysSinceEpoch > MOST_DAYS) {
      throw new InvalidArgumentError(
        `A LocalDate takes whole days since 1970-01-01, from ${LEAST_DAYS} to ${MOST_DAYS}, got ${describeValue(daysSinceEpoch)}`,
      )
    }
    this.daysSinceEpoch = daysSinceEpoch | 0
  }

  /** @param month 1 to 12. @param day 1 to 31, and no more than the month has. */
  static of(year: number, month: number, day: number): LocalDate {
    if (Number.isInteger(year) && Number.isInteger(month) && Number.isInteger(day) && Math.abs(year) < 6_000_000) {
      const days = daysFromCivil(year, month, day)
      const back = civilFromDays(days)
      if (back.year === year && back.month === month && back.day === day) return new LocalDate(days)
    }
    throw new InvalidArgumentError('There is no day of this number in that month of that year (months are 1 to 12)')
  }

  /** From `yyyy-mm-dd`; the year may have a sign and up to seven digits. */
  static fromString(text: string): LocalDate {
    const match = typeof text === 'string' ? TEXT.exec(text) : null
    if (match === null) throw new InvalidArgumentError(`A LocalDate takes text like '2024-02-29', got ${describeValue(text)}`)
    return LocalDate.of(Number(match[1]), Number(match[2]), Number(match[3]))
  }

  /** The day that the moment falls on in UTC. For the day in the machine's own zone: `LocalDate.of(d.getFullYear(), d.getMonth() + 1, d.getDate())`. */
  static fromDate(date: Date): LocalDate {
    if (!(date instanceof Date) || Number.isNaN(date.getTime())) {
      throw new InvalidArgumentError(`LocalDate.fromDate takes a valid Date, got ${describeValue(date)}`)
    }
    return new LocalDate(Math.floor(date.getTime() / MS_PER_DAY))
  }

  /** Today in UTC. */
  static today(): LocalDate {
    return new LocalDate(Math.floor(Date.now() / MS_PER_DAY))
  }

  get year(): number {
    return civilFromDays(this.daysSinceEpoch).year
  }

  /** 1 to 12. */
  get month(): number {
    return civilFromDays(this.daysSinceEpoch).month
  }

  /** 1 to 31. */
  get day(): number {
    return civilFromDays(this.daysSinceEpoch).day
  }

  /** Its midnight in UTC. Throws an InvalidArgumentError for days that a Date can't reach: before -271821-04-20 or after 275760-09-13. */
  toDate(): Date {
    if (Math.abs(this.daysSinceEpoch) > DATE_REACH_DAYS) {
      throw new InvalidArgumentError(`The day is outside of what a JavaScript Date can hold: keep it as a LocalDate`)
    }
    return new Date(this.daysSinceEpoch * MS_PER_DAY)
  }

  plusDays(days: number): LocalDate {
    return new LocalDate(this.daysSinceEpoch + days)
  }

  equals(other: unknown): boolean {
    return other instanceof LocalDate && this.daysSinceEpoch === other.daysSinceEpoch
  }

  /** Negative, 0 or positive: in days. */
  compare(other: LocalDate): number {
    return this.daysSinceEpoch - other.daysSinceEpoch
  }

  /** `yyyy-mm-dd`; with a sign where the year is before 0 or has more than four digits, as ISO 8601 has it. */
  toString(): string {
    const { year, month, day } = civilFromDays(this.daysSinceEpoch)
    const digits = String(Math.abs(year)).padStart(4, '0')
    const sign = year < 0 ? '-' : year > 9999 ? '+' : ''
    return `${sign}${digits}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
  }

  toJSON(): string {
    return this.toString()
  }

  static {
    showAsText(this.prototype)
  }
}
