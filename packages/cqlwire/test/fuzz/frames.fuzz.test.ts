import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { MalformedFrameError } from '../../src/base/errors.js'
import { OverloadedError, ReadFailureError, UnavailableError, UnpreparedError, WriteTimeoutError } from '../../src/base/server-errors.js'
import { readAuthChallenge, readAuthenticate } from '../../src/protocol/auth.js'
import { readBatch, writeBatch } from '../../src/protocol/batch.js'
import { FrameFlag, Opcode, ResultKind } from '../../src/protocol/constants.js'
import { readEnvelope, writeEnvelope } from '../../src/protocol/envelope.js'
import { readError } from '../../src/protocol/error.js'
import { readExecute, writeExecute } from '../../src/protocol/execute.js'
import { FrameReader } from '../../src/protocol/frame-reader.js'
import type { FrameSink } from '../../src/protocol/frame-reader.js'
import { beginFrame, endFrame, RESPONSE_BIT } from '../../src/protocol/frame.js'
import { readPrepare, readPrepared, writePrepare, writePrepared } from '../../src/protocol/prepare.js'
import { readQuery, writeQuery } from '../../src/protocol/query.js'
import { QueryParameters } from '../../src/protocol/query-parameters.js'
import { readEvent, readRegister, writeEvent, writeRegister } from '../../src/protocol/register.js'
import { readResultKind, readSetKeyspace, writeRowsResult, writeSchemaChangeResult } from '../../src/protocol/result.js'
import { readRowsHeader } from '../../src/protocol/rows-header.js'
import { readSchemaChange } from '../../src/protocol/schema-change.js'
import { readStartup, readSupported, writeStartup, writeSupported } from '../../src/protocol/startup.js'
import { writeError } from '../../src/protocol/write-error.js'
import type { ByteBlock } from '../../src/wire/byte-block.js'
import { ByteReader } from '../../src/wire/byte-reader.js'
import { ByteWriter } from '../../src/wire/byte-writer.js'
import { cut } from './cuts.js'

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

const INT = { kind: 'int' } as const
const column = (name: string, type: Parameters<typeof writeRowsResult>[1]['columns'][number]['type']) => ({
  keyspace: 'ks',
  table: 't',
  name,
  type,
})
const columns = [
  column('a', INT),
  column('b', {
    kind: 'map',
    key: INT,
    value: { kind: 'tuple', elements: [INT, { kind: 'vector', element: INT, dimensions: 3 }] },
    frozen: false,
  }),
  column('c', { kind: 'udt', keyspace: 'ks', name: 'u', fieldNames: ['x', 'y'], fieldTypes: [INT, INT], frozen: false }),
]
const values = {
  write(writer: ByteWriter): void {
    writer.putUint16(2)
    writer.putBytes(Buffer.from('value'))
    writer.putInt32(-1)
  },
}
const parameters = Object.assign(new QueryParameters(), { values, pageSize: 10, pageState: Buffer.from('state'), hasTimestamp: true })
const id = Buffer.from('0123456789abcdef')
const traced = { traceId: Buffer.alloc(16, 7), warnings: ['careful'], customPayload: new Map([['k', Buffer.from('v')]]) }
const allFlags = FrameFlag.TRACING | FrameFlag.WARNING | FrameFlag.CUSTOM_PAYLOAD

/** Reads a RESULT as a client does. */
function readResult(reader: ByteReader, version: number): void {
  const kind = readResultKind(reader.view, reader.position, reader.end)
  reader.position += 4
  if (kind === ResultKind.ROWS) readRowsHeader(reader.buffer, reader.view, reader.position, reader.end, version)
  else if (kind === ResultKind.PREPARED) readPrepared(reader, version)
  else if (kind === ResultKind.SET_KEYSPACE) readSetKeyspace(reader)
  else if (kind === ResultKind.SCHEMA_CHANGE) readSchemaChange(reader)
}

interface Message {
  readonly name: string
  readonly write: (writer: ByteWriter, version: number) => void
  readonly read: (reader: ByteReader, version: number) => unknown
}

const change = { change: 'CREATED', target: 'FUNCTION', keyspace: 'ks', name: 'f', argTypes: ['int'] } as const
const batch = {
  type: 0,
  statements: [
    { query: 'INSERT', id: null, values, params: null },
    { query: null, id, values: null, params: null },
  ],
  consistency: 1,
  serialConsistency: 8,
  hasTimestamp: true,
  timestampHigh: 1,
  timestampLow: 2,
  keyspace: null,
  nowInSeconds: null,
}
const progress = { consistency: 'ONE', received: 1, blockFor: 2 }
const failureReasons = new Map([['127.0.0.1', 1]])

const messages: readonly Message[] = [
  { name: 'STARTUP', write: (w) => writeStartup(w, { CQL_VERSION: '3.0.0', COMPRESSION: 'lz4' }), read: readStartup },
  { name: 'SUPPORTED', write: (w) => writeSupported(w, new Map([['A', ['b', 'c']]])), read: readSupported },
  { name: 'AUTHENTICATE', write: (w) => w.putString('Authenticator'), read: readAuthenticate },
  { name: 'AUTH_CHALLENGE', write: (w) => w.putBytes(Buffer.from('token')), read: readAuthChallenge },
  { name: 'QUERY', write: (w, version) => writeQuery(w, version, 'SELECT', parameters), read: readQuery },
  { name: 'PREPARE', write: (w, version) => writePrepare(w, version, 'SELECT', version >= 5 ? 'ks' : null), read: readPrepare },
  { name: 'EXECUTE', write: (w, version) => writeExecute(w, version, id, id, parameters), read: readExecute },
  { name: 'BATCH', write: (w, version) => writeBatch(w, version, batch), read: readBatch },
  { name: 'REGISTER', write: (w) => writeRegister(w, ['STATUS_CHANGE']), read: readRegister },
  {
    name: 'EVENT of a node',
    write: (w) => writeEvent(w, { type: 'STATUS_CHANGE', change: 'UP', address: '::1', port: 9042 }),
    read: readEvent,
  },
  { name: 'EVENT of the schema', write: (w) => writeEvent(w, { type: 'SCHEMA_CHANGE', ...change }), read: readEvent },
  { name: 'RESULT of rows', write: (w) => writeRowsResult(w, { columns, rows: [[id, null, id]], pageState: id }), read: readResult },
  {
    name: 'RESULT of rows without metadata',
    write: (w) => writeRowsResult(w, { columns, rows: [[id, null, id]], skipMetadata: true }),
    read: readResult,
  },
  { name: 'RESULT of a schema change', write: (w) => writeSchemaChangeResult(w, change), read: readResult },
  {
    name: 'RESULT of a preparation',
    write: (w, version) =>
      writePrepared(w, version, { id, resultMetadataId: id, partitionKeyIndexes: [0], parameters: columns, resultColumns: columns }),
    read: readResult,
  },
  ...[
    new OverloadedError('busy'),
    new UnavailableError('few', { consistency: 'ONE', required: 1, alive: 0 }),
    new WriteTimeoutError('late', { ...progress, writeType: 'CAS', contentions: 3 }),
    new ReadFailureError('failed', { ...progress, numFailures: 1, failureReasons, dataPresent: true }),
    new UnpreparedError('unknown', { id }),
  ].map((error): Message => ({ name: `ERROR ${error.name}`, write: (w, version) => writeError(w, version, error), read: readError })),
  { name: 'an envelope', write: (w) => writeEnvelope(w, traced), read: (reader, version) => readEnvelope(reader, version, allFlags) },
]

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
