/**
 * Columns of a type of fixed length. Each class has its own `get` and its own loop, so that each sees one kind of array and stays fast.
 */
import { Column, type ColumnValues } from './columns-column.js'

/** A column of numbers of one kind, or of what is made of a number. */
export abstract class FixedColumn<Value = unknown> extends Column<Value> {
  private made: ColumnValues | null = null

  override get values(): ColumnValues {
    return (this.made ??= this.fill())
  }

  /** All values side by side, 0 where there is none. */
  protected abstract fill(): ColumnValues

  protected override hasValue(i: number): boolean {
    return this.starts[this.base + i]! >= 0
  }
}

export class TinyintColumn extends FixedColumn<number> {
  override get(i: number): number | null {
    const at = this.startOf(i)
    return at >= 0 ? this.view.getInt8(at) : this.decodeAt(~at)
  }

  protected override fill(): Int8Array {
    const { view, starts, base, length } = this
    const values = new Int8Array(length)
    for (let i = 0; i < length; i++) {
      const at = starts[base + i]!
      if (at >= 0) values[i] = view.getInt8(at)
    }
    return values
  }
}

export class SmallintColumn extends FixedColumn<number> {
  override get(i: number): number | null {
    const at = this.startOf(i)
    return at >= 0 ? this.view.getInt16(at) : this.decodeAt(~at)
  }

  protected override fill(): Int16Array {
    const { view, starts, base, length } = this
    const values = new Int16Array(length)
    for (let i = 0; i < length; i++) {
      const at = starts[base + i]!
      if (at >= 0) values[i] = view.getInt16(at)
    }
    return values
  }
}

export class IntColumn extends FixedColumn<number> {
  override get(i: number): number | null {
    const at = this.startOf(i)
    return at >= 0 ? this.view.getInt32(at) : this.decodeAt(~at)
  }

  protected override fill(): Int32Array {
    const { view, starts, base, length } = this
    const values = new Int32Array(length)
    for (let i = 0; i < length; i++) {
      const at = starts[base + i]!
      if (at >= 0) values[i] = view.getInt32(at)
    }
    return values
  }
}

export class FloatColumn extends FixedColumn<number> {
  override get(i: number): number | null {
    const at = this.startOf(i)
    return at >= 0 ? this.view.getFloat32(at) : this.decodeAt(~at)
  }

  protected override fill(): Float32Array {
    const { view, starts, base, length } = this
    const values = new Float32Array(length)
    for (let i = 0; i < length; i++) {
      const at = starts[base + i]!
      if (at >= 0) values[i] = view.getFloat32(at)
    }
    return values
  }
}

export class DoubleColumn extends FixedColumn<number> {
  override get(i: number): number | null {
    const at = this.startOf(i)
    return at >= 0 ? this.view.getFloat64(at) : this.decodeAt(~at)
  }

  protected override fill(): Float64Array {
    const { view, starts, base, length } = this
    const values = new Float64Array(length)
    for (let i = 0; i < length; i++) {
      const at = starts[base + i]!
      if (at >= 0) values[i] = view.getFloat64(at)
    }
    return values
  }
}

export class BooleanColumn extends FixedColumn<boolean> {
  override get(i: number): boolean | null {
    const at = this.startOf(i)
    return at >= 0 ? this.view.getUint8(at) !== 0 : this.decodeAt(~at)
  }

  protected override fill(): Uint8Array {
    const { view, starts, base, length } = this
    const values = new Uint8Array(length)
    for (let i = 0; i < length; i++) {
      const at = starts[base + i]!
      if (at >= 0 && view.getUint8(at) !== 0) values[i] = 1
    }
    return values
  }
}
