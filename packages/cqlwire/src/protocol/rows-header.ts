/**
 * The head of a RESULT of the kind Rows (native protocol section 4.2.5.2):
 *
 *     <flags:int><columns_count:int>[<paging_state:bytes>][<new_metadata_id:short bytes>]
 *         [<global_table_spec>?<col_spec_1>...<col_spec_n>]<rows_count:int><rows_content>
 *
 * <new_metadata_id> is v5. Read once per answer: with NO_METADATA it is a few integers and one object.
 */
import { MalformedFrameError } from '../base/errors.js'
import type { ColumnSpec } from '../codec/data-type.js'
import { ByteReader } from '../wire/byte-reader.js'
import { MetadataFlag } from './constants.js'
import { readColumnSpecs } from './metadata.js'

/** The least that a value takes on the wire: its length. */
const LEAST_VALUE_BYTES = 4

export class RowsHeader {
  /** Bits of `MetadataFlag`. */
  readonly flags: number
  readonly columnCount: number
  readonly rowCount: number
  /** Where the first row begins, an offset in the buffer that was read. */
  readonly rowsStart: number
  /** What to ask for the next page with, a copy; null on the last page. */
  readonly pageState: Buffer | null
  /** v5: the id of the metadata in `columns`, a copy, where they are not those of the request's id. */
  readonly newMetadataId: Buffer | null
  /** Null where the answer leaves the metadata out. */
  readonly columns: ColumnSpec[] | null

  constructor(
    flags: number,
    columnCount: number,
    rowCount: number,
    rowsStart: number,
    pageState: Buffer | null,
    newMetadataId: Buffer | null,
    columns: ColumnSpec[] | null,
  ) {
    this.flags = flags
    this.columnCount = columnCount
    this.rowCount = rowCount
    this.rowsStart = rowsStart
    this.pageState = pageState
    this.newMetadataId = newMetadataId
    this.columns = columns
  }

  get hasMorePages(): boolean {
    return (this.flags & MetadataFlag.HAS_MORE_PAGES) !== 0
  }
}

/** Reads the head whose `<flags>` stand at `start`, right after the result's kind; the message ends at `end`. */
export function readRowsHeader(buffer: Buffer, view: DataView, start: number, end: number, version: number): RowsHeader {
  if (end - start < 12) tooShort(end - start)
  const flags = view.getInt32(start)
  const columnCount = view.getInt32(start + 4)
  let at = start + 8
  let pageState: Buffer | null = null
  let newMetadataId: Buffer | null = null
  let columns: ColumnSpec[] | null = null
  if (flags !== MetadataFlag.NO_METADATA) {
    const reader = new ByteReader(buffer, at, end)
    if ((flags & MetadataFlag.HAS_MORE_PAGES) !== 0) pageState = copied(reader.readBytes('paging state'))
    if (version >= 5 && (flags & MetadataFlag.METADATA_CHANGED) !== 0) newMetadataId = copied(reader.readShortBytes('new metadata id'))
    if ((flags & MetadataFlag.NO_METADATA) === 0) columns = readColumnSpecs(reader, flags, columnCount)
    at = reader.position
    if (end - at < 4) tooShort(end - start)
  }
  const rowCount = view.getInt32(at)
  at += 4
  if (columnCount < 0 || rowCount < 0 || rowCount * columnCount * LEAST_VALUE_BYTES > end - at || (columnCount === 0 && rowCount > 0)) {
    throw new MalformedFrameError(`A result announces ${rowCount} rows of ${columnCount} columns, but has only ${end - at} bytes for them`)
  }
  return new RowsHeader(flags, columnCount, rowCount, at, pageState, newMetadataId, columns)
}

function copied(bytes: Buffer | null): Buffer | null {
  return bytes === null ? null : Buffer.from(bytes)
}

function tooShort(length: number): never {
  throw new MalformedFrameError(`A RESULT of rows ends after ${length} bytes, within its metadata`)
}
