/**
 * Column decoders (`rowFactory: 'columns'`): a whole answer at once, into one {@link Column} per selected column.
 *
 * The scan puts numbers into typed arrays and keeps offsets of everything else. The columns refer to the answer's bytes: the block that the
 * cursor stands on must belong to the result and never be overwritten. As with rows, generated code (columns-generated.ts) and the
 * closure give the same results.
 *
 * Measured by benchmarks/src/micro/rows.ts on Node 20.20, 5,000 rows of int, bigint, text (20 bytes), timestamp, uuid, double, us of CPU:
 * the scan 110 by generated code, 640 by closures; with `get` of every value 650, most of it the Dates (250) and texts (170).
 */
import type { CodecRegistry } from './codec.js'
import type { Column } from './columns-column.js'
import { generateScan } from './columns-generated.js'
import { columnPlan, type ColumnPlan } from './columns-plan.js'
import { scanWith, type Scan } from './columns-scan.js'
import type { ColumnSpec } from './data-type.js'
import { canGenerate, MOST_GENERATED_COLUMNS } from './generated-support.js'
import { checkRowCount, rowCells, type RowCell } from './rows-cell.js'
import type { RowCursor } from './rows-cursor.js'

export { Column, type ColumnValues } from './columns-column.js'

export interface ColumnsOptions {
  /** False: closures, even where code could be generated. */
  readonly generate?: boolean
}

export class ColumnsDecoder {
  readonly columns: readonly ColumnSpec[]
  /** True where the scan is generated code. */
  readonly generated: boolean
  private readonly cells: readonly RowCell[]
  private readonly plans: readonly ColumnPlan[]
  private readonly scan: Scan

  constructor(cells: readonly RowCell[], plans: readonly ColumnPlan[], scan: Scan, generated: boolean) {
    this.columns = cells.map(({ column }) => column)
    this.cells = cells
    this.plans = plans
    this.scan = scan
    this.generated = generated
  }

  /**
   * The columns by name, in the query's order, in an object without a prototype; of columns with one name the last wins. Throws a
   * MalformedFrameError that names the column.
   */
  decode(cursor: RowCursor, rowCount: number): Record<string, Column> {
    checkRowCount(cursor, rowCount, this.columns.length)
    const filled = this.cells.map((cell, i) => this.plans[i]!.make(cell, rowCount, cursor))
    this.scan(cursor, filled, rowCount)
    const byName = Object.create(null) as Record<string, Column>
    for (const column of filled) byName[column.name] = column
    return byName
  }
}

export function compileColumns(columns: readonly ColumnSpec[], registry: CodecRegistry, options: ColumnsOptions = {}): ColumnsDecoder {
  const cells = rowCells(columns, registry)
  const plans = columns.map((column) => columnPlan(column, registry))
  const generated = options.generate !== false && columns.length <= MOST_GENERATED_COLUMNS && canGenerate()
  return new ColumnsDecoder(cells, plans, generated ? generateScan(cells, plans) : scanWith(cells), generated)
}
