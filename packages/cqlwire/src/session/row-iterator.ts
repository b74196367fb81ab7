/** Rows of one page, each made as it is reached, so that it can be let go before the next one is there. */
import type { RowDecoder } from '../codec/rows.js'
import type { RowCursor } from '../codec/rows-cursor.js'

/** Whose rows are read. */
export interface RowsOwner {
  /** All rows were read by an iterator that consumes them. May be called again. */
  rowsWereConsumed(): void
  /** What is thrown in place of an error of the decoder; nothing more is read then. */
  explained(error: unknown): unknown
}

export class RowIterator<Row> implements IterableIterator<Row> {
  private readonly decode: (cursor: RowCursor) => Row
  private readonly cursor: RowCursor
  private readonly owner: RowsOwner
  private readonly consumes: boolean
  /** -1 after an error. */
  private left: number

  constructor(decoder: RowDecoder<Row>, cursor: RowCursor, count: number, owner: RowsOwner, consumes: boolean) {
    this.decode = decoder.row
    this.cursor = cursor
    this.left = count
    this.owner = owner
    this.consumes = consumes
  }

  next(): IteratorResult<Row, undefined> {
    if (this.left <= 0) return this.finish()
    this.left--
    try {
      return { done: false, value: this.decode(this.cursor) }
    } catch (error) {
      this.left = -1
      throw this.owner.explained(error)
    }
  }

  [Symbol.iterator](): this {
    return this
  }

  private finish(): { done: true; value: undefined } {
    if (this.left === 0 && this.consumes) this.owner.rowsWereConsumed()
    return { done: true, value: undefined }
  }
}
