import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { AbortError, OperationTimedOutError } from '../../../src/base/errors.js'
import { builtInRequestDefaults } from '../../../src/cluster/request-defaults.js'
import { Preparation, type RequestHandle } from '../../../src/session/preparation.js'
import { type RequestOptions, RequestSettings, withOptions } from '../../../src/session/request-options.js'

const base = new RequestSettings(builtInRequestDefaults())

function preparing(options: RequestOptions = {}): { preparation: Preparation; errors: Error[] } {
  const errors: Error[] = []
  return { preparation: new Preparation('SELECT 1', withOptions(base, options), (error) => errors.push(error)), errors }
}

const unexpected = (): never => assert.fail('called')

describe('a request that waits for its PREPARE', () => {
  test('goes on with the time that is spent, and hands over what comes then', () => {
    const { preparation, errors } = preparing()
    const cancelled: Error[] = []
    const request: RequestHandle = { host: { endpoint: 'here:1' } as never, errors: new Map(), cancel: (error) => cancelled.push(error) }
    assert.deepEqual([preparation.host, preparation.errors], [null, null])
    preparation.goOn((spentMs) => {
      assert.ok(spentMs >= 0 && spentMs < 5_000)
      return request
    })
    assert.deepEqual([preparation.host, preparation.errors], [request.host, request.errors])
    const stop = new Error('stop')
    preparation.cancel(stop)
    assert.deepEqual(cancelled, [stop])
    assert.deepEqual(errors, [])
  })

  test('that is cancelled fails once, and does not go on', () => {
    const { preparation, errors } = preparing()
    const stop = new Error('stop')
    preparation.cancel(stop)
    preparation.cancel(new Error('again'))
    preparation.fail(new Error('and again'))
    preparation.goOn(unexpected)
    assert.deepEqual(errors, [stop])
  })

  test('fails with what goes wrong as it goes on', () => {
    const { preparation, errors } = preparing()
    preparation.goOn(() => {
      throw new RangeError('a parameter')
    })
    assert.ok(errors[0] instanceof RangeError)
  })

  test('fails at its deadline', async () => {
    const { preparation, errors } = preparing({ timeoutMs: 5 })
    for (let waited = 0; errors.length === 0 && waited < 500; waited++) await new Promise((resolve) => setTimeout(resolve, 20))
    assert.ok(errors[0] instanceof OperationTimedOutError)
    assert.equal(errors[0].sent, false)
    preparation.goOn(unexpected)
  })

  test('fails when its signal aborts, and listens to it no longer than it waits', () => {
    const controller = new AbortController()
    const { errors } = preparing({ signal: controller.signal })
    const over = preparing({ signal: controller.signal })
    over.preparation.goOn(() => null)
    controller.abort('enough')
    assert.ok(errors[0] instanceof AbortError && errors[0].cause === 'enough')
    assert.deepEqual(over.errors, [])
    assert.throws(() => preparing({ signal: controller.signal }), AbortError)
  })
})
