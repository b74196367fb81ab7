/**
 * Statements on the way to the worker:
 *
 *     [byte kind] and
 *         TEXT      [long string]
 *         PREPARED  [int handle]
 *         BATCH     [value: kind][int n] and n times [statement][value: parameters]
 *         OTHER     [value]: not a statement; the driver says so in its own words
 */
import { BoundStatement, PreparedStatement } from '../session/prepared-statement.js'
import { BatchStatement, type Parameters, SimpleStatement, type Statement } from '../session/statements.js'
import type { RequestOptions } from '../session/request-options.js'
import type { ByteReader } from '../wire/byte-reader.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import { readValue } from './value-reader.js'
import { putValue } from './value-writer.js'

const Kind = { TEXT: 0, PREPARED: 1, BATCH: 2, OTHER: 3 } as const

/** The number that the worker knows a prepared statement by. */
export type HandleOf = (prepared: PreparedStatement) => number

export function putStatement(writer: ByteWriter, statement: Statement, handleOf: HandleOf): void {
  if (typeof statement === 'string') putText(writer, statement)
  else if (statement instanceof PreparedStatement) putPrepared(writer, statement, handleOf)
  else if (statement instanceof BoundStatement) putPrepared(writer, statement.prepared, handleOf)
  else if (statement instanceof SimpleStatement) putText(writer, statement.query)
  else if (statement instanceof BatchStatement) {
    writer.putUint8(Kind.BATCH)
    putValue(writer, statement.kind)
    writer.putInt32(statement.items.length)
    for (const item of statement.items) {
      putStatement(writer, item.statement, handleOf)
      putValue(writer, item.params)
    }
  } else {
    writer.putUint8(Kind.OTHER)
    putValue(writer, statement)
  }
}

function putText(writer: ByteWriter, text: string): void {
  writer.putUint8(Kind.TEXT)
  writer.putLongString(text)
}

function putPrepared(writer: ByteWriter, prepared: PreparedStatement, handleOf: HandleOf): void {
  writer.putUint8(Kind.PREPARED)
  writer.putInt32(handleOf(prepared))
}

export function readStatement(reader: ByteReader, prepared: ReadonlyMap<number, PreparedStatement>): Statement {
  switch (reader.readUint8()) {
    case Kind.TEXT:
      return reader.readLongString()
    case Kind.PREPARED:
      return prepared.get(reader.readInt32())!
    case Kind.BATCH:
      return readBatch(reader, prepared)
    default:
      return readValue(reader) as Statement
  }
}

function readBatch(reader: ByteReader, prepared: ReadonlyMap<number, PreparedStatement>): BatchStatement {
  const batch = new BatchStatement(readValue(reader) as BatchStatement['kind'])
  const count = reader.readCount(2, 'statements')
  for (let i = 0; i < count; i++) {
    const statement = readStatement(reader, prepared) as string | PreparedStatement
    batch.add(statement, readValue(reader) as Parameters)
  }
  return batch
}

/** The statement with values and options of its own. */
export function withOptions(statement: Statement, params: Parameters, options: RequestOptions): Statement {
  if (typeof statement === 'string') return new SimpleStatement(statement, params, options)
  if (statement instanceof PreparedStatement) return new BoundStatement(statement, params, options)
  if (!(statement instanceof BatchStatement)) return statement
  const batch = new BatchStatement(statement.kind, options)
  for (const item of statement.items) batch.add(item.statement, item.params)
  return batch
}
