/** What is asked, apart from how it is going: the three kinds of request, each of which can write itself into a frame again and again. */
import { InvalidArgumentError } from '../base/errors.js'
import { showInstead } from '../base/show-instead.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import type { BatchEntry } from '../protocol/batch.js'
import { writeBatch } from '../protocol/batch.js'
import { BatchType, FrameFlag, Opcode } from '../protocol/constants.js'
import { writeCustomPayload } from '../protocol/envelope.js'
import { writeExecute } from '../protocol/execute.js'
import { writeQuery } from '../protocol/query.js'
import { QueryParameters, type ValueWriter } from '../protocol/query-parameters.js'
import { consistencyCode } from '../protocol/constants.js'
import type { BindParameters } from '../codec/bind.js'
import { ExecuteFrame } from './execute-frame.js'
import type { PreparedStatement } from './prepared-statement.js'
import type { RequestSettings } from './request-options.js'
import { shorten } from './short-text.js'
import type { ResultShape } from './result-shape.js'
import type { BatchKind } from './statements.js'

/** What a request asks of the attempt that it is written for. */
export interface Attempt {
  readonly settings: RequestSettings
  /** The consistency level that a retry policy put in place of the settings' one, or null. */
  readonly downgraded: string | null
  /** Has the write's timestamp in `timestampHigh` and `timestampLow` from now on; false where the server's clock is to give it. */
  stamp(): boolean
  readonly timestampHigh: number
  readonly timestampLow: number
  /** Whether the statement's columns may be others than the known ones (protocol 3 and 4). */
  suspects(prepared: PreparedStatement): boolean
}

export interface Request {
  readonly opcode: number
  readonly keyspace: string | null
  readonly table: string | null
  readonly isConditional: boolean
  /** The prepared statement that routes the request, and its values. */
  readonly routed: PreparedStatement | null
  readonly params: BindParameters
  frameFlags(settings: RequestSettings): number
  /** Writes the body; returns the columns that the answer is expected to have, null where it will say them. */
  write(writer: ByteWriter, version: number, attempt: Attempt): ResultShape | null
  /** The request in a message: its text, never its values. */
  describe(): string
}

/**
 * Filled anew for each request: encoding is synchronous, and keeps nothing of it. While one is being written it isn't here, for a codec
 * of the user may execute another request in the middle of it.
 */
let scratch: QueryParameters | null = new QueryParameters()

function flagsOf(settings: RequestSettings): number {
  let flags = 0
  if (settings.trace) flags |= FrameFlag.TRACING
  if (settings.customPayload !== null) flags |= FrameFlag.CUSTOM_PAYLOAD
  return flags
}

function fill(attempt: Attempt, values: ValueWriter | null, params: unknown, skipMetadata: boolean): QueryParameters {
  const { settings } = attempt
  const p = scratch ?? new QueryParameters()
  scratch = null
  p.consistency = attempt.downgraded === null ? settings.consistencyCode : consistencyCode(attempt.downgraded)
  p.serialConsistency = settings.serialCode
  p.skipMetadata = skipMetadata
  p.pageSize = settings.pageSize
  p.pageState = settings.pageState
  p.keyspace = null
  p.nowInSeconds = settings.nowInSeconds
  p.values = values
  p.params = params
  p.namedValues = false
  p.hasTimestamp = attempt.stamp()
  p.timestampHigh = attempt.timestampHigh
  p.timestampLow = attempt.timestampLow
  return p
}

/** EXECUTE of a prepared statement. */
export class ExecuteRequest implements Request {
  static {
    showInstead(this.prototype, (request) => ({ statement: request.describe() }))
  }

  readonly opcode: number = Opcode.EXECUTE
  readonly prepared: PreparedStatement
  readonly params: BindParameters

  constructor(prepared: PreparedStatement, params: BindParameters) {
    this.prepared = prepared
    this.params = params
  }

  get routed(): PreparedStatement {
    return this.prepared
  }

  get keyspace(): string | null {
    return this.prepared.tableKeyspace ?? this.prepared.keyspace
  }

  get table(): string | null {
    return this.prepared.table
  }

  get isConditional(): boolean {
    return this.prepared.shape.isConditional
  }

  frameFlags(settings: RequestSettings): number {
    return flagsOf(settings)
  }

  write(writer: ByteWriter, version: number, attempt: Attempt): ResultShape | null {
    const { prepared } = this
    const { settings } = attempt
    const { shape } = prepared
    // Columns that are known need not come again. Conditional writes answer with columns that depend on the outcome.
    const skip = shape.columns.length > 0 && !shape.isConditional && (version >= 5 || !attempt.suspects(prepared))
    const { frame } = prepared
    if (frame !== null && attempt.downgraded === null && frame.fits(settings, shape, version, skip)) {
      if (attempt.stamp() === frame.hasTimestamp) {
        writer.putRaw(frame.head)
        prepared.bindEncoder.write(writer, this.params)
        writer.putRaw(frame.tail)
        if (frame.hasTimestamp) writer.putInt64(attempt.timestampHigh, attempt.timestampLow)
        return shape
      }
    }
    this.#writeAnew(writer, version, attempt, skip)
    return shape
  }

