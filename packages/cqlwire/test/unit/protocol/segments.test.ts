import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { loadCompressor } from '../../../src/protocol/compression.js'
import type { Compressor } from '../../../src/protocol/compression.js'
import {
  encodeSegments,
  MAX_SEGMENT_PAYLOAD,
  SEGMENT_HEADER_LENGTH,
  SEGMENT_TRAILER_LENGTH,
  sealSegment,
  SegmentReader,
} from '../../../src/protocol/segments.js'
import type { SegmentSink } from '../../../src/protocol/segments.js'
import { bytes, pattern, vectors } from './support.js'

const OPTIONS = bytes(vectors.segments.optionsFrame)
const QUERY = bytes(vectors.segments.queryFrame)
const lz4 = loadCompressor('lz4')

/** A v5 request of the given whole length. */
function frameOf(length: number): Buffer {
  const frame = Buffer.concat([bytes('0500000307 00000000'), pattern(length - 9)])
  frame.writeInt32BE(length - 9, 5)
  return frame
}

class Payloads implements SegmentSink {
  readonly seen: Buffer[] = []
  readonly selfContained: boolean[] = []
  readonly buffers: Buffer[] = []

  onSegment(buffer: Buffer, start: number, end: number, selfContained: boolean): void {
    this.seen.push(Buffer.from(buffer.subarray(start, end)))
    this.selfContained.push(selfContained)
    this.buffers.push(buffer)
  }
}

function read(pieces: readonly Buffer[], compressor: Compressor | null = null): Payloads {
  const payloads = new Payloads()
  const reader = new SegmentReader(compressor)
  for (const piece of pieces) reader.push(piece, 0, piece.length, payloads)
  return payloads
}

describe('segments without compression', () => {
  test('are the bytes that the Python driver sends', () => {
    assert.equal(encodeSegments(OPTIONS).toString('hex'), vectors.segments.plainOptions)
    assert.equal(encodeSegments(Buffer.concat([OPTIONS, QUERY])).toString('hex'), vectors.segments.plainBoth)
  })

  test('are sealed in place where room was left', () => {
    const buffer = Buffer.alloc(3 + SEGMENT_HEADER_LENGTH + OPTIONS.length + SEGMENT_TRAILER_LENGTH)
    const start = 3 + SEGMENT_HEADER_LENGTH
    OPTIONS.copy(buffer, start)
    sealSegment(buffer, start, start + OPTIONS.length)
    assert.equal(buffer.subarray(3).toString('hex'), vectors.segments.plainOptions)
    assert.throws(() => sealSegment(Buffer.alloc(0), 0, MAX_SEGMENT_PAYLOAD + 1), /at most 131071 bytes/)
  })

  test('of a long frame are not self-contained, and as the Python driver cuts them', () => {
    const { longFrameLength, longSegmentHeaders, longSegmentTrailers, longSegmentsLength } = vectors.segments
    const frame = frameOf(longFrameLength)
    const encoded = encodeSegments(frame)
    assert.equal(encoded.length, longSegmentsLength)
    const whole = MAX_SEGMENT_PAYLOAD + SEGMENT_HEADER_LENGTH + SEGMENT_TRAILER_LENGTH
    const starts = [0, whole, 2 * whole, encoded.length]
    for (let i = 0; i < 3; i++) {
      assert.equal(encoded.toString('hex', starts[i], starts[i]! + 6), longSegmentHeaders[i])
      assert.equal(encoded.toString('hex', starts[i + 1]! - 4, starts[i + 1]), longSegmentTrailers[i])
    }
    const payloads = read([encoded])
    assert.deepEqual(payloads.selfContained, [false, false, false])
    assert.ok(Buffer.concat(payloads.seen).equals(frame))
  })

  test('hold as many whole frames as fit', () => {
    const half = frameOf(70_000)
    const exact = frameOf(MAX_SEGMENT_PAYLOAD)
    const long = frameOf(MAX_SEGMENT_PAYLOAD + 1)
    const lengths = (frames: readonly Buffer[]): [number[], boolean[]] => {
      const payloads = read([encodeSegments(Buffer.concat(frames))])
      return [payloads.seen.map((payload) => payload.length), payloads.selfContained]
    }
    assert.deepEqual(lengths([half, half, OPTIONS]), [
      [70_000, 70_009],
      [true, true],
    ])
    assert.deepEqual(lengths([exact, OPTIONS]), [
      [MAX_SEGMENT_PAYLOAD, 9],
      [true, true],
    ])
    assert.deepEqual(lengths([OPTIONS, long, OPTIONS, OPTIONS]), [
      [9, MAX_SEGMENT_PAYLOAD, 1, 18],
      [true, false, false, true],
    ])
    assert.deepEqual(lengths([]), [[], []])
  })

  test('that lie whole in the bytes are given where they lie', () => {
    const segment = bytes(vectors.segments.plainBoth)
    const payloads = read([segment])
    assert.ok(payloads.seen[0]!.equals(Buffer.concat([OPTIONS, QUERY])))
    assert.equal(payloads.buffers[0], segment)
    assert.deepEqual(payloads.selfContained, [true])
  })

  test('cut at any place are the same', () => {
    const both = Buffer.concat([bytes(vectors.segments.plainOptions), bytes(vectors.segments.plainOptions)])
    for (let cut = 1; cut < both.length; cut++) {
      const payloads = read([both.subarray(0, cut), both.subarray(cut)])
      assert.deepEqual(payloads.seen, [OPTIONS, OPTIONS], `cut at ${cut}`)
    }
    assert.deepEqual(read(Array.from(both, (byte) => Buffer.from([byte]))).seen, [OPTIONS, OPTIONS])
  })
})

