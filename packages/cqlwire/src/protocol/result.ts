/**
 * RESULT (native protocol section 4.2.5): `<kind:int>` and, by kind,
 *
 *     Void: nothing      Set_keyspace: <keyspace:string>      Schema_change: see schema-change.ts      Prepared: see prepare.ts
 *     Rows: <metadata><rows_count:int><rows_content>, see rows-header.ts
 */
import { MalformedFrameError } from '../base/errors.js'
import type { ColumnSpec } from '../codec/data-type.js'
import type { ByteReader } from '../wire/byte-reader.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import { MetadataFlag, ResultKind } from './constants.js'
import { isOneTable, writeColumnSpecs } from './metadata.js'
import { writeSchemaChange } from './schema-change.js'
import type { SchemaChange } from './schema-change.js'

/** The length of the `<kind>` that every result begins with. */
export const RESULT_KIND_LENGTH = 4

/** The kind of the result whose message starts at `start`, a number of `ResultKind`; what follows starts `RESULT_KIND_LENGTH` later. */
export function readResultKind(view: DataView, start: number, end: number): number {
  if (end - start < RESULT_KIND_LENGTH) throw new MalformedFrameError(`A RESULT of ${end - start} bytes is too short to have a kind`)
  const kind = view.getInt32(start)
  if (kind < ResultKind.VOID || kind > ResultKind.SCHEMA_CHANGE) {
    throw new MalformedFrameError(`A RESULT is of the kind ${kind}, which the protocol doesn't have`)
  }
  return kind
}

/** After the kind. */
export function readSetKeyspace(reader: ByteReader): string {
  return reader.readString('keyspace')
}

export function writeVoidResult(writer: ByteWriter): void {
  writer.putInt32(ResultKind.VOID)
}

export function writeSetKeyspaceResult(writer: ByteWriter, keyspace: string): void {
  writer.putInt32(ResultKind.SET_KEYSPACE)
  writer.putString(keyspace)
}

export function writeSchemaChangeResult(writer: ByteWriter, change: SchemaChange): void {
  writer.putInt32(ResultKind.SCHEMA_CHANGE)
  writeSchemaChange(writer, change)
}

export interface RowsResult {
  readonly columns: readonly ColumnSpec[]
  /** Values in the order of the columns; null is a null. */
  readonly rows: readonly (readonly (Uint8Array | null)[])[]
  readonly pageState?: Uint8Array | null | undefined
  /** Answer without column descriptions, as a request with SKIP_METADATA wants. */
  readonly skipMetadata?: boolean | undefined
  /** v5: tell that the columns changed since the statement was prepared; the descriptions are written whatever `skipMetadata` says. */
  readonly newMetadataId?: Uint8Array | null | undefined
}

/** A server's half: the whole body of a RESULT of the kind Rows. */
export function writeRowsResult(writer: ByteWriter, result: RowsResult): void {
  const { columns, rows } = result
  const pageState = result.pageState ?? null
  const newMetadataId = result.newMetadataId ?? null
  const described = newMetadataId !== null || result.skipMetadata !== true
  const global = described && isOneTable(columns)
  let flags = global ? MetadataFlag.GLOBAL_TABLE_SPEC : 0
  if (pageState !== null) flags |= MetadataFlag.HAS_MORE_PAGES
  if (!described) flags |= MetadataFlag.NO_METADATA
  if (newMetadataId !== null) flags |= MetadataFlag.METADATA_CHANGED
  writer.putInt32(ResultKind.ROWS)
  writer.putInt32(flags)
  writer.putInt32(columns.length)
  if (pageState !== null) writer.putBytes(pageState)
  if (newMetadataId !== null) writer.putShortBytes(newMetadataId)
  if (described) writeColumnSpecs(writer, columns, global)
  writer.putInt32(rows.length)
  for (const row of rows) for (const value of row) writer.putBytes(value)
}
