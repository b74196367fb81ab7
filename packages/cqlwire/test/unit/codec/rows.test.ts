import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { mayGenerateCode } from '../../support/generated-code.js'
import { MalformedFrameError } from '../../../src/base/errors.js'
import { EMPTY } from '../../../src/codec/empty.js'
import { MOST_GENERATED_COLUMNS } from '../../../src/codec/generated-support.js'
import { createCodecRegistry } from '../../../src/codec/registry.js'
import { compileRows } from '../../../src/codec/rows.js'
import { TimeUuid } from '../../../src/values/time-uuid.js'
import { Uuid } from '../../../src/values/uuid.js'
import { BOTH_WAYS, cell, column, cursorOver, hexOf } from './rows-support.js'

const registry = createCodecRegistry()

const everyFastType = [
  { column: column('a', 'tinyint'), bytes: 'fe', value: -2 },
  { column: column('b', 'smallint'), bytes: '8000', value: -32768 },
  { column: column('c', 'int'), bytes: '7fffffff', value: 2147483647 },
  { column: column('d', 'bigint'), bytes: '8000000000000000', value: -(2n ** 63n) },
  { column: column('e', 'counter'), bytes: '0000000000000003', value: 3n },
  { column: column('f', 'float'), bytes: '3fc00000', value: 1.5 },
  { column: column('g', 'double'), bytes: 'c008000000000000', value: -3 },
  { column: column('h', 'boolean'), bytes: '01', value: true },
  { column: column('i', 'timestamp'), bytes: 'ffffffffffffffff', value: new Date(-1) },
  { column: column('j', 'text'), bytes: hexOf('Zürich'), value: 'Zürich' },
  { column: column('k', 'ascii'), bytes: hexOf('Bern'), value: 'Bern' },
  {
    column: column('l', 'uuid'),
    bytes: '123e4567e89b42d3a456426614174000',
    value: Uuid.fromString('123e4567-e89b-42d3-a456-426614174000'),
  },
  {
    column: column('m', 'timeuuid'),
    bytes: '50554d6e29bb11e5b345feff819cdc9f',
    value: TimeUuid.fromString('50554d6e-29bb-11e5-b345-feff819cdc9f'),
  },
  { column: column('n', 'blob'), bytes: '00ff', value: Buffer.from([0, 255]) },
  {
    column: column('o', { kind: 'list', element: { kind: 'int' }, frozen: false }),
    bytes: '00000002 00000004 00000001 00000004 00000002',
    value: [1, 2],
  },
]
const columns = everyFastType.map((each) => each.column)

