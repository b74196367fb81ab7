import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { mayGenerateCode } from '../../support/generated-code.js'
import { MalformedFrameError } from '../../../src/base/errors.js'
import { compileColumns } from '../../../src/codec/columns.js'
import { EMPTY } from '../../../src/codec/empty.js'
import { createCodecRegistry } from '../../../src/codec/registry.js'
import { Uuid } from '../../../src/values/uuid.js'
import { BOTH_WAYS, cell, column, cursorOver, hexOf } from './rows-support.js'

const registry = createCodecRegistry()
const column1 = column('x', 'int')
const UUID = '123e4567-e89b-42d3-a456-426614174000'

/** Each: a value's bytes and what it is, then the typed array of that value, a null and the value again. */
const fixedTypes = [
  { column: column('a', 'tinyint'), bytes: 'fe', value: -2, array: Int8Array.of(-2, 0, -2) },
  { column: column('b', 'smallint'), bytes: '8000', value: -32768, array: Int16Array.of(-32768, 0, -32768) },
  { column: column('c', 'int'), bytes: '7fffffff', value: 2147483647, array: Int32Array.of(2147483647, 0, 2147483647) },
  {
    column: column('d', 'bigint'),
    bytes: '8000000000000001',
    value: -(2n ** 63n) + 1n,
    array: BigInt64Array.of(-(2n ** 63n) + 1n, 0n, -(2n ** 63n) + 1n),
  },
  { column: column('e', 'counter'), bytes: '0000000100000003', value: 4294967299n, array: BigInt64Array.of(4294967299n, 0n, 4294967299n) },
  { column: column('f', 'float'), bytes: '3fc00000', value: 1.5, array: Float32Array.of(1.5, 0, 1.5) },
  { column: column('g', 'double'), bytes: 'c008000000000000', value: -3, array: Float64Array.of(-3, 0, -3) },
  { column: column('h', 'boolean'), bytes: '02', value: true, array: Uint8Array.of(1, 0, 1) },
  { column: column('i', 'timestamp'), bytes: 'fffffffffffffffe', value: new Date(-2), array: Float64Array.of(-2, 0, -2) },
]

const lazyTypes = [
  { column: column('t', 'text'), bytes: hexOf('Zürich'), value: 'Zürich' },
  { column: column('u', 'uuid'), bytes: UUID.replaceAll('-', ''), value: Uuid.fromString(UUID) },
  { column: column('v', 'blob'), bytes: '00ff', value: Buffer.from([0, 255]) },
  {
    column: column('w', { kind: 'set', element: { kind: 'int' }, frozen: false }),
    bytes: '00000001 00000004 00000007',
    value: new Set([7]),
  },
]

