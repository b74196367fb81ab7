/** Going through the rows of an answer, cell by cell, to fill its columns. */
import { MalformedFrameError } from '../base/errors.js'
import type { Column } from './columns-column.js'
import { FixedColumn } from './columns-fixed.js'
import { SpanColumn } from './columns-span.js'
import type { RowCell } from './rows-cell.js'
import type { RowCursor } from './rows-cursor.js'

/** Fills the columns from the `count` rows at the cursor, and moves the cursor behind them. */
export type Scan = (cursor: RowCursor, columns: readonly Column[], count: number) => void

/** The scan by closures. */
export function scanWith(cells: readonly RowCell[]): Scan {
  return (cursor, columns, count) => {
    for (let i = 0; i < count; i++) {
      for (let c = 0; c < cells.length; c++) scanCell(cells[c]!, columns[c]!, i, cursor)
    }
  }
}

/** The careful way for one cell, for closures and generated code alike: keeps what lies at the cursor as row `i`, and moves on. */
export function scanCell(cell: RowCell, column: Column, i: number, cursor: RowCursor): void {
  try {
    const length = cell.readLength(cursor)
    const start = cursor.position
    if (length > 0) cursor.position = start + length
    if (column instanceof SpanColumn) column.store(i, start, length)
    else if (column instanceof FixedColumn) {
      if (length === cell.codec.fixedLength) column.store(i, cursor, start)
      else column.storeOther(i, length < 0 ? null : cell.decode(cursor, start, start + length))
    }
  } catch (error) {
    if (!(error instanceof MalformedFrameError)) throw error
    throw new MalformedFrameError(`Row ${i + 1} of ${column.length}: ${error.message}`, { cause: error })
  }
}
