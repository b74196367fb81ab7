/** Values of every CQL type, each with the CQL literal that means it and the JSON that the server makes of it. */
import { Decimal, Duration, InetAddress, LocalDate, LocalTime, TimeUuid, Uuid } from '../../src/index.js'

export interface TypeCase {
  /** As it stands in CREATE TABLE. */
  readonly type: string
  /** What the driver writes, and reads. */
  readonly value: unknown
  /** The same as a CQL literal. */
  readonly literal: string
  /** What `toJson` says of it; null where the server can't say it in JSON. */
  readonly json: string | null
}

const one = (type: string, value: unknown, literal: string, json: string | null = literal): TypeCase => ({
  type,
  value,
  literal,
  json,
})

const uuid = '6ba7b810-9dad-41d1-80b4-00c04fd430c8'
const timeUuid = '2f0c2a10-5d0e-11ee-8c99-0242ac120002'
const digits = '-123456789012345678901234567890123456789012345678901234567890'

const texts: readonly TypeCase[] = [
  one('ascii', 'plain ASCII ~', "'plain ASCII ~'", '"plain ASCII ~"'),
  one('ascii', '', "''", '""'),
  one(
    'text',
    'Zürich 東京 \u{1f408} "quoted" it\'s',
    "'Zürich 東京 \u{1f408} \"quoted\" it''s'",
    '"Zürich 東京 \u{1f408} \\"quoted\\" it\'s"',
  ),
  one('text', '', "''", '""'),
  one('varchar', 'x'.repeat(70_000), `'${'x'.repeat(70_000)}'`, `"${'x'.repeat(70_000)}"`),
  one('blob', Buffer.from('00ff10', 'hex'), '0x00ff10', '"0x00ff10"'),
  one('blob', Buffer.alloc(0), '0x', '"0x"'),
  one('boolean', true, 'true'),
  one('boolean', false, 'false'),
]

const integers: readonly TypeCase[] = [
  ...[-128, -1, 0, 127].map((value) => one('tinyint', value, String(value))),
  ...[-32768, 0, 32767].map((value) => one('smallint', value, String(value))),
  ...[-2147483648, -1, 0, 2147483647].map((value) => one('int', value, String(value))),
  ...[-(2n ** 63n), -1n, 0n, 2n ** 53n + 1n, 2n ** 63n - 1n].map((value) => one('bigint', value, String(value))),
  ...[0n, 127n, 128n, -128n, -129n, 255n, 2n ** 64n, BigInt(digits)].map((value) => one('varint', value, String(value))),
]

// JSON has no numbers that are none: the server says null for them.
const fractions: readonly TypeCase[] = [
  one('float', 1.5, '1.5'),
  one('float', Math.fround(3.4028234663852886e38), '3.4028234663852886e38', '3.4028235E38'),
  one('float', Math.fround(1.401298464324817e-45), '1.401298464324817e-45', '1.4E-45'),
  one('float', -0, '-0.0'),
  one('float', NaN, 'NaN', 'null'),
  one('float', -Infinity, '-Infinity', 'null'),
  one('double', 0.1, '0.1'),
  one('double', Number.MAX_VALUE, '1.7976931348623157e308', '1.7976931348623157E308'),
  one('double', Number.MIN_VALUE, '4.9e-324', '4.9E-324'),
  one('double', -0, '-0.0'),
  one('double', NaN, 'NaN', 'null'),
  one('double', Infinity, 'Infinity', 'null'),
  one('decimal', Decimal.fromString('-12.500'), '-12.500'),
  one('decimal', Decimal.fromString('0'), '0'),
  one('decimal', Decimal.fromString(`${digits}.000000001`), `${digits}.000000001`),
  one('decimal', new Decimal(7n, -12), '7E+12'),
  one('decimal', new Decimal(-1n, 40), '-1E-40'),
]

const times: readonly TypeCase[] = [
  one('timestamp', new Date(0), '0', '"1970-01-01 00:00:00.000Z"'),
  one('timestamp', new Date('2038-01-19T03:14:08.007Z'), "'2038-01-19T03:14:08.007Z'", '"2038-01-19 03:14:08.007Z"'),
  one('timestamp', new Date(-1), '-1', '"1969-12-31 23:59:59.999Z"'),
  one('timestamp', new Date(8.64e15), '8640000000000000', null),
  one('timestamp', new Date(-8.64e15), '-8640000000000000', null),
  one('date', LocalDate.of(2024, 2, 29), "'2024-02-29'", '"2024-02-29"'),
  one('date', LocalDate.of(1969, 12, 31), "'1969-12-31'", '"1969-12-31"'),
  // CQL counts days from -5877641-06-23 on in an unsigned integer: literals outside of what a JavaScript Date can hold.
  one('date', new LocalDate(-(2 ** 31)), '0', '"-5877641-06-23"'),
  one('date', new LocalDate(2 ** 31 - 1), '4294967295', '"+5881580-07-11"'),
  one('date', LocalDate.of(-43, 3, 15), String(2 ** 31 - 735160), '"-0043-03-15"'),
  one('time', LocalTime.of(0, 0), "'00:00:00'", '"00:00:00.000000000"'),
  one('time', LocalTime.of(23, 59, 59, 999_999_999), "'23:59:59.999999999'", '"23:59:59.999999999"'),
  one('duration', new Duration(14, 3, 4_500_000_000n), '1y2mo3d4s500ms', '"1y2mo3d4s500ms"'),
  one('duration', new Duration(-14, -3, -4n), '-1y2mo3d4ns', '"-1y2mo3d4ns"'),
  one('duration', new Duration(2147483647, 2147483647, 2n ** 63n - 1n), '178956970y7mo2147483647d2562047h47m16s854ms775us807ns', null),
]

