import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { InvalidArgumentError, MalformedFrameError } from '../../../src/base/errors.js'
import type { DataType } from '../../../src/codec/data-type.js'
import { typeKey } from '../../../src/codec/type-key.js'
import { readTypeOption, writeTypeOption } from '../../../src/protocol/type-option.js'
import { ByteWriter } from '../../../src/wire/byte-writer.js'
import { bytes, reader, written } from './support.js'

const INT = { kind: 'int' } as const
const TEXT = { kind: 'text' } as const

const NATIVE: readonly (readonly [string, string])[] = [
  ['0001', 'ascii'],
  ['0002', 'bigint'],
  ['0003', 'blob'],
  ['0004', 'boolean'],
  ['0005', 'counter'],
  ['0006', 'decimal'],
  ['0007', 'double'],
  ['0008', 'float'],
  ['0009', 'int'],
  ['000b', 'timestamp'],
  ['000c', 'uuid'],
  ['000d', 'text'],
  ['000e', 'varint'],
  ['000f', 'timeuuid'],
  ['0010', 'inet'],
  ['0011', 'date'],
  ['0012', 'time'],
  ['0013', 'smallint'],
  ['0014', 'tinyint'],
  ['0015', 'duration'],
]

const COMPOUND: readonly (readonly [string, string, DataType])[] = [
  ['list<int>', '0020 0009', { kind: 'list', element: INT, frozen: false }],
  ['set<text>', '0022 000d', { kind: 'set', element: TEXT, frozen: false }],
  ['map<text, int>', '0021 000d 0009', { kind: 'map', key: TEXT, value: INT, frozen: false }],
  [
    'map<int, list<text>>',
    '0021 0009 0020 000d',
    { kind: 'map', key: INT, value: { kind: 'list', element: TEXT, frozen: false }, frozen: false },
  ],
  ['tuple<int, text>', '0031 0002 0009 000d', { kind: 'tuple', elements: [INT, TEXT] }],
  [
    'a user-defined type',
    "0030 0002 'ks' 0004 'addr' 0002 0006 'street' 000d 0002 'no' 0009",
    { kind: 'udt', keyspace: 'ks', name: 'addr', fieldNames: ['street', 'no'], fieldTypes: [TEXT, INT], frozen: false },
  ],
  ['a class of a user', "0000 0010 'com.example.Thing'".replace('0010', '0011'), { kind: 'custom', className: 'com.example.Thing' }],
]

describe('types of columns', () => {
  for (const [option, kind] of NATIVE) {
    test(`${kind} is 0x${option}`, () => {
      const type = readTypeOption(reader(option))
      assert.deepEqual(type, { kind })
      assert.equal(
        written((w) => writeTypeOption(w, type)),
        option,
      )
    })
  }

  for (const [name, option, type] of COMPOUND) {
    test(name, () => {
      assert.deepEqual(readTypeOption(reader(option)), type)
      assert.equal(
        written((w) => writeTypeOption(w, type)),
        bytes(option).toString('hex'),
      )
    })
  }

  test('a vector travels as a custom type', () => {
    const className = 'org.apache.cassandra.db.marshal.VectorType(org.apache.cassandra.db.marshal.FloatType, 3)'
    const option = `0000 ${className.length.toString(16).padStart(4, '0')} '${className}'`
    const vector = { kind: 'vector', element: { kind: 'float' }, dimensions: 3 } as const
    assert.deepEqual(readTypeOption(reader(option)), vector)
    assert.equal(
      written((w) => writeTypeOption(w, vector)),
      bytes(option).toString('hex'),
    )
  })

  test('a vector of collections comes back as it was written', () => {
    const list = { kind: 'list', element: { kind: 'varint' }, frozen: false } as const
    const map = { kind: 'map', key: { kind: 'inet' }, value: { kind: 'tuple', elements: [TEXT, { kind: 'uuid' }] }, frozen: false } as const
    for (const element of [list, map] satisfies DataType[]) {
      const read = readTypeOption(reader(written((w) => writeTypeOption(w, { kind: 'vector', element, dimensions: 2 }))))
      assert.equal(read.kind, 'vector')
      assert.equal(read.kind === 'vector' && read.element.kind, element.kind)
    }
  })

  test('the text of protocol v1 is text', () => {
    assert.deepEqual(readTypeOption(reader('000a')), TEXT)
  })

  test('a marshal class that makes no sense is left a custom type, whose values are bytes', () => {
    const className = 'org.apache.cassandra.db.marshal.ListType('
    const option = `0000 ${className.length.toString(16).padStart(4, '0')} '${className}'`
    assert.deepEqual(readTypeOption(reader(option)), { kind: 'custom', className })
  })

  test('an id that the protocol does not have is refused', () => {
    assert.throws(() => readTypeOption(reader('0099')), /0x0099/)
  })

  test('nesting that would exhaust the stack is refused', () => {
    assert.throws(() => readTypeOption(reader('0020'.repeat(100_000))), MalformedFrameError)
  })

  test('64 types may stand in each other, those in a class name counted, and no more', () => {
    const deepest = readTypeOption(reader(`${'0020'.repeat(63)}0009`))
    assert.match(typeKey(deepest), /^(list<){63}int/)
    assert.throws(() => readTypeOption(reader(`${'0020'.repeat(64)}0009`)), /nested more than 64 deep/)
    const list = 'org.apache.cassandra.db.marshal.ListType(org.apache.cassandra.db.marshal.Int32Type)'
    const inLists = (depth: number): DataType =>
      readTypeOption(reader(`${'0020'.repeat(depth)} 0000 ${list.length.toString(16).padStart(4, '0')} '${list}'`))
    assert.match(typeKey(inLists(62)), /^(list<){63}int/)
    assert.match(typeKey(inLists(63)), /'org\.apache.*Int32Type\)'/)
  })

  test('a class that is none of the protocol, or can not be made out, is a custom type', () => {
    for (const className of ['x', 'tinyinx', 'list<int>', 'com.example.Own(a=>b)', 'UserType(ks,6', '@', 'VectorType(FloatType,0)']) {
      const option = `0000 ${className.length.toString(16).padStart(4, '0')} '${className}'`
      assert.deepEqual(readTypeOption(reader(option)), { kind: 'custom', className })
    }
  })

  test('a type whose description takes more than 256 KiB is refused', () => {
    const tuple = (count: number): string => `0031 ${count.toString(16).padStart(4, '0')}`
    assert.equal(readTypeOption(reader(`${tuple(65_535)} ${'0009'.repeat(65_535)}`)).kind, 'tuple')
    const two = `${tuple(65_535)} ${'0009'.repeat(65_534)} ${tuple(65_535)} ${'0009'.repeat(65_535)}`
    assert.throws(() => readTypeOption(reader(two)), {
      name: MalformedFrameError.name,
      message: /takes \d+ bytes to describe; at most 262144/,
    })
  })

  test('a vector of user-defined types can not be written', () => {
    const udt = { kind: 'udt', keyspace: 'ks', name: 'u', fieldNames: [], fieldTypes: [], frozen: true } as const
    assert.throws(() => writeTypeOption(new ByteWriter(), { kind: 'vector', element: udt, dimensions: 1 }), InvalidArgumentError)
  })
})
