/** The three textual forms of a CQL duration, as the CQL reference has them under "Working with durations". */

interface DurationParts {
  readonly months: bigint
  readonly days: bigint
  readonly nanoseconds: bigint
}

/** No number of a valid duration has more digits than 2^63; longer text would only cost time. */
const LONGEST_TEXT = 200

const UNITS =
  /^(?:(\d+)y)?(?:(\d+)mo)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?(?:(\d+)(?:us|[\u00b5\u03bc]s))?(?:(\d+)ns)?$/i
const ISO = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d{1,9}))?S)?)?$/i
const ISO_WEEKS = /^P(\d+)W$/i
const ISO_ALTERNATIVE = /^P(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})$/i

const NANOSECONDS = {
  hour: 3_600_000_000_000n,
  minute: 60_000_000_000n,
  second: 1_000_000_000n,
  millisecond: 1_000_000n,
  microsecond: 1_000n,
}

function whole(digits: string | undefined): bigint {
  return digits === undefined ? 0n : BigInt(digits)
}

function timeOfDay(hours: string | undefined, minutes: string | undefined, seconds: string | undefined): bigint {
  return whole(hours) * NANOSECONDS.hour + whole(minutes) * NANOSECONDS.minute + whole(seconds) * NANOSECONDS.second
}

function parseUnsigned(text: string): DurationParts | null {
  const units = UNITS.exec(text)
  if (units !== null && text !== '') {
    const [, years, months, weeks, days, hours, minutes, seconds, millis, micros, nanos] = units
    return {
      months: whole(years) * 12n + whole(months),
      days: whole(weeks) * 7n + whole(days),
      nanoseconds:
        timeOfDay(hours, minutes, seconds) +
        whole(millis) * NANOSECONDS.millisecond +
        whole(micros) * NANOSECONDS.microsecond +
        whole(nanos),
    }
  }
  const iso = ISO.exec(text)
  if (iso !== null && /\d[A-Z]$/i.test(text)) {
    const [, years, months, days, hours, minutes, seconds, fraction] = iso
    const nanoseconds = timeOfDay(hours, minutes, seconds) + BigInt((fraction ?? '').padEnd(9, '0'))
    return { months: whole(years) * 12n + whole(months), days: whole(days), nanoseconds }
  }
  const weeks = ISO_WEEKS.exec(text)
  if (weeks !== null) return { months: 0n, days: whole(weeks[1]) * 7n, nanoseconds: 0n }
  const alternative = ISO_ALTERNATIVE.exec(text)
  if (alternative === null) return null
  const [, years, months, days, hours, minutes, seconds] = alternative
  return { months: whole(years) * 12n + whole(months), days: whole(days), nanoseconds: timeOfDay(hours, minutes, seconds) }
}

/** The parts, with the sign of the text in each; null where it has none of the forms. Ranges are the caller's to check. */
export function parseDurationText(text: string): DurationParts | null {
  if (text.length > LONGEST_TEXT) return null
  const negative = text.startsWith('-')
  const parts = parseUnsigned(negative ? text.slice(1) : text)
  if (parts === null || !negative) return parts
  return { months: -parts.months, days: -parts.days, nanoseconds: -parts.nanoseconds }
}
