import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { InvalidArgumentError } from '../../../src/base/errors.js'
import type { DataType, UdtType } from '../../../src/codec/data-type.js'
import { formatType } from '../../../src/codec/format-type.js'
import { typeKey } from '../../../src/codec/type-key.js'
import { parseType } from '../../../src/codec/parse-type.js'

const P = 'org.apache.cassandra.db.marshal.'
const int: DataType = { kind: 'int' }
const text: DataType = { kind: 'text' }
const udt = (name: string, keyspace = 'ks'): UdtType => ({
  kind: 'udt',
  keyspace,
  name,
  fieldNames: ['a'],
  fieldTypes: [int],
  frozen: false,
})

const refuses = (type: string, message: RegExp): void => {
  assert.throws(
    () => parseType(type),
    (error: unknown) => {
      assert.ok(error instanceof InvalidArgumentError, String(error))
      assert.match(error.message, message)
      return true
    },
  )
}

describe('names of CQL', () => {
  test('are understood in any case', () => {
    assert.deepEqual(parseType('int'), int)
    assert.deepEqual(parseType(' VarChar '), text)
    assert.deepEqual(parseType('LIST < Int >'), { kind: 'list', element: int, frozen: false })
    for (const name of 'ascii bigint blob boolean counter date decimal double duration empty float inet int smallint text time timestamp timeuuid tinyint uuid varint'.split(
      ' ',
    )) {
      assert.deepEqual(parseType(name), { kind: name })
    }
  })

  test('nest', () => {
    const listOfInt: DataType = { kind: 'list', element: int, frozen: true }
    assert.deepEqual(parseType('map<text, frozen<list<int>>>'), { kind: 'map', key: text, value: listOfInt, frozen: false })
    assert.deepEqual(parseType('frozen<tuple<int,text,set<int>>>'), {
      kind: 'tuple',
      elements: [int, text, { kind: 'set', element: int, frozen: false }],
    })
    assert.deepEqual(parseType('vector<float, 1536>'), { kind: 'vector', element: { kind: 'float' }, dimensions: 1536 })
  })

  test('of user types are found by a resolver, in lower case unless quoted', () => {
    const asked: (string | null)[][] = []
    const resolve = (name: string, keyspace: string | null): UdtType => {
      asked.push([keyspace, name])
      return udt(name, keyspace ?? 'ks')
    }
    parseType('list<frozen<Address>>', resolve)
    parseType('map<"My ""Type""", Shop.address>', resolve)
    parseType('"Shop"."list"', resolve)
    assert.deepEqual(asked, [
      [null, 'address'],
      [null, 'My "Type"'],
      ['shop', 'address'],
      ['Shop', 'list'],
    ])
    assert.deepEqual(parseType('frozen<address>', resolve), { ...udt('address'), frozen: true })
  })

  test('that are unknown are refused, with the one that was likely meant', () => {
    refuses('txet', /'txet' is not a type: there is no type 'txet'; did you mean 'text'\?/)
    refuses('lst<int>', /did you mean 'list'\?/)
    refuses('map<text, itn>', /did you mean 'int'\?/)
    refuses('address', /'address' is no native type, and the fields of a user-defined type can't be known from its name: give a resolver/)
    refuses('ks.address', /'ks\.address' is no native type/)
    assert.throws(() => parseType('ks.nothing', () => undefined), /there is no user-defined type ks\.nothing/)
  })

  test('that are cut off or run on are refused, with the place', () => {
    refuses('', /expected the name of a type at the end/)
    refuses('list', /expected '<' at the end/)
    refuses('list<int', /expected '>' at the end/)
    refuses('list<>', /expected the name of a type at 5, got '>'/)
    refuses('map<text>', /expected ',' at 8, got '>'/)
    refuses('int>', /nothing may follow the type, but something does at 3, got '>'/)
    refuses('list<int, int>', /expected '>' at 8, got ','/)
    refuses('int; DROP TABLE t', /';' has no meaning/)
    refuses('vector<float, 0>', /a vector has 1 to \d+ elements, not '0'/)
    refuses('vector<float, x>', /not 'x'/)
    refuses('vector<float>', /expected ','/)
    refuses(undefined as unknown as string, /A type takes its text/)
  })

  test('nest no deeper than 64, and are no longer than a frame says them', () => {
    const nested = (depth: number): string => 'list<'.repeat(depth) + 'int' + '>'.repeat(depth)
    assert.equal(parseType(nested(63)).kind, 'list')
    refuses(nested(64), /more than 64 deep/)
    refuses(nested(10_000), /more than 64 deep/)
    refuses(`${P}ListType(`.repeat(1500), /more than 64 deep/)
    refuses(`com.example.A${'('.repeat(1000)}`, /more than 64 deep/)
    refuses(' '.repeat(70_000), /70000 characters/)
  })
})

describe('names of marshal classes', () => {
  test('are understood with their package and without', () => {
    for (const [name, kind] of [
      ['Int32Type', 'int'],
      ['LongType', 'bigint'],
      ['IntegerType', 'varint'],
      ['UTF8Type', 'text'],
      ['BytesType', 'blob'],
      ['SimpleDateType', 'date'],
      ['DateType', 'timestamp'],
      ['TimestampType', 'timestamp'],
      ['ShortType', 'smallint'],
      ['ByteType', 'tinyint'],
      ['CounterColumnType', 'counter'],
      ['InetAddressType', 'inet'],
      ['LexicalUUIDType', 'uuid'],
      ['TimeUUIDType', 'timeuuid'],
      ['EmptyType', 'empty'],
      ['DurationType', 'duration'],
    ] as const) {
      assert.deepEqual(parseType(name), { kind })
      assert.deepEqual(parseType(P + name), { kind })
    }
  })

  test('say collections, tuples, vectors, and what is frozen or reversed', () => {
    assert.equal(
      formatType(parseType(`${P}MapType(${P}UTF8Type,${P}FrozenType(${P}ListType(${P}Int32Type)))`)),
      'map<text, frozen<list<int>>>',
    )
    assert.equal(formatType(parseType(`${P}ReversedType(${P}TimeUUIDType)`)), 'timeuuid')
    assert.equal(formatType(parseType(`${P}TupleType(${P}Int32Type,${P}SetType(${P}UTF8Type))`)), 'frozen<tuple<int, set<text>>>')
    assert.equal(formatType(parseType(`${P}VectorType(${P}FloatType , 3)`)), 'vector<float, 3>')
    assert.equal(formatType(parseType('ListType(Int32Type)')), 'list<int>')
  })

  test('say user types with their fields, whose names are in hexadecimal', () => {
    const name = Buffer.from('Straße').toString('hex')
    assert.deepEqual(parseType(`${P}FrozenType(${P}UserType(MyKs,61646472,${name}:${P}UTF8Type,6e:${P}Int32Type))`), {
      kind: 'udt',
      keyspace: 'MyKs',
      name: 'addr',
      fieldNames: ['Straße', 'n'],
      fieldTypes: [text, int],
      frozen: true,
    })
    refuses(`${P}UserType(ks,xyz)`, /expected the hexadecimal name of a user-defined type at 44, got 'xyz'/)
    refuses(`${P}UserType(ks,61,6e)`, /expected ':'/)
  })

  test('of other classes are custom types, with all that they say', () => {
    for (const className of [
      'com.example.Shape',
      'com.example.Shape(1,2)',
      `${P}CompositeType(${P}UTF8Type,${P}Int32Type)`,
      `${P}DynamicCompositeType(a=>${P}UTF8Type,s=>${P}Int32Type)`,
      `${P}ColumnToCollectionType(6d:${P}MapType(${P}UTF8Type,${P}UTF8Type))`,
      `${P}PartitionerDefinedOrder`,
    ]) {
      assert.deepEqual(parseType(className), { kind: 'custom', className })
      assert.deepEqual(parseType(`'${className}'`), { kind: 'custom', className })
    }
    assert.deepEqual(parseType(`list<'${P}Int32Type'>`), { kind: 'list', element: int, frozen: false })
    refuses(`${P}CompositeType(${P}UTF8Type`, /expected '\)' at the end/)
  })
})

describe('types as text', () => {
  test('are as the schema tables of Cassandra have them', () => {
    for (const type of [
      'int',
      'list<int>',
      'frozen<set<text>>',
      'map<text, frozen<map<int, frozen<list<text>>>>>',
      'frozen<tuple<int, text>>',
      'vector<float, 3>',
      "'com.example.Shape'",
    ]) {
      assert.equal(formatType(parseType(type)), type)
    }
  })

  test('quote the names of user types that CQL would read otherwise', () => {
    assert.equal(formatType(udt('address')), 'address')
    assert.equal(formatType({ ...udt('Address'), frozen: true }), 'frozen<"Address">')
    for (const name of ['text', 'list', 'frozen', 'a b', '1a', 'a"b']) assert.equal(formatType(udt(name)), `"${name.replace('"', '""')}"`)
  })

  test('that are keys tell apart what is written differently, and only that', () => {
    assert.notEqual(typeKey(udt('a', 'k1')), typeKey(udt('a', 'k2')))
    assert.notEqual(typeKey(udt('a')), typeKey({ ...udt('a'), fieldTypes: [text] }))
    assert.notEqual(typeKey(udt('a')), typeKey({ ...udt('a'), fieldNames: ['b'] }))
    assert.equal(typeKey(parseType('frozen<list<int>>')), typeKey(parseType('list<int>')))
  })

  test('of a type within itself are refused', () => {
    const circular = { kind: 'list', element: int as DataType, frozen: false } satisfies DataType
    circular.element = circular
    assert.throws(() => formatType(circular), /more than 64 deep/)
  })
})
