import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeValue } from '../../../src/values/describe-value.js'
import { Uuid } from '../../../src/values/uuid.js'

test('a value is described by what it is and its type', () => {
  const circular: unknown[] = []
  circular.push(circular)
  for (const [value, expected] of [
    ['abc', "'abc' (string)"],
    [12n, '12n (bigint)'],
    [1.5, '1.5 (number)'],
    [-0, '-0 (number)'],
    [NaN, 'NaN (number)'],
    [true, 'true (boolean)'],
    [null, 'null'],
    [undefined, 'undefined'],
    [() => 0, 'a function'],
    [Symbol('x'), 'Symbol(x) (symbol)'],
    [circular, 'an array of 1'],
    [new Date(0), '1970-01-01T00:00:00.000Z (Date)'],
    [new Date(NaN), 'an invalid Date'],
    [Buffer.alloc(3), 'a Buffer of 3 bytes'],
    [{ a: 1, b: 2 }, 'an object with the fields a, b'],
    [{}, 'an object with no fields'],
    [Object.create(null), 'an object with no fields'],
    [Uuid.random(), 'an instance of Uuid'],
  ] as const) {
    assert.equal(describeValue(value), expected)
  }
})

test('a long value is described in short', () => {
  assert.ok(describeValue('x'.repeat(1000)).length < 90)
  assert.ok(describeValue(10n ** 70n).length < 90)
  assert.equal(describeValue(1n << 100_000n), 'an integer of more than 256 bits (bigint)')
  assert.ok(describeValue(Object.fromEntries(Array.from({ length: 99 }, (_, i) => [`a_long_name_of_a_field_${i}`, i]))).length < 90)
})
