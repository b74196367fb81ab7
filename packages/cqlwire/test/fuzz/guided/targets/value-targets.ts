/** Values of every type, the texts of types, and the texts of values. */
import { inspect } from 'node:util'
import { CqlwireError, InvalidArgumentError } from '../../../../src/base/errors.js'
import type { Codec } from '../../../../src/codec/codec.js'
import { EMPTY } from '../../../../src/codec/empty.js'
import { formatType } from '../../../../src/codec/format-type.js'
import { typeKey } from '../../../../src/codec/type-key.js'
import { parseType } from '../../../../src/codec/parse-type.js'
import { createCodecRegistry } from '../../../../src/codec/registry.js'
import { encodeValue } from '../../../../src/codec/value.js'
import { readTypeOption, writeTypeOption } from '../../../../src/protocol/type-option.js'
import { Decimal } from '../../../../src/values/decimal.js'
import { Duration } from '../../../../src/values/duration.js'
import { InetAddress } from '../../../../src/values/inet-address.js'
import { LocalDate } from '../../../../src/values/local-date.js'
import { LocalTime } from '../../../../src/values/local-time.js'
import { TimeUuid } from '../../../../src/values/time-uuid.js'
import { Uuid } from '../../../../src/values/uuid.js'
import { byteBlock } from '../../../../src/wire/byte-block.js'
import { ByteReader } from '../../../../src/wire/byte-reader.js'
import { ByteWriter } from '../../../../src/wire/byte-writer.js'
import { Disagreement, type FuzzTarget } from '../target.js'

const address = {
  kind: 'udt',
  keyspace: 'ks',
  name: 'address',
  fieldNames: ['street', '__proto__', 'number', 'tags'],
  fieldTypes: [{ kind: 'text' }, { kind: 'int' }, { kind: 'varint' }, { kind: 'set', element: { kind: 'text' }, frozen: true }],
  frozen: false,
} as const
const point = { text: 'tuple<int, text, address>', value: [1, 'a', { street: 's', ['__proto__']: 1, number: 2n, tags: new Set() }] }

/** Types, and a value of each. */
const TYPED: readonly (readonly [type: string, value: unknown])[] = [
  ['ascii', 'abc'],
  ['bigint', 1n],
  ['blob', Buffer.from('abc')],
  ['boolean', true],
  ['counter', 5n],
  ['date', LocalDate.fromString('2024-02-29')],
  ['decimal', Decimal.fromString('-12.345')],
  ['double', 1.5],
  ['duration', Duration.fromString('1y2mo3d4h5m6s')],
  ['float', 2.5],
  ['inet', InetAddress.fromString('10.0.0.1')],
  ['inet', InetAddress.fromString('2001:db8::1')],
  ['int', -1],
  ['smallint', 300],
  ['text', 'süß \u{1f600}'],
  ['time', LocalTime.fromString('12:34:56.789')],
  ['timestamp', new Date(1_700_000_000_000)],
  ['timeuuid', TimeUuid.fromString('2cb4b720-0f3b-11ef-8000-000000000000')],
  ['tinyint', -5],
  ['uuid', Uuid.fromString('123e4567-e89b-42d3-a456-426614174000')],
  ['varint', 2n ** 100n],
  ['list<int>', [1, 2, 3]],
  ['list<text>', ['a', '', 'ccc']],
  ['set<varint>', new Set([1n, -(2n ** 70n)])],
  ['map<text, int>', new Map([['a', 1]])],
  ['map<text, frozen<list<frozen<map<int, text>>>>>', new Map([['k', [new Map([[1, 'x']])]]])],
  ['tuple<int, text, double>', [1, 'a', null]],
  ['vector<float, 3>', Float32Array.of(1, 2, 3)],
  ['vector<int, 2>', [1, 2]],
  ['vector<text, 2>', ['a', 'bc']],
  [
    'vector<vector<varint, 2>, 2>',
    [
      [1n, 2n],
      [3n, 2n ** 80n],
    ],
  ],
  ['list<vector<float, 70>>', [Float32Array.from({ length: 70 }, (_, i) => i)]],
  ['address', { street: 's', ['__proto__']: 1, number: 2n, tags: new Set(['t']) }],
  [point.text, point.value],
  ['map<frozen<address>, duration>', new Map([[{ street: 's', ['__proto__']: null, number: 2n, tags: null }, Duration.fromString('1d')]])],
  ["'com.example.Own'", Buffer.from('own')],
  ["'org.apache.cassandra.db.marshal.EmptyType'", EMPTY],
]

