/**
 * Row decoders: bytes to rows, compiled once per prepared statement (or shape of a result) and run for every row.
 *
 * Two implementations give the same results: straight-line generated code (rows-generated.ts) where the runtime allows it, and the
 * closures below. Decoding row by row, while somebody iterates, keeps rows young: see `rows` for the other way.
 *
 * Measured by benchmarks/src/micro/rows.ts on Node 20.20, rows of int, bigint, text (20 bytes), timestamp, uuid, double, ns of CPU a value: generated
 * code 20 (row by row), 22 (5,000 at once); closures 48. Of the 120 ns of such a row the Date takes 50 and the text 34. Generating the
 * code takes about 70 us, so it pays from some 400 rows on.
 */
import { MalformedFrameError } from '../base/errors.js'
import type { CodecRegistry } from './codec.js'
import type { ColumnSpec } from './data-type.js'
import { canGenerate, MOST_GENERATED_COLUMNS } from './generated-support.js'
import { hasIndexNames, newRecord, setOwn } from './new-record.js'
import { checkRowCount, rowCells, skipCells, type RowCell } from './rows-cell.js'
import type { RowCursor } from './rows-cursor.js'
import { generateRow } from './rows-generated.js'
import type { ReadRow, RowShape } from './rows-shape.js'

export type { RowShape } from './rows-shape.js'

export interface RowOptions {
  readonly rowFactory: RowShape
  /** False: closures, even where code could be generated. Right for a shape that is used once: generating pays from some 400 rows on. */
  readonly generate?: boolean
}

export class RowDecoder<Row = unknown> {
  readonly columns: readonly ColumnSpec[]
  /** Reads the row at the cursor's position and moves the cursor behind it. Throws a MalformedFrameError that names the column. */
  readonly row: ReadRow<Row>
  /** True where `row` is generated code. */
  readonly generated: boolean

  constructor(columns: readonly ColumnSpec[], row: ReadRow<Row>, generated: boolean) {
    this.columns = columns
    this.row = row
    this.generated = generated
  }

  /** Reads `count` rows at once. */
  rows(cursor: RowCursor, count: number): Row[] {
    checkRowCount(cursor, count, this.columns.length)
    const { row } = this
    const rows = new Array<Row>(count)
    let i = 0
    try {
      for (; i < count; i++) rows[i] = row(cursor)
    } catch (error) {
      if (!(error instanceof MalformedFrameError)) throw error
      throw new MalformedFrameError(`Row ${i + 1} of ${count}: ${error.message}`, { cause: error })
    }
    return rows
  }

  /** Moves the cursor over `count` rows. */
  skip(cursor: RowCursor, count: number): void {
    skipCells(cursor, count * this.columns.length)
  }
}

export function compileRows<Row = unknown>(columns: readonly ColumnSpec[], registry: CodecRegistry, options: RowOptions): RowDecoder<Row> {
  const cells = rowCells(columns, registry)
  const { rowFactory } = options
  const generated = options.generate !== false && columns.length <= MOST_GENERATED_COLUMNS && canGenerate()
  const row = generated ? generateRow(columns, cells, registry, rowFactory) : rowFromClosures(columns, cells, rowFactory)
  return new RowDecoder(columns, row as ReadRow<Row>, generated)
}

function rowFromClosures(columns: readonly ColumnSpec[], cells: readonly RowCell[], shape: RowShape): ReadRow<unknown> {
  if (shape === 'object') {
    const names = columns.map(({ name }) => name)
    const hasIndexes = hasIndexNames(names)
    return (cursor) => readObject(names, cells, newRecord(hasIndexes), cursor)
  }
  if (shape === 'array') return (cursor) => readValues(cells, cursor)
  return (cursor) => shape(readValues(cells, cursor), columns)
}

function readValues(cells: readonly RowCell[], cursor: RowCursor): unknown[] {
  const values: unknown[] = []
  for (let i = 0; i < cells.length; i++) values.push(cells[i]!.read(cursor))
  return values
}

function readObject(
  names: readonly string[],
  cells: readonly RowCell[],
  row: Record<string, unknown>,
  cursor: RowCursor,
): Record<string, unknown> {
  for (let i = 0; i < cells.length; i++) setOwn(row, names[i]!, cells[i]!.read(cursor))
  return row
}
