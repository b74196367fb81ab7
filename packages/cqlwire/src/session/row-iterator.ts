/** Rows of one page, each made as it is reached, so that it can be let go before the next one is there. */
import type { RowDecoder } from '../codec/rows.js'
import type { RowCursor } from '../codec/rows-cursor.js'

export class RowIterator<Row> implements IterableIterator<Row> {
  private readonly decode: (cursor: RowCursor) => Row
  private readonly cursor: RowCursor
  private readonly explained: (error: unknown) => unknown
  private left: number

  /** `explained` gives what is thrown in place of an error of the decoder; nothing more is read then. */
  constructor(decoder: RowDecoder<Row>, cursor: RowCursor, count: number, explained: (error: unknown) => unknown) {
    this.decode = decoder.row
    this.cursor = cursor
    this.left = count
    this.explained = explained
  }

  next(): IteratorResult<Row, undefined> {
    if (this.left === 0) return { done: true, value: undefined }
    this.left--
    try {
      return { done: false, value: this.decode(this.cursor) }
    } catch (error) {
      this.left = 0
      throw this.explained(error)
    }
  }

  [Symbol.iterator](): this {
    return this
  }
}
