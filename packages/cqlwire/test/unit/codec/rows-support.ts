/** Rows as a server sends them, put together byte by byte (native protocol, section 4.2.5.2). */
import type { ColumnSpec, DataType, NativeKind } from '../../../src/codec/data-type.js'
import { RowCursor } from '../../../src/codec/rows-cursor.js'
import { byteBlock } from '../../../src/wire/byte-block.js'

/** Both ways a decoder or an encoder can be made: each test runs with both. */
export const BOTH_WAYS: readonly { readonly name: string; readonly generate: boolean }[] = [
  { name: 'generated code', generate: true },
  { name: 'closures', generate: false },
]

export function column(name: string, type: DataType | NativeKind): ColumnSpec {
  return { keyspace: 'ks', table: 't', name, type: typeof type === 'string' ? { kind: type } : type }
}

/** A cell: its length and the bytes written as hex (spaces are for reading); null for a null. */
export function cell(hex: string | null): Buffer {
  const bytes = Buffer.from((hex ?? '').replaceAll(' ', ''), 'hex')
  const length = Buffer.alloc(4)
  length.writeInt32BE(hex === null ? -1 : bytes.length)
  return Buffer.concat([length, bytes])
}

export function hexOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('hex')
}

/** A cursor over the bytes, which lie in the middle of a larger block as they do in an answer. */
export function cursorOver(...parts: readonly Buffer[]): RowCursor {
  const before = Buffer.alloc(7, 0xaa)
  const bytes = Buffer.concat(parts)
  const block = byteBlock(Buffer.concat([before, bytes, Buffer.alloc(64, 0xbb)]))
  return new RowCursor(block, before.length, before.length + bytes.length)
}
