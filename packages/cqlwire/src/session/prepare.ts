/** PREPARE: what a node says about a statement, and what is compiled from it (native protocol, sections 4.1.5 and 4.2.5.4). */
import { CqlwireError, InvalidArgumentError, MalformedFrameError } from '../base/errors.js'
import { IsBootstrappingError, OverloadedError, ServerError } from '../base/server-errors.js'
import { compileBind } from '../codec/bind.js'
import { compileRoutingKey, type RoutingKeyEncoder } from '../codec/bind-routing-key.js'
import type { CodecRegistry } from '../codec/codec.js'
import type { Connection } from '../connection/connection.js'
import { type Answer, bodyOf } from '../connection/pending-answer.js'
import type { Metadata } from '../metadata/metadata.js'
import { FrameFlag, Opcode, ResultKind } from '../protocol/constants.js'
import { writeCustomPayload } from '../protocol/envelope.js'
import { type PreparedResult, readPrepared, writePrepare } from '../protocol/prepare.js'
import { RESULT_KIND_LENGTH } from '../protocol/result.js'
import { PreparedStatement } from './prepared-statement.js'
import { shorten } from './short-text.js'
import { ResultShape } from './result-shape.js'

export interface PrepareOptions {
  readonly timeoutMs: number
  /** Protocol 5: the keyspace to prepare in, instead of the connection's. */
  readonly keyspace: string | null
  readonly customPayload: ReadonlyMap<string, Uint8Array | null> | null
}

/** Has a node prepare the text, and gives its answer. */
export async function sendPrepare(connection: Connection, query: string, options: PrepareOptions): Promise<PreparedResult> {
  const { customPayload, keyspace, timeoutMs } = options
  const answer = await connection.request(
    Opcode.PREPARE,
    (writer) => {
      if (customPayload !== null) writeCustomPayload(writer, connection.protocolVersion, customPayload)
      writePrepare(writer, connection.protocolVersion, query, keyspace)
    },
    { timeoutMs, what: `PREPARE of ${shorten(query)}`, flags: customPayload === null ? 0 : FrameFlag.CUSTOM_PAYLOAD },
  )
  try {
    return readAnswer(connection, query, answer)
  } catch (error) {
    // As with every answer that can't be read: what else comes by this connection can't be trusted either.
    if (error instanceof MalformedFrameError)
      connection.destroy(`${connection.name} answered PREPARE of ${shorten(query)} with bytes that are no answer: ${error.message}`, error)
    throw error
  }
}

function readAnswer(connection: Connection, query: string, answer: Answer): PreparedResult {
  const reader = bodyOf(answer)
  if (answer.opcode !== Opcode.RESULT || reader.readInt32('kind of the result') !== ResultKind.PREPARED) {
    throw new CqlwireError(
      `${connection.name} answered PREPARE of ${shorten(query)} with something else (opcode ${answer.opcode}, ${answer.end - answer.start - RESULT_KIND_LENGTH} bytes)`,
    )
  }
  return readPrepared(reader, connection.protocolVersion)
}

/** Whether an error of PREPARE is one of this node, that another may not have. The others (syntax, rights) are the statement's own. */
export function isOfTheNode(error: unknown): boolean {
  if (error instanceof OverloadedError || error instanceof IsBootstrappingError) return true
  if (error instanceof ServerError) return error.protocolCode === 0
  return error instanceof CqlwireError && !(error instanceof InvalidArgumentError)
}

export interface CompileContext {
  readonly registry: CodecRegistry
  readonly metadata: Metadata
  readonly protocolVersion: number
}

/** Compiles the answer of a PREPARE into a statement. */
export function compileStatement(
  query: string,
  keyspace: string | null,
  result: PreparedResult,
  context: CompileContext,
): PreparedStatement {
  const { registry, protocolVersion } = context
  return new PreparedStatement({
    id: result.id,
    query,
    keyspace,
    bind: compileBind(result.parameters, registry, { protocolVersion }),
    routing: routingOf(result, context),
    shape: shapeOf(result, registry),
  })
}

export function shapeOf(result: PreparedResult, registry: CodecRegistry): ResultShape {
  return new ResultShape(result.resultColumns ?? [], result.resultMetadataId, registry, true)
}

function routingOf(result: PreparedResult, context: CompileContext): RoutingKeyEncoder | null {
  const { parameters } = result
  const indexes = result.partitionKeyIndexes.length > 0 ? result.partitionKeyIndexes : indexesFromSchema(result, context.metadata)
  if (indexes.length === 0) return null
  return compileRoutingKey(parameters, indexes, context.registry)
}

/** Protocol 3 doesn't say which markers make up the partition key; the schema does, by the names of the markers. */
function indexesFromSchema(result: PreparedResult, metadata: Metadata): number[] {
  const first = result.parameters[0]
  if (first === undefined) return []
  const table = metadata.getTable(first.keyspace, first.table)
  if (table === undefined || table === null) return []
  const indexes = table.partitionKey.map((column) => result.parameters.findIndex((marker) => marker.name === column.name))
  return indexes.includes(-1) ? [] : indexes
}
