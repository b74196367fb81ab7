import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { MalformedFrameError } from '../../src/base/errors.js'
import { loadCompressor } from '../../src/protocol/compression.js'
import { Opcode } from '../../src/protocol/constants.js'
import { FrameReader } from '../../src/protocol/frame-reader.js'
import type { FrameSink } from '../../src/protocol/frame-reader.js'
import { beginFrame, endFrame, RESPONSE_BIT } from '../../src/protocol/frame.js'
import { encodeSegments, MAX_SEGMENT_PAYLOAD, SegmentReader } from '../../src/protocol/segments.js'
import type { SegmentSink } from '../../src/protocol/segments.js'
import type { ByteBlock } from '../../src/wire/byte-block.js'
import { ByteWriter } from '../../src/wire/byte-writer.js'
import { cut } from './cuts.js'

/** What a connection does with segments: their payloads are the bytes of frames. */
class Receiver implements SegmentSink, FrameSink {
  readonly bodies: Buffer[] = []
  readonly frames = new FrameReader(5)

  onSegment(buffer: Buffer, start: number, end: number, selfContained: boolean): void {
    this.frames.push(buffer, start, end, this)
    if (selfContained) assert.equal(this.frames.pending, 0, 'a self-contained segment holds whole frames')
  }

  onFrame(_flags: number, _stream: number, _opcode: number, block: ByteBlock, start: number, end: number): void {
    this.bodies.push(Buffer.from(block.buffer.subarray(start, end)))
  }
}

function encode(bodies: readonly Buffer[]): Buffer {
  const writer = new ByteWriter(16)
  for (const [stream, body] of bodies.entries()) {
    const start = beginFrame(writer, 5 | RESPONSE_BIT, 0, stream, Opcode.RESULT)
    writer.putRaw(body)
    endFrame(writer, start)
  }
  return writer.toBuffer()
}

/** Bodies around the length of a segment, of bytes that compress or don't. */
const body = fc
  .tuple(
    fc.oneof(
      { weight: 6, arbitrary: fc.nat(400) },
      { weight: 1, arbitrary: fc.integer({ min: MAX_SEGMENT_PAYLOAD - 30, max: 3 * MAX_SEGMENT_PAYLOAD }) },
    ),
    fc.nat(255),
    fc.boolean(),
  )
  .map(([length, seed, noise]) => {
    const bytes = Buffer.allocUnsafe(length)
    for (let i = 0; i < length; i++) bytes[i] = noise ? Math.imul(i + seed, 0x9e3779b1) >>> 13 : seed
    return bytes
  })

describe('segments', () => {
  for (const compressor of [null, loadCompressor('lz4')]) {
    const how = compressor === null ? 'plain' : 'compressed'

    test(`${how}, cut anywhere, decode the same`, () => {
      fc.assert(
        fc.property(fc.array(body, { maxLength: 6 }), fc.array(fc.nat(), { maxLength: 12 }), (bodies, places) => {
          const encoded = encodeSegments(encode(bodies), compressor)
          const receiver = new Receiver()
          const reader = new SegmentReader(compressor)
          for (const piece of cut(encoded, places)) reader.push(piece, 0, piece.length, receiver)
          assert.equal(receiver.bodies.length, bodies.length)
          for (const [i, expected] of bodies.entries()) assert.ok(receiver.bodies[i]!.equals(expected), `body ${i}`)
          assert.equal(reader.pending, 0)
        }),
        { numRuns: 100 },
      )
    })

    test(`${how}, with any bit flipped, are refused as malformed`, () => {
      const bodies = [Buffer.from('a body of some length'.repeat(9)), Buffer.from('another')]
      const encoded = encodeSegments(encode(bodies), compressor)
      fc.assert(
        fc.property(fc.nat(encoded.length - 1), fc.nat(7), fc.array(fc.nat(), { maxLength: 4 }), (at, bit, places) => {
          const damaged = Buffer.from(encoded)
          damaged[at]! ^= 1 << bit
          assert.throws(() => {
            const reader = new SegmentReader(compressor)
            for (const piece of cut(damaged, places)) reader.push(piece, 0, piece.length, new Receiver())
          }, MalformedFrameError)
        }),
        { numRuns: 500 },
      )
    })

    test(`${how}, of noise with a right header, are refused as malformed`, () => {
      const headerLength = compressor === null ? 6 : 8
      const header = encodeSegments(encode([Buffer.alloc(40, 1)]), compressor).subarray(0, headerLength)
      fc.assert(
        fc.property(fc.uint8Array({ minLength: 60, maxLength: 80 }), (noise) => {
          const bytes = Buffer.concat([header, noise])
          assert.throws(() => new SegmentReader(compressor).push(bytes, 0, bytes.length, new Receiver()), MalformedFrameError)
        }),
        { numRuns: 200 },
      )
    })
  }
})
