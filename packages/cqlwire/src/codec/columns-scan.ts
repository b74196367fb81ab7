/** Going through the rows of an answer, cell by cell, to find where the values of its columns lie. */
import { MalformedFrameError } from '../base/errors.js'
import type { ColumnPage } from './columns-column.js'
import type { ColumnPlan } from './columns-plan.js'
import type { RowCell } from './rows-cell.js'
import type { RowCursor } from './rows-cursor.js'

/** Fills the page's `starts` from the rows at the cursor, and moves the cursor behind them. */
export type Scan = (cursor: RowCursor, page: ColumnPage) => void

/** The scan by closures. */
export function scanWith(cells: readonly RowCell[], plans: readonly ColumnPlan[]): Scan {
  return (cursor, page) => {
    for (let i = 0; i < page.rowCount; i++) {
      for (let c = 0; c < cells.length; c++) page.starts[c * page.rowCount + i] = scanCell(cells[c]!, plans[c]!, i, cursor, page)
    }
  }
}

/** The careful way for one cell, for closures and generated code alike: gives what `starts` has for it, and moves on. */
export function scanCell(cell: RowCell, plan: ColumnPlan, i: number, cursor: RowCursor, page: ColumnPage): number {
  try {
    const length = cell.readLength(cursor)
    const start = cursor.position
    if (length > 0) cursor.position = start + length
    if (plan.size < 0) return length > 0 || (length === 0 && plan.takesEmpty) ? start : ~start
    if (length === plan.size) return start
    // A length that is none of the type's is found now, not when the value is asked for.
    if (length > 0) cell.decode(cursor, start, start + length)
    return ~start
  } catch (error) {
    if (!(error instanceof MalformedFrameError)) throw error
    throw new MalformedFrameError(`Row ${i + 1} of ${page.rowCount}: ${error.message}`, { cause: error })
  }
}
