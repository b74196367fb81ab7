import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import { Decimal } from '../../../src/values/decimal.js'

describe('Decimal', () => {
  // Columns: unscaled, scale, what java.math.BigDecimal(unscaled, scale).toString() prints.
  const printed: readonly (readonly [bigint, number, string])[] = [
    [0n, 0, '0'],
    [0n, 2, '0.00'],
    [0n, -2, '0E+2'],
    [123n, 0, '123'],
    [123n, 2, '1.23'],
    [-123n, 2, '-1.23'],
    [123n, 5, '0.00123'],
    [-5n, 7, '-5E-7'],
    [123n, 10, '1.23E-8'],
    [123n, -3, '1.23E+5'],
    [1n, 6, '0.000001'],
    [1n, 7, '1E-7'],
    [10n, -1, '1.0E+2'],
    [12345678901234567890n, 10, '1234567890.1234567890'],
    [1n, 2147483647, '1E-2147483647'],
    [1n, -2147483648, '1E+2147483648'],
  ]
  for (const [unscaled, scale, text] of printed) {
    test(`prints ${text}, and reads it back`, () => {
      assert.equal(new Decimal(unscaled, scale).toString(), text)
      assert.deepEqual(Decimal.fromString(text), new Decimal(unscaled, scale))
    })
  }

  test('reads signs, exponents, and points at either end', () => {
    for (const [text, unscaled, scale] of [
      ['+1.50', 150n, 2],
      ['.5', 5n, 1],
      ['-.5', -5n, 1],
      ['5.', 5n, 0],
      ['1e3', 1n, -3],
      ['1.2E-7', 12n, 8],
      ['007', 7n, 0],
    ] as const) {
      assert.deepEqual(Decimal.fromString(text), new Decimal(unscaled, scale), text)
    }
    for (const text of ['', '.', '-', 'e5', '1e', '1,5', '0x10', 'NaN', 'Infinity', ' 1', '1 ', '1e99999999999']) {
      assert.throws(() => Decimal.fromString(text), /takes text like/, text)
    }
    assert.throws(() => Decimal.fromString('1e9999999999'), /scale of a Decimal/)
  })

  test('is what a number prints', () => {
    assert.equal(Decimal.fromNumber(0.1).toString(), '0.1')
    assert.equal(Decimal.fromNumber(1e21).toString(), '1E+21')
    assert.equal(Decimal.fromNumber(-1.5e-7).toNumber(), -1.5e-7)
    assert.throws(() => Decimal.fromNumber(NaN), /finite number, got NaN/)
    assert.throws(() => Decimal.fromNumber(-Infinity), /got -Infinity/)
  })

  test('becomes the nearest number', () => {
    assert.equal(Decimal.fromString('0.1000000000000000055511151231257827').toNumber(), 0.1)
    assert.equal(Decimal.fromString('1e400').toNumber(), Infinity)
    assert.equal(new Decimal(1n, 2147483647).toNumber(), 0)
  })

  test('compares by value, whatever the scales', () => {
    const compare = (a: string, b: string): number => Decimal.fromString(a).compare(Decimal.fromString(b))
    assert.equal(compare('1.0', '1.00'), 0)
    assert.equal(compare('10', '1e1'), 0)
    assert.equal(compare('0', '0e50'), 0)
    assert.equal(compare('-1', '1'), -1)
    assert.equal(compare('-2', '-1.5'), -1)
    assert.equal(compare('-10', '-9.99'), -1)
    assert.equal(compare('1.01', '1.1'), -1)
    assert.equal(compare('9.9', '10'), -1)
    assert.equal(compare('0', '-0.001'), 1)
    assert.ok(Decimal.fromString('1.0').equals(Decimal.fromString('1')))
    assert.ok(!Decimal.fromString('1.0').equals(1))
  })

  test('compares the hugest with the smallest without making their digits', () => {
    assert.equal(new Decimal(1n, -2147483648).compare(new Decimal(1n, 2147483647)), 1)
    assert.equal(new Decimal(-1n, -2147483648).compare(new Decimal(1n, 2147483647)), -1)
    assert.equal(new Decimal(-1n, -2147483648).compare(new Decimal(-1n, 2147483647)), -1)
  })

  test('refuses parts of other types', () => {
    assert.throws(() => new Decimal(1 as unknown as bigint, 0), /is a bigint, got an integer of 1 digit/)
    assert.throws(() => new Decimal(1n, 2 ** 31), /scale/)
  })

  test('shows itself', () => {
    assert.equal(JSON.stringify({ price: Decimal.fromString('9.90') }), '{"price":"9.90"}')
    assert.equal(inspect(Decimal.fromString('9.90')), 'Decimal(9.90)')
  })
})
