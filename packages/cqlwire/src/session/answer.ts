/** What an answer means for the request that waited for it. */
import { CqlwireError, MalformedFrameError } from '../base/errors.js'
import type { Connection } from '../connection/connection.js'
import { receiveArena } from '../connection/receive-arena.js'
import { Opcode, ResultKind } from '../protocol/constants.js'
import { type Envelope, readEnvelope } from '../protocol/envelope.js'
import { readError } from '../protocol/error.js'
import { readResultKind, readSetKeyspace, RESULT_KIND_LENGTH } from '../protocol/result.js'
import { readRowsHeader } from '../protocol/rows-header.js'
import { readSchemaChange } from '../protocol/schema-change.js'
import type { ByteBlock } from '../wire/byte-block.js'
import { ByteReader } from '../wire/byte-reader.js'
import type { RequestContext, RunningRequest } from './running-request.js'
import { ExecuteRequest, type Request } from './request.js'
import { recover } from './recover.js'
import { ResultSet } from './result-set.js'
import { ResultShape } from './result-shape.js'

/** Completes the execution, or has it try again. Throws a MalformedFrameError where the bytes are not an answer. */
export function handleAnswer(
  execution: RunningRequest,
  connection: Connection,
  flags: number,
  opcode: number,
  block: ByteBlock,
  start: number,
  end: number,
  owned: boolean,
): void {
  let envelope: Envelope | null = null
  if (flags !== 0) {
    const reader = new ByteReader(block.buffer, start, end)
    envelope = readEnvelope(reader, connection.protocolVersion, flags)
    start = reader.position
  }
  if (opcode === Opcode.RESULT) return handleResult(execution, connection, envelope, block, start, end, owned)
  if (opcode === Opcode.ERROR) {
    const error = readError(new ByteReader(block.buffer, start, end), connection.protocolVersion)
    error.host = connection.name
    if (envelope !== null) error.warnings = envelope.warnings
    return recover(execution, connection, error)
  }
  throw new CqlwireError(`${connection.name} answered a request with opcode ${opcode}, which the protocol does not have there`, {
    code: 'ERR_MALFORMED_FRAME',
  })
}

function handleResult(
  execution: RunningRequest,
  connection: Connection,
  envelope: Envelope | null,
  block: ByteBlock,
  start: number,
  end: number,
  owned: boolean,
): void {
  const kind = readResultKind(block.view, start, end)
  const body = start + RESULT_KIND_LENGTH
  if (kind === ResultKind.ROWS) return handleRows(execution, connection, envelope, block, body, end, owned)
  const result = new ResultSet(execution, envelope, null, null, 0, 0, 0, null)
  if (kind === ResultKind.VOID) return execution.complete(result)
  const reader = new ByteReader(block.buffer, body, end)
  if (kind === ResultKind.SET_KEYSPACE) return void execution.session.keyspaceSet(execution, connection, readSetKeyspace(reader), result)
  if (kind === ResultKind.SCHEMA_CHANGE)
    return void execution.session.schemaChanged(execution, connection, readSchemaChange(reader), result)
  throw new CqlwireError(`${connection.name} answered ${execution.request.describe()} as if it had been asked to prepare it`)
}

function handleRows(
  execution: RunningRequest,
  connection: Connection,
  envelope: Envelope | null,
  block: ByteBlock,
  start: number,
  end: number,
  owned: boolean,
): void {
  const header = readRowsHeader(block.buffer, block.view, start, end, connection.protocolVersion)
  let shape = execution.shape
  if (header.columns !== null) shape = learnShape(execution, shape, header.columns, header.newMetadataId)
  else if (shape === null || shape.columns.length !== header.columnCount) return readAgain(execution, connection)
  if (header.rowCount === 0) return execution.complete(new ResultSet(execution, envelope, shape, null, 0, 0, 0, header.pageState))
  let { rowsStart } = header
  let rowsEnd = end
  if (!owned) {
    connection.own(block, rowsStart, end)
    block = receiveArena.block
    rowsEnd = receiveArena.offset + (end - rowsStart)
    rowsStart = receiveArena.offset
  }
  execution.complete(new ResultSet(execution, envelope, shape, block, rowsStart, rowsEnd, header.rowCount, header.pageState))
}

/** The answer brought its own columns: they are the prepared statement's from now on where they differ from the known ones. */
function learnShape(
  execution: RunningRequest,
  known: ResultShape | null,
  columns: readonly ResultShape['columns'][number][],
  newMetadataId: Buffer | null,
): ResultShape {
  const { request, session } = execution
  const isPrepared = request instanceof ExecuteRequest
  if (isPrepared) session.watch.columnsCame(request.prepared)
  if (known !== null && newMetadataId === null && sameColumns(known.columns, columns)) return known
  const shape = new ResultShape(columns, newMetadataId ?? known?.metadataId ?? null, session.registry, isPrepared)
  if (isPrepared && !shape.isConditional) request.prepared.shape = shape
  return shape
}

function sameColumns(one: ResultShape['columns'], other: ResultShape['columns']): boolean {
  if (one.length !== other.length) return false
  return one.every((column, i) => column.name === other[i]!.name && JSON.stringify(column.type) === JSON.stringify(other[i]!.type))
}

/**
 * Protocol 3 and 4: the columns were left out, and are not as many as were known, for the table was altered. Reading is harmless to do
 * again (conditional writes are never sent so), this time with the columns.
 */
function readAgain(execution: RunningRequest, connection: Connection): void {
  const { request } = execution
  if (!(request instanceof ExecuteRequest) || execution.retries > 3) {
    throw new MalformedFrameError(
      `${connection.name} left out the columns of an answer whose columns are not known; the request was carried out`,
    )
  }
  doubtColumns(execution.session, request)
  execution.retries++
  execution.sendAgain(connection)
}

/** What is known of a prepared statement's columns may be of old: its next execution asks for them. */
export function doubtColumns(session: RequestContext, request: Request): void {
  if (!(request instanceof ExecuteRequest)) return
  const { tableKeyspace, table } = request.prepared
  session.watch.hear({ target: 'TABLE', keyspace: tableKeyspace ?? '', name: table })
}
