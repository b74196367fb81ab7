/**
 * PREPARE and the result Prepared (native protocol sections 4.1.5, 4.2.5.4):
 *
 *     PREPARE v3, v4: <query:long string>
 *     PREPARE v5:     <query:long string><flags:int>[<keyspace:string>]
 *
 *     Prepared: <id:short bytes>[<result_metadata_id:short bytes>]<metadata><result_metadata>
 *     <metadata>: <flags:int><columns_count:int>[<pk_count:int><pk_index_1:short>...][<global_table_spec>]<col_spec_1>...
 *
 * <result_metadata_id> is v5; <pk_count> and the indexes are v4 and later.
 */
import { MalformedFrameError } from '../base/errors.js'
import type { ColumnSpec } from '../codec/data-type.js'
import type { ByteReader } from '../wire/byte-reader.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import { MetadataFlag, PrepareFlag, QueryFlag, ResultKind } from './constants.js'
import { isOneTable, readColumnSpecs, writeColumnSpecs } from './metadata.js'
import { refuseBeforeV5 } from './query-parameters.js'

export function writePrepare(writer: ByteWriter, version: number, text: string, keyspace: string | null): void {
  if (version < 5 && keyspace !== null) refuseBeforeV5(version, QueryFlag.KEYSPACE)
  writer.putLongString(text)
  if (version < 5) return
  writer.putInt32(keyspace === null ? 0 : PrepareFlag.KEYSPACE)
  if (keyspace !== null) writer.putString(keyspace)
}

export interface ReceivedPrepare {
  readonly query: string
  readonly keyspace: string | null
}

export function readPrepare(reader: ByteReader, version: number): ReceivedPrepare {
  const query = reader.readLongString('query')
  const flags = version >= 5 ? reader.readInt32('flags') : 0
  return { query, keyspace: (flags & PrepareFlag.KEYSPACE) !== 0 ? reader.readString('keyspace') : null }
}

export interface PreparedResult {
  /** A copy. */
  readonly id: Buffer
  /** A copy; null before v5. */
  readonly resultMetadataId: Buffer | null
  /**
   * For each partition key column in its order the index of its bind marker; empty where not all are bound, and always in v3.
   */
  readonly partitionKeyIndexes: readonly number[]
  /** The bind markers, in order. */
  readonly parameters: readonly ColumnSpec[]
  /** The columns of the rows that the statement answers with; null where it answers without rows, or the server doesn't say. */
  readonly resultColumns: readonly ColumnSpec[] | null
}

/** To be called after the result's kind was read. */
export function readPrepared(reader: ByteReader, version: number): PreparedResult {
  const id = Buffer.from(reader.readShortBytes('prepared id'))
  const resultMetadataId = version >= 5 ? Buffer.from(reader.readShortBytes('result metadata id')) : null
  const flags = reader.readInt32('flags of the bind markers')
  const count = reader.readInt32('number of bind markers')
  const partitionKeyIndexes = version >= 4 ? readIndexes(reader, count) : []
  const parameters = readColumnSpecs(reader, flags, count)
  return { id, resultMetadataId, partitionKeyIndexes, parameters, resultColumns: readResultColumns(reader, version) }
}

function readIndexes(reader: ByteReader, columns: number): number[] {
  const count = reader.readCount(2, 'partition key indexes')
  const indexes: number[] = []
  for (let i = 0; i < count; i++) {
    const index = reader.readUint16('partition key index')
    if (index >= columns) throw new MalformedFrameError(`A partition key index is ${index}, but the statement has ${columns} bind markers`)
    indexes.push(index)
  }
  return indexes
}

function readResultColumns(reader: ByteReader, version: number): ColumnSpec[] | null {
  const flags = reader.readInt32('flags of the result metadata')
  const count = reader.readInt32('number of result columns')
  if ((flags & MetadataFlag.HAS_MORE_PAGES) !== 0) reader.readBytes('paging state')
  if (version >= 5 && (flags & MetadataFlag.METADATA_CHANGED) !== 0) reader.readShortBytes('result metadata id')
  if ((flags & MetadataFlag.NO_METADATA) !== 0) return null
  const columns = readColumnSpecs(reader, flags, count)
  return columns.length === 0 ? null : columns
}

/** A server's half: the whole body of a RESULT of the kind Prepared. */
export function writePrepared(
  writer: ByteWriter,
  version: number,
  prepared: Omit<PreparedResult, 'id' | 'resultMetadataId'> & { readonly id: Uint8Array; readonly resultMetadataId: Uint8Array | null },
): void {
  writer.putInt32(ResultKind.PREPARED)
  writer.putShortBytes(prepared.id)
  if (version >= 5) writer.putShortBytes(prepared.resultMetadataId ?? new Uint8Array(0))
  const global = isOneTable(prepared.parameters)
  writer.putInt32(global ? MetadataFlag.GLOBAL_TABLE_SPEC : 0)
  writer.putInt32(prepared.parameters.length)
  if (version >= 4) {
    writer.putInt32(prepared.partitionKeyIndexes.length)
    for (const index of prepared.partitionKeyIndexes) writer.putUint16(index)
  }
  writeColumnSpecs(writer, prepared.parameters, global)

  const columns = prepared.resultColumns
  if (columns === null) {
    writer.putInt32(MetadataFlag.NO_METADATA)
    writer.putInt32(0)
    return
  }
  const oneTable = isOneTable(columns)
  writer.putInt32(oneTable ? MetadataFlag.GLOBAL_TABLE_SPEC : 0)
  writer.putInt32(columns.length)
  writeColumnSpecs(writer, columns, oneTable)
}