const types = TYPED.map(([text]) => parseType(text, (name) => (name === 'address' ? address : undefined)))
const forms = [
  createCodecRegistry(),
  createCodecRegistry({ emptyValues: 'keep' }),
  createCodecRegistry({ numbers: { bigint: 'number', varint: 'number', decimal: 'number' } }),
  createCodecRegistry({ numbers: { bigint: 'string', varint: 'string', decimal: 'string' } }),
]
const codecs: readonly (readonly Codec[])[] = forms.map((registry) => types.map((type) => registry.codecFor(type)))

/** The input's first two bytes choose the type and the form of numbers; the value lies within other bytes, none of which it may read. */
const values: FuzzTarget = {
  name: 'values',
  seeds: TYPED.map(([, value], i) => Buffer.concat([Buffer.of(i, 0), value === EMPTY ? Buffer.alloc(0) : encodeValue(types[i]!, value)])),
  run(input) {
    if (input.length < 2) return
    const type = input[0]! % types.length
    const codec = codecs[input[1]! & 3]![type]!
    const value = codec.read(byteBlock(input), 2, input.length)
    const shown = inspect(value, { depth: null })
    if ((input[1]! & 12) === 12) checkBounds(codec, input, shown)
    // As a number, a decimal is the nearest one.
    if ((input[1]! & 3) !== 2) checkAgain(codec, value, shown)
  },
}

/** Values are read from where they lie among others: nothing behind them counts. */
function checkBounds(codec: Codec, input: Buffer, shown: string): void {
  const padded = Buffer.concat([input, Buffer.alloc(16, 0x7f)])
  const among = inspect(codec.read(byteBlock(padded), 2, input.length), { depth: null })
  if (among !== shown) throw new Disagreement(`among other bytes it is ${among}, else ${shown}`)
}

/** What was read can be written where it has no null within, and is then the same. */
function checkAgain(codec: Codec, value: unknown, shown: string): void {
  if (value === null || value === EMPTY) return
  const writer = new ByteWriter(64)
  try {
    codec.write(writer, value)
  } catch (error) {
    // Servers may send nulls in collections, dates beyond JavaScript's and the like, that clients must not.
    if (error instanceof InvalidArgumentError) return
    throw error
  }
  const bytes = writer.toBuffer()
  const again = inspect(codec.read(byteBlock(bytes), 0, bytes.length), { depth: null })
  if (again !== shown) throw new Disagreement(`${shown} comes back as ${again}`)
}

const typeNames: FuzzTarget = {
  name: 'type names',
  seeds: [
    ...TYPED.map(([text]) => Buffer.from(text)),
    ...[
      'org.apache.cassandra.db.marshal.MapType(org.apache.cassandra.db.marshal.UTF8Type,org.apache.cassandra.db.marshal.Int32Type)',
      'org.apache.cassandra.db.marshal.FrozenType(org.apache.cassandra.db.marshal.ListType(org.apache.cassandra.db.marshal.LongType))',
      'org.apache.cassandra.db.marshal.UserType(ks,61646472657373,737472656574:org.apache.cassandra.db.marshal.UTF8Type)',
      'org.apache.cassandra.db.marshal.VectorType(org.apache.cassandra.db.marshal.FloatType , 3)',
      'org.apache.cassandra.db.marshal.ReversedType(org.apache.cassandra.db.marshal.TimeUUIDType)',
      'org.apache.cassandra.db.marshal.DynamicCompositeType(b=>org.apache.cassandra.db.marshal.BytesType)',
    ].map((text) => Buffer.from(text)),
  ],
  words: [
    ...[
      'map<',
      'list<',
      'frozen<',
      'tuple<',
      'vector<',
      '>',
      ',',
      '(',
      ')',
      '"',
      "'",
      '.',
      ':',
      '=>',
      ' ',
      '67108864',
      '1',
      'int',
      'address',
    ],
    ...['ListType(', 'MapType(', 'TupleType(', 'VectorType(', 'UserType(', 'FrozenType(', 'Int32Type', 'EmptyType', 'CompositeType('],
  ],
  run(input) {
    const resolve = (name: string) => (name === 'address' ? address : undefined)
    const type = parseType(input.toString('latin1'), resolve)
    if (typeKey(type).includes('custom')) return
    const again = parseType(formatType(type), (name) => userTypeIn(type, name))
    if (typeKey(again) !== typeKey(type)) throw new Disagreement(`${typeKey(type)} comes back as ${typeKey(again)}`)
  },
}

