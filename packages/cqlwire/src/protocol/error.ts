/**
 * ERROR (native protocol section 4.2.1; codes: v5 section 8, v3 and v4 section 9):
 *
 *     <code:int><message:string> and, by code,
 *     0x1000 unavailable:        <cl><required:int><alive:int>
 *     0x1100 write timeout:      <cl><received:int><block_for:int><write_type:string>[<contentions:short>, v5 and CAS]
 *     0x1200 read timeout:       <cl><received:int><block_for:int><data_present:byte>
 *     0x1300 read failure:       <cl><received:int><block_for:int><failures><data_present:byte>
 *     0x1400 function failure:   <keyspace:string><function:string><arg_types:string list>
 *     0x1500 write failure:      <cl><received:int><block_for:int><failures><write_type:string>
 *     0x1700 CAS write unknown:  <cl><received:int><block_for:int>
 *     0x2400 already exists:     <keyspace:string><table:string>
 *     0x2500 unprepared:         <id:short bytes>
 *     <failures>: v4 <count:int>, v5 <n:int> and n times <replica:inetaddr><code:short>
 *
 * The others have no more than their message. A code that isn't listed becomes a plain ServerError.
 */
import {
  AlreadyExistsError,
  BadCredentialsError,
  CasWriteUnknownError,
  CdcWriteFailureError,
  ConfigurationError,
  CqlSyntaxError,
  FunctionFailureError,
  InvalidRequestError,
  IsBootstrappingError,
  OverloadedError,
  ProtocolError,
  ReadFailureError,
  ReadTimeoutError,
  ServerError,
  TruncateError,
  UnauthorizedError,
  UnavailableError,
  UnpreparedError,
  WriteFailureError,
  WriteTimeoutError,
} from '../base/server-errors.js'
import type { ByteReader } from '../wire/byte-reader.js'
import { consistencyName } from './constants.js'
import { readInetAddress } from './inet.js'
import { readStringList } from './notation.js'

export function readError(reader: ByteReader, version: number): ServerError {
  const code = reader.readInt32('error code')
  const message = reader.readString('error message')
  const read = READERS.get(code)
  return read === undefined ? new ServerError(code, message) : read(message, reader, version)
}

type ErrorReader = (message: string, reader: ByteReader, version: number) => ServerError

const READERS: ReadonlyMap<number, ErrorReader> = new Map<number, ErrorReader>([
  [0x000a, (message) => new ProtocolError(message)],
  [0x0100, (message) => new BadCredentialsError(message)],
  [0x1000, readUnavailable],
  [0x1001, (message) => new OverloadedError(message)],
  [0x1002, (message) => new IsBootstrappingError(message)],
  [0x1003, (message) => new TruncateError(message)],
  [0x1100, readWriteTimeout],
  [0x1200, readReadTimeout],
  [0x1300, readReadFailure],
  [0x1400, readFunctionFailure],
  [0x1500, readWriteFailure],
  [0x1600, (message) => new CdcWriteFailureError(message)],
  [0x1700, (message, reader) => new CasWriteUnknownError(message, readProgress(reader))],
  [0x2000, (message) => new CqlSyntaxError(message)],
  [0x2100, (message) => new UnauthorizedError(message)],
  [0x2200, (message) => new InvalidRequestError(message)],
  [0x2300, (message) => new ConfigurationError(message)],
  [0x2400, readAlreadyExists],
  [0x2500, (message, reader) => new UnpreparedError(message, { id: Buffer.from(reader.readShortBytes('unknown prepared id')) })],
])

interface Progress {
  readonly consistency: string
  readonly received: number
  readonly blockFor: number
}

/** `<cl><received><block_for>` */
function readProgress(reader: ByteReader): Progress {
  const consistency = consistencyName(reader.readUint16('consistency'))
  const received = reader.readInt32('number of answers received')
  return { consistency, received, blockFor: reader.readInt32('number of answers waited for') }
}

interface Failures {
  readonly numFailures: number
  readonly failureReasons: ReadonlyMap<string, number>
}

/** `<failures>`. An address is at least 5 bytes long with its length, a code 2. */
function readFailures(reader: ByteReader, version: number): Failures {
  if (version < 5) return { numFailures: reader.readInt32('number of failures'), failureReasons: new Map() }
  const count = reader.readCount(7, 'failure reasons')
  const failureReasons = new Map<string, number>()
  for (let i = 0; i < count; i++) failureReasons.set(readInetAddress(reader), reader.readUint16('failure code'))
  return { numFailures: count, failureReasons }
}

function readUnavailable(message: string, reader: ByteReader): ServerError {
  const consistency = consistencyName(reader.readUint16('consistency'))
  const required = reader.readInt32('number of replicas required')
  return new UnavailableError(message, { consistency, required, alive: reader.readInt32('number of replicas alive') })
}

function readWriteTimeout(message: string, reader: ByteReader, version: number): ServerError {
  const progress = readProgress(reader)
  const writeType = reader.readString('write type')
  // Cassandra 4.0 before its first release called the field v5 without writing it: taken only where it is there.
  const contentions = version >= 5 && writeType === 'CAS' && reader.remaining >= 2 ? reader.readUint16('contentions') : null
  return new WriteTimeoutError(message, { ...progress, writeType, contentions })
}

function readReadTimeout(message: string, reader: ByteReader): ServerError {
  const progress = readProgress(reader)
  return new ReadTimeoutError(message, { ...progress, dataPresent: reader.readUint8('data present') !== 0 })
}

function readReadFailure(message: string, reader: ByteReader, version: number): ServerError {
  const progress = readProgress(reader)
  const failures = readFailures(reader, version)
  return new ReadFailureError(message, { ...progress, ...failures, dataPresent: reader.readUint8('data present') !== 0 })
}

function readFunctionFailure(message: string, reader: ByteReader): ServerError {
  const keyspace = reader.readString('keyspace')
  const functionName = reader.readString('function')
  return new FunctionFailureError(message, { keyspace, functionName, argTypes: readStringList(reader, 'argument types') })
}

function readWriteFailure(message: string, reader: ByteReader, version: number): ServerError {
  const progress = readProgress(reader)
  const failures = readFailures(reader, version)
  return new WriteFailureError(message, { ...progress, ...failures, writeType: reader.readString('write type') })
}

function readAlreadyExists(message: string, reader: ByteReader): ServerError {
  const keyspace = reader.readString('keyspace')
  return new AlreadyExistsError(message, { keyspace, table: reader.readString('table') })
}
