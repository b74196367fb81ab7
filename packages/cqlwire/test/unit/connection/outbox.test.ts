import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { describe, test } from 'node:test'
import { Outbox } from '../../../src/connection/outbox.js'
import { FrameReader } from '../../../src/protocol/frame-reader.js'
import { beginFrame, endFrame } from '../../../src/protocol/frame.js'
import { Opcode } from '../../../src/protocol/constants.js'
import { MAX_SEGMENT_PAYLOAD, SegmentReader } from '../../../src/protocol/segments.js'

/** Keeps what is written. `takes`: the kernel takes all of it at once. */
class MadeUpSocket {
  readonly writes: Buffer[] = []
  /** Of writes that were asked to tell when they are done, in their order. */
  readonly onWritten: (() => void)[] = []
  writableLength = 0
  readonly takes: boolean

  constructor(takes = true) {
    this.takes = takes
  }

  write(bytes: Buffer, onWritten?: () => void): void {
    if (onWritten !== undefined) this.onWritten.push(onWritten)
    this.writes.push(this.takes ? Buffer.from(bytes) : bytes)
    if (!this.takes) this.writableLength += bytes.length
  }
}

function put(outbox: Outbox, stream: number, body: string): void {
  const { writer } = outbox
  const mark = beginFrame(writer, 5, 0, stream, Opcode.QUERY)
  writer.putRaw(Buffer.from(body))
  endFrame(writer, mark)
}

const flush = (outbox: Outbox, socket: MadeUpSocket): void => outbox.flush(socket as unknown as Socket)

/** Streams and bodies of bare frames. */
function framesIn(bytes: Buffer, reader = new FrameReader(5, { direction: 'request' })): [number, string][] {
  const frames: [number, string][] = []
  reader.push(bytes, 0, bytes.length, {
    onFrame: (_flags, stream, _opcode, block, start, end) => void frames.push([stream, block.buffer.toString('utf8', start, end)]),
  })
  return frames
}

/** The same for frames in segments, whose checksums are checked. */
function framesInSegments(bytes: Buffer): [number, string][] {
  const frames: [number, string][] = []
  const reader = new FrameReader(5, { direction: 'request' })
  new SegmentReader().push(bytes, 0, bytes.length, {
    onSegment: (buffer, start, end) => void frames.push(...framesIn(buffer.subarray(start, end), reader)),
  })
  return frames
}

