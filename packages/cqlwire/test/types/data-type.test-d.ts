// Read by the compiler alone: what must type-check does, and every line below a `@ts-expect-error` must not.
import type { ColumnSpec, DataType, MapType, NativeKind } from '../../src/codec/data-type.js'
import type { Equal, Expect } from './expect.js'

// `kind` tells the types of CQL apart, and every one of them is handled here.
export function children(type: DataType): readonly DataType[] {
  switch (type.kind) {
    case 'list':
    case 'set':
    case 'vector':
      return [type.element]
    case 'map':
      return [type.key, type.value]
    case 'tuple':
      return type.elements
    case 'udt':
      return type.fieldTypes
    case 'custom':
      return []
    default:
      return leaf(type.kind)
  }
}

const leaf = (_kind: NativeKind): readonly DataType[] => []

export type Checks = [
  Expect<Equal<Extract<DataType, { kind: 'map' }>, MapType>>,
  Expect<Equal<Extract<DataType, { kind: 'vector' }>['dimensions'], number>>,
  // varchar is read as text: it is no kind of its own.
  Expect<Equal<Extract<NativeKind, 'text' | 'varchar'>, 'text'>>,
]

export const nested: DataType = {
  kind: 'list',
  element: { kind: 'map', key: { kind: 'text' }, value: { kind: 'int' }, frozen: true },
  frozen: false,
}

// @ts-expect-error a map has a key type
export const keyless: DataType = { kind: 'map', value: { kind: 'int' }, frozen: false }

// @ts-expect-error no such type
export const unknown: DataType = { kind: 'integer' }

export function frozenInPlace(column: ColumnSpec): void {
  // @ts-expect-error the model is read-only
  column.type = nested
}
