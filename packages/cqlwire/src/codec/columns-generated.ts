/**
 * The scan of an answer for columns as generated code: one loop over the rows, straight-line within.
 *
 * Null, empty values, wrong lengths and the answer's end go to the same {@link scanCell} that the closures use. For an `int` and a `text`:
 *
 *     return function scan(cursor, page) {
 *       const view = cursor.view, end = cursor.end, starts = page.starts, count = page.rowCount
 *       let at = cursor.position, length = 0
 *       for (let i = 0; i < count; i++) {
 *         if (at + 8 <= end && view.getInt32(at) === 4) { starts[i] = at + 4; at += 8 }
 *         else { cursor.position = at; starts[i] = scanCell(cells[0], plans[0], i, cursor, page); at = cursor.position }
 *         if (at + 4 <= end && (length = view.getInt32(at)) >= 0 && length <= end - at - 4) { starts[i + count] = at + 4; at += length + 4 }
 *         else { cursor.position = at; starts[i + count] = scanCell(cells[1], plans[1], i, cursor, page); at = cursor.position }
 *       }
 *       cursor.position = at
 *     }
 */
import type { Column } from './columns-column.js'
import type { ColumnPlan } from './columns-plan.js'
import { scanCell, type Scan } from './columns-scan.js'
import type { ColumnSpec } from './data-type.js'
import { generate, quote } from './generated-support.js'
import type { RowCell } from './rows-cell.js'

export function generateScan(cells: readonly RowCell[], plans: readonly ColumnPlan[]): Scan {
  return generate<Scan>({ cells, plans, scanCell }, [
    'return function scan(cursor, page) {',
    '  const view = cursor.view, end = cursor.end, starts = page.starts, count = page.rowCount',
    '  let at = cursor.position, length = 0',
    '  for (let i = 0; i < count; i++) {',
    ...plans.flatMap(scanColumn),
    '  }',
    '  cursor.position = at',
    '}',
  ])
}

/** Columns by name. */
export type CollectColumns = (columns: readonly Column[]) => Record<string, Column>

/**
 * One shape of object per statement. To V8 an object without a prototype is a dictionary, and each `rows.name` in a loop a search of 5 ns; one
 * whose prototype has no names is neither.
 */
export function generateCollect(columns: readonly ColumnSpec[], prototype: object): CollectColumns {
  return generate<CollectColumns>({ prototype }, [
    'function Columns(columns) {',
    ...columns.map(({ name }, c) => `  this[${quote(name)}] = columns[${c}]`),
    '}',
    'Columns.prototype = prototype',
    'return (columns) => new Columns(columns)',
  ])
}

function scanColumn({ size, takesEmpty }: ColumnPlan, c: number): string[] {
  const start = `starts[i${c === 0 ? '' : c === 1 ? ' + count' : ` + ${c} * count`}]`
  const fast =
    size < 0
      ? `if (at + 4 <= end && (length = view.getInt32(at)) ${takesEmpty ? '>=' : '>'} 0 && length <= end - at - 4) { ${start} = at + 4; at += length + 4 }`
      : `if (at + ${size + 4} <= end && view.getInt32(at) === ${size}) { ${start} = at + 4; at += ${size + 4} }`
  return [
    `    ${fast}`,
    `    else { cursor.position = at; ${start} = scanCell(cells[${c}], plans[${c}], i, cursor, page); at = cursor.position }`,
  ]
}