const ids: readonly TypeCase[] = [
  one('uuid', Uuid.fromString(uuid), uuid, `"${uuid}"`),
  one('uuid', Uuid.fromString('00000000-0000-0000-0000-000000000000'), '00000000-0000-0000-0000-000000000000', null),
  one('timeuuid', TimeUuid.fromString(timeUuid), timeUuid, `"${timeUuid}"`),
  one('inet', InetAddress.fromString('192.0.2.1'), "'192.0.2.1'", '"192.0.2.1"'),
  one('inet', InetAddress.fromString('2001:db8::ff00:42:8329'), "'2001:db8::ff00:42:8329'", '"2001:db8:0:0:0:ff00:42:8329"'),
]

const collections: readonly TypeCase[] = [
  one('list<int>', [3, 1, 2, 1], '[3, 1, 2, 1]'),
  one('set<text>', new Set(['a', 'é', '']), "{'a', 'é', ''}", '["", "a", "é"]'),
  one(
    'map<text, bigint>',
    new Map([
      ['a', 1n],
      ['b', -(2n ** 63n)],
    ]),
    "{'a': 1, 'b': -9223372036854775808}",
    '{"a": 1, "b": -9223372036854775808}',
  ),
  one(
    'map<int, frozen<list<text>>>',
    new Map([
      [-1, ['x', '']],
      [2, []],
    ]),
    "{-1: ['x', ''], 2: []}",
    '{"-1": ["x", ""], "2": []}',
  ),
  one(
    'frozen<list<frozen<set<timeuuid>>>>',
    [new Set([TimeUuid.fromString(timeUuid)]), new Set()],
    `[{${timeUuid}}, {}]`,
    `[["${timeUuid}"], []]`,
  ),
  one('frozen<map<frozen<tuple<int, text>>, double>>', new Map([[[1, 'one'], 1.5]]), "{(1, 'one'): 1.5}", '{"[1, \\"one\\"]": 1.5}'),
  one('frozen<list<int>>', [], '[]'),
]

const composites: readonly TypeCase[] = [
  one('tuple<int, text, boolean>', [1, 'one', true], "(1, 'one', true)", '[1, "one", true]'),
  one('tuple<int, text, boolean>', [null, '', null], "(null, '', null)", '[null, "", null]'),
  one(
    'tuple<int, frozen<tuple<text, frozen<list<date>>>>>',
    [7, ['x', [LocalDate.of(2000, 1, 1)]]],
    "(7, ('x', ['2000-01-01']))",
    '[7, ["x", ["2000-01-01"]]]',
  ),
  one(
    'address',
    { street: 'Main St', zip: 8001, phones: new Set(['1', '2']) },
    "{street: 'Main St', zip: 8001, phones: {'1', '2'}}",
    '{"street": "Main St", "zip": 8001, "phones": ["1", "2"]}',
  ),
  one('address', { street: '', zip: null, phones: null }, "{street: ''}", '{"street": "", "zip": null, "phones": null}'),
  one(
    'frozen<address>',
    { street: null, zip: -1, phones: new Set() },
    '{zip: -1, phones: {}}',
    '{"street": null, "zip": -1, "phones": []}',
  ),
  one(
    'list<frozen<person>>',
    [{ name: 'Ada', home: { street: 'Low Rd', zip: 1, phones: null }, past: [{ street: null, zip: 2, phones: null }] }],
    "[{name: 'Ada', home: {street: 'Low Rd', zip: 1}, past: [{zip: 2}]}]",
    '[{"name": "Ada", "home": {"street": "Low Rd", "zip": 1, "phones": null}, "past": [{"street": null, "zip": 2, "phones": null}]}]',
  ),
]

const vectors: readonly TypeCase[] = [
  one('vector<float, 3>', Float32Array.of(1, -2.5, 0), '[1.0, -2.5, 0.0]'),
  one('vector<int, 2>', [2147483647, -1], '[2147483647, -1]'),
  one(
    'vector<text, 2>',
    ['a', 'much longer than the first: é'],
    "['a', 'much longer than the first: é']",
    '["a", "much longer than the first: é"]',
  ),
  one('vector<frozen<list<varint>>, 2>', [[1n, 2n ** 70n], []], `[[1, ${2n ** 70n}], []]`),
  one(
    'list<frozen<vector<smallint, 2>>>',
    [
      [1, -2],
      [3, 4],
    ],
    '[[1, -2], [3, 4]]',
  ),
]

export const TYPE_CASES: readonly TypeCase[] = [
  ...texts,
  ...integers,
  ...fractions,
  ...times,
  ...ids,
  ...collections,
  ...composites,
  ...vectors,
]

/** The user types that the cases name. */
export const USER_TYPES: readonly string[] = [
  'CREATE TYPE address (street text, zip int, phones frozen<set<text>>)',
  'CREATE TYPE person (name text, home frozen<address>, past frozen<list<frozen<address>>>)',
]
