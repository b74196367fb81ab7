/** The contents of a column's values copied side by side, as Apache Arrow and files want them. */
import type { ByteBlock } from '../wire/byte-block.js'

export interface ColumnBytes {
  readonly offsets: Int32Array
  readonly bytes: Uint8Array
}

/** Up to so many bytes a loop is faster than a call that copies. */
const SHORT = 48

export function gatherBytes(
  page: ByteBlock & { readonly rowCount: number; readonly starts: Int32Array },
  base: number,
): { offsets: Int32Array; bytes: Uint8Array } {
  const { buffer, view, rowCount, starts } = page
  const offsets = new Int32Array(rowCount + 1)
  let total = 0
  for (let i = 0; i < rowCount; i++) {
    const at = starts[base + i]!
    const length = view.getInt32((at < 0 ? ~at : at) - 4)
    if (length > 0) total += length
    offsets[i + 1] = total
  }
  const bytes = new Uint8Array(total)
  for (let i = 0; i < rowCount; i++) {
    let to = offsets[i]!
    const end = offsets[i + 1]!
    if (to === end) continue
    let from = starts[base + i]!
    if (from < 0) from = ~from
    if (end - to > SHORT) buffer.copy(bytes, to, from, from + end - to)
    else while (to < end) bytes[to++] = buffer[from++]!
  }
  return { offsets, bytes }
}
