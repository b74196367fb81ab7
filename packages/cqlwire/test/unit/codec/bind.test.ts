import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { mayGenerateCode } from '../../support/generated-code.js'
import { InvalidArgumentError } from '../../../src/base/errors.js'
import { compileBind, type BindEncoder, type BindParameters } from '../../../src/codec/bind.js'
import type { ColumnSpec } from '../../../src/codec/data-type.js'
import { EMPTY } from '../../../src/codec/empty.js'
import { parseType } from '../../../src/codec/parse-type.js'
import { createCodecRegistry } from '../../../src/codec/registry.js'
import { TimeUuid } from '../../../src/values/time-uuid.js'
import { Uuid } from '../../../src/values/uuid.js'
import { ByteWriter } from '../../../src/wire/byte-writer.js'
import { BOTH_WAYS, cell, column, hexOf } from './rows-support.js'

const registry = createCodecRegistry()

function bytesOf(encoder: BindEncoder, params: BindParameters, capacity = 4): string {
  const writer = new ByteWriter(capacity)
  encoder.write(writer, params)
  return writer.toBuffer().toString('hex')
}

/** `[short n]` and the cells, as hex. */
function expected(...cells: readonly Buffer[]): string {
  return Buffer.concat([Buffer.from([cells.length >> 8, cells.length & 255]), ...cells]).toString('hex')
}

const UNSET = Buffer.from('fffffffe', 'hex')
const tags: ColumnSpec = column('tags', { kind: 'list', element: { kind: 'text' }, frozen: false })

const everyFastType = [
  { column: column('a', 'tinyint'), bytes: '80', value: -128 },
  { column: column('b', 'smallint'), bytes: '7fff', value: 32767 },
  { column: column('c', 'int'), bytes: '80000000', value: -2147483648 },
  { column: column('d', 'bigint'), bytes: '7fffffffffffffff', value: 2n ** 63n - 1n },
  { column: column('e', 'bigint'), bytes: 'ffe0000000000001', value: Number.MIN_SAFE_INTEGER },
  { column: column('f', 'counter'), bytes: '00000001fffffffe', value: 2 ** 33 - 2 },
  { column: column('g', 'float'), bytes: '3fc00000', value: 1.5 },
  { column: column('h', 'double'), bytes: '7ff0000000000000', value: Infinity },
  { column: column('i', 'boolean'), bytes: '00', value: false },
  { column: column('j', 'timestamp'), bytes: 'ffffffffffffffff', value: new Date(-1) },
  { column: column('k', 'timestamp'), bytes: '0000018bcfe56800', value: new Date(1_700_000_000_000) },
  { column: column('l', 'text'), bytes: hexOf('Zürich'), value: 'Zürich' },
  { column: column('m', 'ascii'), bytes: hexOf('Bern'), value: 'Bern' },
  {
    column: column('n', 'uuid'),
    bytes: '123e4567e89b42d3a456426614174000',
    value: Uuid.fromString('123e4567-e89b-42d3-a456-426614174000'),
  },
  { column: column('o', 'uuid'), bytes: '123e4567e89b42d3a456426614174000', value: '123e4567-e89b-42d3-a456-426614174000' },
  {
    column: column('p', 'timeuuid'),
    bytes: '50554d6e29bb11e5b345feff819cdc9f',
    value: TimeUuid.fromString('50554d6e-29bb-11e5-b345-feff819cdc9f'),
  },
  { column: tags, bytes: '00000001 00000002 6869', value: ['hi'] },
  { column: column('q', 'blob'), bytes: '00ff', value: new Uint8Array([0, 255]) },
]
const columns = everyFastType.map((each) => each.column)

