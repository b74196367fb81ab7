import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { MalformedFrameError } from '../../src/base/errors.js'
import { Opcode } from '../../src/protocol/constants.js'
import { FrameReader } from '../../src/protocol/frame-reader.js'
import type { FrameSink } from '../../src/protocol/frame-reader.js'
import { beginFrame, endFrame, RESPONSE_BIT } from '../../src/protocol/frame.js'
import type { ByteBlock } from '../../src/wire/byte-block.js'
import { ByteReader } from '../../src/wire/byte-reader.js'
import { ByteWriter } from '../../src/wire/byte-writer.js'
import { cut } from './cuts.js'
import { messages } from './messages.js'

interface Frame {
  readonly flags: number
  readonly stream: number
  readonly opcode: number
  readonly body: string
}

class Frames implements FrameSink {
  readonly seen: Frame[] = []

  onFrame(flags: number, stream: number, opcode: number, block: ByteBlock, start: number, end: number): void {
    this.seen.push({ flags, stream, opcode, body: block.buffer.toString('hex', start, end) })
  }
}

const frames = fc.array(
  fc.record(
    {
      // Without COMPRESSED, which v5 takes away.
      flags: fc.nat(15).map((flags) => flags * 2),
      stream: fc.integer({ min: -1, max: 32_767 }),
      opcode: fc.constantFrom(...Object.values(Opcode)),
      body: fc.uint8Array({ maxLength: 300 }).map((body) => Buffer.from(body).toString('hex')),
    },
    { noNullPrototype: true },
  ),
  { maxLength: 8 },
)

function encode(version: number, sent: readonly Frame[]): Buffer {
  const writer = new ByteWriter(16)
  for (const { flags, stream, opcode, body } of sent) {
    const start = beginFrame(writer, version | RESPONSE_BIT, flags, stream, opcode)
    writer.putRaw(Buffer.from(body, 'hex'))
    endFrame(writer, start)
  }
  return writer.toBuffer()
}

describe('frames', () => {
  test('cut anywhere decode the same', () => {
    fc.assert(
      fc.property(fc.constantFrom(3, 4, 5), frames, fc.array(fc.nat()), (version, sent, places) => {
        const seen = new Frames()
        const reader = new FrameReader(version)
        for (const piece of cut(encode(version, sent), places)) reader.push(piece, 0, piece.length, seen)
        assert.deepEqual(seen.seen, sent)
        assert.equal(reader.pending, 0)
      }),
      { numRuns: 500 },
    )
  })

  test('cut anywhere and lying anywhere in one receive buffer that is used again decode the same', () => {
    fc.assert(
      fc.property(frames, fc.array(fc.nat()), fc.nat(50), (sent, places, offset) => {
        const seen = new Frames()
        const reader = new FrameReader(4)
        const receive = Buffer.alloc(4000, 0xee)
        for (const piece of cut(encode(4, sent), places)) {
          piece.copy(receive, offset)
          reader.push(receive, offset, offset + piece.length, seen)
          receive.fill(0xee)
        }
        assert.deepEqual(seen.seen, sent)
      }),
      { numRuns: 300 },
    )
  })

  test('changed anywhere decode or are refused as malformed', () => {
    fc.assert(
      fc.property(
        frames,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat()),
        (sent, changes, places) => {
          const bytes = encode(4, sent)
          for (const [at, byte] of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte
          onlyMalformed(() => {
            const reader = new FrameReader(4)
            for (const piece of cut(bytes, places)) reader.push(piece, 0, piece.length, new Frames())
          })
        },
      ),
      { numRuns: 500 },
    )
  })
})

function onlyMalformed(run: () => void): void {
  try {
    run()
  } catch (error) {
    if (!(error instanceof MalformedFrameError)) throw error
  }
}

describe('bodies changed or cut anywhere are read or refused as malformed, never anything else', () => {
  for (const { name, write, read } of messages) {
    test(name, () => {
      const change = fc.tuple(fc.nat(), fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255)))
      fc.assert(
        fc.property(fc.constantFrom(3, 4, 5), fc.array(change, { maxLength: 4 }), fc.option(fc.nat()), (version, changes, length) => {
          const writer = new ByteWriter(16)
          write(writer, version)
          let body = writer.toBuffer()
          read(new ByteReader(body), version)
          for (const [at, byte] of changes) body[at % body.length] = byte
          if (length !== null) body = body.subarray(0, length % body.length)
          onlyMalformed(() => read(new ByteReader(body), version))
        }),
        { numRuns: 300 },
      )
    })
  }

  for (const { name, write, read, writeAgain } of messages) {
    if (writeAgain === undefined) continue
    test(`${name}, written again as it was read, is read as the same`, () => {
      fc.assert(
        fc.property(fc.constantFrom(3, 4, 5), fc.nat(), fc.nat(255), (version, at, byte) => {
          const writer = new ByteWriter(16)
          write(writer, version)
          const body = writer.toBuffer()
          body[at % body.length] = byte
          onlyMalformed(() => {
            const value = read(new ByteReader(body), version)
            writer.reset()
            writeAgain(writer, value as never, version)
            const again = writer.position === 0 ? null : read(new ByteReader(writer.toBuffer()), version)
            assert.equal(inspect(again, { depth: null }), inspect(value, { depth: null }))
          })
        }),
        { numRuns: 300 },
      )
    })
  }

  test('noise', () => {
    const readers = messages.map((message) => message.read)
    fc.assert(
      fc.property(fc.constantFrom(...readers), fc.constantFrom(3, 4, 5), fc.uint8Array({ maxLength: 200 }), (read, version, noise) => {
        onlyMalformed(() => read(new ByteReader(Buffer.from(noise)), version))
      }),
      { numRuns: 2000 },
    )
  })
})
