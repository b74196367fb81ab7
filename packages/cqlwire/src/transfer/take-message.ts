/** What a writer holds, as memory of its own that can be handed to another thread. */
import type { ByteWriter } from '../wire/byte-writer.js'

/** Messages up to this many bytes are copied out of the writer; longer ones take its memory with them. */
const COPIED_MOST = 32_768

/** What was written since the last `reset()`, as a message. The writer is empty afterwards. */
export function takeMessage(writer: ByteWriter): ArrayBuffer {
  const { buffer, position } = writer
  const memory = buffer.buffer as ArrayBuffer
  writer.reset()
  if (position <= COPIED_MOST) return memory.slice(buffer.byteOffset, buffer.byteOffset + position)
  writer.buffer = Buffer.allocUnsafeSlow(COPIED_MOST)
  writer.view = new DataView(writer.buffer.buffer)
  return memory
}
