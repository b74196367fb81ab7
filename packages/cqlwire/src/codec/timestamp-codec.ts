/** timestamp (native protocol, section 6.18): milliseconds since 1970-01-01 in UTC, as a 64-bit integer. */
import type { ByteBlock } from '../wire/byte-block.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import { readInt64AsNumber, writeSafeInt64 } from './big-integer-codecs.js'
import { refuse, ScalarCodec, type EmptyValue } from './scalar-codec.js'

/**
 * Text must say its offset from UTC, unless it is a day: without one, a moment would depend on the zone of the machine that reads it.
 */
const ISO_TEXT = /^[+-]?\d{4,6}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d))?$/

const TAKES = "a valid Date, whole milliseconds since 1970 (number), or ISO 8601 text with its offset, like '2024-02-29T12:30:00.000Z'"

/**
 * Read as a Date. A timestamp that a Date can't hold (beyond the years -271821 to 275760) is read as an invalid Date;
 * a codec of your own for `timestamp` with `via: 'bigint'` reads those too.
 */
export class TimestampCodec extends ScalarCodec {
  constructor(emptyValue: EmptyValue) {
    super('timestamp', 8, emptyValue)
  }

  write(writer: ByteWriter, value: unknown): void {
    const ms = value instanceof Date ? value.getTime() : typeof value === 'string' ? parseIsoText(value) : value
    if (typeof ms !== 'number' || !Number.isSafeInteger(ms)) return refuse(value, TAKES)
    writeSafeInt64(writer, ms)
  }

  read(block: ByteBlock, start: number, end: number): Date | EmptyValue {
    return end - start === 8 ? new Date(readInt64AsNumber(block, start)) : this.oddLength(end - start, '8 bytes')
  }
}

/** Milliseconds, or NaN. Offsets without a colon, which CQL has, are given one for Date.parse. */
function parseIsoText(text: string): number {
  if (!ISO_TEXT.test(text)) return NaN
  return Date.parse(
    text
      .replace(' ', 'T')
      .replace(/([+-]\d\d)(\d\d)$/, (whole, hours: string, minutes: string, at: number) => (at > 10 ? `${hours}:${minutes}` : whole)),
  )
}
