/** inet (native protocol, section 6.11): the 4 bytes of an IPv4 address or the 16 of an IPv6 one. */
import { InetAddress } from '../values/inet-address.js'
import type { ByteBlock } from '../wire/byte-block.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import { refuse, refuseText, ScalarCodec, type EmptyValue } from './scalar-codec.js'

const TAKES = "an InetAddress or its text, like '192.0.2.1' or '2001:db8::1'"

export class InetCodec extends ScalarCodec {
  constructor(emptyValue: EmptyValue) {
    super('inet', -1, emptyValue)
  }

  write(writer: ByteWriter, value: unknown): void {
    if (typeof value === 'string') return this.write(writer, parse(value))
    if (!(value instanceof InetAddress)) return refuse(value, TAKES)
    writer.putInt32(value.word0)
    if (value.version === 4) return
    writer.putInt32(value.word1)
    writer.putInt32(value.word2)
    writer.putInt32(value.word3)
  }

  read(block: ByteBlock, start: number, end: number): InetAddress | EmptyValue {
    const { view } = block
    if (end - start === 4) return new InetAddress(4, view.getInt32(start))
    if (end - start !== 16) return this.oddLength(end - start, '4 or 16 bytes')
    return new InetAddress(6, view.getInt32(start), view.getInt32(start + 4), view.getInt32(start + 8), view.getInt32(start + 12))
  }
}

function parse(text: string): InetAddress {
  try {
    return InetAddress.fromString(text)
  } catch (error) {
    return refuseText(text, TAKES, error)
  }
}