for (const { name, generate } of BOTH_WAYS) {
  describe(`rows by ${name}`, () => {
    const objects = compileRows<Record<string, unknown>>(columns, registry, { rowFactory: 'object', generate })

    it('reads a value of every type that has a fast path, and of some that have none', () => {
      const cursor = cursorOver(...everyFastType.map(({ bytes }) => cell(bytes)))
      assert.equal(objects.generated, generate && mayGenerateCode)
      const row = objects.row(cursor)
      assert.deepEqual(row, Object.fromEntries(everyFastType.map((each) => [each.column.name, each.value])))
      assert.deepEqual(
        Object.keys(row),
        columns.map(({ name }) => name),
      )
      assert.equal(cursor.position, cursor.end)
    })

    it('reads nulls of every type', () => {
      const cursor = cursorOver(...columns.map(() => cell(null)))
      assert.deepEqual(
        Object.values(objects.row(cursor)),
        columns.map(() => null),
      )
      assert.equal(cursor.position, cursor.end)
    })

    it('reads values of no bytes as null, or as EMPTY where the registry keeps them; text and blobs are empty', () => {
      const scalars = columns.slice(0, 14)
      const empty = (value: unknown): unknown[] =>
        scalars.map(({ type }) => (type.kind === 'text' || type.kind === 'ascii' ? '' : type.kind === 'blob' ? Buffer.alloc(0) : value))
      const bytes = scalars.map(() => cell(''))
      assert.deepEqual(compileRows(scalars, registry, { rowFactory: 'array', generate }).row(cursorOver(...bytes)), empty(null))
      const keeping = createCodecRegistry({ emptyValues: 'keep' })
      assert.deepEqual(compileRows(scalars, keeping, { rowFactory: 'array', generate }).row(cursorOver(...bytes)), empty(EMPTY))
    })

    it('reads bigint as the registry says', () => {
      const specs = [column('a', 'bigint'), column('b', 'counter')]
      const bytes = [cell('ffffffffffffffff'), cell('001fffffffffffff')]
      const read = (bigint: 'bigint' | 'number' | 'string'): unknown =>
        compileRows(specs, createCodecRegistry({ numbers: { bigint } }), { rowFactory: 'array', generate }).row(cursorOver(...bytes))
      assert.deepEqual(read('bigint'), [-1n, 9007199254740991n])
      assert.deepEqual(read('number'), [-1, 9007199254740991])
      assert.deepEqual(read('string'), ['-1', '9007199254740991'])
    })

    it('refuses a bigint that a number cannot hold, and names the column', () => {
      const numbers = createCodecRegistry({ numbers: { bigint: 'number' } })
      const decoder = compileRows([column('big', 'bigint')], numbers, { rowFactory: 'array', generate })
      assert.throws(() => decoder.row(cursorOver(cell('0020000000000000'))), /column "big" \(bigint\).*beyond the safe integers/)
      assert.throws(() => decoder.row(cursorOver(cell('0020000000000001'))), { code: 'ERR_UNSAFE_INTEGER' })
    })

    it('makes own properties of any column names', () => {
      const names = [
        '__proto__',
        'constructor',
        'toString',
        '',
        'a"b',
        "a'b",
        'a\\b',
        'a\nb',
        'a`${b}',
        '\u2028\u2029',
        '*/ //',
        'größe',
        'system.ttl(v)',
      ]
      const decoder = compileRows<Record<string, unknown>>(
        names.map((each) => column(each, 'int')),
        registry,
        { rowFactory: 'object', generate },
      )
      const row = decoder.row(cursorOver(...names.map((_, i) => cell(`0000000${i.toString(16)}`))))
      assert.deepEqual(
        Object.entries(row),
        names.map((each, i) => [each, i]),
      )
      assert.equal(Object.getPrototypeOf(row), Object.prototype)
    })

    it('gives the last value where columns share a name', () => {
      const specs = [column('x', 'int'), column('y', 'int'), column('x', 'text')]
      const decoder = compileRows<Record<string, unknown>>(specs, registry, { rowFactory: 'object', generate })
      const row = decoder.row(cursorOver(cell('00000001'), cell('00000002'), cell(hexOf('last'))))
      assert.deepEqual(Object.entries(row), [
        ['x', 'last'],
        ['y', 2],
      ])
    })

    it('gives rows as arrays, and as whatever a function makes of them', () => {
      const specs = [column('x', 'int'), column('y', 'text')]
      const bytes = [cell('00000001'), cell(null)]
      assert.deepEqual(compileRows(specs, registry, { rowFactory: 'array', generate }).row(cursorOver(...bytes)), [1, null])
      const rowFactory = (values: unknown[], of: readonly { name: string }[]): string =>
        of.map(({ name }, i) => `${name}=${String(values[i])}`).join()
      assert.equal(compileRows(specs, registry, { rowFactory, generate }).row(cursorOver(...bytes)), 'x=1,y=null')
    })

    it('reads many rows, and skips some', () => {
      const decoder = compileRows([column('x', 'int'), column('y', 'text')], registry, { rowFactory: 'array', generate })
      const rows = [1, 2, 3, 4].map((i) => Buffer.concat([cell(`0000000${i}`), cell(i % 2 === 0 ? null : hexOf(`t${i}`))]))
      assert.deepEqual(decoder.rows(cursorOver(...rows), 4), [
        [1, 't1'],
        [2, null],
        [3, 't3'],
        [4, null],
      ])
      const cursor = cursorOver(...rows)
      decoder.skip(cursor, 2)
      assert.deepEqual(decoder.row(cursor), [3, 't3'])
    })

    it('does not skip beyond the end of the answer, wherever it is cut', () => {
      const decoder = compileRows([column('x', 'text')], registry, { rowFactory: 'array', generate })
      const whole = Buffer.concat([cell(null), cell('6162')])
      for (let cut = 0; cut < whole.length; cut++)
        assert.throws(() => decoder.skip(cursorOver(whole.subarray(0, cut)), 2), MalformedFrameError)
      decoder.skip(cursorOver(whole), 2)
    })

    it('refuses an answer that ends within a row, wherever it is cut, and names the column', () => {
      const cells = everyFastType.map(({ bytes }) => cell(bytes))
      const whole = Buffer.concat(cells)
      let i = 0
      for (let cut = 0, next = cells[0]!.length; cut < whole.length; cut++) {
        if (cut === next) next += cells[++i]!.length
        const named = new RegExp(`column "${columns[i]!.name}"`)
        assert.throws(
          () => objects.row(cursorOver(whole.subarray(0, cut))),
          (error: unknown) => error instanceof MalformedFrameError && named.test(error.message),
        )
      }
    })

    it('refuses a length that the type cannot have, and names column and row', () => {
      const decoder = compileRows([column('id', 'int')], registry, { rowFactory: 'object', generate })
      assert.throws(() => decoder.rows(cursorOver(cell('00000001'), cell('000001')), 2), /Row 2 of 2.*column "id" \(int\).*4 bytes/)
      assert.throws(() => decoder.row(cursorOver(Buffer.from('7fffffff00000001', 'hex'))), /announces 2147483647 bytes/)
    })

    it('does not set memory aside for a count of rows that cannot be there', () => {
      const decoder = compileRows([column('id', 'int')], registry, { rowFactory: 'object', generate })
      assert.throws(() => decoder.rows(cursorOver(cell('00000001')), 2 ** 31 - 1), MalformedFrameError)
      assert.throws(() => decoder.rows(cursorOver(cell('00000001')), -1), MalformedFrameError)
      assert.throws(() => decoder.skip(cursorOver(cell('00000001')), 2 ** 31 - 1), MalformedFrameError)
      assert.throws(
        () => compileRows([], registry, { rowFactory: 'object', generate }).rows(cursorOver(), 1_000_000_000),
        MalformedFrameError,
      )
    })

    it('reads rows of hundreds of columns', () => {
      const many = Array.from({ length: MOST_GENERATED_COLUMNS + 1 }, (_, i) => column(`c${i}`, 'int'))
      const decoder = compileRows<Record<string, unknown>>(many, registry, { rowFactory: 'object', generate })
      assert.equal(decoder.generated, false)
      assert.equal(
        decoder.row(cursorOver(...many.map((_, i) => cell(i.toString(16).padStart(8, '0')))))[`c${many.length - 1}`],
        many.length - 1,
      )
    })
  })
}
