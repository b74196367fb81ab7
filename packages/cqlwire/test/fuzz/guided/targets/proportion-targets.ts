/** Types whose values stand for more than their bytes: wide ones, which may end early, and those whose fields have odd names. */
import type { DataType } from '../../../../src/codec/data-type.js'
import { createCodecRegistry } from '../../../../src/codec/registry.js'
import { RowCursor } from '../../../../src/codec/rows-cursor.js'
import { compileRows } from '../../../../src/codec/rows.js'
import { byteBlock } from '../../../../src/wire/byte-block.js'
import type { FuzzTarget } from '../target.js'

const INT: DataType = { kind: 'int' }
const tupleOf = (count: number): DataType => ({ kind: 'tuple', elements: new Array<DataType>(count).fill(INT) })
const udtOf = (fieldNames: readonly string[]): DataType => {
  return { kind: 'udt', keyspace: 'ks', name: 'u', fieldNames, fieldTypes: fieldNames.map(() => INT), frozen: false }
}
const listOf = (element: DataType): DataType => ({ kind: 'list', element, frozen: false })
const numbered = (count: number): string[] => Array.from({ length: count }, (_, i) => `f${i}`)

/** The [bytes] of each, one after the other. */
const cells = (...contents: readonly string[]): Buffer =>
  Buffer.concat(
    contents.map((hex) => {
      const bytes = Buffer.from(`00000000${hex}`, 'hex')
      bytes.writeInt32BE(bytes.length - 4)
      return bytes
    }),
  )
const counted = (count: number, elements: Buffer): string => `${count.toString(16).padStart(8, '0')}${elements.toString('hex')}`
/** A tuple of one null, and one of nothing at all. */
const SHORT = ['ffffffff', ''] as const

const LIST = cells(counted(8, cells(...SHORT, ...SHORT, ...SHORT, ...SHORT)))
/** So many that it shows what each costs. */
const LONG_LIST = cells(counted(200, cells(...new Array<string>(200).fill(''))))
const BARE = cells(...SHORT, '00000004000000050000000400000006')
const MAP = cells(counted(2, cells('00000001', SHORT[0], '00000002', SHORT[1])))

/** The input is rows of one column, as many as there are; the first byte chooses its type. */
function rowsOf(samples: readonly (readonly [type: DataType, rows: Buffer])[]): Pick<FuzzTarget, 'seeds' | 'run'> {
  const registry = createCodecRegistry()
  const columns = samples.map(([type]) => [{ keyspace: 'ks', table: 't', name: '1000', type }])
  const decoders = columns.map((each) => compileRows(each, registry, { rowFactory: 'object', generate: false }))
  return {
    seeds: samples.flatMap(([, rows], i) => [Buffer.concat([Buffer.of(i), rows]), Buffer.concat([Buffer.of(i), rows, rows, rows])]),
    run(input) {
      if (input.length === 0) return
      const decoder = decoders[input[0]! % decoders.length]!
      const cursor = new RowCursor(byteBlock(input), 1, input.length)
      const rows: unknown[] = []
      while (cursor.position < cursor.end) rows.push(decoder.row(cursor))
    },
  }
}

const wideTypes: FuzzTarget = {
  name: 'values of wide types',
  share: 0.02,
  maxLength: 1024,
  // All that an answer may leave out: 131,072 fields of user types, of some 60 bytes each, and objects that were outgrown.
  freeBytes: 32 * 1024 * 1024,
  ...rowsOf([
    [tupleOf(60_000), BARE],
    [listOf(tupleOf(60_000)), LONG_LIST],
    [listOf(tupleOf(5_000)), LIST],
    [listOf(udtOf(numbered(1_000))), LONG_LIST],
    [{ kind: 'map', key: INT, value: tupleOf(5_000), frozen: false }, MAP],
    [{ kind: 'vector', element: tupleOf(5_000), dimensions: 4 }, cells('04ffffffff000004ffffffff')],
    [udtOf(numbered(20_000)), BARE],
    [tupleOf(60), BARE],
  ]),
}

const oddNames: FuzzTarget = {
  name: 'values of types with odd names',
  share: 0.05,
  maxLength: 2048,
  ...rowsOf([
    [INT, cells('00000001', '', '00000002')],
    [listOf(udtOf(['1000', '2000', '3000', '4000', '4900'])), LONG_LIST],
    [listOf(udtOf(['4294967294', '__proto__', '-1', '900'])), LIST],
    [udtOf(['1000']), BARE],
  ]),
}

export const proportionTargets: readonly FuzzTarget[] = [wideTypes, oddNames]
