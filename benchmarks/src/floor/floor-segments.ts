/** Segments of protocol v5 for the floor: not compressed, checked as a driver checks them. */
import { crc24, payloadCrc32 } from '../../../packages/cqlwire/dist/protocol/crc.js'

const headerLength = 6
const trailerLength = 4
const lengthMask = 0x1_ffff
const selfContained = 0x2_0000

export function encodeSegment(payload: Buffer, isSelfContained: boolean): Buffer {
  const segment = Buffer.allocUnsafe(headerLength + payload.length + trailerLength)
  segment.writeUIntLE(payload.length | (isSelfContained ? selfContained : 0), 0, 3)
  segment.writeUIntLE(crc24(segment, 0, 3), 3, 3)
  segment.set(payload, headerLength)
  segment.writeUInt32LE(payloadCrc32(payload, 0, payload.length), headerLength + payload.length)
  return segment
}

export class SegmentStripper {
  readonly #onPayload: (bytes: Buffer, length: number) => void
  #held = Buffer.allocUnsafe(1 << 19)
  #length = 0

  constructor(onPayload: (bytes: Buffer, length: number) => void) {
    this.#onPayload = onPayload
  }

  readonly push = (bytes: Buffer, length: number): void => {
    if (this.#length + length > this.#held.length) this.#held = Buffer.concat([this.#held, Buffer.allocUnsafe(length * 2)])
    bytes.copy(this.#held, this.#length, 0, length)
    this.#length += length
    const used = this.#handOut()
    this.#held.copy(this.#held, 0, used, this.#length)
    this.#length -= used
  }

  #handOut(): number {
    const held = this.#held
    let at = 0
    while (this.#length - at >= headerLength) {
      const payloadLength = held.readUIntLE(at, 3) & lengthMask
      const end = at + headerLength + payloadLength
      if (held.readUIntLE(at + 3, 3) !== crc24(held, at, 3)) throw new Error('The checksum of a header is wrong')
      if (this.#length < end + trailerLength) break
      if (held.readUInt32LE(end) !== payloadCrc32(held, at + headerLength, end)) throw new Error('The checksum of a payload is wrong')
      const payload = held.subarray(at + headerLength, end)
      this.#onPayload(payload, payload.length)
      at = end + trailerLength
    }
    return at
  }
}
