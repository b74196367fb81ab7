/**
 * Column decoders (`rowFactory: 'columns'`): a whole answer at once, into one {@link Column} per selected column.
 *
 * The scan finds where each value lies; values are read from there when asked for. The columns refer to the answer's bytes: the block that the
 * cursor stands on must belong to the result and never be overwritten. As with rows, generated code (columns-generated.ts) and the
 * closure give the same results.
 */
import type { CodecRegistry } from './codec.js'
import type { Column, ColumnPage } from './columns-column.js'
import { type CollectColumns, generateCollect, generateScan } from './columns-generated.js'
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
  /** Whether the built-in codecs read a column, none of a user's. */
  private readonly plain: readonly boolean[]
  private readonly scan: Scan
  private readonly collect: CollectColumns

  constructor(
    cells: readonly RowCell[],
    plans: readonly ColumnPlan[],
    plain: readonly boolean[],
    scan: Scan,
    collect: CollectColumns,
    generated: boolean,
  ) {
    this.columns = cells.map(({ column }) => column)
    this.cells = cells
    this.plans = plans
    this.plain = plain
    this.scan = scan
    this.collect = collect
    this.generated = generated
  }

  /**
   * The columns by name, in the query's order, in an object that has no other names; of columns with one name the last wins. Throws a
   * MalformedFrameError that names the column.
   */
  decode(cursor: RowCursor, rowCount: number): Record<string, Column> {
    return this.collect(this.list(cursor, rowCount))
  }

  /** The columns in the query's order, those of one name as well. */
  list(cursor: RowCursor, rowCount: number): Column[] {
    checkRowCount(cursor, rowCount, this.columns.length)
    const page: ColumnPage = { buffer: cursor.buffer, view: cursor.view, rowCount, starts: offsets(rowCount * this.columns.length) }
    this.scan(cursor, page)
    return this.plans.map(({ make: Make }, i) => new Make(this.cells[i]!, i, page, this.plain[i]!))
  }
}

/** Numbers that the scan sets, every one: they need not be zero before. */
function offsets(count: number): Int32Array {
  return new Int32Array(Buffer.allocUnsafeSlow(4 * count).buffer)
}

const NO_NAMES: object = Object.freeze(Object.create(null) as object)

const collect: CollectColumns = (columns) => {
  const byName = Object.create(NO_NAMES) as Record<string, Column>
  for (const column of columns) byName[column.name] = column
  return byName
}

export function compileColumns(columns: readonly ColumnSpec[], registry: CodecRegistry, options: ColumnsOptions = {}): ColumnsDecoder {
  const cells = rowCells(columns, registry)
  const plans = columns.map((column) => columnPlan(column, registry))
  const plain = columns.map((column) => !registry.isCustomized(column.type, column))
  const generated = options.generate !== false && columns.length <= MOST_GENERATED_COLUMNS && canGenerate()
  if (!generated) return new ColumnsDecoder(cells, plans, plain, scanWith(cells, plans), collect, false)
  return new ColumnsDecoder(cells, plans, plain, generateScan(cells, plans), generateCollect(columns, NO_NAMES), true)
}
