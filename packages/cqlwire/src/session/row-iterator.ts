/** Rows of one page, each made as it is reached, so that it can be let go before the next one is there. */
import type { RowDecoder } from '../codec/rows.js'
import type { RowCursor } from '../codec/rows-cursor.js'

export class RowIterator<Row> implements IterableIterator<Row> {
  private readonly decode: (cursor: RowCursor) => Row
  private readonly cursor: RowCursor
  private left: number

  constructor(decoder: RowDecoder<Row>, cursor: RowCursor, count: number) {
    this.decode = decoder.row
    this.cursor = cursor
    this.left = count
  }

  next(): IteratorResult<Row, undefined> {
    if (this.left === 0) return { done: true, value: undefined }
    this.left--
    return { done: false, value: this.decode(this.cursor) }
  }

  [Symbol.iterator](): this {
    return this
  }
}
