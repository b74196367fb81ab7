/**
 * The columns of a result, or the bind markers of a prepared statement (native protocol sections 4.2.5.2, 4.2.5.4):
 *
 *     [<ks:string><table:string>]<col_spec_1>...<col_spec_n>
 *     <col_spec_i>: [<ks:string><table:string>]<name:string><type:option>
 *
 * Keyspace and table stand once at the front where the flag GLOBAL_TABLE_SPEC is set, else before every name.
 */
import { MalformedFrameError } from '../base/errors.js'
import type { ColumnSpec } from '../codec/data-type.js'
import type { ByteReader } from '../wire/byte-reader.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import { MetadataFlag } from './constants.js'
import { readTypeOption, writeTypeOption } from './type-option.js'

/** A name of no letters and a native type: the least that a column's description takes. */
const LEAST_COLUMN_BYTES = 4

export function readColumnSpecs(reader: ByteReader, flags: number, count: number): ColumnSpec[] {
  if (count < 0 || count * LEAST_COLUMN_BYTES > reader.remaining) {
    throw new MalformedFrameError(`The metadata announce ${count} columns, but only ${reader.remaining} bytes are left`)
  }
  const global = (flags & MetadataFlag.GLOBAL_TABLE_SPEC) !== 0
  let keyspace = ''
  let table = ''
  if (global) {
    keyspace = reader.readString('keyspace name')
    table = reader.readString('table name')
  }
  const columns: ColumnSpec[] = []
  for (let i = 0; i < count; i++) {
    if (!global) {
      keyspace = reader.readString('keyspace name')
      table = reader.readString('table name')
    }
    const name = reader.readString('column name')
    columns.push({ keyspace, table, name, type: readTypeOption(reader) })
  }
  return columns
}

/** Whether all columns are of one table, so that it need be written only once. */
export function isOneTable(columns: readonly ColumnSpec[]): boolean {
  const first = columns[0]
  return first !== undefined && columns.every((column) => column.keyspace === first.keyspace && column.table === first.table)
}

/** Writes the column descriptions; `global` is whether the flag GLOBAL_TABLE_SPEC was written. */
export function writeColumnSpecs(writer: ByteWriter, columns: readonly ColumnSpec[], global: boolean): void {
  const first = columns[0]
  if (global && first !== undefined) {
    writer.putString(first.keyspace)
    writer.putString(first.table)
  }
  for (const column of columns) {
    if (!global) {
      writer.putString(column.keyspace)
      writer.putString(column.table)
    }
    writer.putString(column.name)
    writeTypeOption(writer, column.type)
  }
}
