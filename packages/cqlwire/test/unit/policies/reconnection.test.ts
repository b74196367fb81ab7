import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InvalidOptionError } from '../../../src/base/errors.js'
import { ConstantReconnectionPolicy, ExponentialReconnectionPolicy } from '../../../src/policies/reconnection.js'

test('reconnection: from about a second to a minute at most, without an end, each loss from the start', () => {
  const policy = new ExponentialReconnectionPolicy()
  const schedule = policy.newSchedule()
  const first = schedule.nextDelayMs()
  assert.ok(first >= 850 && first <= 1_150, `${first} ms`)
  for (let i = 0; i < 100; i++) schedule.nextDelayMs()
  const later = schedule.nextDelayMs()
  assert.ok(later >= 51_000 && later <= 60_000, `${later} ms`)
  assert.ok(policy.newSchedule().nextDelayMs() <= 1_150)
  assert.equal(new ConstantReconnectionPolicy(300).newSchedule().nextDelayMs(), 300)
})

test('reconnection: impossible delays are errors', () => {
  assert.throws(() => new ConstantReconnectionPolicy(-1), InvalidOptionError)
  assert.throws(() => new ConstantReconnectionPolicy(NaN), InvalidOptionError)
  assert.throws(() => new ExponentialReconnectionPolicy({ baseDelayMs: 0 }), InvalidOptionError)
  assert.throws(() => new ExponentialReconnectionPolicy({ baseDelayMs: 100, maxDelayMs: 50 }), InvalidOptionError)
})
