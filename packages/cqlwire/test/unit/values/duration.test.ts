import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import { Duration } from '../../../src/values/duration.js'

const of = (months: number, days: number, nanoseconds: bigint): Duration => new Duration(months, days, nanoseconds)

describe('Duration', () => {
  // The forms, and what each means, are those of the CQL reference, "Working with durations".
  const texts: readonly (readonly [string, Duration])[] = [
    ['1y2mo', of(14, 0, 0n)],
    ['1y2mo3w4d5h6m7s8ms9us10ns', of(14, 25, 18_367_008_009_010n)],
    ['-1y2mo', of(-14, 0, 0n)],
    ['5Y2MO', of(62, 0, 0n)],
    ['12h30m', of(0, 0, 45_000_000_000_000n)],
    ['10\u00b5s', of(0, 0, 10_000n)],
    ['36H', of(0, 0, 129_600_000_000_000n)],
    ['P1Y2M3DT4H5M6S', of(14, 3, 14_706_000_000_000n)],
    ['P1Y', of(12, 0, 0n)],
    ['PT1M', of(0, 0, 60_000_000_000n)],
    ['PT1.5S', of(0, 0, 1_500_000_000n)],
    ['-P1M', of(-1, 0, 0n)],
    ['P3W', of(0, 21, 0n)],
    ['P0001-02-03T04:05:06', of(14, 3, 14_706_000_000_000n)],
    ['-P0000-00-01T00:00:01', of(0, -1, -1_000_000_000n)],
    ['0ns', of(0, 0, 0n)],
    ['-9223372036854775808ns', of(0, 0, -(2n ** 63n))],
  ]
  for (const [text, duration] of texts) {
    test(`reads ${text}`, () => {
      assert.deepEqual(Duration.fromString(text), duration)
    })
  }

  test('refuses text of no form', () => {
    for (const text of [
      '',
      '-',
      'P',
      'PT',
      'P1YT',
      '1',
      '1x',
      '1mo1y',
      '1y1y',
      '1y-2mo',
      '--1y',
      'P1W2D',
      '1.5h',
      'P1-2-3T4:5:6',
      '1'.repeat(300) + 'ns',
    ]) {
      assert.throws(() => Duration.fromString(text), /takes text like/, text)
    }
  })

  test('refuses parts beyond their range', () => {
    assert.throws(() => Duration.fromString('2147483648d'), /days of a Duration .* got an integer of 10 digits/)
    assert.throws(() => Duration.fromString('9223372036854775808ns'), /nanoseconds of a Duration/)
    assert.throws(() => of(2 ** 31, 0, 0n), /months of a Duration/)
    assert.throws(() => of(0.5, 0, 0n), /months of a Duration/)
    assert.throws(() => new Duration(0, 0, 2 ** 53), /safe integer/)
    assert.equal(new Duration(0, 0, 5).nanoseconds, 5n)
  })

  test('has one sign', () => {
    assert.throws(() => of(1, -1, 0n), /all >= 0 or all <= 0/)
    assert.throws(() => of(0, -1, 1n), /all >= 0/)
    assert.equal(of(-1, -2, -3n).toString(), '-1mo2d3ns')
  })

  test('prints what it reads', () => {
    assert.equal(of(14, 25, 18_367_008_009_010n).toString(), '1y2mo25d5h6m7s8ms9us10ns')
    assert.equal(of(0, 0, 0n).toString(), '0ns')
    assert.equal(of(0, 0, 129_600_000_000_000n).toString(), '36h')
    assert.equal(of(-12, 0, 0n).toString(), '-1y')
  })

  test('is equal part by part', () => {
    assert.ok(of(1, 2, 3n).equals(of(1, 2, 3n)))
    assert.ok(!of(1, 0, 0n).equals(of(0, 30, 0n)))
    assert.ok(!of(1, 0, 0n).equals(null))
  })

  test('is made from milliseconds and shows itself', () => {
    assert.equal(Duration.fromMilliseconds(-1500).nanoseconds, -1_500_000_000n)
    assert.equal(JSON.stringify([of(1, 0, 0n)]), '["1mo"]')
    assert.equal(inspect(of(1, 0, 0n)), 'Duration(1mo)')
  })
})
