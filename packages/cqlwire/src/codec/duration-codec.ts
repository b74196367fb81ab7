/** duration (native protocol v5, section 6.9; a custom type before): months, days and nanoseconds, each a signed [vint]. */
import { MalformedFrameError } from '../base/errors.js'
import { Duration } from '../values/duration.js'
import type { ByteBlock } from '../wire/byte-block.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import { refuse, refuseText, ScalarCodec, type EmptyValue } from './scalar-codec.js'
import { VintReader, writeVint } from './vint.js'

const TAKES = "a Duration or its text, like '1y2mo3d4h5m6s'"

export class DurationCodec extends ScalarCodec {
  constructor(emptyValue: EmptyValue) {
    super('duration', -1, emptyValue)
  }

  write(writer: ByteWriter, value: unknown): void {
    if (typeof value === 'string') return this.write(writer, parse(value))
    if (!(value instanceof Duration)) return refuse(value, TAKES)
    const { months, days, nanoseconds } = value
    writeVint(writer, months >> 31, months)
    writeVint(writer, days >> 31, days)
    writeVint(writer, Number(BigInt.asIntN(32, nanoseconds >> 32n)), Number(BigInt.asIntN(32, nanoseconds)))
  }

  read(block: ByteBlock, start: number, end: number): Duration | EmptyValue {
    if (start === end) return this.emptyValue
    const reader = new VintReader(block, start, end)
    const months = readInt32(reader, 'months')
    const days = readInt32(reader, 'days')
    reader.readSigned()
    if (reader.position !== end) throw new MalformedFrameError(`A duration has ${end - reader.position} bytes more than its three parts`)
    const nanoseconds = (BigInt(reader.high) << 32n) | BigInt(reader.low >>> 0)
    if (mixesSigns(months, days, nanoseconds))
      throw new MalformedFrameError(`A duration has parts of both signs: ${months}, ${days}, ${nanoseconds}`)
    return new Duration(months, days, nanoseconds)
  }
}

function readInt32(reader: VintReader, name: string): number {
  reader.readSigned()
  if (reader.high !== reader.low >> 31) throw new MalformedFrameError(`The ${name} of a duration are beyond 32 bits`)
  return reader.low
}

function mixesSigns(months: number, days: number, nanoseconds: bigint): boolean {
  return (months < 0 || days < 0 || nanoseconds < 0n) && (months > 0 || days > 0 || nanoseconds > 0n)
}

function parse(text: string): Duration {
  try {
    return Duration.fromString(text)
  } catch (error) {
    return refuseText(text, TAKES, error)
  }
}
