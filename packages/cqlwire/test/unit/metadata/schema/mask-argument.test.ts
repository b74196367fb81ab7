import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseType } from '../../../../src/codec/parse-type.js'
import { maskArgument } from '../../../../src/metadata/schema/mask-argument.js'

// Texts as Cassandra 5.0.6 had them in system_schema.column_masks, and the literals that its DESCRIBE showed.
for (const [type, text, literal] of [
  ['text', 'null', "'null'"],
  ['int', '-7', '-7'],
  ['blob', '', '0x'],
  ['date', '2020-01-01', "'2020-01-01'"],
  ['vector<text, 2>', '01610162', "['a', 'b']"],
  ['list<frozen<list<text>>>', '000000020000000900000001000000016100000009000000010000000162', "[['a'], ['b']]"],
  ['list<timestamp>', '00000001000000080000016f5e66e800', "['2020-01-01T00:00:00.000Z']"],
  ['set<frozen<map<int, blob>>>', '00000001000000110000000100000004000000010000000102', '{{1: 0x02}}'],
  ['frozen<tuple<int, text, date>>', '1:@:2020-01-02', "(1, null, '2020-01-02')"],
  ['frozen<tuple<int, text>>', '1:x\\:y\\@z', "(1, 'x:y@z')"],
  ['frozen<tuple<frozen<tuple<int, text>>, int>>', '1\\:p\\\\:q:2', "((1, 'p:q'), 2)"],
] as const) {
  test(`an argument of type ${type} is written as the server writes it: ${literal}`, () => {
    assert.equal(maskArgument(text, parseType(type)), literal)
  })
}

test('a text that is no value of its type is an error, not CQL', () => {
  for (const [type, text] of [
    ['list<int>', 'zz'],
    ['list<int>', '000'],
    ['list<int>', '00000001000000ff'],
    ['frozen<tuple<int>>', '1:2'],
  ] as const)
    assert.throws(() => maskArgument(text, parseType(type)), { name: 'MalformedFrameError' })
})
