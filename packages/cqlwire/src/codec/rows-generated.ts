/**
 * Row decoders as generated code: one function per shape of a row, straight-line, each column read where it lies.
 *
 * A column of a type with a fast path becomes one comparison ("a value of the expected length, wholly there") and the read; whatever else
 * comes (null, an empty value, a wrong length, the end of the answer) goes to the same {@link RowCell} that the closures use, so both
 * give the same results and the same errors. For a query of an `int` and a `text`:
 *
 *     return function row(cursor) {
 *       const view = cursor.view, buffer = cursor.buffer, end = cursor.end
 *       let at = cursor.position, length = 0, number = 0
 *       let v0
 *       if (at + 8 <= end && view.getInt32(at) === 4) { v0 = view.getInt32(at + 4); at += 8 }
 *       else { cursor.position = at; v0 = cell0.read(cursor); at = cursor.position }
 *       let v1
 *       if (at + 4 <= end && (length = view.getInt32(at)) >= 0 && length <= end - at - 4) { at += 4; v1 = readText(buffer, view, at, at + length); at += length }
 *       else { cursor.position = at; v1 = cell1.read(cursor); at = cursor.position }
 *       cursor.position = at
 *       return { "id": v0, "name": v1 }
 *     }
 */
import type { CodecRegistry } from './codec.js'
import type { ColumnSpec } from './data-type.js'
import { fixedRead, readsAsText } from './generated-reads.js'
import { generate, quote } from './generated-support.js'
import { readShortText } from './generated-text.js'
import { long, longHalves } from './long-halves.js'
import { TimeUuid } from '../values/time-uuid.js'
import { Uuid } from '../values/uuid.js'
import type { ReadRow, RowShape } from './rows-shape.js'
import type { RowCell } from './rows-cell.js'

export function generateRow(
  columns: readonly ColumnSpec[],
  cells: readonly RowCell[],
  registry: CodecRegistry,
  shape: RowShape,
): ReadRow<unknown> {
  return generate<ReadRow<unknown>>({ cells, columns, factory: shape, readText: readShortText(), long, longHalves, Uuid, TimeUuid }, [
    ...cells.map((_, i) => `const cell${i} = cells[${i}]`),
    'return function row(cursor) {',
    '  const view = cursor.view, buffer = cursor.buffer, end = cursor.end',
    '  let at = cursor.position, length = 0, number = 0',
    ...columns.flatMap((column, i) => readColumn(column, i, registry)),
    '  cursor.position = at',
    `  return ${rowExpression(columns, shape)}`,
    '}',
  ])
}

function readColumn(column: ColumnSpec, i: number, registry: CodecRegistry): string[] {
  const careful = `cursor.position = at; v${i} = cell${i}.read(cursor); at = cursor.position`
  const customized = registry.isCustomized(column.type, column)
  const fixed = customized ? null : fixedRead(column.type, registry)
  if (fixed !== null) {
    const { size, test, value } = fixed
    const further = test === undefined ? '' : ` && ${test(4)}`
    return [
      `  let v${i}`,
      `  if (at + ${size + 4} <= end && view.getInt32(at) === ${size}${further}) { v${i} = ${value(4)}; at += ${size + 4} }`,
      `  else { ${careful} }`,
    ]
  }
  if (!customized && readsAsText(column.type)) {
    return [
      `  let v${i}`,
      '  if (at + 4 <= end && (length = view.getInt32(at)) >= 0 && length <= end - at - 4) {',
      `    at += 4; v${i} = readText(buffer, view, at, at + length); at += length`,
      `  } else { ${careful} }`,
    ]
  }
  return [`  let v${i}`, `  ${careful}`]
}

/** An object literal, so that all rows of the shape share one hidden class. A computed `["__proto__"]` is an ordinary own property. */
function rowExpression(columns: readonly ColumnSpec[], shape: RowShape): string {
  if (shape === 'object') {
    const fields = columns.map(({ name }, i) => (name === '__proto__' ? `["__proto__"]: v${i}` : `${quote(name)}: v${i}`))
    return `{ ${fields.join(', ')} }`
  }
  const values = `[${columns.map((_, i) => `v${i}`).join(', ')}]`
  return shape === 'array' ? values : `factory(${values}, columns)`
}
