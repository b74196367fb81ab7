/** An IP address (CQL `inet`): 4 or 16 bytes, kept as integers like a Uuid. No names: what has to be resolved is not an address. */
import { InvalidArgumentError } from '../base/errors.js'
import { describeValue } from './describe-value.js'
import { formatIpv4, formatIpv6, parseIpv4, parseIpv6 } from './inet-text.js'
import { showAsText } from './inspect-as.js'

/** Immutable. `127.0.0.1` and `::ffff:127.0.0.1` are two different addresses, of 4 and of 16 bytes. */
export class InetAddress {
  readonly version: 4 | 6
  /** Bits 0 to 31 of an IPv6 address, as a signed 32-bit integer, or all of an IPv4 address; the other words of which are 0. */
  readonly word0: number
  readonly word1: number
  readonly word2: number
  readonly word3: number

  /** From words of 32 bits, most significant first. See `fromString` and `fromBytes`. */
  constructor(version: 4 | 6, word0: number, word1 = 0, word2 = 0, word3 = 0) {
    this.version = version
    this.word0 = word0 | 0
    this.word1 = word1 | 0
    this.word2 = word2 | 0
    this.word3 = word3 | 0
  }

  /** From `192.0.2.1`, `2001:db8::1` or `::ffff:192.0.2.1`. Host names and zones (`fe80::1%eth0`) throw. */
  static fromString(text: string): InetAddress {
    if (typeof text === 'string') {
      const word = parseIpv4(text)
      if (word >= 0) return new InetAddress(4, word)
      const g = parseIpv6(text)
      if (g !== null) {
        return new InetAddress(6, (g[0]! << 16) | g[1]!, (g[2]! << 16) | g[3]!, (g[4]! << 16) | g[5]!, (g[6]! << 16) | g[7]!)
      }
    }
    throw new InvalidArgumentError(`An InetAddress takes text like '192.0.2.1' or '2001:db8::1', got ${describeValue(text)}`)
  }

  /** From 4 or 16 bytes. */
  static fromBytes(bytes: Uint8Array): InetAddress {
    if (bytes instanceof Uint8Array && (bytes.length === 4 || bytes.length === 16)) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
      if (bytes.length === 4) return new InetAddress(4, view.getInt32(0))
      return new InetAddress(6, view.getInt32(0), view.getInt32(4), view.getInt32(8), view.getInt32(12))
    }
    throw new InvalidArgumentError(`An InetAddress takes 4 or 16 bytes (Uint8Array), got ${describeValue(bytes)}`)
  }

  /** A new array of the 4 or 16 bytes. */
  toBytes(): Uint8Array {
    const bytes = new Uint8Array(this.version === 4 ? 4 : 16)
    const view = new DataView(bytes.buffer)
    view.setInt32(0, this.word0)
    if (this.version === 6) {
      view.setInt32(4, this.word1)
      view.setInt32(8, this.word2)
      view.setInt32(12, this.word3)
    }
    return bytes
  }

  equals(other: unknown): boolean {
    return (
      other instanceof InetAddress &&
      this.version === other.version &&
      this.word0 === other.word0 &&
      this.word1 === other.word1 &&
      this.word2 === other.word2 &&
      this.word3 === other.word3
    )
  }

  /** Dotted decimal, or IPv6 in the canonical form of RFC 5952; made anew at each call. */
  toString(): string {
    if (this.version === 4) return formatIpv4(this.word0)
    const groups: number[] = []
    for (const word of [this.word0, this.word1, this.word2, this.word3]) groups.push(word >>> 16, word & 0xffff)
    return formatIpv6(groups)
  }

  toJSON(): string {
    return this.toString()
  }

  static {
    showAsText(this.prototype)
  }
}
