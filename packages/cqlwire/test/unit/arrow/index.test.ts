import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { RecordBatch, type Table, tableFromIPC, tableToIPC } from 'apache-arrow'
import { arrowBatches, arrowTable, toArrowTable } from '../../../src/arrow/index.js'
import { CqlwireError } from '../../../src/base/errors.js'
import { formatType } from '../../../src/codec/format-type.js'
import { parseType } from '../../../src/codec/parse-type.js'
import { createCodecRegistry } from '../../../src/codec/registry.js'
import { encodeValue } from '../../../src/codec/value.js'
import type { ResultSet, Session } from '../../../src/index.js'
import { ResultShape } from '../../../src/session/result-shape.js'
import { Decimal } from '../../../src/values/decimal.js'
import { Duration } from '../../../src/values/duration.js'
import { LocalDate } from '../../../src/values/local-date.js'
import { LocalTime } from '../../../src/values/local-time.js'
import { cell, column, cursorOver } from '../codec/rows-support.js'

const UUID = '123e4567-e89b-42d3-a456-426614174000'
const TIME_UUID = '50554d6e-29bb-11e5-b345-feff819cdc9f'
const bytesOf = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replaceAll('-', ''), 'hex'))

/** A CQL type, a value as it is bound, the type that Arrow has for it, and the value that Arrow gives. */
const cases: readonly (readonly [string, unknown, string, unknown])[] = [
  ['tinyint', -2, 'Int8', -2],
  ['smallint', -300, 'Int16', -300],
  ['int', 70_000, 'Int32', 70_000],
  ['bigint', -(2n ** 60n), 'Int64', -(2n ** 60n)],
  ['counter', 5n, 'Int64', 5n],
  ['float', 1.5, 'Float32', 1.5],
  ['double', Math.PI, 'Float64', Math.PI],
  ['boolean', true, 'Bool', true],
  ['text', 'Zürich', 'Utf8', 'Zürich'],
  ['ascii', 'a', 'Utf8', 'a'],
  ['blob', Buffer.from([0, 255]), 'Binary', Uint8Array.of(0, 255)],
  ['uuid', UUID, 'FixedSizeBinary[16]', bytesOf(UUID)],
  ['timeuuid', TIME_UUID, 'FixedSizeBinary[16]', bytesOf(TIME_UUID)],
  ['timestamp', new Date(-1), 'Timestamp<MILLISECOND, UTC>', -1],
  ['date', LocalDate.fromString('1969-12-31'), 'Date32<DAY>', -86_400_000],
  ['time', LocalTime.fromString('00:00:00.000000007'), 'Time64<NANOSECOND>', 7n],
  ['varint', 2n ** 70n, 'Utf8', '1180591620717411303424'],
  ['decimal', Decimal.fromString('-1.50'), 'Utf8', '-1.50'],
  ['inet', '127.0.0.1', 'Utf8', '127.0.0.1'],
  ['duration', Duration.fromString('1mo2d3ns'), 'Utf8', '1mo2d3ns'],
  ['list<int>', [1, 2], 'List<Int32>', [1, 2]],
  ['set<text>', ['a'], 'List<Utf8>', ['a']],
  ['map<text, bigint>', { k: 9n }, 'Map<{key:Utf8, value:Int64}>', { k: 9n }],
  ['tuple<int, text>', [1, null], 'Struct<{f0:Int32, f1:Utf8}>', { f0: 1, f1: null }],
  ['vector<float, 3>', [1, 2, 3], 'FixedSizeList[3]<Float32>', [1, 2, 3]],
  ['list<frozen<map<int, frozen<list<uuid>>>>>', [new Map([[1, [UUID]]])], 'List<Map<{key:Int32, value:List<FixedSizeBinary[16]>}>>', null],
]

const specs = cases.map(([type], i) => column(`c${i}`, parseType(type)))
const udt = column('u', {
  kind: 'udt',
  keyspace: 'ks',
  name: 'address',
  fieldNames: ['street', 'number'],
  fieldTypes: [{ kind: 'text' }, { kind: 'int' }],
  frozen: true,
})
const valueCell = (i: number): Buffer => cell(Buffer.from(encodeValue(specs[i]!.type, cases[i]![1])).toString('hex'))

