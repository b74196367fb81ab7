/** Every message of the protocol in both directions: how one is written, how it is read, and what reading it must give back. */
import {
  AlreadyExistsError,
  BadCredentialsError,
  CasWriteUnknownError,
  FunctionFailureError,
  OverloadedError,
  ReadFailureError,
  ReadTimeoutError,
  UnavailableError,
  UnpreparedError,
  WriteFailureError,
  WriteTimeoutError,
} from '../../src/base/server-errors.js'
import type { ColumnSpec, DataType } from '../../src/codec/data-type.js'
import {
  readAuthChallenge,
  readAuthenticate,
  readAuthResponse,
  readAuthSuccess,
  writeAuthChallenge,
  writeAuthenticate,
  writeAuthResponse,
  writeAuthSuccess,
} from '../../src/protocol/auth.js'
import { readBatch, writeBatch } from '../../src/protocol/batch.js'
import { FrameFlag, ResultKind } from '../../src/protocol/constants.js'
import { readEnvelope, readRequestPayload, writeCustomPayload, writeEnvelope } from '../../src/protocol/envelope.js'
import { readError } from '../../src/protocol/error.js'
import { readExecute, writeExecute } from '../../src/protocol/execute.js'
import { readPrepare, readPrepared, writePrepare, writePrepared } from '../../src/protocol/prepare.js'
import { readQuery, writeQuery } from '../../src/protocol/query.js'
import { QueryParameters } from '../../src/protocol/query-parameters.js'
import { readEvent, readRegister, writeEvent, writeRegister } from '../../src/protocol/register.js'
import type { ServerEvent } from '../../src/protocol/register.js'
import {
  readResultKind,
  readSetKeyspace,
  writeRowsResult,
  writeSchemaChangeResult,
  writeSetKeyspaceResult,
} from '../../src/protocol/result.js'
import { readRowsHeader } from '../../src/protocol/rows-header.js'
import { readSchemaChange } from '../../src/protocol/schema-change.js'
import { readStartup, readSupported, writeStartup, writeSupported } from '../../src/protocol/startup.js'
import { writeError } from '../../src/protocol/write-error.js'
import type { ByteReader } from '../../src/wire/byte-reader.js'
import type { ByteWriter } from '../../src/wire/byte-writer.js'

export interface Message {
  readonly name: string
  readonly write: (writer: ByteWriter, version: number) => void
  readonly read: (reader: ByteReader, version: number) => unknown
  /** Writes what `read` gave, where the other direction takes it as it is. */
  readonly writeAgain?: (writer: ByteWriter, value: never, version: number) => void
}

