import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MonotonicTimestampGenerator, ServerTimestampGenerator, highHalf } from '../../../src/policies/timestamps.js'

test('timestamps: the clock in microseconds, each later than the one before', () => {
  let now = 1_700_000_000_000
  const generator = new MonotonicTimestampGenerator({ now: () => now, warnOnDrift: false })
  assert.equal(generator.next(), 1_700_000_000_000_000)
  assert.equal(generator.next(), 1_700_000_000_000_001)
  now += 5
  assert.equal(generator.next(), 1_700_000_000_005_000)
  now -= 1_000
  assert.equal(generator.next(), 1_700_000_000_005_001)
  assert.equal(generator.next(1_700_000_000_010), 1_700_000_000_010_000)
})

test('timestamps: a drift is told once in a while', () => {
  let now = 1_700_000_000_000
  const warnings: string[] = []
  const generator = new MonotonicTimestampGenerator({ now: () => now, warn: (message) => warnings.push(message) })
  generator.next()
  now -= 999
  generator.next()
  assert.equal(warnings.length, 0)
  now -= 501
  generator.next()
  generator.next()
  assert.equal(warnings.length, 1)
  assert.match(warnings[0]!, /1500 ms ahead of the clock/)
  now += 400
  generator.next()
  assert.equal(warnings.length, 1)
  now -= 5_000
  generator.next()
  assert.equal(warnings.length, 2)
})

test('timestamps: the halves of a 64-bit field', () => {
  const view = new DataView(new ArrayBuffer(8))
  for (const micros of [0, 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 1_700_000_000_000_001, 2 ** 53 - 1, -1, -(2 ** 40)]) {
    view.setInt32(0, highHalf(micros))
    view.setInt32(4, micros | 0)
    assert.equal(view.getBigInt64(0), BigInt(micros))
  }
  assert.equal(new ServerTimestampGenerator().next(), null)
})