function resultOf(columns: typeof specs, rows: number, cells: readonly Buffer[], next: ResultSet | null = null): ResultSet {
  const cursor = cursorOver(...cells)
  const shape = columns.length === 0 ? null : new ResultShape(columns, null, createCodecRegistry(), true)
  const raw = { shape, block: cursor, start: cursor.position, end: cursor.end }
  return { columns, length: rows, rawRows: () => raw, fetchNextPage: () => Promise.resolve(next) } as unknown as ResultSet
}

function plain(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value
  if (Symbol.iterator in value && 'toArray' in value) return [...(value as Iterable<unknown>)].map(plain)
  return Object.fromEntries(Object.entries('toJSON' in value ? (value as { toJSON(): object }).toJSON() : value))
}

const overIpc = (table: Table): Table => tableFromIPC(tableToIPC(table, 'file'))

describe('an Arrow table', () => {
  it('has every CQL type, nulls, and the CQL type in the metadata of its fields', async () => {
    const rows = [specs.map((_, i) => valueCell(i)), specs.map(() => cell(null)), specs.map((_, i) => valueCell(i))]
    const made = await toArrowTable(resultOf(specs, 3, rows.flat()))
    for (const table of [made, overIpc(made)]) {
      assert.equal(table.numRows, 3)
      for (const [i, [type, , arrowType, value]] of cases.entries()) {
        const field = table.schema.fields[i]!
        assert.equal(String(field.type), arrowType, type)
        assert.equal(field.metadata.get('cql.type'), formatType(parseType(type)))
        const vector = table.getChildAt(i)!
        assert.equal(vector.nullCount, 1, type)
        assert.equal(vector.get(1), null, type)
        if (value !== null) for (const row of [0, 2]) assert.deepEqual(plain(vector.get(row)), value, type)
      }
    }
  })

  it('has user-defined types as structs', async () => {
    const street = Buffer.concat([cell(Buffer.from('Hauptstraße').toString('hex')), cell('00000007')])
    const table = overIpc(await toArrowTable(resultOf([udt], 1, [cell(street.toString('hex'))])))
    assert.deepEqual(plain(table.getChildAt(0)!.get(0)), { street: 'Hauptstraße', number: 7 })
  })

  it('has two columns of one name', async () => {
    const table = await toArrowTable(resultOf([column('x', 'int'), column('x', 'text')], 1, [cell('00000001'), cell('61')]))
    assert.deepEqual([table.getChildAt(0)!.get(0), table.getChildAt(1)!.get(0)], [1, 'a'])
  })

  it('takes the arrays of columns without a copy', async () => {
    const table = await toArrowTable(resultOf([column('x', 'int')], 2, [cell('00000001'), cell('00000002')]))
    assert.deepEqual(table.getChildAt(0)!.data[0]!.values, Int32Array.of(1, 2))
  })

  it('is empty for an answer without rows, and for one without columns', async () => {
    const table = overIpc(await toArrowTable(resultOf(specs, 0, [])))
    assert.deepEqual([table.numRows, table.numCols], [0, specs.length])
    const none = await toArrowTable(resultOf([], 0, []))
    assert.deepEqual([none.numRows, none.numCols], [0, 0])
  })

  it('is refused where the rows were made already', async () => {
    const result = { columns: specs, length: 1, rawRows: () => ({ shape: {}, block: null, start: 0, end: 0 }) }
    await assert.rejects(toArrowTable(result as unknown as ResultSet), (error: Error) => {
      return error instanceof CqlwireError && /rowFactory 'columns'/.test(error.message)
    })
  })
})

describe('record batches', () => {
  const x = [column('x', 'int')]
  const session = (): Session => {
    const last = resultOf(x, 1, [cell('00000003')])
    const first = resultOf(x, 2, [cell('00000001'), cell('00000002')], last)
    return { execute: () => Promise.resolve(first) } as unknown as Session
  }

  it('come one per page', async () => {
    const pages: unknown[] = []
    for await (const batch of arrowBatches(session(), 'SELECT')) {
      assert.ok(batch instanceof RecordBatch)
      pages.push([...batch].map((row) => (row as unknown as { x: number }).x))
    }
    assert.deepEqual(pages, [[1, 2], [3]])
  })

  it('make a table', async () => {
    const table = await arrowTable(session(), 'SELECT')
    assert.deepEqual([table.batches.length, table.numRows, overIpc(table).getChild('x')!.toArray()], [2, 3, Int32Array.of(1, 2, 3)])
  })
})