/** A user type that a class name spelled out: its text in CQL is its name alone. */
function userTypeIn(type: unknown, name: string): typeof address | undefined {
  if (typeof type !== 'object' || type === null) return undefined
  if ((type as { name?: string }).name === name) return type as typeof address
  for (const part of Object.values(type)) {
    const found = userTypeIn(part, name)
    if (found !== undefined) return found
  }
  return undefined
}

const typeOptions: FuzzTarget = {
  name: 'types of columns',
  seeds: types.map((type) => {
    const writer = new ByteWriter(64)
    writeTypeOption(writer, type)
    return writer.toBuffer()
  }),
  words: ['org.apache.cassandra.db.marshal.VectorType(org.apache.cassandra.db.marshal.UTF8Type, 3)', 'TupleType(', 'Int32Type'],
  run(input) {
    const type = readTypeOption(new ByteReader(input))
    formatType(type)
    const codec = forms[0]!.codecFor(type)
    // Values of a type that a server made up are refused or read like any others.
    for (const value of [input.subarray(0, 0), input.subarray(0, 4), input]) refusable(() => codec.read(byteBlock(value), 0, value.length))
    const writer = new ByteWriter(64)
    writeTypeOption(writer, type)
    const again = readTypeOption(new ByteReader(writer.toBuffer()))
    if (typeKey(again) !== typeKey(type)) throw new Disagreement(`${typeKey(type)} comes back as ${typeKey(again)}`)
  },
}

function refusable(run: () => unknown): void {
  try {
    run()
  } catch (error) {
    if (!(error instanceof CqlwireError)) throw error
  }
}

const TEXTS = [Uuid, TimeUuid, Decimal, Duration, InetAddress, LocalDate, LocalTime] as const

/** Texts come from an application's users: the first byte chooses the class that parses them. */
const texts: FuzzTarget = {
  name: 'texts of values',
  seeds: [
    '0123e4567-e89b-42d3-a456-426614174000',
    '12cb4b720-0f3b-11ef-8000-000000000000',
    '2-12.345e-7',
    '31y2mo3d4h5m6s7ms8us9ns',
    '3P1Y2M3DT4H5M6S',
    '3P0001-02-03T04:05:06',
    '42001:db8::ffff:10.0.0.1',
    '4127.0.0.1',
    '5-2024-02-29',
    '612:34:56.789123456',
  ].map((text) => Buffer.from(text)),
  words: ['e', 'E-', '999999999', '::', 'P', 'T', 'mo', 'ns', '-', '.', ':', '0', '%'],
  run(input) {
    if (input.length === 0) return
    const type = TEXTS[input[0]! % TEXTS.length]!
    const value = type.fromString(input.toString('latin1', 1))
    const again = type.fromString(value.toString())
    if (again.toString() !== value.toString()) throw new Disagreement(`${value.toString()} comes back as ${again.toString()}`)
    value.equals(again)
    JSON.stringify(value)
  },
}

export const valueTargets: readonly FuzzTarget[] = [values, typeNames, typeOptions, texts]
