import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeValue, showValue } from '../../../src/values/describe-value.js'
import { Uuid } from '../../../src/values/uuid.js'

test('a value is described by its type and shape, and nothing of what is in it', () => {
  const circular: unknown[] = []
  circular.push(circular)
  for (const [value, expected] of [
    ['abc', 'text of 3 characters (string)'],
    ['', 'empty text (string)'],
    [12n, 'an integer of 2 digits (bigint)'],
    [-1n, 'a negative integer of 1 digit (bigint)'],
    [300, 'an integer of 3 digits (number)'],
    [2 ** 53, 'an integer beyond 2^53 (number)'],
    [1.5, 'a fraction (number)'],
    [-1.5, 'a negative fraction (number)'],
    [-0, '-0 (number)'],
    [NaN, 'NaN (number)'],
    [-Infinity, '-Infinity (number)'],
    [true, 'a boolean'],
    [null, 'null'],
    [undefined, 'undefined'],
    [() => 0, 'a function'],
    [Symbol('x'), 'a symbol'],
    [circular, 'an array of 1'],
    [new Date(0), 'a Date'],
    [new Date(NaN), 'an invalid Date'],
    [Buffer.alloc(3), 'a Buffer of 3 bytes'],
    [{ a: 1, b: 2 }, 'an object with 2 fields'],
    [{}, 'an object with no fields'],
    [Object.create(null), 'an object with no fields'],
    [Uuid.random(), 'an instance of Uuid'],
  ] as const) {
    assert.equal(describeValue(value), expected)
  }
})

test('where it may be shown, it is', () => {
  for (const [value, expected] of [
    ['abc', "'abc' (string)"],
    [12n, '12n (bigint)'],
    [1.5, '1.5 (number)'],
    [true, 'true (boolean)'],
    [null, 'null'],
    [Symbol('x'), 'Symbol(x) (symbol)'],
    [new Date(0), '1970-01-01T00:00:00.000Z (Date)'],
    [new Date(NaN), 'an invalid Date'],
    [[1, 2], 'an array of 2'],
  ] as const) {
    assert.equal(showValue(value), expected)
  }
})

test('a long value is described in short', () => {
  assert.ok(showValue('x'.repeat(1000)).length < 90)
  assert.ok(showValue(10n ** 70n).length < 90)
  assert.equal(describeValue(1n << 100_000n), 'an integer of more than 256 bits (bigint)')
  assert.ok(describeValue(Object.fromEntries(Array.from({ length: 99 }, (_, i) => [`a_long_name_of_a_field_${i}`, i]))).length < 90)
})
