import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConnectionError } from '../../../src/base/errors.js'
import {
  IsBootstrappingError,
  OverloadedError,
  ReadTimeoutError,
  ServerError,
  TruncateError,
  UnavailableError,
  WriteFailureError,
  WriteTimeoutError,
} from '../../../src/base/server-errors.js'
import { DefaultRetryPolicy, FallthroughRetryPolicy } from '../../../src/policies/default-retry.js'
import type { RetryRequest } from '../../../src/policies/retry.js'

const policy = new DefaultRetryPolicy()
const consistency = 'LOCAL_QUORUM'

function request(fields: Partial<RetryRequest> = {}): RetryRequest {
  return { idempotent: false, consistency, retries: 0, requests: 0, ...fields }
}

function readTimeout(received: number, dataPresent: boolean): ReadTimeoutError {
  return new ReadTimeoutError('timed out', { consistency, received, blockFor: 2, dataPresent })
}

function writeTimeout(writeType: string): WriteTimeoutError {
  return new WriteTimeoutError('timed out', { consistency, received: 1, blockFor: 2, writeType, contentions: null })
}

test('read timeout: once more on the same host where only the data is missing', () => {
  assert.equal(policy.onReadTimeout(readTimeout(2, false), request()).kind, 'retry')
  assert.equal(policy.onReadTimeout(readTimeout(3, false), request()).kind, 'retry')
  assert.equal(policy.onReadTimeout(readTimeout(2, true), request()).kind, 'rethrow')
  assert.equal(policy.onReadTimeout(readTimeout(1, false), request()).kind, 'rethrow')
  assert.equal(policy.onReadTimeout(readTimeout(2, false), request({ retries: 1 })).kind, 'rethrow')
})

test('write timeout: once more for the log of an idempotent batch only', () => {
  assert.equal(policy.onWriteTimeout(writeTimeout('BATCH_LOG'), request({ idempotent: true })).kind, 'retry')
  assert.equal(policy.onWriteTimeout(writeTimeout('BATCH_LOG'), request()).kind, 'rethrow')
  assert.equal(policy.onWriteTimeout(writeTimeout('SIMPLE'), request({ idempotent: true })).kind, 'rethrow')
  assert.equal(policy.onWriteTimeout(writeTimeout('BATCH_LOG'), request({ idempotent: true, retries: 1 })).kind, 'rethrow')
})

test('unavailable: once on the next host', () => {
  const error = new UnavailableError('too few', { consistency, required: 2, alive: 1 })
  assert.equal(policy.onUnavailable(error, request()).kind, 'retryNextHost')
  assert.equal(policy.onUnavailable(error, request({ retries: 1 })).kind, 'rethrow')
})

test('other errors: on the next host where that can do no harm', () => {
  const errors = [new ConnectionError('lost'), new OverloadedError('busy'), new TruncateError('no'), new ServerError(0, 'oops')]
  for (const error of errors) {
    assert.equal(policy.onRequestError(error, request({ idempotent: true }), true).kind, 'retryNextHost', error.name)
    assert.equal(policy.onRequestError(error, request(), false).kind, 'retryNextHost', error.name)
    assert.equal(policy.onRequestError(error, request(), true).kind, 'rethrow', error.name)
  }
})

test('bootstrapping: always on the next host; a failure of replicas: never', () => {
  assert.equal(policy.onRequestError(new IsBootstrappingError('soon'), request(), true).kind, 'retryNextHost')
  const failure = new WriteFailureError('failed', {
    consistency,
    received: 1,
    blockFor: 2,
    numFailures: 1,
    failureReasons: new Map(),
    writeType: 'SIMPLE',
  })
  assert.equal(policy.onRequestError(failure, request({ idempotent: true }), true).kind, 'rethrow')
})

test('FallthroughRetryPolicy never retries', () => {
  const never = new FallthroughRetryPolicy()
  assert.deepEqual(
    [never.onReadTimeout(), never.onWriteTimeout(), never.onUnavailable(), never.onRequestError()].map((decision) => decision.kind),
    ['rethrow', 'rethrow', 'rethrow', 'rethrow'],
  )
})
