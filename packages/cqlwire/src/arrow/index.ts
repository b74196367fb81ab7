/**
 * cqlwire/arrow: results as Apache Arrow tables, one record batch per page. It takes the package `apache-arrow`.
 *
 *     const table = await arrowTable(session, 'SELECT * FROM readings WHERE sensor = ?', ['attic'])
 *     writeFileSync('attic.arrow', tableToIPC(table, 'file'))
 */
import type { RecordBatch, Schema, Table } from 'apache-arrow'
import { CqlwireError } from '../base/errors.js'
import { RowCursor } from '../codec/rows-cursor.js'
import type { Parameters, RequestOptions, ResultSet, Session, Statement } from '../index.js'
import { arrowField } from './arrow-type.js'
import { columnData } from './column-data.js'
import { type Arrow, loadArrow } from './library.js'

/**
 * A result's rows as a table of one record batch: of this page alone, see {@link arrowTable} for all of them. Of an answer without columns the table
 * is empty.
 *
 * @param result best of a request with `rowFactory: 'columns'`; of another one before its `rows` were looked at
 * @throws {CqlwireError} apache-arrow is not installed; the rows were made already
 */
export async function toArrowTable(result: ResultSet<unknown>): Promise<Table> {
  const arrow = await loadArrow()
  return new arrow.Table([batchOf(arrow, result, schemaOf(arrow, result))])
}

/** All pages of a statement as record batches, one per page; the next page is asked for while the present one is read. Leaving the loop stops it. */
export async function* arrowBatches(
  session: Session,
  statement: Statement,
  params?: Parameters,
  options?: RequestOptions,
): AsyncGenerator<RecordBatch, void, undefined> {
  const arrow = await loadArrow()
  let result: ResultSet<unknown> | null = await session.execute(statement, params, { ...options, rowFactory: 'columns' })
  const schema = schemaOf(arrow, result)
  while (result !== null) {
    const next: Promise<ResultSet<unknown> | null> = result.fetchNextPage()
    next.catch(() => {}) // it is told where it is awaited, unless the reader has left
    yield batchOf(arrow, result, schema)
    result = await next
  }
}

/** All rows of a statement as a table, one record batch per page. */
export async function arrowTable(session: Session, statement: Statement, params?: Parameters, options?: RequestOptions): Promise<Table> {
  const arrow = await loadArrow()
  const batches: RecordBatch[] = []
  for await (const batch of arrowBatches(session, statement, params, options)) batches.push(batch)
  return new arrow.Table(batches)
}

function schemaOf(arrow: Arrow, result: ResultSet<unknown>): Schema {
  return new arrow.Schema(result.columns.map((column) => arrowField(arrow, column)))
}

function batchOf(arrow: Arrow, result: ResultSet<unknown>, schema: Schema): RecordBatch {
  const { shape, block, start, end } = result.rawRows()
  const made = (length: number, children: readonly ReturnType<typeof columnData>[]): RecordBatch => {
    const data = arrow.makeData({ type: new arrow.Struct(schema.fields), length, nullCount: 0, children: [...children] })
    return new arrow.RecordBatch(schema, data)
  }
  if (shape === null) return made(0, [])
  if (block === null)
    throw new CqlwireError("The result's rows were made already: use rowFactory 'columns' for results that become Arrow tables", {
      code: 'ERR_INVALID_ARGUMENT',
    })
  const columns = shape.columnsDecoder().list(new RowCursor(block, start, end), result.length)
  return made(
    result.length,
    columns.map((column) => columnData(arrow, column)),
  )
}
