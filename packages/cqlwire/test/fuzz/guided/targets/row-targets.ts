/** Rows in all the forms that they are read in, which must agree. */
import { inspect } from 'node:util'
import { CqlwireError } from '../../../../src/base/errors.js'
import { compileColumns, type ColumnsDecoder } from '../../../../src/codec/columns.js'
import type { ColumnSpec, DataType } from '../../../../src/codec/data-type.js'
import { parseType } from '../../../../src/codec/parse-type.js'
import { createCodecRegistry } from '../../../../src/codec/registry.js'
import { RowCursor } from '../../../../src/codec/rows-cursor.js'
import { compileRows, type RowDecoder } from '../../../../src/codec/rows.js'
import { encodeValue } from '../../../../src/codec/value.js'
import { writeRowsResult } from '../../../../src/protocol/result.js'
import { readRowsHeader } from '../../../../src/protocol/rows-header.js'
import { byteBlock } from '../../../../src/wire/byte-block.js'
import { ByteWriter } from '../../../../src/wire/byte-writer.js'
import { Disagreement, type FuzzTarget } from '../target.js'

const registry = createCodecRegistry()
const numbers = createCodecRegistry({ numbers: { bigint: 'number' }, emptyValues: 'keep' })

interface Shape {
  readonly columns: readonly ColumnSpec[]
  readonly decoders: readonly RowDecoder[]
  readonly arrays: readonly RowDecoder[]
  readonly columnar: readonly ColumnsDecoder[]
}

function columnsOf(types: readonly DataType[]): ColumnSpec[] {
  const names = ['__proto__', 'a', 'b', '"\u2028`${', 'e', 'f']
  return types.map((type, i) => ({ keyspace: 'ks', table: 't', name: names[i]!, type }))
}

function shapeOf(columns: readonly ColumnSpec[], codecs = registry): Shape {
  const ways = [true, false]
  return {
    columns,
    decoders: ways.map((generate) => compileRows(columns, codecs, { rowFactory: 'object', generate })),
    arrays: ways.map((generate) => compileRows(columns, codecs, { rowFactory: 'array', generate })),
    columnar: ways.map((generate) => compileColumns(columns, codecs, { generate })),
  }
}

/** The result, or how it was refused: what the ways of reading must have in common. */
function outcome(run: () => unknown): string {
  try {
    return inspect(run(), { depth: null, maxArrayLength: null })
  } catch (error) {
    if (!(error instanceof CqlwireError)) throw error
    return `${error.name}: ${error.message}`
  }
}

function agree(what: string, [generated, closures]: readonly string[]): void {
  if (generated !== closures) throw new Disagreement(`${what}: generated code gives ${generated}, closures ${closures}`)
}

function readAll(shape: Shape, block: Buffer, start: number, end: number, count: number): void {
  const cursor = (): RowCursor => new RowCursor(byteBlock(block), start, end)
  agree(
    'rows',
    shape.decoders.map((decoder) => outcome(() => decoder.rows(cursor(), count))),
  )
  agree(
    'arrays',
    shape.arrays.map((decoder) => outcome(() => decoder.rows(cursor(), count))),
  )
  agree(
    'columns',
    shape.columnar.map((decoder) =>
      outcome(() => Object.entries(decoder.decode(cursor(), count)).map(([name, column]) => [name, [...column]])),
    ),
  )
  outcome(() => shape.decoders[0]!.skip(cursor(), count))
}

const SHAPES = [
  ['int', 'text', 'bigint', 'uuid', 'timestamp', 'double'],
  ['boolean', 'tinyint', 'smallint', 'float', 'timeuuid', 'counter'],
  ['text', 'blob', 'list<int>', 'map<text, int>', 'inet', 'varint'],
  ['tuple<int, text>', 'vector<float, 3>', 'decimal', 'duration', 'date', 'time'],
].map((types) => columnsOf(types.map((type) => parseType(type))))
const shapes = SHAPES.flatMap((columns) => [shapeOf(columns), shapeOf(columns, numbers)])

const SAMPLES: Readonly<Record<string, string>> = {
  text: '616263',
  uuid: '123e4567e89b42d3a456426614174000',
  timeuuid: '2cb4b7200f3b11ef8000000000000000',
}

function sampleOf(type: DataType): Uint8Array | null {
  const bytes = SAMPLES[type.kind]
  if (bytes !== undefined) return Buffer.from(bytes, 'hex')
  try {
    return encodeValue(type, type.kind === 'boolean' ? true : type.kind === 'map' ? new Map([['k', 1]]) : type.kind === 'list' ? [1, 2] : 1)
  } catch {
    return null
  }
}

function answerOf(columns: readonly ColumnSpec[], metadata: boolean): Buffer {
  const writer = new ByteWriter(256)
  const row = columns.map(({ type }) => sampleOf(type))
  writeRowsResult(writer, { columns, rows: [row, row.map((cell, i) => (i % 2 === 0 ? null : cell))], skipMetadata: !metadata })
  // Without the kind of the result.
  return writer.toBuffer().subarray(4)
}

/** The columns are known, as with prepared statements: the first byte chooses them, the second counts the rows. */
const knownColumns: FuzzTarget = {
  name: 'rows of known columns',
  share: 0.2,
  seeds: SHAPES.flatMap((columns, i) =>
    [0, 1].map((form) => Buffer.concat([Buffer.of(i * 2 + form, 2), answerOf(columns, false).subarray(12)])),
  ),
  run(input) {
    if (input.length < 2) return
    readAll(shapes[input[0]! % shapes.length]!, input, 2, input.length, input[1]! & 15)
  },
}

/** Whole answers that bring their columns, which are read by code made for them. */
const ownColumns: FuzzTarget = {
  name: 'rows with their columns',
  share: 0.2,
  seeds: SHAPES.flatMap((columns) => [4, 5].map((version) => Buffer.concat([Buffer.of(version), answerOf(columns, true)]))),
  words: ['org.apache.cassandra.db.marshal.VectorType(org.apache.cassandra.db.marshal.UTF8Type, 3)', '__proto__', '[applied]'],
  maxLength: 1024,
  run(input) {
    if (input.length === 0) return
    const block = byteBlock(input)
    const header = readRowsHeader(block.buffer, block.view, 1, input.length, (input[0]! & 1) === 0 ? 4 : 5)
    if (header.columns === null) return
    const { columns, rowCount, rowsStart } = header
    const read = (generate: boolean): string =>
      outcome(() =>
        compileRows(columns, registry, { rowFactory: 'object', generate }).rows(new RowCursor(block, rowsStart, input.length), rowCount),
      )
    const rows = read(false)
    // Making code takes a hundred times as long as running it here.
    if ((input[0]! & 0xf8) === 0) agree('rows', [read(true), rows])
    const decoder = compileColumns(columns, registry, { generate: false })
    outcome(() => Object.values(decoder.decode(new RowCursor(block, rowsStart, input.length), rowCount)).map((column) => [...column]))
  },
}

export const rowTargets: readonly FuzzTarget[] = [knownColumns, ownColumns]
