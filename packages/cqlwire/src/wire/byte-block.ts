/**
 * A piece of memory that answers lie in: the same bytes as a Buffer (text, copies) and as a DataView (numbers).
 *
 * Rows are read from a block with absolute offsets, so that no slice is made per answer, row or value.
 */
export interface ByteBlock {
  readonly buffer: Buffer
  readonly view: DataView
}

/** The block over a buffer's own bytes. Offsets in the block are offsets in the buffer. */
export function byteBlock(buffer: Buffer): ByteBlock {
  return { buffer, view: new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength) }
}
