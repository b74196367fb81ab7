/** What a row becomes. */
import type { ColumnSpec } from './data-type.js'
import type { RowCursor } from './rows-cursor.js'

/** Makes what the caller wants a row to be from its values, which stand in the order of `columns`; the array is the factory's to keep. */
export type RowFactoryFunction<Row = unknown> = (values: unknown[], columns: readonly ColumnSpec[]) => Row

/**
 * `'object'`: a plain object with the columns as own properties in the query's order (names that are integers come first, as in any object;
 * of columns with one name the last wins). `'array'`: an array of the values.
 */
export type RowShape = 'object' | 'array' | RowFactoryFunction

/** Reads the row at the cursor's position and moves the cursor behind it. */
export type ReadRow<Row> = (cursor: RowCursor) => Row
