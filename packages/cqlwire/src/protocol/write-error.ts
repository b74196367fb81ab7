/** A server's half of ERROR: the body of an error of base/server-errors.ts, laid out as error.ts has it. */
import {
  AlreadyExistsError,
  CasWriteUnknownError,
  FunctionFailureError,
  ReadFailureError,
  ReadTimeoutError,
  UnavailableError,
  UnpreparedError,
  WriteFailureError,
  WriteTimeoutError,
} from '../base/server-errors.js'
import type { ServerError } from '../base/server-errors.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import { consistencyCode } from './constants.js'
import { writeInetAddress } from './inet.js'
import { writeStringList } from './notation.js'

export function writeError(writer: ByteWriter, version: number, error: ServerError): void {
  writer.putInt32(error.protocolCode)
  writer.putString(error.message)
  if (error instanceof UnavailableError) {
    writer.putUint16(consistencyCode(error.consistency))
    writer.putInt32(error.required)
    writer.putInt32(error.alive)
  } else if (error instanceof WriteTimeoutError) {
    writeProgress(writer, error)
    writer.putString(error.writeType)
    if (version >= 5 && error.writeType === 'CAS') writer.putUint16(error.contentions ?? 0)
  } else if (error instanceof ReadTimeoutError) {
    writeProgress(writer, error)
    writer.putUint8(error.dataPresent ? 1 : 0)
  } else if (error instanceof ReadFailureError) {
    writeFailures(writer, version, error)
    writer.putUint8(error.dataPresent ? 1 : 0)
  } else if (error instanceof WriteFailureError) {
    writeFailures(writer, version, error)
    writer.putString(error.writeType)
  } else if (error instanceof CasWriteUnknownError) writeProgress(writer, error)
  else if (error instanceof FunctionFailureError) {
    writer.putString(error.keyspace)
    writer.putString(error.functionName)
    writeStringList(writer, error.argTypes)
  } else if (error instanceof AlreadyExistsError) {
    writer.putString(error.keyspace)
    writer.putString(error.table)
  } else if (error instanceof UnpreparedError) writer.putShortBytes(error.id)
}

function writeProgress(writer: ByteWriter, error: { consistency: string; received: number; blockFor: number }): void {
  writer.putUint16(consistencyCode(error.consistency))
  writer.putInt32(error.received)
  writer.putInt32(error.blockFor)
}

function writeFailures(writer: ByteWriter, version: number, error: ReadFailureError | WriteFailureError): void {
  writeProgress(writer, error)
  if (version < 5) {
    writer.putInt32(error.numFailures)
    return
  }
  writer.putInt32(error.failureReasons.size)
  for (const [address, code] of error.failureReasons) {
    writeInetAddress(writer, address)
    writer.putUint16(code)
  }
}
