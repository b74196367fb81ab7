import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FrameFlag, Opcode } from '../../../src/protocol/constants.js'
import { FrameReader } from '../../../src/protocol/frame-reader.js'
import type { FrameReaderOptions, FrameSink } from '../../../src/protocol/frame-reader.js'
import { beginFrame, endFrame } from '../../../src/protocol/frame.js'
import type { ByteBlock } from '../../../src/wire/byte-block.js'
import { ByteWriter, MAX_BODY_LENGTH } from '../../../src/wire/byte-writer.js'
import { bytes, pattern } from './support.js'

interface Seen {
  readonly flags: number
  readonly stream: number
  readonly opcode: number
  readonly body: Buffer
  readonly owned: boolean
  readonly block: ByteBlock
}

class Frames implements FrameSink {
  readonly seen: Seen[] = []

  onFrame(flags: number, stream: number, opcode: number, block: ByteBlock, start: number, end: number, owned: boolean): void {
    this.seen.push({ flags, stream, opcode, body: Buffer.from(block.buffer.subarray(start, end)), owned, block })
  }
}

function read(version: number, pieces: readonly Buffer[], options?: FrameReaderOptions): Frames {
  const frames = new Frames()
  const reader = new FrameReader(version, options)
  for (const piece of pieces) reader.push(piece, 0, piece.length, frames)
  return frames
}

/** A READY on stream 1 and an EVENT of three bytes on stream -1. */
const TWO = bytes('84 00 0001 02 00000000   84 08 ffff 0c 00000003 616263')

describe('frames', () => {
  test('that lie whole in the bytes are given where they lie', () => {
    const { seen } = read(4, [TWO])
    assert.deepEqual(
      seen.map(({ flags, stream, opcode, body, owned }) => ({ flags, stream, opcode, body: body.toString(), owned })),
      [
        { flags: 0, stream: 1, opcode: Opcode.READY, body: '', owned: false },
        { flags: FrameFlag.WARNING, stream: -1, opcode: Opcode.EVENT, body: 'abc', owned: false },
      ],
    )
    assert.equal(seen[1]!.block.buffer, TWO)
    assert.equal(seen[0]!.block, seen[1]!.block)
  })

  test('cut at any place are the same, and own their memory where they were cut', () => {
    for (let cut = 1; cut < TWO.length; cut++) {
      const { seen } = read(4, [TWO.subarray(0, cut), TWO.subarray(cut)])
      assert.deepEqual(
        seen.map((frame) => [frame.stream, frame.opcode, frame.body.toString()]),
        [
          [1, Opcode.READY, ''],
          [-1, Opcode.EVENT, 'abc'],
        ],
        `cut at ${cut}`,
      )
      assert.deepEqual(
        seen.map((frame) => frame.owned),
        [cut < 9, cut > 9],
        `cut at ${cut}`,
      )
    }
  })

  test('byte by byte', () => {
    const { seen } = read(
      4,
      Array.from(TWO, (byte) => Buffer.from([byte])),
    )
    assert.deepEqual(
      seen.map((frame) => frame.body.toString()),
      ['', 'abc'],
    )
  })

  test('of several megabytes are collected in memory of exactly their length', () => {
    const body = pattern(3_000_001)
    const head = Buffer.from(bytes('85 00 7fff 08 00000000'))
    head.writeInt32BE(body.length, 5)
    const whole = Buffer.concat([head, body])
    const pieces: Buffer[] = []
    for (let at = 0; at < whole.length; at += 262_144) pieces.push(whole.subarray(at, at + 262_144))
    const [frame] = read(5, pieces).seen
    assert.equal(frame?.stream, 32_767)
    assert.equal(frame.block.buffer.length, body.length)
    assert.ok(frame.body.equals(body))
  })

  test('that announce much and bring little take little memory', () => {
    const reader = new FrameReader(4)
    const before = process.memoryUsage().arrayBuffers
    const head = bytes('84 00 0001 08 0fffffff 01020304')
    reader.push(head, 0, head.length, new Frames())
    assert.equal(reader.pending, 13)
    assert.ok(process.memoryUsage().arrayBuffers - before < 8 * 1024 * 1024)
  })

  test('carry the compression flag in v4, and not in v5 where it means nothing', () => {
    assert.equal(read(4, [bytes('84 01 0001 02 00000000')]).seen[0]!.flags, FrameFlag.COMPRESSED)
    assert.equal(read(5, [bytes('85 03 0001 02 00000000')]).seen[0]!.flags, FrameFlag.TRACING)
  })

  test('of requests are what a server reads', () => {
    const request = bytes('05 00 0001 05 00000000')
    const reader = new FrameReader(0, { direction: 'request' })
    const frames = new Frames()
    reader.push(request, 0, request.length, frames)
    assert.equal(frames.seen[0]!.opcode, Opcode.OPTIONS)
    assert.equal(reader.lastVersion, 5)
  })
})

describe('bytes that are no frames are refused with what is wrong and where', () => {
  test('the wrong direction', () => {
    assert.throws(() => read(4, [bytes('04 00 0001 05 00000000')]), {
      name: 'MalformedFrameError',
      message: 'a request stands where a response must: the frame at byte 0 begins with 0x04',
    })
    assert.throws(() => read(4, [TWO], { direction: 'request' }), /a response stands where a request must/)
  })

  test('another version than the connection speaks', () => {
    assert.throws(() => read(4, [TWO.subarray(0, 9), bytes('83 00 0001 02 00000000')]), {
      name: 'MalformedFrameError',
      message: 'the frame at byte 9 is of protocol version 3, this connection speaks v4',
    })
  })

  test('but an ERROR may be in the version of a server that does not speak ours', () => {
    const reader = new FrameReader(5)
    const frames = new Frames()
    const error = bytes("84 00 0000 00 00000007 0000000a 0001 '!'")
    reader.push(error, 0, error.length, frames)
    assert.equal(frames.seen[0]!.opcode, Opcode.ERROR)
    assert.equal(reader.lastVersion, 4)
  })

  test('a version that nobody here speaks', () => {
    assert.throws(
      () => read(0, [bytes('01 00 0000 00 00000000')], { direction: 'request' }),
      /protocol version 1, v3, v4 and v5 are spoken here/,
    )
    assert.throws(() => read(5, [bytes('82 00 00 00 00000000 00')]), /protocol version 2/)
  })

  test('a body longer than the limit', () => {
    assert.throws(
      () => read(4, [bytes('84 00 0001 08 10000001')]),
      /RESULT, stream 1\) announces a body of 268435457 bytes; at most 268435456/,
    )
    assert.throws(() => read(4, [bytes('84 00 0001 08 00000065')], { maxFrameLength: 100 }), /at most 100/)
  })

  test('a negative length', () => {
    assert.throws(() => read(4, [bytes('84 00 0001 08 ffffffff')]), /the negative length -1/)
  })

  test('in a head that came in pieces', () => {
    assert.throws(() => read(4, [TWO, bytes('84 00 0001'), bytes('08 ffffffff')]), /the frame at byte 21 /)
  })
})

test('a request longer than the protocol takes is taken back out of the writer', () => {
  const writer = new ByteWriter(64)
  writer.putUint8(1)
  const start = beginFrame(writer, 4, 0, 0, Opcode.QUERY)
  // Stands in for writing so much.
  writer.position += MAX_BODY_LENGTH + 1
  assert.throws(() => endFrame(writer, start), { name: 'InvalidArgumentError', message: /256 MiB/ })
  assert.equal(writer.position, 1)
})
