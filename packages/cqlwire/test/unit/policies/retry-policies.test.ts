import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConnectionError, InvalidOptionError } from '../../../src/base/errors.js'
import { OverloadedError, ReadTimeoutError, UnavailableError, WriteTimeoutError } from '../../../src/base/server-errors.js'
import { ExponentialBackoffRetryPolicy } from '../../../src/policies/backoff-retry.js'
import { DefaultRetryPolicy, NeverRetryPolicy } from '../../../src/policies/default-retry.js'
import { DowngradingConsistencyRetryPolicy } from '../../../src/policies/downgrading-retry.js'
import { RetryBudget, withRetryBudget } from '../../../src/policies/retry-budget.js'
import type { RetryRequest } from '../../../src/policies/retry.js'

function request(fields: Partial<RetryRequest> = {}): RetryRequest {
  return { idempotent: true, consistency: 'QUORUM', retries: 0, requests: 0, ...fields }
}

const lost = new ConnectionError('lost')
const busy = new OverloadedError('busy')
const readTimeout = (received: number, dataPresent = false): ReadTimeoutError =>
  new ReadTimeoutError('slow', { consistency: 'QUORUM', received, blockFor: 2, dataPresent })
const writeTimeout = (writeType: string, received: number): WriteTimeoutError =>
  new WriteTimeoutError('slow', { consistency: 'QUORUM', received, blockFor: 2, writeType, contentions: null })
const unavailable = (alive: number): UnavailableError => new UnavailableError('no', { consistency: 'QUORUM', required: 4, alive })

test('RetryBudget: a tenth of the requests, and ten a second however few there are', () => {
  let now = 0
  const budget = new RetryBudget({ now: () => now })
  const take = (requests: number, most = 5_000): number => {
    for (let taken = 0; taken < most; taken++) if (!budget.tryTake(requests)) return taken
    return most
  }
  assert.equal(take(0), 100, 'what ten seconds without failures have left')
  assert.equal(take(1_000), 100, 'a tenth of a thousand')
  now = 1_000
  assert.ok(Math.abs(take(1_000) - 10) <= 1)
  now = 3_600_000
  const later = take(36_001_000) // 10,000 requests a second for an hour: what is left of it is ten seconds' worth
  assert.ok(later === 5_000 || later > 9_000, `${later}`)
  assert.ok(take(36_001_000, 20_000) <= 5_200)
})

test('RetryBudget: a count that goes back, or no time at all, does no harm; wrong options are errors', () => {
  const budget = new RetryBudget({ ratio: 1, minPerSecond: 0, now: () => 0 })
  assert.equal(budget.tryTake(0), false)
  assert.equal(budget.tryTake(1), true)
  assert.equal(budget.tryTake(0), false)
  assert.throws(() => new RetryBudget({ ratio: -1 }), InvalidOptionError)
  assert.throws(() => new RetryBudget({ minPerSecond: Number.NaN }), InvalidOptionError)
  assert.throws(() => new DefaultRetryPolicy({ budget: {} as never }), InvalidOptionError)
})

test('withRetryBudget: rethrows when the budget is used up, for promises too; other decisions cost nothing', async () => {
  const budget = new RetryBudget({ ratio: 0, minPerSecond: 0.1, now: () => 0 })
  const policy = withRetryBudget(new DefaultRetryPolicy(), budget)
  assert.deepEqual(policy.onReadTimeout(readTimeout(2, true), request()), { kind: 'rethrow' })
  assert.deepEqual(policy.onRequestError(lost, request(), true), { kind: 'retryNextHost' })
  assert.deepEqual(policy.onRequestError(lost, request(), true), { kind: 'rethrow' })
  const slow = withRetryBudget(
    Object.assign(new DefaultRetryPolicy(), { onUnavailable: () => Promise.resolve({ kind: 'retry' }) as never }),
    budget,
  )
  assert.deepEqual(await slow.onUnavailable(unavailable(1), request()), { kind: 'rethrow' })
})

test('DefaultRetryPolicy: an overloaded node is asked later, longer each time, four times at most, by idempotent requests only', () => {
  const policy = new DefaultRetryPolicy()
  for (const [retries, longest] of [100, 200, 400, 800].entries()) {
    const { kind, delayMs = 0 } = policy.onRequestError(busy, request({ retries }), true)
    assert.equal(kind, 'retryNextHost')
    assert.ok(delayMs >= longest / 2 && delayMs <= longest, `${delayMs} ms`)
  }
  assert.equal(policy.onRequestError(busy, request({ retries: 4 }), true).kind, 'rethrow')
  assert.equal(policy.onRequestError(busy, request({ idempotent: false }), true).kind, 'rethrow')
})

