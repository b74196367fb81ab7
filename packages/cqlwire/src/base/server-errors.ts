/** Errors that a server answers with, each with every field of its body (native protocol v3–v5, section 9 "Error codes"). */
import { CqlwireError } from './errors.js'

/** What every server error carries besides its own fields. */
export interface ServerErrorContext {
  /** The answering node's `address:port`. */
  readonly host?: string | null
}

/** An ERROR answer. Its subclasses are the codes of the specification; this class itself stands for SERVER_ERROR and unknown codes. */
export class ServerError extends CqlwireError {
  /** The protocol's number, e.g. `0x1000`. */
  readonly protocolCode: number
  /** The node that answered, `address:port`. Set by the execution that received it. */
  host: string | null
  /** Warnings of the same answer, set by the execution that received it. */
  warnings: readonly string[]

  constructor(protocolCode: number, message: string, code = 'ERR_SERVER') {
    super(message, { code })
    this.protocolCode = protocolCode
    this.host = null
    this.warnings = []
  }
}

/** 0x000A: the server did not understand a message. */
export class ProtocolError extends ServerError {
  constructor(message: string) {
    super(0x000a, message, 'ERR_PROTOCOL')
  }
}

/** 0x0100: wrong credentials. */
export class BadCredentialsError extends ServerError {
  constructor(message: string) {
    super(0x0100, message, 'ERR_BAD_CREDENTIALS')
  }
}

/** 0x1000: too few replicas alive for the consistency level; the coordinator did not try. */
export class UnavailableError extends ServerError {
  readonly consistency: string
  readonly required: number
  readonly alive: number

  constructor(message: string, fields: { consistency: string; required: number; alive: number }) {
    super(0x1000, message, 'ERR_UNAVAILABLE')
    this.consistency = fields.consistency
    this.required = fields.required
    this.alive = fields.alive
  }
}

/** 0x1001: the coordinator is overloaded. */
export class OverloadedError extends ServerError {
  constructor(message: string) {
    super(0x1001, message, 'ERR_OVERLOADED')
  }
}

/** 0x1002: the coordinator is still bootstrapping. */
export class IsBootstrappingError extends ServerError {
  constructor(message: string) {
    super(0x1002, message, 'ERR_IS_BOOTSTRAPPING')
  }
}

/** 0x1003: a TRUNCATE failed. */
export class TruncateError extends ServerError {
  constructor(message: string) {
    super(0x1003, message, 'ERR_TRUNCATE')
  }
}

/** 0x1100: replicas did not acknowledge a write in time. */
export class WriteTimeoutError extends ServerError {
  readonly consistency: string
  readonly received: number
  readonly blockFor: number
  /** SIMPLE, BATCH, UNLOGGED_BATCH, COUNTER, BATCH_LOG, CAS, VIEW or CDC. */
  readonly writeType: string
  /** Protocol v5, write type CAS only: times that the coordinator saw contention. */
  readonly contentions: number | null

  constructor(
    message: string,
    fields: { consistency: string; received: number; blockFor: number; writeType: string; contentions: number | null },
  ) {
    super(0x1100, message, 'ERR_WRITE_TIMEOUT')
    this.consistency = fields.consistency
    this.received = fields.received
    this.blockFor = fields.blockFor
    this.writeType = fields.writeType
    this.contentions = fields.contentions
  }
}

/** 0x1200: replicas did not answer a read in time. */
export class ReadTimeoutError extends ServerError {
  readonly consistency: string
  readonly received: number
  readonly blockFor: number
  /** Whether the replica that was asked for data answered. */
  readonly dataPresent: boolean

  constructor(message: string, fields: { consistency: string; received: number; blockFor: number; dataPresent: boolean }) {
    super(0x1200, message, 'ERR_READ_TIMEOUT')
    this.consistency = fields.consistency
    this.received = fields.received
    this.blockFor = fields.blockFor
    this.dataPresent = fields.dataPresent
  }
}

/** 0x1300: replicas failed at a read (a tombstone limit, say). */
export class ReadFailureError extends ServerError {
  readonly consistency: string
  readonly received: number
  readonly blockFor: number
  readonly numFailures: number
  /** Protocol v5: failing replica's address → failure code; empty before v5. */
  readonly failureReasons: ReadonlyMap<string, number>
  readonly dataPresent: boolean

