import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InvalidOptionError } from '../../../src/base/errors.js'
import { IdentityTranslator } from '../../../src/policies/address-translator.js'
import { SimpleConvictionPolicy } from '../../../src/policies/conviction.js'
import { ConstantReconnectionPolicy, ExponentialReconnectionPolicy } from '../../../src/policies/reconnection.js'
import { ConstantSpeculativeExecutionPolicy, NoSpeculativeExecutionPolicy } from '../../../src/policies/speculative.js'
import { MonotonicTimestampGenerator, ServerTimestampGenerator, highHalf } from '../../../src/policies/timestamps.js'
import { FakePool, makeHosts } from './made-up-hosts.js'

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

test('speculation: none, or a constant number at a constant delay', () => {
  assert.equal(new NoSpeculativeExecutionPolicy().nextDelayMs(), -1)
  const policy = new ConstantSpeculativeExecutionPolicy(50, 2)
  assert.deepEqual(
    [0, 1, 2, 3].map((started) => policy.nextDelayMs(started)),
    [50, 50, -1, -1],
  )
  assert.throws(() => new ConstantSpeculativeExecutionPolicy(50, 0), InvalidOptionError)
  assert.throws(() => new ConstantSpeculativeExecutionPolicy(-1, 1), InvalidOptionError)
})

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

test('conviction: a host is down when no connection to it is left', () => {
  const [host] = makeHosts(1)
  const policy = new SimpleConvictionPolicy()
  assert.equal(policy.addFailure(host!), false)
  ;(host!.pool as FakePool).openConnections = 0
  assert.equal(policy.addFailure(host!), true)
  host!.pool = null
  assert.equal(policy.addFailure(host!), true)
})

test('addresses stay as nodes say by default', () => {
  assert.deepEqual(new IdentityTranslator().translate('10.0.0.1', 9042), { address: '10.0.0.1', port: 9042 })
})