const INT = { kind: 'int' } as const
const column = (name: string, type: DataType): ColumnSpec => ({ keyspace: 'ks', table: 't', name, type })
const columns: readonly ColumnSpec[] = [
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
function readResult(reader: ByteReader, version: number): unknown {
  const kind = readResultKind(reader.view, reader.position, reader.end)
  reader.position += 4
  if (kind === ResultKind.ROWS) return readRowsHeader(reader.buffer, reader.view, reader.position, reader.end, version)
  if (kind === ResultKind.PREPARED) return readPrepared(reader, version)
  if (kind === ResultKind.SET_KEYSPACE) return readSetKeyspace(reader)
  return kind === ResultKind.SCHEMA_CHANGE ? readSchemaChange(reader) : kind
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
const failures = { ...progress, numFailures: 1, failureReasons: new Map([['127.0.0.1', 1]]) }
const errors = [
  new OverloadedError('busy'),
  new BadCredentialsError('who?'),
  new UnavailableError('few', { consistency: 'ONE', required: 1, alive: 0 }),
  new WriteTimeoutError('late', { ...progress, writeType: 'CAS', contentions: 3 }),
  new ReadTimeoutError('late', { ...progress, dataPresent: true }),
  new ReadFailureError('failed', { ...failures, dataPresent: true }),
  new WriteFailureError('failed', { ...failures, writeType: 'SIMPLE' }),
  new FunctionFailureError('thrown', { keyspace: 'ks', functionName: 'f', argTypes: ['int', 'text'] }),
  new CasWriteUnknownError('perhaps', progress),
  new AlreadyExistsError('there', { keyspace: 'ks', table: 't' }),
  new UnpreparedError('unknown', { id }),
]

/** What a client sends. */
const requests: readonly Message[] = [
  {
    name: 'STARTUP',
    write: (w) => writeStartup(w, { CQL_VERSION: '3.0.0', COMPRESSION: 'lz4' }),
    read: readStartup,
  },
  {
    name: 'AUTH_RESPONSE',
    write: (w) => writeAuthResponse(w, Buffer.from('token')),
    read: readAuthResponse,
    writeAgain: writeAuthResponse,
  },
  { name: 'QUERY', write: (w, version) => writeQuery(w, version, 'SELECT', parameters), read: readQuery },
  { name: 'PREPARE', write: (w, version) => writePrepare(w, version, 'SELECT', version >= 5 ? 'ks' : null), read: readPrepare },
  { name: 'EXECUTE', write: (w, version) => writeExecute(w, version, id, id, parameters), read: readExecute },
  { name: 'BATCH', write: (w, version) => writeBatch(w, version, batch), read: readBatch },
  { name: 'REGISTER', write: (w) => writeRegister(w, ['STATUS_CHANGE']), read: readRegister, writeAgain: writeRegister },
  {
    name: 'the payload of a request',
    write: (w, version) => (version >= 4 ? writeCustomPayload(w, version, traced.customPayload) : w.putUint16(0)),
    read: (reader, version) => readRequestPayload(reader, version, allFlags),
  },
]

/** What a server answers, and what it sends of its own accord. */
const answers: readonly Message[] = [
  { name: 'SUPPORTED', write: (w) => writeSupported(w, new Map([['A', ['b', 'c']]])), read: readSupported, writeAgain: writeSupported },
  { name: 'AUTHENTICATE', write: (w) => writeAuthenticate(w, 'Authenticator'), read: readAuthenticate, writeAgain: writeAuthenticate },
  {
    name: 'AUTH_CHALLENGE',
    write: (w) => writeAuthChallenge(w, Buffer.from('token')),
    read: readAuthChallenge,
    writeAgain: writeAuthChallenge,
  },
  { name: 'AUTH_SUCCESS', write: (w) => writeAuthSuccess(w, null), read: readAuthSuccess, writeAgain: writeAuthSuccess },
  {
    name: 'EVENT of a node',
    write: (w) => writeEvent(w, { type: 'STATUS_CHANGE', change: 'UP', address: '::1', port: 9042 }),
    read: readEvent,
    writeAgain: writeKnownEvent,
  },
  {
    name: 'EVENT of the ring',
    write: (w) => writeEvent(w, { type: 'TOPOLOGY_CHANGE', change: 'NEW_NODE', address: '10.0.0.1', port: 9042 }),
    read: readEvent,
    writeAgain: writeKnownEvent,
  },
  {
    name: 'EVENT of the schema',
    write: (w) => writeEvent(w, { type: 'SCHEMA_CHANGE', ...change }),
    read: readEvent,
    writeAgain: writeKnownEvent,
  },
  { name: 'RESULT of nothing', write: (w) => w.putInt32(ResultKind.VOID), read: readResult },
  { name: 'RESULT of a keyspace', write: (w) => writeSetKeyspaceResult(w, 'ks'), read: readResult },
  { name: 'RESULT of rows', write: (w) => writeRowsResult(w, { columns, rows: [[id, null, id]], pageState: id }), read: readResult },
  {
    name: 'RESULT of rows without metadata',
    write: (w) => writeRowsResult(w, { columns, rows: [[id, null, id]], skipMetadata: true }),
    read: readResult,
  },
  {
    name: 'RESULT of rows of new metadata',
    write: (w, version) => writeRowsResult(w, { columns, rows: [[id, null, id]], newMetadataId: version >= 5 ? id : null }),
    read: readResult,
  },
  { name: 'RESULT of a schema change', write: (w) => writeSchemaChangeResult(w, change), read: readResult },
  {
    name: 'RESULT of a preparation',
    write: (w, version) =>
      writePrepared(w, version, { id, resultMetadataId: id, partitionKeyIndexes: [0], parameters: columns, resultColumns: columns }),
    read: readResult,
  },
  ...errors.map((error): Message => ({
    name: `ERROR ${error.name}`,
    write: (w, version) => writeError(w, version, error),
    read: readError,
  })),
  {
    name: 'an envelope',
    write: (w) => writeEnvelope(w, traced),
    read: (reader, version) => readEnvelope(reader, version, allFlags),
  },
]

export const messages: readonly Message[] = [...requests, ...answers]

function writeKnownEvent(writer: ByteWriter, event: ServerEvent | null): void {
  if (event !== null) writeEvent(writer, event)
}