test('DefaultRetryPolicy: retries after OVERLOADED stay within a budget, those after a lost connection only where one is given', () => {
  const kinds = (policy: DefaultRetryPolicy, error: Error): number =>
    Array.from({ length: 500 }, () => policy.onRequestError(error as ConnectionError, request(), true).kind).filter(
      (kind) => kind !== 'rethrow',
    ).length
  const shed = kinds(new DefaultRetryPolicy(), busy)
  assert.ok(shed >= 100 && shed < 120, `${shed} of 500`)
  assert.equal(kinds(new DefaultRetryPolicy(), lost), 500)
  assert.equal(kinds(new DefaultRetryPolicy({ budget: new RetryBudget({ minPerSecond: 1, now: () => 0 }) }), lost), 10)
})

test('ExponentialBackoffRetryPolicy: waits that double up to the longest one, each cut by up to a half', () => {
  const policy = new ExponentialBackoffRetryPolicy({ baseDelayMs: 10, maxDelayMs: 50, maxRetries: 4 })
  for (const [retries, longest] of [10, 20, 40, 50].entries()) {
    const { delayMs = 0 } = policy.onRequestError(lost, request({ retries }), true)
    assert.ok(delayMs >= longest / 2 && delayMs <= longest, `${delayMs} ms`)
  }
  assert.equal(policy.onRequestError(lost, request({ retries: 4 }), true).kind, 'rethrow')
  assert.equal(policy.onUnavailable(unavailable(1), request()).kind, 'retryNextHost')
  assert.equal(policy.onReadTimeout(readTimeout(2), request()).kind, 'retry')
  assert.equal(policy.onReadTimeout(readTimeout(1), request()).kind, 'rethrow')
})

test('ExponentialBackoffRetryPolicy: nothing that may have been carried out is sent twice unless it is idempotent', () => {
  const policy = new ExponentialBackoffRetryPolicy()
  const once = request({ idempotent: false })
  assert.equal(policy.onRequestError(lost, once, true).kind, 'rethrow')
  assert.equal(policy.onRequestError(lost, once, false).kind, 'retryNextHost')
  assert.equal(policy.onWriteTimeout(writeTimeout('SIMPLE', 1), once).kind, 'rethrow')
  assert.equal(policy.onWriteTimeout(writeTimeout('SIMPLE', 1), request()).kind, 'retry')
  for (const wrong of [{ baseDelayMs: -1 }, { baseDelayMs: 10, maxDelayMs: 5 }, { maxRetries: 1.5 }])
    assert.throws(() => new ExponentialBackoffRetryPolicy(wrong), InvalidOptionError)
})

test('DowngradingConsistencyRetryPolicy: once, at the level of the replicas that are there', () => {
  const policy = new DowngradingConsistencyRetryPolicy()
  assert.deepEqual(policy.onUnavailable(unavailable(3), request()), { kind: 'retry', consistency: 'THREE' })
  assert.deepEqual(policy.onUnavailable(unavailable(2), request()), { kind: 'retry', consistency: 'TWO' })
  assert.deepEqual(policy.onUnavailable(unavailable(1), request()), { kind: 'retry', consistency: 'ONE' })
  assert.deepEqual(policy.onUnavailable(unavailable(1), request({ consistency: 'LOCAL_QUORUM' })), {
    kind: 'retry',
    consistency: 'LOCAL_ONE',
  })
  assert.equal(policy.onUnavailable(unavailable(0), request()).kind, 'rethrow')
  assert.equal(policy.onUnavailable(unavailable(1), request({ consistency: 'SERIAL' })).kind, 'retryNextHost')
  assert.equal(policy.onUnavailable(unavailable(1), request({ retries: 1 })).kind, 'rethrow')
  assert.deepEqual(policy.onReadTimeout(readTimeout(1), request()), { kind: 'retry', consistency: 'ONE' })
  assert.deepEqual(policy.onReadTimeout(readTimeout(2), request()), { kind: 'retry' })
  assert.equal(policy.onReadTimeout(readTimeout(1), request({ consistency: 'LOCAL_SERIAL' })).kind, 'rethrow')
})

test('DowngradingConsistencyRetryPolicy: a write that a replica has is left at that; batches only where they are idempotent', () => {
  const policy = new DowngradingConsistencyRetryPolicy()
  assert.equal(policy.onWriteTimeout(writeTimeout('SIMPLE', 1), request({ idempotent: false })).kind, 'ignore')
  assert.equal(policy.onWriteTimeout(writeTimeout('SIMPLE', 0), request()).kind, 'rethrow')
  assert.deepEqual(policy.onWriteTimeout(writeTimeout('UNLOGGED_BATCH', 2), request()), { kind: 'retry', consistency: 'TWO' })
  assert.equal(policy.onWriteTimeout(writeTimeout('UNLOGGED_BATCH', 2), request({ idempotent: false })).kind, 'rethrow')
  assert.equal(policy.onWriteTimeout(writeTimeout('BATCH_LOG', 0), request()).kind, 'retry')
  assert.equal(policy.onWriteTimeout(writeTimeout('CAS', 1), request()).kind, 'rethrow')
})

test('NeverRetryPolicy never retries', () => {
  assert.equal(new NeverRetryPolicy().onRequestError().kind, 'rethrow')
})