describe('segments with LZ4', () => {
  test('that the Python driver sends are read', () => {
    assert.deepEqual(read([bytes(vectors.segments.compressedQuery)], lz4).seen, [QUERY])
  })

  test('stay uncompressed where compression gains nothing, as the Python driver leaves them', () => {
    assert.equal(encodeSegments(OPTIONS, lz4).toString('hex'), vectors.segments.compressedOptions)
    assert.deepEqual(read([bytes(vectors.segments.compressedOptions)], lz4).seen, [OPTIONS])
  })

  test('are shorter than their payload, and come back as they were', () => {
    const frames = Buffer.concat([QUERY, frameOf(300_000), OPTIONS])
    const encoded = encodeSegments(frames, lz4)
    assert.ok(encoded.length < frames.length / 2)
    const payloads = read([encoded], lz4)
    assert.ok(Buffer.concat(payloads.seen).equals(frames))
    assert.deepEqual(payloads.selfContained, [true, false, false, false, true])
  })

  test('keep lengths of 17 bits', () => {
    const noise = frameOf(MAX_SEGMENT_PAYLOAD)
    for (let i = 9; i < noise.length; i++) noise[i] = Math.imul(i, 0x9e3779b1) >>> 13
    for (const frame of [noise, frameOf(MAX_SEGMENT_PAYLOAD), frameOf(32_768), frameOf(65_536)]) {
      assert.ok(Buffer.concat(read([encodeSegments(frame, lz4)], lz4).seen).equals(frame))
    }
  })

  test('whose block is not LZ4, though its checksum is right, are refused', () => {
    const segment = Buffer.from(encodeSegments(OPTIONS, lz4))
    // Says that the 9 bytes are a block of 90: header bits 17 to 33.
    const lie = Buffer.from('0900b4000400000000'.slice(0, 10), 'hex')
    lie.copy(segment, 0)
    const crc = crcOf(lie)
    crc.copy(segment, 5)
    assert.throws(() => read([segment], lz4), { name: 'MalformedFrameError', message: /LZ4/ })
  })
})

describe('damaged segments are refused with what is wrong and where', () => {
  const good = bytes(vectors.segments.plainOptions)

  test('a bad CRC of a header', () => {
    const bad = Buffer.from(good)
    bad[0]! ^= 1
    assert.throws(() => read([good, bad]), {
      name: 'MalformedFrameError',
      message: /^bad CRC of a segment header at byte 19 of the connection: 0x/,
    })
    assert.throws(() => read([good, bad.subarray(0, 3), bad.subarray(3, 6)]), /header at byte 19 /)
  })

  test('a bad CRC of a payload', () => {
    for (const at of [6, 14, 15, 18]) {
      const bad = Buffer.from(good)
      bad[at]! ^= 0x80
      assert.throws(() => read([good, bad]), {
        name: 'MalformedFrameError',
        message: /^bad CRC of a segment's payload of 9 bytes at byte 19 /,
      })
      assert.throws(() => read([good, bad.subarray(0, 8), bad.subarray(8)]), /payload of 9 bytes at byte 19 /)
    }
  })
})

/** CRC24 by the specification's definition, bit by bit, three bytes little-endian. */
function crcOf(data: Uint8Array): Buffer {
  let crc = 0x875060
  for (const byte of data) {
    crc ^= byte << 16
    for (let i = 0; i < 8; i++) crc = crc & 0x800000 ? ((crc << 1) ^ 0x1974f0b) & 0xffffff : crc << 1
  }
  return Buffer.from([crc & 0xff, (crc >> 8) & 0xff, crc >> 16])
}
