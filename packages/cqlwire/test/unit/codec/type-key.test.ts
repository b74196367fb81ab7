import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { InvalidArgumentError } from '../../../src/base/errors.js'
import type { DataType, UdtType } from '../../../src/codec/data-type.js'
import { parseType } from '../../../src/codec/parse-type.js'
import { createCodecRegistry } from '../../../src/codec/registry.js'
import { typeKey } from '../../../src/codec/type-key.js'
import { UserTypes } from '../../../src/metadata/schema/user-type.js'

const udt = (name: string, fieldTypes: readonly DataType[]): UdtType => ({
  kind: 'udt',
  keyspace: 'ks',
  name,
  fieldNames: fieldTypes.map((_, i) => `f${i}`),
  fieldTypes,
  frozen: false,
})

/** `u1` has two fields of `u2`, and so on: 2^depth types, of which only `depth` are there. */
function doubling(depth: number): DataType {
  let type: DataType = { kind: 'int' }
  for (let i = 0; i < depth; i++) type = udt(`u${i}`, [type, type])
  return type
}

const nested = (depth: number): DataType => {
  let type: DataType = { kind: 'int' }
  for (let i = 1; i < depth; i++) type = { kind: 'list', element: type, frozen: false }
  return type
}

describe('the key of a type', () => {
  test('has all that values are written by', () => {
    const type = parseType('map<frozen<list<text>>, frozen<tuple<int, vector<float, 3>>>>')
    assert.equal(typeKey(type), 'map<list<text>, tuple<int, vector<float, 3>>>')
    assert.equal(typeKey(udt('a"b', [type, { kind: 'custom', className: "it's" }])), `"ks"."a\\"b"("f0" ${typeKey(type)}, "f1" 'it''s')`)
    assert.equal(typeKey(udt('none', [])), '"ks"."none"()')
  })

  test('is made for types 64 deep, and of none that are deeper or hold themselves', () => {
    assert.match(typeKey(nested(64)), /^(list<){63}int/)
    const endless = { kind: 'list', frozen: false } as { element?: DataType }
    endless.element = endless as DataType
    for (const type of [nested(65), nested(10_000), endless as DataType])
      assert.throws(() => typeKey(type), { name: InvalidArgumentError.name, message: /more than 64 deep/ })
  })

  test('of a deep type is refused where it stands in others, though it was made by itself', () => {
    const shared = nested(60)
    assert.throws(() => typeKey(udt('a', [shared, udt('b', [udt('c', [udt('d', [udt('e', [shared])])])])])), /more than 64 deep/)
  })

  test('is refused where types that name each other stand for too many', () => {
    assert.match(typeKey(doubling(10)), /^"ks"\."u9"\(/)
    for (const depth of [20, 63])
      assert.throws(() => typeKey(doubling(depth)), { name: InvalidArgumentError.name, message: /A type stands for too many/ })
  })

  test('is refused where the names of its fields take too much, each time that they are repeated', () => {
    const wide = { ...udt('wide', [{ kind: 'int' }]), fieldNames: ['x'.repeat(60_000)] }
    assert.throws(
      () =>
        typeKey(
          udt(
            'u',
            Array.from({ length: 100 }, () => wide),
          ),
        ),
      /A type stands for too many/,
    )
  })
})

describe('user types of a schema that name each other', () => {
  const texts = (i: number): string[] => (i === 40 ? ['int', 'int'] : [`frozen<u${i + 1}>`, `frozen<u${i + 1}>`])
  const rows = new Map(
    Array.from({ length: 41 }, (_, i) => [`u${i}`, { type_name: `u${i}`, field_names: ['a', 'b'], field_types: texts(i) }]),
  )
  const types = new UserTypes('ks', rows, (text, _, userType) => parseType(text, (name) => userType(name) ?? undefined))

  test('share what they are made of, so that all of them can be read', () => {
    assert.equal(types.all.size, 41)
    for (const [name, type] of types.all) assert.equal(type.type.name, name)
    assert.equal(types.all.get('u0')!.fields[0]!.typeText, 'frozen<u1>')
  })

  test('have a codec while they stand for few, which shares its parts too, and an error that says why where not', () => {
    const registry = createCodecRegistry()
    assert.equal(registry.codecFor(types.get('u30')!).type, types.get('u30'))
    assert.throws(() => registry.codecFor(types.get('u0')!), { name: InvalidArgumentError.name, message: /A type stands for too many/ })
    const custom = { type: 'list<int>', encode: (value: unknown) => value, decode: (value: unknown) => value }
    assert.throws(() => createCodecRegistry({ codecs: [custom] }).isCustomized(types.get('u0')!), /A type stands for too many/)
  })
})
