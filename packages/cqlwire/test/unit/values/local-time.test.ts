import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import { LocalTime } from '../../../src/values/local-time.js'

describe('LocalTime', () => {
  test('keeps every nanosecond of the day', () => {
    const last = LocalTime.of(23, 59, 59, 999_999_999)
    assert.equal(last.nanosecondOfDay, 86_399_999_999_999)
    assert.deepEqual([last.hour, last.minute, last.second, last.nanosecond], [23, 59, 59, 999_999_999])
    assert.equal(last.toString(), '23:59:59.999999999')
    assert.throws(() => new LocalTime(86_400_000_000_000), /from 0 to 86399999999999, got an integer of 14 digits/)
    assert.throws(() => new LocalTime(-1), /got a negative integer/)
    assert.throws(() => new LocalTime(1.5), /whole nanoseconds/)
  })

  test('reads and prints text, the fraction in groups of three digits', () => {
    for (const text of ['00:00:00', '08:12:54.123', '08:12:54.123456', '08:12:54.123456789', '00:00:00.000000001', '00:00:00.000001']) {
      assert.equal(LocalTime.fromString(text).toString(), text)
    }
    assert.equal(LocalTime.fromString('08:12').toString(), '08:12:00')
    assert.equal(LocalTime.fromString('08:12:54.5').nanosecond, 500_000_000)
    for (const text of ['', '8:12:54', '08:12:54.', '08:12:54.1234567890', '08:12:54Z', '081254']) {
      assert.throws(() => LocalTime.fromString(text), /takes text like/, text)
    }
    for (const text of ['24:00:00', '08:60:00', '08:12:60'])
      assert.throws(() => LocalTime.fromString(text), /There is no time of day/, text)
  })

  test('is made from milliseconds, and from the time of a Date in UTC', () => {
    assert.equal(LocalTime.fromMilliseconds(86_399_999).toString(), '23:59:59.999')
    assert.equal(LocalTime.fromMilliseconds(0.5).nanosecondOfDay, 500_000)
    assert.equal(LocalTime.fromMilliseconds(1234).toMilliseconds(), 1234)
    assert.throws(() => LocalTime.fromMilliseconds(86_400_000), /milliseconds since midnight/)
    assert.throws(() => LocalTime.fromMilliseconds(NaN), /milliseconds since midnight/)
    assert.equal(LocalTime.fromDate(new Date('1969-12-31T23:59:58.007Z')).toString(), '23:59:58.007')
  })

  test('compares and shows itself', () => {
    const time = LocalTime.of(8, 12)
    assert.ok(time.equals(LocalTime.fromString('08:12:00')))
    assert.ok(time.compare(LocalTime.of(8, 13)) < 0)
    assert.equal(JSON.stringify([time]), '["08:12:00"]')
    assert.equal(inspect(time), 'LocalTime(08:12:00)')
  })
})
