/** Columns whose values stay where they lie in the answer, and are decoded when asked for, each time anew. */
import { Uuid } from '../values/uuid.js'
import type { ByteBlock } from '../wire/byte-block.js'
import { Column } from './columns-column.js'
import { readShortText, type ReadText } from './generated-text.js'
import type { RowCell } from './rows-cell.js'

/** The length that marks a null. */
const NULL = -1

/** Any type, by its codec. */
export class SpanColumn<Value = unknown> extends Column<Value> {
  override readonly values: null = null
  /** What the spans are offsets into: the answer's own bytes, which belong to the result and are never overwritten. */
  readonly block: ByteBlock
  /** Of each row the offset of its value, then its length in bytes (-1: null). */
  readonly spans: Int32Array
  private readonly cell: RowCell

  constructor(cell: RowCell, length: number, block: ByteBlock) {
    super(cell.column, length)
    this.block = block
    this.spans = new Int32Array(2 * length)
    this.cell = cell
  }

  /** Keeps where a value lies; `length` is negative for a null. */
  store(i: number, start: number, length: number): void {
    this.spans[2 * i] = start
    this.spans[2 * i + 1] = length < 0 ? NULL : length
  }

  override get(i: number): Value | null {
    const length = this.lengthOf(i)
    return length < 0 ? null : this.decode(this.spans[2 * i]!, length)
  }

  override isNull(i: number): boolean {
    const length = this.lengthOf(i)
    // A value of no bytes may be read as null: its codec knows.
    return length < 0 || (length === 0 && this.decode(this.spans[2 * i]!, 0) === null)
  }

  protected lengthOf(i: number): number {
    if (i >>> 0 !== i || i >= this.length) throw this.noSuchRow(i)
    return this.spans[2 * i + 1]!
  }

  protected decode(start: number, length: number): Value {
    return this.cell.decode(this.block, start, start + length) as Value
  }
}

/** text and ascii. */
export class TextColumn extends SpanColumn<string> {
  private readonly readText: ReadText

  constructor(cell: RowCell, length: number, block: ByteBlock) {
    super(cell, length, block)
    this.readText = readShortText()
  }

  override get(i: number): string | null {
    const length = this.lengthOf(i)
    const start = this.spans[2 * i]!
    return length < 0 ? null : this.readText(this.block.buffer, start, start + length)
  }
}

/** uuid. */
export class UuidColumn extends SpanColumn<Uuid> {
  override get(i: number): Uuid | null {
    const length = this.lengthOf(i)
    const start = this.spans[2 * i]!
    if (length !== 16) return length < 0 ? null : this.decode(start, length)
    const { view } = this.block
    return new Uuid(view.getInt32(start), view.getInt32(start + 4), view.getInt32(start + 8), view.getInt32(start + 12))
  }
}
