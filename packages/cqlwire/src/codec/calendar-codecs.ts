/** date and time (native protocol, sections 6.6 and 6.17): days as an unsigned integer with 1970-01-01 at 2^31; nanoseconds since midnight. */
import { MalformedFrameError } from '../base/errors.js'
import { LocalDate } from '../values/local-date.js'
import { LocalTime } from '../values/local-time.js'
import type { ByteBlock } from '../wire/byte-block.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import { readInt64AsNumber, writeSafeInt64 } from './big-integer-codecs.js'
import { refuse, refuseText, ScalarCodec, type EmptyValue } from './scalar-codec.js'

const DATE_TAKES = "a LocalDate or its text, like '2024-02-29' (LocalDate.fromDate(date) gives a Date's day in UTC)"
const TIME_TAKES = "a LocalTime or its text, like '08:12:54.123456789'"

export class DateCodec extends ScalarCodec {
  constructor(emptyValue: EmptyValue) {
    super('date', 4, emptyValue)
  }

  write(writer: ByteWriter, value: unknown): void {
    if (typeof value === 'string') return this.write(writer, parse(LocalDate, value, DATE_TAKES))
    if (!(value instanceof LocalDate)) return refuse(value, DATE_TAKES)
    // Adding 2^31 modulo 2^32 is flipping the highest bit.
    writer.putInt32(value.daysSinceEpoch ^ 0x80000000)
  }

  read(block: ByteBlock, start: number, end: number): LocalDate | EmptyValue {
    return end - start === 4 ? new LocalDate(block.view.getInt32(start) ^ 0x80000000) : this.oddLength(end - start, '4 bytes')
  }
}

export class TimeCodec extends ScalarCodec {
  constructor(emptyValue: EmptyValue) {
    super('time', 8, emptyValue)
  }

  write(writer: ByteWriter, value: unknown): void {
    if (typeof value === 'string') return this.write(writer, parse(LocalTime, value, TIME_TAKES))
    if (!(value instanceof LocalTime)) return refuse(value, TIME_TAKES)
    writeSafeInt64(writer, value.nanosecondOfDay)
  }

  read(block: ByteBlock, start: number, end: number): LocalTime | EmptyValue {
    if (end - start !== 8) return this.oddLength(end - start, '8 bytes')
    const nanoseconds = readInt64AsNumber(block, start)
    if (nanoseconds >= 0 && nanoseconds < 86_400_000_000_000) return new LocalTime(nanoseconds)
    throw new MalformedFrameError(`A time is 0 to 86399999999999 nanoseconds since midnight, the server sent another number`)
  }
}

function parse<T>(type: { fromString(text: string): T }, text: string, takes: string): T {
  try {
    return type.fromString(text)
  } catch (error) {
    return refuseText(text, takes, error)
  }
}
