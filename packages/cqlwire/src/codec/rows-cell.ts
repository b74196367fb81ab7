/**
 * The careful reading of one cell: native protocol, section 4.2.5.2, `<rows_content>`: each value is [bytes], an [int] length
 * (negative: null) and that many bytes.
 *
 * It is the one place that knows what a null, an empty value or a wrong length means. The closures read every cell with it; generated code
 * reads the common case itself (a value of the expected length, wholly there) and comes here for everything else.
 */
import { CqlwireError, MalformedFrameError } from '../base/errors.js'
import type { ByteBlock } from '../wire/byte-block.js'
import type { CodecRegistry, Codec } from './codec.js'
import type { ColumnSpec } from './data-type.js'
import { formatType } from './format-type.js'
import type { RowCursor } from './rows-cursor.js'

export class RowCell {
  readonly column: ColumnSpec
  readonly codec: Codec

  constructor(column: ColumnSpec, codec: Codec) {
    this.column = column
    this.codec = codec
  }

  /** Reads the value at the cursor's position, null included, and moves the cursor behind it. */
  read(cursor: RowCursor): unknown {
    const length = this.readLength(cursor)
    if (length < 0) return null
    const start = cursor.position
    cursor.position = start + length
    return this.decode(cursor, start, start + length)
  }

  /** Reads and checks the length alone; the cursor then stands on the first byte of the value. */
  readLength(cursor: RowCursor): number {
    const { position, end } = cursor
    if (end - position < 4) {
      throw new MalformedFrameError(`${this.describe()} is cut off: its length takes 4 bytes, ${end - position} are left in the answer`)
    }
    const length = cursor.view.getInt32(position)
    if (length > end - position - 4) {
      throw new MalformedFrameError(
        `${this.describe()} is cut off: it announces ${length} bytes, ${end - position - 4} are left in the answer`,
      )
    }
    cursor.position = position + 4
    return length
  }

  /** The value in the bytes from `start` to `end`. */
  decode(block: ByteBlock, start: number, end: number): unknown {
    try {
      return this.codec.read(block, start, end)
    } catch (error) {
      if (!(error instanceof CqlwireError)) throw error
      const message = `${this.describe()}: ${error.message}`
      if (error instanceof MalformedFrameError) throw new MalformedFrameError(message, { cause: error })
      throw new CqlwireError(message, { code: error.code, cause: error })
    }
  }

  private describe(): string {
    return `The value of column ${JSON.stringify(this.column.name)} (${formatType(this.column.type)})`
  }
}

/** One cell reader per column, in the order of the columns. */
export function rowCells(columns: readonly ColumnSpec[], registry: CodecRegistry): RowCell[] {
  return columns.map((column) => new RowCell(column, registry.codecFor(column.type, column)))
}

/** Moves the cursor over `cells` values without reading them. */
export function skipCells(cursor: RowCursor, cells: number): void {
  const { view, end } = cursor
  let { position } = cursor
  for (let i = 0; i < cells; i++) {
    if (end - position < 4)
      throw new MalformedFrameError(`The answer ends within its rows: value ${i + 1} of the ${cells} to skip is cut off`)
    const length = view.getInt32(position)
    position += 4
    if (length > 0) position += length
    if (position > end) throw new MalformedFrameError(`The answer ends within its rows: value ${i + 1} of the ${cells} to skip is cut off`)
  }
  cursor.position = position
}

/** Checks a count of rows before memory is set aside for it: each value takes 4 bytes at least. */
export function checkRowCount(cursor: RowCursor, count: number, columns: number): void {
  const left = cursor.end - cursor.position
  if (count < 0 || (count > 0 && (columns === 0 || count * columns * 4 > left)))
    throw new MalformedFrameError(`The answer announces ${count} rows of ${columns} columns, but has only ${left} bytes for them`)
}