  /** The first request, and those for which the bytes of the ones before are not right. */
  #writeAnew(writer: ByteWriter, version: number, attempt: Attempt, skip: boolean): void {
    const { prepared } = this
    const { settings } = attempt
    const { shape, frame } = prepared
    if (settings.keyspace !== null && settings.keyspace !== prepared.keyspace) refuseKeyspace(prepared, settings.keyspace)
    if (settings.customPayload !== null) writeCustomPayload(writer, version, settings.customPayload)
    const p = fill(attempt, prepared.bindEncoder, this.params, skip)
    writeExecute(writer, version, prepared.id, shape.metadataId, p)
    if (attempt.downgraded === null && ExecuteFrame.serves(settings) && (frame === null || frame.missed()))
      prepared.frame = new ExecuteFrame(prepared.id, shape, version, p)
    scratch = p
  }

  describe(): string {
    return shorten(this.prepared.query)
  }
}

/** QUERY: a text, perhaps with values whose types were guessed. */
export class QueryRequest implements Request {
  static {
    showInstead(this.prototype, (request) => ({ statement: request.describe() }))
  }

  readonly opcode: number = Opcode.QUERY
  readonly query: string
  readonly params: BindParameters
  readonly values: ValueWriter | null
  readonly namedValues: boolean
  readonly routed = null
  readonly table = null
  readonly keyspace = null
  readonly isConditional = false

  constructor(query: string, params: BindParameters, values: ValueWriter | null, namedValues: boolean) {
    this.query = query
    this.params = params
    this.values = values
    this.namedValues = namedValues
  }

  frameFlags(settings: RequestSettings): number {
    return flagsOf(settings)
  }

  write(writer: ByteWriter, version: number, attempt: Attempt): ResultShape | null {
    const { settings } = attempt
    if (settings.customPayload !== null) writeCustomPayload(writer, version, settings.customPayload)
    const p = fill(attempt, this.values, this.params, false)
    p.namedValues = this.namedValues
    p.keyspace = settings.keyspace
    writeQuery(writer, version, this.query, p)
    scratch = p
    return null
  }

  describe(): string {
    return shorten(this.query)
  }
}

/** BATCH. */
export class BatchRequest implements Request {
  static {
    showInstead(this.prototype, (request) => ({ statement: request.describe() }))
  }

  readonly opcode: number = Opcode.BATCH
  readonly kind: BatchKind
  readonly entries: readonly BatchEntry[]
  /** The first prepared statement of the batch. */
  readonly routed: PreparedStatement | null
  readonly params: BindParameters
  readonly prepared: readonly PreparedStatement[]
  readonly isConditional = false

  constructor(
    kind: BatchKind,
    entries: readonly BatchEntry[],
    prepared: readonly PreparedStatement[],
    routed: PreparedStatement | null,
    params: BindParameters,
  ) {
    this.kind = kind
    this.entries = entries
    this.prepared = prepared
    this.routed = routed
    this.params = params
  }

  get keyspace(): string | null {
    return this.routed?.tableKeyspace ?? null
  }

  get table(): string | null {
    return this.routed?.table ?? null
  }

  frameFlags(settings: RequestSettings): number {
    return flagsOf(settings)
  }

  write(writer: ByteWriter, version: number, attempt: Attempt): ResultShape | null {
    const { settings } = attempt
    if (settings.customPayload !== null) writeCustomPayload(writer, version, settings.customPayload)
    const p = fill(attempt, null, null, false)
    scratch = p
    writeBatch(writer, version, {
      type: BatchType[this.kind],
      statements: this.entries,
      consistency: p.consistency,
      serialConsistency: p.serialConsistency,
      hasTimestamp: p.hasTimestamp,
      timestampHigh: p.timestampHigh,
      timestampLow: p.timestampLow,
      keyspace: settings.keyspace,
      nowInSeconds: p.nowInSeconds,
    })
    return null
  }

  describe(): string {
    return `A ${this.kind} batch of ${this.entries.length} statements`
  }
}

function refuseKeyspace(prepared: PreparedStatement, keyspace: string): never {
  throw new InvalidArgumentError(
    `A prepared statement keeps the keyspace it was prepared in (${JSON.stringify(prepared.keyspace)}): the request option keyspace can't make it ${JSON.stringify(keyspace)}. Use session.prepare(query, { keyspace }). Nothing was sent`,
  )
}
