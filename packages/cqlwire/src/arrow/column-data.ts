/** Arrow data from a column: its own arrays where Arrow's are the same, without a copy. */
import type { Data } from 'apache-arrow'
import type { Column } from '../codec/columns.js'
import { arrowType } from './arrow-type.js'
import type { Arrow } from './library.js'
import { makeData, type Nulls, valueData } from './value-data.js'

export function columnData(arrow: Arrow, column: Column): Data {
  const { type, length, values } = column
  const nulls: Nulls = { nullCount: column.nullCount, validity: column.validity }
  const made = (parts: Parameters<typeof makeData>[4]): Data => makeData(arrow, arrowType(arrow, type), length, nulls, parts)
  if (values !== null) {
    if (type.kind === 'boolean') return made({ data: packed(values as Uint8Array) })
    if (type.kind === 'timestamp') return made({ data: longsOf(values as Float64Array) })
    return made({ data: values })
  }
  if (column.isPlain && (type.kind === 'text' || type.kind === 'ascii' || type.kind === 'blob'))
    return made({ valueOffsets: column.offsets!, data: column.bytes! })
  if (column.isPlain && (type.kind === 'uuid' || type.kind === 'timeuuid') && nulls.nullCount === 0) return made({ data: column.bytes! })
  return valueData(arrow, type, [...column])
}

/** One bit per value. */
function packed(values: Uint8Array): Uint8Array {
  const bits = new Uint8Array((values.length + 7) >> 3)
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) bits[i >> 3]! |= 1 << (i & 7)
  return bits
}

/** Whole milliseconds as 64-bit integers. */
function longsOf(values: Float64Array): BigInt64Array {
  const view = new DataView(new ArrayBuffer(8 * values.length))
  const longs = new BigInt64Array(view.buffer)
  for (let i = 0; i < values.length; i++) {
    const high = Math.floor(values[i]! / 0x1_0000_0000)
    view.setInt32(8 * i, high)
    view.setUint32(8 * i + 4, values[i]! - high * 0x1_0000_0000)
    longs[i] = view.getBigInt64(8 * i)
  }
  return longs
}