for (const { name, generate } of BOTH_WAYS) {
  describe(`columns by ${name}`, () => {
    it('holds numbers in typed arrays, with nulls beside them', () => {
      const decoder = compileColumns(
        fixedTypes.map((each) => each.column),
        registry,
        { generate },
      )
      assert.equal(decoder.generated, generate && mayGenerateCode)
      const full = fixedTypes.map(({ bytes }) => cell(bytes))
      const cursor = cursorOver(...full, ...fixedTypes.map(() => cell(null)), ...full)
      const columns = decoder.decode(cursor, 3)
      assert.equal(cursor.position, cursor.end)
      for (const { column: spec, value, array } of fixedTypes) {
        const column = columns[spec.name]!
        assert.deepEqual([column.name, column.type, column.length], [spec.name, spec.type, 3])
        assert.deepEqual(column.values, array)
        assert.deepEqual([...column], [value, null, value])
        assert.deepEqual(
          [0, 1, 2].map((i) => column.isNull(i)),
          [false, true, false],
        )
        assert.equal(column.nullCount, 1)
        assert.deepEqual(column.validity, Uint8Array.of(0b11111101))
      }
    })

    it('has no null bits where there are no nulls', () => {
      const column = compileColumns([column1], registry, { generate }).decode(cursorOver(cell('00000001'), cell('00000002')), 2)['x']!
      assert.deepEqual([column.validity, column.nullCount, [...column]], [null, 0, [1, 2]])
    })

    it('decodes everything else when asked', () => {
      const decoder = compileColumns(
        lazyTypes.map((each) => each.column),
        registry,
        { generate },
      )
      const full = lazyTypes.map(({ bytes }) => cell(bytes))
      const columns = decoder.decode(cursorOver(...full, ...lazyTypes.map(() => cell(null)), ...full), 3)
      for (const { column: spec, value } of lazyTypes) {
        const column = columns[spec.name]!
        assert.equal(column.values, null)
        assert.deepEqual([...column], [value, null, value])
        assert.deepEqual(
          [0, 1, 2].map((i) => column.isNull(i)),
          [false, true, false],
        )
      }
    })

    it('has the contents of everything else side by side, with the offset of each', () => {
      const specs = [column('t', 'text'), column('u', 'uuid'), column('v', 'blob')]
      const long = '5a'.repeat(100)
      const id = UUID.replaceAll('-', '')
      const columns = compileColumns(specs, registry, { generate }).decode(
        cursorOver(...[hexOf('Zürich'), id, long, null, null, null, '', id, '00ff'].map(cell)),
        3,
      )
      assert.deepEqual(columns['t']!.offsets, Int32Array.of(0, 7, 7, 7))
      assert.deepEqual(columns['t']!.bytes, new Uint8Array(Buffer.from('Zürich')))
      assert.deepEqual([columns['t']!.validity, columns['t']!.nullCount], [Uint8Array.of(0b11111101), 1])
      assert.deepEqual(columns['u']!.offsets, Int32Array.of(0, 16, 16, 32))
      assert.deepEqual(columns['u']!.bytes, new Uint8Array(Buffer.from(id + id, 'hex')))
      assert.deepEqual(columns['v']!.offsets, Int32Array.of(0, 100, 100, 102))
      assert.deepEqual(columns['v']!.bytes, new Uint8Array(Buffer.from(`${long}00ff`, 'hex')))
      assert.equal(columns['v']!.values, null)
    })

    it('has neither offsets nor bytes where it has values', () => {
      const { x } = compileColumns([column1], registry, { generate }).decode(cursorOver(cell('00000001')), 1)
      assert.deepEqual([x!.values, x!.offsets, x!.bytes], [Int32Array.of(1), null, null])
    })

    it('takes many columns, of which each keeps its name, and no other names are there', () => {
      const specs = Array.from({ length: 40 }, (_, i) => column(`c${i}`, i % 2 === 0 ? 'int' : 'text'))
      const cells = specs.map((_, i) => cell(i % 2 === 0 ? `000000${i.toString(16).padStart(2, '0')}` : '61'))
      const columns = compileColumns(specs, registry, { generate }).decode(cursorOver(...cells), 1)
      assert.deepEqual(
        Object.values(columns).map((each) => each.get(0)),
        specs.map((_, i) => (i % 2 === 0 ? i : 'a')),
      )
      assert.equal(columns['constructor'], undefined)
    })

    it('reads values of no bytes as null, or as EMPTY where the registry keeps them', () => {
      const specs = [...fixedTypes.map((each) => each.column), column('u', 'uuid')]
      const bytes = specs.map(() => cell(''))
      for (const [values, isNull, set] of [
        [null, true, registry],
        [EMPTY, false, createCodecRegistry({ emptyValues: 'keep' })],
      ] as const) {
        const columns = compileColumns(specs, set, { generate }).decode(cursorOver(...bytes), 1)
        assert.deepEqual(
          Object.values(columns).map((each) => each.get(0)),
          specs.map(() => values),
        )
        assert.deepEqual(
          Object.values(columns).map((each) => each.isNull(0)),
          specs.map(() => isNull),
        )
      }
      const text = compileColumns([column('t', 'text')], registry, { generate }).decode(cursorOver(cell('')), 1)['t']!
      assert.deepEqual([text.get(0), text.isNull(0)], ['', false])
    })

    it('gives bigint as the registry says, and all 64 bits in the array', () => {
      const get = (bigint: 'number' | 'string'): unknown[] => {
        const columns = compileColumns([column('x', 'bigint')], createCodecRegistry({ numbers: { bigint } }), { generate }).decode(
          cursorOver(cell('ffffffffffffffff')),
          1,
        )
        return [columns['x']!.get(0), columns['x']!.values]
      }
      assert.deepEqual(get('number'), [-1, BigInt64Array.of(-1n)])
      assert.deepEqual(get('string'), ['-1', BigInt64Array.of(-1n)])
    })

    it('takes any column names, and the last of those alike', () => {
      const specs = [column('__proto__', 'int'), column('constructor', 'int'), column('x', 'int'), column('x', 'text')]
      const columns = compileColumns(specs, registry, { generate }).decode(
        cursorOver(cell('00000001'), cell('00000002'), cell('00000003'), cell('61')),
        1,
      )
      assert.deepEqual(
        Object.entries(columns).map(([key, each]) => [key, each.get(0)]),
        [
          ['__proto__', 1],
          ['constructor', 2],
          ['x', 'a'],
        ],
      )
      assert.equal(columns['toString'], undefined)
    })

    it('refuses an answer that ends within its rows or holds a wrong length, and names column and row', () => {
      const decoder = compileColumns([column('id', 'int'), column('name', 'text')], registry, { generate })
      const row = Buffer.concat([cell('00000001'), cell('6162')])
      for (let cut = 0; cut < row.length; cut++) {
        assert.throws(() => decoder.decode(cursorOver(row, row.subarray(0, cut)), 2), MalformedFrameError)
      }
      assert.throws(() => decoder.decode(cursorOver(row, row.subarray(0, row.length - 1)), 2), /Row 2 of 2.*column "name" \(text\)/)
      assert.throws(() => decoder.decode(cursorOver(cell('000001'), cell('')), 1), /Row 1 of 1.*column "id" \(int\).*4 bytes/)
      assert.throws(() => decoder.decode(cursorOver(row), 2 ** 31 - 1), MalformedFrameError)
    })

    it('refuses a row that is not there', () => {
      const { x } = compileColumns([column1, column('t', 'text')], registry, { generate }).decode(
        cursorOver(cell('00000001'), cell('61')),
        1,
      )
      for (const i of [-1, 1, 0.5, NaN]) {
        assert.throws(() => x!.get(i), /Column "x" has 1 rows.* no row/)
        assert.throws(() => x!.isNull(i), /no row/)
      }
    })

    it('reads an answer without rows', () => {
      const { x } = compileColumns([column1], registry, { generate }).decode(cursorOver(), 0)
      assert.deepEqual([x!.length, [...x!], x!.values], [0, [], new Int32Array(0)])
    })
  })
}
