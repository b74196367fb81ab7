import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InvalidOptionError } from '../../../src/base/errors.js'
import { Latencies } from '../../../src/policies/latencies.js'
import { PercentileSpeculativeExecutionPolicy } from '../../../src/policies/percentile-speculation.js'

test('percentiles are right to an eighth, over microseconds and minutes alike', () => {
  for (const unit of [0.7, 13, 900]) {
    const latencies = new Latencies(1_000)
    for (let i = 1; i <= 1_000; i++) latencies.record((i / 1_000) * unit)
    for (const share of [0.5, 0.9, 0.99, 1]) {
      const exact = share * unit
      const found = latencies.percentile(share)
      assert.ok(found >= exact * 0.999 && found <= exact * 1.126 + 0.0626, `${share} of ${unit}: ${found}`)
    }
  }
  assert.equal(new Latencies(10).percentile(0.99), 0)
})

test('times that lie back are forgotten; impossible ones do no harm', () => {
  const latencies = new Latencies(100)
  for (let i = 0; i < 100; i++) latencies.record(1_000)
  for (let i = 0; i < 200; i++) latencies.record(1)
  assert.ok(latencies.percentile(0.99) < 2)
  assert.ok(latencies.count <= 200)
  for (const wrong of [-5, 1e12, Number.NaN]) latencies.record(wrong)
  assert.ok(latencies.percentile(1) > 1e6)
})

test('nothing is asked twice until enough is known; then after the percentile, so many times', () => {
  const policy = new PercentileSpeculativeExecutionPolicy({ percentile: 90, maxAttempts: 2, minSamples: 10 })
  for (let i = 1; i < 10; i++) policy.onLatency(i)
  assert.equal(policy.nextDelayMs(0), -1)
  policy.onLatency(10)
  assert.ok(policy.nextDelayMs(0) >= 9 && policy.nextDelayMs(0) <= 10.2, `${policy.nextDelayMs(0)} ms`)
  assert.equal(policy.nextDelayMs(1), policy.delayMs)
  assert.equal(policy.nextDelayMs(2), -1)
})

test('never sooner than minDelayMs; wrong options are errors', () => {
  const policy = new PercentileSpeculativeExecutionPolicy({ minDelayMs: 30, minSamples: 1 })
  policy.onLatency(1)
  assert.equal(policy.delayMs, 30)
  for (const wrong of [{ percentile: 100 }, { percentile: 0 }, { maxAttempts: 0 }, { minDelayMs: -1 }, { minSamples: 0 }])
    assert.throws(() => new PercentileSpeculativeExecutionPolicy(wrong), InvalidOptionError)
})
