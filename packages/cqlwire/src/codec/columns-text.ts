/** Columns of text and of identifiers: read straight from the answer's bytes. */
import { TimeUuid } from '../values/time-uuid.js'
import { Uuid } from '../values/uuid.js'
import { Column, type ColumnPage } from './columns-column.js'
import { readShortText, type ReadText } from './generated-text.js'
import type { RowCell } from './rows-cell.js'

/** text and ascii. */
export class TextColumn extends Column<string> {
  private readonly readText: ReadText

  /** @internal */
  constructor(cell: RowCell, index: number, page: ColumnPage, isPlain: boolean) {
    super(cell, index, page, isPlain)
    this.readText = readShortText()
  }

  override get(i: number): string | null {
    const at = this.startOf(i)
    if (at < 0) return this.decodeAt(~at)
    const { view } = this
    return this.readText(this.buffer, view, at, at + view.getInt32(at - 4))
  }
}

/** uuid. */
export class UuidColumn extends Column<Uuid> {
  override get(i: number): Uuid | null {
    const at = this.startOf(i)
    if (at < 0) return this.decodeAt(~at)
    const { view } = this
    return new Uuid(view.getInt32(at), view.getInt32(at + 4), view.getInt32(at + 8), view.getInt32(at + 12))
  }
}

/** timeuuid. */
export class TimeUuidColumn extends Column<TimeUuid> {
  override get(i: number): TimeUuid | null {
    const at = this.startOf(i)
    if (at < 0) return this.decodeAt(~at)
    const { view } = this
    return new TimeUuid(view.getInt32(at), view.getInt32(at + 4), view.getInt32(at + 8), view.getInt32(at + 12))
  }
}
