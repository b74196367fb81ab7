import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InvalidOptionError } from '../../../src/base/errors.js'
import { resolveConcurrentOptions } from '../../../src/concurrent/options.js'

test('options have their defaults, and those of requests are handed on', () => {
  assert.deepEqual(resolveConcurrentOptions({}), {
    concurrency: 100,
    raiseOnFirstError: true,
    requestOptions: undefined,
    signal: null,
  })
  const { signal } = new AbortController()
  assert.deepEqual(
    resolveConcurrentOptions({ concurrency: 7, raiseOnFirstError: false, resultsGenerator: true, consistency: 'ONE', signal }),
    {
      concurrency: 7,
      raiseOnFirstError: false,
      requestOptions: { consistency: 'ONE' },
      signal,
    },
  )
})

test("concurrency takes 'auto'", () => {
  assert.equal(resolveConcurrentOptions({ concurrency: 'auto' }).concurrency, 'auto')
})

test('wrong values are refused by name', () => {
  const wrong: Record<string, unknown>[] = [
    ...[0, -1, 1.5, '10', 'Auto', null, Number.NaN, Infinity].map((concurrency) => ({ concurrency })),
    { raiseOnFirstError: 'yes' },
    { resultsGenerator: 1 },
    { signal: {} },
  ]
  for (const options of wrong) {
    const [name] = Object.keys(options)
    assert.throws(
      () => resolveConcurrentOptions(options),
      (error: Error) => error instanceof InvalidOptionError && error.path === name && /Nothing was sent/.test(error.message),
    )
  }
  assert.throws(() => resolveConcurrentOptions(null as never), InvalidOptionError)
})
