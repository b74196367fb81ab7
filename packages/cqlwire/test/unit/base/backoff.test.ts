import assert from 'node:assert/strict'
import { test } from 'node:test'
import { constantBackoff, exponentialBackoff } from '../../../src/base/backoff.js'

test('doubles up to the longest wait, and goes on without an end', () => {
  const schedule = exponentialBackoff({ baseMs: 100, maxMs: 1_500, jitter: 0 })
  const waits = Array.from({ length: 8 }, () => schedule.nextDelayMs())
  assert.deepEqual(waits, [100, 200, 400, 800, 1_500, 1_500, 1_500, 1_500])
  for (let i = 0; i < 2_000; i++) schedule.nextDelayMs()
  assert.equal(schedule.nextDelayMs(), 1_500)
})

test('spreads each wait by its jitter, never past the longest', () => {
  const most = exponentialBackoff({ baseMs: 1_000, maxMs: 60_000, random: () => 1 - Number.EPSILON })
  const least = exponentialBackoff({ baseMs: 1_000, maxMs: 60_000, random: () => 0 })
  const waits = (schedule: { nextDelayMs(): number }): number[] => Array.from({ length: 8 }, () => schedule.nextDelayMs())
  assert.deepEqual(waits(most), [1_150, 2_300, 4_600, 9_200, 18_400, 36_800, 60_000, 60_000])
  assert.deepEqual(waits(least), [850, 1_700, 3_400, 6_800, 13_600, 27_200, 51_000, 51_000])
})

test('a constant wait stays', () => {
  const schedule = constantBackoff(250)
  assert.deepEqual([schedule.nextDelayMs(), schedule.nextDelayMs()], [250, 250])
})
