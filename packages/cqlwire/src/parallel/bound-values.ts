/**
 * Values that were bound on the other side: here they are copied into the request as they are. The session takes them for parameters, and the
 * encoders below for the statement's own.
 */
import { BindEncoder } from '../codec/bind.js'
import { RoutingKeyEncoder } from '../codec/bind-routing-key.js'
import { PreparedStatement } from '../session/prepared-statement.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import type { ByteBlock } from '../wire/byte-block.js'

/** `[short m]` and m `[value]`s (native protocol, section 4.1.4), where they lie. */
export class BoundValues {
  readonly block: ByteBlock
  readonly start: number
  readonly end: number

  constructor(block: ByteBlock, start: number, end: number) {
    this.block = block
    this.start = start
    this.end = end
  }
}

const LONGEST_COMPONENT = 0xffff

/** Up to so many bytes a loop beats the call of a native copy. */
const LOOPED = 192

function copy(writer: ByteWriter, { buffer, view }: ByteBlock, start: number, end: number): void {
  const count = end - start
  writer.ensure(count)
  const to = writer.position
  if (count > LOOPED) buffer.copy(writer.buffer, to, start, end)
  else {
    const target = writer.view
    let i = 0
    for (; i + 4 <= count; i += 4) target.setInt32(to + i, view.getInt32(start + i))
    for (; i < count; i++) target.setUint8(to + i, view.getUint8(start + i))
  }
  writer.position = to + count
}

class BoundEncoder extends BindEncoder {
  override normalize(params: unknown): readonly unknown[] {
    return params as readonly unknown[]
  }

  override write(writer: ByteWriter, params: unknown): void {
    const { block, start, end } = params as BoundValues
    copy(writer, block, start, end)
  }
}

class BoundRouting extends RoutingKeyEncoder {
  override write(writer: ByteWriter, params: unknown): boolean {
    const { block, start } = params as BoundValues
    const { indexes } = this
    if (indexes.length === 1) {
      const at = valueAt(block.view, start, indexes[0]!)
      const length = block.view.getInt32(at)
      if (length < 0) return false
      copy(writer, block, at + 4, at + 4 + length)
      return true
    }
    for (const index of indexes) {
      const length = block.view.getInt32(valueAt(block.view, start, index))
      if (length < 0 || length > LONGEST_COMPONENT) return false // the server says what it thinks of it
    }
    for (const index of indexes) {
      const at = valueAt(block.view, start, index)
      const length = block.view.getInt32(at)
      writer.putUint16(length)
      copy(writer, block, at + 4, at + 4 + length)
      writer.putUint8(0)
    }
    return indexes.length > 0
  }
}

/** Where the `[value]` of that index begins. */
function valueAt(view: DataView, start: number, index: number): number {
  let at = start + 2
  for (let i = 0; i < index; i++) {
    const length = view.getInt32(at)
    at += 4 + (length > 0 ? length : 0)
  }
  return at
}

/** The statement, executed with {@link BoundValues}. */
export function takingBoundValues(prepared: PreparedStatement): PreparedStatement {
  const { bindEncoder, routing } = prepared
  return new PreparedStatement({
    id: prepared.id,
    query: prepared.query,
    keyspace: prepared.keyspace,
    bind: new BoundEncoder(bindEncoder.columns, bindEncoder.writeValues, bindEncoder.generated),
    routing: routing === null ? null : new BoundRouting(routing.columns, routing.slots),
    shape: prepared.shape,
  })
}
