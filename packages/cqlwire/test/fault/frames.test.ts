import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ConnectionError, CqlwireError, MalformedFrameError, OperationTimedOutError } from '../../src/base/errors.js'
import { MetadataFlag, Opcode, ResultKind } from '../../src/protocol/constants.js'
import { sealSegment } from '../../src/protocol/segments.js'
import { type Asked, type Body, ByteNode, nameIsAda, QUERY } from './byte-node.js'
import { BOTH, eventually, failure, within } from './support.js'

/** Answers that close the connection: what is sent, and what the caller's error must say of it. */
const FATAL: readonly (readonly [name: string, send: (asked: Asked) => void, says: RegExp])[] = [
  [
    'is cut off and the connection closed',
    (asked) => {
      const bytes = asked.wrap(asked.frame(Opcode.RESULT, nameIsAda))
      asked.socket.end(bytes.subarray(0, bytes.length - 5))
    },
    /closed the connection in the middle of a frame, of which \d+ bytes had come/,
  ],
  [
    'ends within its head',
    (asked) => asked.socket.end(asked.wrap(asked.frame(Opcode.RESULT, nameIsAda)).subarray(0, 4)),
    /in the middle of a frame, of which 4 bytes had come/,
  ],
  [
    'announces 2 GiB',
    (asked) => asked.answer(Opcode.RESULT, nameIsAda, { length: 0x7fff_ffff }),
    /2147483647 bytes; at most \d+ are taken/,
  ],
  ['announces a negative length', (asked) => asked.answer(Opcode.RESULT, nameIsAda, { length: -7 }), /negative length -7/],
  ['is of another protocol version', (asked) => asked.answer(Opcode.RESULT, nameIsAda, { versionByte: 0x83 }), /is of protocol version 3/],
  ['is of a version that does not exist', (asked) => asked.answer(Opcode.RESULT, nameIsAda, { versionByte: 0xff }), /version 127/],
  [
    'has the direction of a request',
    (asked) => asked.answer(Opcode.RESULT, nameIsAda, { versionByte: asked.request.protocolVersion }),
    /a request stands where a response must/,
  ],
  [
    'is for a stream on which nothing was asked',
    (asked) => asked.answer(Opcode.RESULT, nameIsAda, { stream: 77 }),
    /for stream 77, on which nothing waits/,
  ],
  [
    'is on a negative stream and is no event',
    (asked) => asked.answer(Opcode.RESULT, nameIsAda, { stream: -1 }),
    /\(RESULT\) on stream -1, where only events come/,
  ],
  ['is an event on a stream other than -1', (asked) => asked.answer(Opcode.EVENT, nameIsAda, { stream: -2 }), /\(EVENT\) on stream -2/],
  [
    'is an error that belongs to no request',
    (asked) => asked.answer(Opcode.ERROR, errorBody(0x000a, 'I lost count'), { stream: -1 }),
    /\(ERROR\) on stream -1.*it says: I lost count/,
  ],
  ['is the speech of another protocol', (asked) => asked.socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'), /bytes that are not CQL/],
]

/** Answers that are frames, but no answers: the request hears of it, and the connection is not trusted any more. */
const UNREADABLE: readonly (readonly [name: string, send: (asked: Asked) => void, says: RegExp])[] = [
  ['has an opcode that does not exist', (asked) => asked.answer(0x7b), /opcode 123, which the protocol does not have there/],
  ['is a READY in the middle of things', (asked) => asked.answer(Opcode.READY), /opcode 2, which the protocol does not have there/],
  ['is a result of a kind that does not exist', (asked) => asked.answer(Opcode.RESULT, (writer) => writer.putInt32(99)), /of the kind 99/],
  ['is a result too short for a kind', (asked) => asked.answer(Opcode.RESULT, (writer) => writer.putUint16(0)), /too short to have a kind/],
  [
    'is an error without a message',
    (asked) => asked.answer(Opcode.ERROR, (writer) => writer.putInt32(0x1000)),
    /ends within its error message/,
  ],
  [
    'is an error whose body is cut short',
    (asked) =>
      asked.answer(Opcode.ERROR, (writer) => {
        errorBody(0x1000, 'too few replicas')(writer)
        writer.putUint16(4)
      }),
    /ends within its number of replicas required/,
  ],
  ['has more rows announced than bytes', (asked) => asked.answer(Opcode.RESULT, rowsBody(1_000_000, 1)), /1000000 rows of 1 columns/],
  ['has a negative number of rows', (asked) => asked.answer(Opcode.RESULT, rowsBody(-3, 1)), /-3 rows/],
  ['has two thousand million columns', (asked) => asked.answer(Opcode.RESULT, rowsBody(1, 0x7fff_ffff)), /2147483647/],
  ['has rows of no columns', (asked) => asked.answer(Opcode.RESULT, rowsBody(5, 0)), /5 rows of 0 columns/],
]

function errorBody(code: number, message: string): Body {
  return (writer) => {
    writer.putInt32(code)
    writer.putString(message)
  }
}

/** Rows without metadata that lie about their number. */
function rowsBody(rows: number, columns: number): Body {
  return (writer) => {
    writer.putInt32(ResultKind.ROWS)
    // Column descriptions are announced where their number is the lie.
    writer.putInt32(columns > 1_000 ? MetadataFlag.GLOBAL_TABLE_SPEC : MetadataFlag.NO_METADATA)
    writer.putInt32(columns)
    writer.putInt32(rows)
    writer.putInt32(0)
  }
}

for (const version of BOTH) {
  describe(`an answer on protocol v${version} that`, () => {
    for (const [name, send, says] of FATAL) {
      test(`${name}: requests in flight fail, and the next one is answered on a new connection`, async () => {
        await using node = await ByteNode.start()
        const session = await node.session(version)
        node.bad(send)
        const { accepted } = node
        const error = await failure(session.execute(QUERY), ConnectionError)
        assert.match(error.message, says)
        assert.equal(error.sent, true)
        assert.equal(error.host, node.name)
        assert.match(error.message, /may or may not have been carried out/)
        await eventually('a new connection', () => session.metrics.connections.get(node.name) === 1 && node.accepted > accepted)
        assert.equal((await within(session.execute(QUERY))).one()?.['name'], 'Ada')
        assert.equal(session.metrics.inFlight, 0)
      })
    }

    for (const [name, send, says] of UNREADABLE) {
      test(`${name}: that request fails, its neighbours with the connection`, async () => {
        await using node = await ByteNode.start()
        const session = await node.session(version)
        // The first request is never answered, so that it is in flight when the second one's answer comes.
        let count = 0
        node.script = (asked) => {
          count++
          if (count === 2) send(asked)
          if (count > 2) asked.answerRow()
        }
        const neighbour = failure(session.execute(QUERY), ConnectionError)
        const error = await failure(session.execute(QUERY), CqlwireError)
        assert.equal(error.code, 'ERR_MALFORMED_FRAME')
        assert.match(error.message, says)
        assert.equal((await neighbour).sent, true)
        await eventually('a new connection', () => session.metrics.connections.get(node.name) === 1)
        assert.equal((await within(session.execute(QUERY))).one()?.['name'], 'Ada')
        assert.equal(session.metrics.inFlight, 0)
      })
    }

    test('comes twice is taken once; the second one ends the connection', async () => {
      await using node = await ByteNode.start()
      const session = await node.session(version)
      node.bad((asked) => {
        asked.answerRow()
        asked.answerRow()
      })
      assert.equal((await within(session.execute(QUERY))).one()?.['name'], 'Ada')
      await eventually('the connection is replaced', () => node.accepted === 3 && session.metrics.connections.get(node.name) === 1)
      assert.equal((await within(session.execute(QUERY))).one()?.['name'], 'Ada')
    })

    test('stops half-way is waited for no longer than the deadline; the connection is kept', async () => {
      await using node = await ByteNode.start()
      const session = await node.session(version)
      let rest: (() => void) | null = null
      node.bad((asked) => {
        const bytes = asked.wrap(asked.frame(Opcode.RESULT, nameIsAda))
        asked.socket.write(bytes.subarray(0, bytes.length >> 1))
        rest = () => void asked.socket.write(bytes.subarray(bytes.length >> 1))
      })
      const error = await failure(session.execute(QUERY, [], { timeoutMs: 40 }), OperationTimedOutError)
      assert.equal(error.sent, true)
      assert.equal(error.host, node.name)
      assert.equal(session.metrics.inFlight, 1)
      rest!()
      await eventually('the late answer frees the stream id', () => session.metrics.inFlight === 0)
      assert.equal((await within(session.execute(QUERY))).one()?.['name'], 'Ada')
      assert.equal(node.accepted, 2)
    })

    test('comes in single bytes is read like any other', async () => {
      await using node = await ByteNode.start()
      const session = await node.session(version)
      node.bad((asked) => {
        const bytes = asked.wrap(asked.frame(Opcode.RESULT, nameIsAda))
        const drip = (at: number): void => {
          if (at < bytes.length) asked.socket.write(bytes.subarray(at, at + 1), () => setImmediate(() => drip(at + 1)))
        }
        drip(0)
      })
      assert.equal((await within(session.execute(QUERY))).one()?.['name'], 'Ada')
    })

    test('does not fit its columns is an error where its rows are read, and the connection is replaced', async () => {
      await using node = await ByteNode.start()
      const session = await node.session(version)
      node.bad((asked) =>
        asked.answer(Opcode.RESULT, (writer) => {
          nameIsAda(writer)
          writer.view.setInt32(writer.position - 7, 0x00ff_ffff) // the length of 'Ada'
        }),
      )
      const result = await within(session.execute(QUERY))
      assert.throws(
        () => result.rows,
        (error: Error) => error instanceof MalformedFrameError && /name/.test(error.message),
      )
      await eventually('a new connection', () => node.accepted > 2 && session.metrics.connections.get(node.name) === 1)
      assert.equal((await within(session.execute(QUERY))).one()?.['name'], 'Ada')
    })

    test('is a PREPARED where rows were asked for fails its request only', async () => {
      await using node = await ByteNode.start()
      const session = await node.session(version)
      node.bad((asked) => asked.answer(Opcode.RESULT, (writer) => writer.putInt32(ResultKind.PREPARED)))
      const error = await failure(session.execute(QUERY), CqlwireError)
      assert.match(error.message, /as if it had been asked to prepare it/)
      assert.equal((await within(session.execute(QUERY))).one()?.['name'], 'Ada')
      assert.equal(node.accepted, 2)
    })
  })
}

describe('a segment of protocol v5', () => {
  /** Damages the segment of an answer; the first byte is the head's, the last one the payload's checksum. */
  const CASES: readonly (readonly [string, (segment: Buffer) => Buffer, RegExp])[] = [
    ['with a bad checksum of its head', (segment) => flipped(segment, 0), /bad CRC of a segment header at byte \d+ of the connection/],
    ['whose head was changed together with its checksum bytes', (segment) => flipped(segment, 4), /bad CRC of a segment header/],
    [
      'with a bad checksum of its payload',
      (segment) => flipped(segment, segment.length - 1),
      /bad CRC of a segment's payload of \d+ bytes/,
    ],
    ['whose payload has one bit wrong', (segment) => flipped(segment, 20), /bad CRC of a segment's payload/],
  ]
  for (const [name, damage, says] of CASES) {
    test(`${name} closes the connection before anything of it is believed`, async () => {
      await using node = await ByteNode.start()
      const session = await node.session(5)
      node.bad((asked) => asked.socket.write(damage(asked.wrap(asked.frame(Opcode.RESULT, nameIsAda)))))
      const error = await failure(session.execute(QUERY), ConnectionError)
      assert.match(error.message, says)
      assert.equal(error.code, 'ERR_MALFORMED_FRAME')
      await eventually('a new connection', () => session.metrics.connections.get(node.name) === 1)
      assert.equal((await within(session.execute(QUERY))).one()?.['name'], 'Ada')
    })
  }

  test('that says it holds whole frames and ends within one closes the connection', async () => {
    await using node = await ByteNode.start()
    const session = await node.session(5)
    node.bad((asked) => {
      const frame = asked.frame(Opcode.RESULT, nameIsAda)
      asked.socket.write(segmentOf(frame.subarray(0, frame.length - 4)))
    })
    const error = await failure(session.execute(QUERY), ConnectionError)
    assert.match(error.message, /a segment that should hold whole frames ends within one/)
  })

  test('long frames arrive over several segments', async () => {
    await using node = await ByteNode.start()
    const session = await node.session(5)
    node.script = (asked) =>
      asked.answer(Opcode.RESULT, (writer) => {
        nameIsAda(writer)
        writer.position -= 7
        writer.putBytes(Buffer.alloc(400_000, 'x'))
      })
    assert.equal((await within(session.execute(QUERY))).one()?.['name'].length, 400_000)
  })
})

function flipped(bytes: Buffer, at: number): Buffer {
  bytes[at]! ^= 0x01
  return bytes
}

/** A good segment around a payload that is no whole frame. */
function segmentOf(payload: Buffer): Buffer {
  const segment = Buffer.alloc(6 + payload.length + 4)
  segment.set(payload, 6)
  sealSegment(segment, 6, 6 + payload.length)
  return segment
}
