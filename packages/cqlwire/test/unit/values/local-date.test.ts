import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import { LocalDate } from '../../../src/values/local-date.js'

describe('LocalDate', () => {
  test('agrees with the calendar of Date on every day of which both know', () => {
    for (let days = -100_000_000; days <= 100_000_000; days += 99_991) {
      const date = new Date(days * 86_400_000)
      const local = new LocalDate(days)
      assert.deepEqual([local.year, local.month, local.day], [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()])
      assert.equal(LocalDate.of(local.year, local.month, local.day).daysSinceEpoch, days)
      assert.equal(local.toDate().getTime(), date.getTime())
    }
    for (let days = 10_000; days < 10_800; days++) {
      assert.equal(new LocalDate(days).toString(), new Date(days * 86_400_000).toISOString().slice(0, 10))
    }
  })

  test('reaches all 2^32 days of CQL', () => {
    // java.time.LocalDate.ofEpochDay(Integer.MIN_VALUE) and MAX_VALUE print these.
    assert.equal(new LocalDate(-(2 ** 31)).toString(), '-5877641-06-23')
    assert.equal(new LocalDate(2 ** 31 - 1).toString(), '+5881580-07-11')
    assert.equal(LocalDate.fromString('-5877641-06-23').daysSinceEpoch, -(2 ** 31))
    assert.equal(LocalDate.fromString('+5881580-07-11').daysSinceEpoch, 2 ** 31 - 1)
    assert.throws(() => LocalDate.fromString('+5881580-07-12'), /whole days since 1970-01-01/)
    assert.throws(() => new LocalDate(2 ** 31), /got an integer of 10 digits \(number\)/)
    assert.throws(() => new LocalDate(0.5), /whole days/)
  })

  test('says so where a Date can not hold the day', () => {
    assert.throws(() => new LocalDate(100_000_001).toDate(), /outside of what a JavaScript Date can hold/)
    assert.throws(() => new LocalDate(-100_000_001).toDate(), /keep it as a LocalDate/)
  })

  test('reads and prints ISO 8601', () => {
    for (const text of ['2024-02-29', '1970-01-01', '0000-01-01', '-0001-12-31', '+12345-06-07', '9999-12-31']) {
      assert.equal(LocalDate.fromString(text).toString(), text)
    }
    for (const text of ['', '2024-2-29', '2024-02-29T00:00:00Z', '20240229', '24-02-29', ' 2024-02-29']) {
      assert.throws(() => LocalDate.fromString(text), /takes text like '2024-02-29'/, text)
    }
    for (const text of ['2023-02-29', '2024-13-01', '2024-00-10', '2024-04-31', '1900-02-29']) {
      assert.throws(() => LocalDate.fromString(text), /There is no day/, text)
    }
  })

  test('takes the UTC day of a Date', () => {
    assert.equal(LocalDate.fromDate(new Date('2024-02-29T23:59:59.999Z')).toString(), '2024-02-29')
    assert.equal(LocalDate.fromDate(new Date(-1)).toString(), '1969-12-31')
    assert.throws(() => LocalDate.fromDate(new Date(NaN)), /valid Date/)
  })

  test('compares, adds and shows itself', () => {
    const day = LocalDate.of(2024, 2, 29)
    assert.ok(day.equals(LocalDate.fromString('2024-02-29')))
    assert.ok(!day.equals('2024-02-29'))
    assert.ok(day.compare(LocalDate.of(2024, 3, 1)) < 0)
    assert.equal(day.plusDays(1).toString(), '2024-03-01')
    assert.equal(JSON.stringify([day]), '["2024-02-29"]')
    assert.equal(inspect(day), 'LocalDate(2024-02-29)')
  })

  test('knows today', () => {
    const before = LocalDate.fromDate(new Date())
    const today = LocalDate.today()
    assert.ok(today.compare(before) >= 0 && today.compare(LocalDate.fromDate(new Date())) <= 0)
  })
})
