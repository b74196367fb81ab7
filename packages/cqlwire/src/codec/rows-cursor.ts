/**
 * Where a decoder stands in the rows of one answer. A cursor is itself a {@link ByteBlock}, so codecs are handed the cursor and nothing
 * is made per value; there is one cursor per result, and decoders move its `position`.
 */
import type { ByteBlock } from '../wire/byte-block.js'

export class RowCursor implements ByteBlock {
  readonly buffer: Buffer
  readonly view: DataView
  /** The offset in the block of the next byte to read. */
  position: number
  /** The offset in the block behind the last byte of the rows: a length that reaches beyond it is not believed. */
  readonly end: number

  constructor(block: ByteBlock, start: number, end: number) {
    if (start < 0 || end < start || end > block.buffer.length)
      throw new RangeError(`rows from ${start} to ${end} do not lie in a block of ${block.buffer.length} bytes`)
    this.buffer = block.buffer
    this.view = block.view
    this.position = start
    this.end = end
  }
}
