/**
 * The scan of an answer into columns as generated code: one loop over the rows, straight-line within.
 *
 * Null, empty values, wrong lengths and the answer's end go to the same {@link scanCell} that the closures use. For an `int` and a `text`:
 *
 *     return function scan(cursor, columns, count) {
 *       const view = cursor.view, end = cursor.end
 *       const column0 = columns[0], array0 = column0.values
 *       const column1 = columns[1], array1 = column1.spans
 *       let at = cursor.position, length = 0
 *       for (let i = 0; i < count; i++) {
 *         if (at + 8 <= end && view.getInt32(at) === 4) { array0[i] = view.getInt32(at + 4); at += 8 }
 *         else { cursor.position = at; scanCell(cell0, column0, i, cursor); at = cursor.position }
 *         if (at + 4 <= end && (length = view.getInt32(at)) >= 0 && length <= end - at - 4) {
 *           array1[i * 2] = at + 4; array1[i * 2 + 1] = length; at += length + 4
 *         } else { cursor.position = at; scanCell(cell1, column1, i, cursor); at = cursor.position }
 *       }
 *       cursor.position = at
 *     }
 */
import type { ColumnPlan } from './columns-plan.js'
import { scanCell, type Scan } from './columns-scan.js'
import { generate } from './generated-support.js'
import type { RowCell } from './rows-cell.js'

export function generateScan(cells: readonly RowCell[], plans: readonly ColumnPlan[]): Scan {
  return generate<Scan>({ cells, scanCell }, [
    ...cells.map((_, c) => `const cell${c} = cells[${c}]`),
    'return function scan(cursor, columns, count) {',
    '  const view = cursor.view, end = cursor.end',
    ...plans.map(({ fixed }, c) => `  const column${c} = columns[${c}], array${c} = column${c}.${fixed === null ? 'spans' : fixed.field}`),
    '  let at = cursor.position, length = 0',
    '  for (let i = 0; i < count; i++) {',
    ...plans.flatMap(scanColumn),
    '  }',
    '  cursor.position = at',
    '}',
  ])
}

function scanColumn({ fixed }: ColumnPlan, c: number): string[] {
  const careful = `cursor.position = at; scanCell(cell${c}, column${c}, i, cursor); at = cursor.position`
  if (fixed !== null) {
    const { size, put } = fixed
    return [
      `    if (at + ${size + 4} <= end && view.getInt32(at) === ${size}) { ${put(`array${c}`)}; at += ${size + 4} }`,
      `    else { ${careful} }`,
    ]
  }
  return [
    '    if (at + 4 <= end && (length = view.getInt32(at)) >= 0 && length <= end - at - 4) {',
    `      array${c}[i * 2] = at + 4; array${c}[i * 2 + 1] = length; at += length + 4`,
    `    } else { ${careful} }`,
  ]
}