  constructor(
    message: string,
    fields: {
      consistency: string
      received: number
      blockFor: number
      numFailures: number
      failureReasons: ReadonlyMap<string, number>
      dataPresent: boolean
    },
  ) {
    super(0x1300, message, 'ERR_READ_FAILURE')
    this.consistency = fields.consistency
    this.received = fields.received
    this.blockFor = fields.blockFor
    this.numFailures = fields.numFailures
    this.failureReasons = fields.failureReasons
    this.dataPresent = fields.dataPresent
  }
}

/** 0x1400: a user-defined function failed. */
export class FunctionFailureError extends ServerError {
  readonly keyspace: string
  readonly functionName: string
  readonly argTypes: readonly string[]

  constructor(message: string, fields: { keyspace: string; functionName: string; argTypes: readonly string[] }) {
    super(0x1400, message, 'ERR_FUNCTION_FAILURE')
    this.keyspace = fields.keyspace
    this.functionName = fields.functionName
    this.argTypes = fields.argTypes
  }
}

/** 0x1500: replicas failed at a write. */
export class WriteFailureError extends ServerError {
  readonly consistency: string
  readonly received: number
  readonly blockFor: number
  readonly numFailures: number
  /** Protocol v5: failing replica's address → failure code; empty before v5. */
  readonly failureReasons: ReadonlyMap<string, number>
  readonly writeType: string

  constructor(
    message: string,
    fields: {
      consistency: string
      received: number
      blockFor: number
      numFailures: number
      failureReasons: ReadonlyMap<string, number>
      writeType: string
    },
  ) {
    super(0x1500, message, 'ERR_WRITE_FAILURE')
    this.consistency = fields.consistency
    this.received = fields.received
    this.blockFor = fields.blockFor
    this.numFailures = fields.numFailures
    this.failureReasons = fields.failureReasons
    this.writeType = fields.writeType
  }
}

/** 0x1600: the change-data-capture log is full. */
export class CdcWriteFailureError extends ServerError {
  constructor(message: string) {
    super(0x1600, message, 'ERR_CDC_WRITE_FAILURE')
  }
}

/** 0x1700 (v5): a conditional write may or may not have been applied. */
export class CasWriteUnknownError extends ServerError {
  readonly consistency: string
  readonly received: number
  readonly blockFor: number

  constructor(message: string, fields: { consistency: string; received: number; blockFor: number }) {
    super(0x1700, message, 'ERR_CAS_WRITE_UNKNOWN')
    this.consistency = fields.consistency
    this.received = fields.received
    this.blockFor = fields.blockFor
  }
}

/** 0x2000: the statement has a syntax error. */
export class CqlSyntaxError extends ServerError {
  constructor(message: string) {
    super(0x2000, message, 'ERR_CQL_SYNTAX')
  }
}

/** 0x2100: the user may not do that. */
export class UnauthorizedError extends ServerError {
  constructor(message: string) {
    super(0x2100, message, 'ERR_UNAUTHORIZED')
  }
}

/** 0x2200: the statement is well formed but invalid. */
export class InvalidRequestError extends ServerError {
  constructor(message: string) {
    super(0x2200, message, 'ERR_INVALID_REQUEST')
  }
}

/** 0x2300: a configuration problem, of a keyspace's replication for example. */
export class ConfigurationError extends ServerError {
  constructor(message: string) {
    super(0x2300, message, 'ERR_CONFIGURATION')
  }
}

/** 0x2400: the keyspace or the table exists already. */
export class AlreadyExistsError extends ServerError {
  readonly keyspace: string
  /** Empty where the keyspace itself exists. */
  readonly table: string

  constructor(message: string, fields: { keyspace: string; table: string }) {
    super(0x2400, message, 'ERR_ALREADY_EXISTS')
    this.keyspace = fields.keyspace
    this.table = fields.table
  }
}

/** 0x2500: the node doesn't know the prepared statement's id; the driver prepares again and retries by itself. */
export class UnpreparedError extends ServerError {
  readonly id: Uint8Array

  constructor(message: string, fields: { id: Uint8Array }) {
    super(0x2500, message, 'ERR_UNPREPARED')
    this.id = fields.id
  }
}