describe('an outbox', () => {
  test('writes all frames of a turn at once', () => {
    const outbox = new Outbox()
    const socket = new MadeUpSocket()
    put(outbox, 1, 'one')
    put(outbox, 2, 'two')
    assert.equal(outbox.isEmpty, false)
    flush(outbox, socket)
    assert.equal(socket.writes.length, 1)
    assert.deepEqual(framesIn(socket.writes[0]!), [
      [1, 'one'],
      [2, 'two'],
    ])
    assert.equal(outbox.isEmpty, true)
  })

  test('writes nothing where there is nothing', () => {
    const outbox = new Outbox()
    const socket = new MadeUpSocket()
    flush(outbox, socket)
    outbox.useSegments(null)
    flush(outbox, socket)
    assert.deepEqual(socket.writes, [])
  })

  test('uses its memory again where the kernel took everything', () => {
    const outbox = new Outbox()
    const { buffer } = outbox.writer
    put(outbox, 1, 'one')
    flush(outbox, new MadeUpSocket())
    assert.equal(outbox.writer.buffer, buffer)
  })

  test('leaves memory that the socket still holds alone', () => {
    const outbox = new Outbox()
    const socket = new MadeUpSocket(false)
    for (const segments of [false, true]) {
      if (segments) outbox.useSegments(null)
      put(outbox, 1, 'held by the socket')
      flush(outbox, socket)
      const held = socket.writes.at(-1)!
      const before = Buffer.from(held)
      put(outbox, 2, 'written over it?')
      assert.deepEqual(held, before)
      flush(outbox, socket)
    }
    assert.equal(socket.writes.length, 4)
  })

  test('is full from a quarter of a mebibyte on, so that its owner flushes it before it grows', () => {
    const outbox = new Outbox()
    put(outbox, 1, 'x'.repeat(200_000))
    assert.equal(outbox.isFull, false)
    put(outbox, 2, 'x'.repeat(100_000))
    assert.equal(outbox.isFull, true)
    flush(outbox, new MadeUpSocket())
    assert.equal(outbox.isFull, false)
  })

  test('uses large memory again once the socket has written it, and not before', () => {
    const outbox = new Outbox()
    const socket = new MadeUpSocket(false)
    const { writer } = outbox
    put(outbox, 1, 'x'.repeat(100_000))
    flush(outbox, socket)
    put(outbox, 2, 'y'.repeat(100_000))
    flush(outbox, socket)
    assert.notEqual(outbox.writer, writer)
    socket.onWritten[0]!()
    put(outbox, 3, 'z'.repeat(100_000))
    flush(outbox, socket)
    assert.equal(outbox.writer, writer)
    assert.deepEqual(
      socket.writes.map((bytes) => bytes.toString('latin1', 9, 10)),
      ['x', 'y', 'z'],
    )
  })

  test('does not lend memory twice that was written at once, and then again before the first write told so', () => {
    const outbox = new Outbox()
    put(outbox, 1, 'x'.repeat(100_000))
    const quick = new MadeUpSocket()
    flush(outbox, quick)
    const { writer } = outbox
    put(outbox, 2, 'y'.repeat(100_000))
    const slow = new MadeUpSocket(false)
    flush(outbox, slow)
    quick.onWritten[0]!()
    put(outbox, 3, 'z'.repeat(100_000))
    flush(outbox, slow)
    assert.notEqual(outbox.writer, writer)
    assert.equal(slow.writes[0]!.toString('latin1', 9, 10), 'y')
  })

  test('lets go of memory that a burst made large', () => {
    const outbox = new Outbox()
    put(outbox, 1, 'x'.repeat(3_000_000))
    flush(outbox, new MadeUpSocket())
    assert.ok(outbox.writer.buffer.length < 1_000_000)
  })

  test('puts the frames of a turn into one segment on v5', () => {
    const outbox = new Outbox()
    outbox.useSegments(null)
    assert.equal(outbox.isEmpty, true)
    const socket = new MadeUpSocket()
    for (let turn = 0; turn < 2; turn++) {
      put(outbox, 1, 'one')
      put(outbox, 2, 'two')
      flush(outbox, socket)
    }
    assert.equal(socket.writes.length, 2)
    for (const bytes of socket.writes) {
      assert.deepEqual(framesInSegments(bytes), [
        [1, 'one'],
        [2, 'two'],
      ])
    }
  })

  test('spreads what is too long for a segment over several', () => {
    const outbox = new Outbox()
    outbox.useSegments(null)
    const socket = new MadeUpSocket()
    const long = 'L'.repeat(2 * MAX_SEGMENT_PAYLOAD)
    put(outbox, 1, 'short')
    put(outbox, 2, long)
    put(outbox, 3, 'short again')
    flush(outbox, socket)
    put(outbox, 4, 'next turn')
    flush(outbox, socket)
    assert.deepEqual(framesInSegments(Buffer.concat(socket.writes)), [
      [1, 'short'],
      [2, long],
      [3, 'short again'],
      [4, 'next turn'],
    ])
  })

  test('fills a segment to its last byte', () => {
    for (const length of [MAX_SEGMENT_PAYLOAD - 9, MAX_SEGMENT_PAYLOAD - 8]) {
      const outbox = new Outbox()
      outbox.useSegments(null)
      const socket = new MadeUpSocket()
      put(outbox, 1, 'x'.repeat(length))
      flush(outbox, socket)
      assert.deepEqual(framesInSegments(socket.writes[0]!), [[1, 'x'.repeat(length)]])
    }
  })
})