for (const { name, generate } of BOTH_WAYS) {
  describe(`parameters by ${name}`, () => {
    const encoder = compileBind(columns, registry, { protocolVersion: 4, generate })
    const two = compileBind([column('id', 'int'), tags], registry, { protocolVersion: 4, generate })

    it('writes a value of every type that has a fast path, and of some that have none', () => {
      assert.equal(encoder.generated, generate && mayGenerateCode)
      const values = everyFastType.map(({ value }) => value)
      assert.equal(bytesOf(encoder, values), expected(...everyFastType.map(({ bytes }) => cell(bytes))))
    })

    it('writes null as -1, undefined as -2, and EMPTY as no bytes', () => {
      assert.equal(
        bytesOf(
          encoder,
          columns.map(() => null),
        ),
        expected(...columns.map(() => cell(null))),
      )
      assert.equal(
        bytesOf(
          encoder,
          columns.map(() => undefined),
        ),
        expected(...columns.map(() => UNSET)),
      )
      const scalars = compileBind(columns.slice(0, 16), registry, { protocolVersion: 4, generate })
      assert.equal(
        bytesOf(
          scalars,
          scalars.columns.map(() => EMPTY),
        ),
        expected(...scalars.columns.map(() => cell(''))),
      )
    })

    it('grows the writer wherever a value needs it', () => {
      const specs = [column('a', 'text'), column('b', 'int'), column('c', 'blob'), column('d', 'double'), column('e', 'text')]
      const encoder = compileBind(specs, registry, { protocolVersion: 4, generate })
      const long = 'ü'.repeat(3000)
      const values = [long, 7, Buffer.alloc(5000, 1), 2, long]
      const cells = [cell(hexOf(long)), cell('00000007'), cell('01'.repeat(5000)), cell('4000000000000000'), cell(hexOf(long))]
      for (const capacity of [0, 1, 16, 9006, 9010, 20_000]) assert.equal(bytesOf(encoder, values, capacity), expected(...cells))
    })

    it('writes lists and sets of texts, short and long, ASCII and other, from arrays and from other iterables', () => {
      const specs = [column('l', parseType('list<text>')), column('s', parseType('set<varchar>')), column('i', 'int')]
      const encoder = compileBind(specs, registry, { protocolVersion: 4, generate })
      const texts = ['', 'a', 'x'.repeat(24), 'y'.repeat(25), 'ü', '😀']
      const list = (of: readonly string[]): Buffer =>
        cell(Buffer.concat([Buffer.from([0, 0, 0, of.length]), ...of.map((text) => cell(hexOf(text)))]).toString('hex'))
      for (const of of [[], ['a'], texts, [...texts].reverse(), ['a', 'ü', 'b']]) {
        const bytes = expected(list(of), list(of), cell('00000009'))
        for (const capacity of [0, 9, 4096]) assert.equal(bytesOf(encoder, [of, of, 9], capacity), bytes)
        assert.equal(bytesOf(encoder, [new Set(of), new Set(of), 9]), bytes)
      }
      assert.throws(() => bytesOf(encoder, [['a', 5], ['b'], 9]), /Parameter 1 of 3, "l".*element \[1\]/s)
      assert.throws(() => bytesOf(encoder, [['a'], ['b', null], 9]), /Parameter 2 of 3, "s".*element \[1\]/s)
      assert.throws(() => bytesOf(encoder, [['a', '\ud800'], ['b'], 9]), /Parameter 1 of 3, "l"/)
    })

    it('refuses a bigint that does not fit 64 bits, and takes the largest that do', () => {
      const encoder = compileBind([column('b', 'bigint')], registry, { protocolVersion: 4, generate })
      assert.equal(bytesOf(encoder, [2n ** 63n - 1n]), expected(cell('7fffffffffffffff')))
      assert.equal(bytesOf(encoder, [-(2n ** 63n)]), expected(cell('8000000000000000')))
      assert.equal(bytesOf(encoder, [-2n]), expected(cell('fffffffffffffffe')))
      for (const value of [2n ** 63n, -(2n ** 63n) - 1n, 2n ** 64n + 1n])
        assert.throws(() => bytesOf(encoder, [value]), InvalidArgumentError)
    })

    it('writes no parameters at all', () => {
      const none = compileBind([], registry, { protocolVersion: 4, generate })
      for (const params of [undefined, null, [], {}]) assert.equal(bytesOf(none, params), '0000')
    })

    it('takes values by the names of the markers, also where several share one', () => {
      const specs = [column('id', 'int'), column('name', 'text'), column('id', 'int')]
      const encoder = compileBind(specs, registry, { protocolVersion: 4, generate })
      const bytes = expected(cell('00000005'), cell(hexOf('n')), cell('00000005'))
      assert.equal(bytesOf(encoder, { name: 'n', id: 5 }), bytes)
      assert.equal(bytesOf(encoder, { Name: 'n', ID: 5 }), bytes)
      class Person {
        id = 5
        get name(): string {
          return 'n'
        }
      }
      assert.equal(bytesOf(encoder, new Person() as unknown as Record<string, unknown>), bytes)
    })

    it('takes a name as it stands before its lower-case form', () => {
      const encoder = compileBind([column('Name', 'int'), column('name', 'int')], registry, { protocolVersion: 4, generate })
      assert.equal(bytesOf(encoder, { name: 1, Name: 2 }), expected(cell('00000002'), cell('00000001')))
      const one = compileBind([column('name', 'int')], registry, { protocolVersion: 4, generate })
      assert.throws(() => bytesOf(one, { name: 1, Name: 2 }), /"name" and "Name" are both for the marker "name"/)
    })

    it('does not take what every object inherits for a parameter', () => {
      const encoder = compileBind([column('constructor', 'text')], registry, { protocolVersion: 4, generate })
      assert.throws(() => bytesOf(encoder, {}), /Parameter 1 of 1, "constructor" \(text\), is missing/)
      assert.equal(bytesOf(encoder, { constructor: 'c' }), expected(cell('63')))
    })

    const wrong: readonly [title: string, params: unknown, message: RegExp][] = [
      ['too few', [1], /takes 2 parameters, got 1: Parameter 2 of 2, "tags" \(list<text>\), is the first one missing/],
      ['none', undefined, /takes 2 parameters, got 0: Parameter 1 of 2, "id" \(int\)/],
      ['too many', [1, [], 3], /takes 2 parameters, got 3: the last marker is "tags" \(list<text>\)/],
      ['a missing name', { id: 1 }, /Parameter 2 of 2, "tags" \(list<text>\), is missing: the parameters given are "id"/],
      ['an unknown name', { id: 1, tags: [], tag: 3 }, /no marker "tag": did you mean "tags"\?/],
      ['an unknown name far from all', { id: 1, tags: [], zebra: 3 }, /no marker "zebra": its markers are "id", "tags"/],
      ['a wrong type', ['x', []], /^Parameter 1 of 2, "id" \(int\), takes an integer .*got text of 1 character \(string\)/],
      [
        'a number out of range',
        [2 ** 31, []],
        /^Parameter 1 of 2, "id" \(int\), takes an integer .*got an integer of 10 digits \(number\)/,
      ],
      ['a wrong element', [1, ['a', 5]], /^Parameter 2 of 2, "tags" \(list<text>\), .*integer of 1 digit \(number\)/],
      ['text instead of parameters', 'x', /Parameters are an array, or an object .* got text of 1 character/],
      ['a Map instead of parameters', new Map(), /Parameters are an array, or an object .* got an instance of Map/],
      ['bytes instead of parameters', new Uint8Array(2), /Parameters are an array, or an object .* got a Uint8Array/],
    ]
    for (const [title, params, message] of wrong) {
      it(`refuses ${title} with an error that says which parameter, its type, and what it got`, () => {
        assert.throws(
          () => bytesOf(two, params as BindParameters),
          (error: unknown) => error instanceof InvalidArgumentError && message.test(error.message),
        )
      })
    }

    it('refuses numbers beyond the range of each type rather than cutting them', () => {
      const ranges: readonly [ColumnSpec, readonly unknown[]][] = [
        [column('x', 'tinyint'), [128, -129, 1.5, NaN]],
        [column('x', 'smallint'), [32768, -32769, 1e10]],
        [column('x', 'int'), [2 ** 31, -(2 ** 31) - 1, 0.1, Infinity, 1n]],
        [column('x', 'bigint'), [2n ** 63n, -(2n ** 63n) - 1n, 2 ** 53, 1.5]],
        [column('x', 'float'), [1e39, -1e39]],
        [column('x', 'timestamp'), [new Date(NaN)]],
        [column('x', 'timeuuid'), [Uuid.fromString('123e4567-e89b-42d3-a456-426614174000'), new TimeUuid(0, 0, 0, 0)]],
        [column('x', 'text'), ['\ud800', `${'a'.repeat(50)}\udc00`, 5]],
      ]
      for (const [spec, values] of ranges) {
        const encoder = compileBind([spec], registry, { protocolVersion: 4, generate })
        for (const value of values)
          assert.throws(
            () => bytesOf(encoder, [value]),
            /^InvalidArgumentError: Parameter 1 of 1, "x"/,
            `${spec.type.kind} ${String(value)}`,
          )
      }
    })

    it('refuses undefined on protocol 3, which has no UNSET', () => {
      const old = compileBind([column('id', 'int'), tags], registry, { protocolVersion: 3, generate })
      assert.throws(() => bytesOf(old, [1, undefined]), /Parameter 2 of 2, "tags" \(list<text>\), is undefined.*UNSET.*protocol 4/)
      assert.equal(bytesOf(old, [1, null]), expected(cell('00000001'), cell(null)))
    })
  })
}
