/** Reads rows of system tables on one connection, page by page, as plain objects. */
import { CqlwireError, MalformedFrameError } from '../base/errors.js'
import type { CodecRegistry } from '../codec/codec.js'
import { RowCursor } from '../codec/rows-cursor.js'
import { compileRows, type RowDecoder } from '../codec/rows.js'
import type { Connection } from '../connection/connection.js'
import type { Answer } from '../connection/pending-answer.js'
import type { SystemRow } from '../metadata/host-row.js'
import { Opcode, ResultKind } from '../protocol/constants.js'
import { writeQuery } from '../protocol/query.js'
import { QueryParameters } from '../protocol/query-parameters.js'
import { readResultKind, RESULT_KIND_LENGTH } from '../protocol/result.js'
import { readRowsHeader, type RowsHeader } from '../protocol/rows-header.js'

export interface SystemQueryOptions {
  /** Built-in codecs: those of users must not change what the driver reads for itself. */
  readonly registry: CodecRegistry
  /** Milliseconds for each page. */
  readonly timeoutMs: number
  /** Rows a page; all at once where it is left out. */
  readonly pageSize?: number
  readonly signal?: AbortSignal
}

/** Rows that are decoded before the clock is looked at: even those with hundreds of tokens take less than a millisecond each dozen. */
const STEP = 16
/** Pages without rows that a node may give one after the other: with one more page after each, it would be asked for ever. */
const MOST_EMPTY_PAGES = 100
/** Milliseconds after which other work gets its turn. */
const SLICE_MS = 5

/**
 * Runs a query at LOCAL_ONE. While the next page is on its way, and between slices of a large page, other work gets its turn.
 *
 * @throws {ServerError} the node's answer; {ConnectionError}, {OperationTimedOutError}, {AbortError}; {MalformedFrameError} pages without end
 */
export async function querySystem(connection: Connection, text: string, options: SystemQueryOptions): Promise<SystemRow[]> {
  const rows: SystemRow[] = []
  await eachSystemRow(connection, text, options, (row) => rows.push(row))
  return rows
}

/** The same row by row: what `take` does counts towards the slice that other work waits for. Errors are those of {@link querySystem}. */
export async function eachSystemRow(
  connection: Connection,
  text: string,
  options: SystemQueryOptions,
  take: (row: SystemRow) => void,
): Promise<void> {
  const parameters = new QueryParameters()
  parameters.pageSize = options.pageSize ?? 0
  const { timeoutMs, signal, registry } = options
  const write = (writer: Connection['writer']): void => writeQuery(writer, connection.protocolVersion, text, parameters)
  let decoder: RowDecoder<SystemRow> | null = null
  let empty = 0
  do {
    const answer = await connection.request(Opcode.QUERY, write, { timeoutMs, what: text, signal })
    const header = headerOf(connection, answer, text)
    if (header === null) return
    decoder ??= compileRows<SystemRow>(header.columns ?? [], registry, { rowFactory: 'object', generate: false })
    await decode(decoder, answer, header, take)
    empty = header.rowCount === 0 ? empty + 1 : 0
    if (empty > MOST_EMPTY_PAGES)
      throw new MalformedFrameError(`${connection.name} answered ${text} with ${empty} pages without rows, and says that there are more`)
    parameters.pageState = header.pageState
  } while (parameters.pageState !== null)
}

/** Null for a result that isn't of the kind Rows. */
function headerOf(connection: Connection, answer: Answer, text: string): RowsHeader | null {
  const { block, start, end } = answer
  if (answer.opcode !== Opcode.RESULT) throw new CqlwireError(`${connection.name} answered ${text} with opcode ${answer.opcode}`)
  if (readResultKind(block.view, start, end) !== ResultKind.ROWS) return null
  return readRowsHeader(block.buffer, block.view, start + RESULT_KIND_LENGTH, end, connection.protocolVersion)
}

async function decode(decoder: RowDecoder<SystemRow>, answer: Answer, header: RowsHeader, take: (row: SystemRow) => void): Promise<void> {
  const cursor = new RowCursor(answer.block, header.rowsStart, answer.end)
  let until = performance.now() + SLICE_MS
  for (let left = header.rowCount; left > 0; left -= STEP) {
    for (const row of decoder.rows(cursor, Math.min(left, STEP))) take(row)
    if (left <= STEP || performance.now() < until) continue
    await new Promise<void>((resolve) => setImmediate(resolve))
    until = performance.now() + SLICE_MS
  }
}

/** A text as a literal of CQL: `'it''s'`. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
