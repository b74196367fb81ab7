import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { types } from 'node:util'
import { AbortError, ConnectionError, CqlwireError, NoHostAvailableError, OperationTimedOutError } from '../../../src/base/errors.js'
import { ReadFailureError, UnavailableError, UnpreparedError } from '../../../src/base/server-errors.js'
import { ConcurrentInputError } from '../../../src/index.js'
import { errorOf, errorParts, withCallerStack } from '../../../src/transfer/error-transfer.js'
import { readValue } from '../../../src/transfer/value-reader.js'
import { putValue } from '../../../src/transfer/value-writer.js'
import { ByteReader } from '../../../src/wire/byte-reader.js'
import { ByteWriter } from '../../../src/wire/byte-writer.js'

function carry<T extends Error>(error: T): T {
  const writer = new ByteWriter(16)
  putValue(writer, error)
  return readValue(new ByteReader(writer.toBuffer())) as T
}

const refused = new ConnectionError('refused', { host: '127.0.0.1:9042', sent: true, cause: new Error('ECONNREFUSED') })

describe('errors on their way to another thread', () => {
  const errors: readonly Error[] = [
    new UnavailableError('few', { consistency: 'QUORUM', required: 2, alive: 1 }),
    new ReadFailureError('failed', {
      consistency: 'ONE',
      received: 0,
      blockFor: 1,
      numFailures: 1,
      failureReasons: new Map([['127.0.0.1', 1]]),
      dataPresent: false,
    }),
    new UnpreparedError('unknown', { id: Buffer.from('cafe', 'hex') }),
    new NoHostAvailableError('none', new Map([['127.0.0.1:9042', refused]])),
    new OperationTimedOutError('late', { timeoutMs: 5, host: 'a:1', sent: true }),
    new ConcurrentInputError(new TypeError('bad item'), 3, 2),
    new RangeError('out of range'),
    Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', errno: -111, port: 9042 }),
    new AggregateError([new Error('one'), new TypeError('two')], 'both'),
  ]
  for (const error of errors) {
    it(`${error.constructor.name} arrives as the same class, with its fields and its cause`, () => {
      const carried = carry(error)
      assert.equal(carried.constructor, error.constructor)
      assert.ok(types.isNativeError(carried))
      assert.deepEqual(carried, error)
      assert.deepEqual(carried.cause, error.cause)
      assert.equal(carried.stack, error.stack)
    })
  }

  it('errors by host are real errors', () => {
    const carried = carry(new NoHostAvailableError('none', new Map([['127.0.0.1:9042', refused]])))
    const inner = carried.errors.get('127.0.0.1:9042')
    assert.ok(inner instanceof ConnectionError)
    assert.equal(inner.sent, true)
    assert.equal((inner.cause as Error).message, 'ECONNREFUSED')
  })

  it('the platform name of an abort is kept', () => {
    assert.equal(carry(new AbortError()).name, 'AbortError')
  })

  it('an error of a class that nobody knows here arrives as the nearest one that is known', () => {
    class TlsTroubleError extends ConnectionError {}
    const carried = carry(new TlsTroubleError('no', { host: 'a:1' }))
    assert.equal(carried.constructor, ConnectionError)
    assert.equal(carried.name, 'TlsTroubleError')
    assert.equal(carried.host, 'a:1')
  })

  it('fields that can be no data are left out, and an error that causes itself has an end', () => {
    const error = Object.assign(new CqlwireError('odd'), { socket: { write: (): void => {} }, retry: (): void => {} })
    Object.assign(error, { cause: error })
    const carried = carry(error)
    assert.equal('retry' in carried, false)
    assert.equal((carried.cause as Error).message, 'odd')
  })

  it('the stack becomes that of the line that called', () => {
    const carried = errorOf(errorParts(new CqlwireError('far away')))
    function callMe(): Error {
      return withCallerStack(carried, callMe)
    }
    const [head, first] = callMe().stack!.split('\n')
    assert.equal(head, 'CqlwireError: far away')
    assert.match(first!, /error-transfer\.test/)
  })

  it('an error of this thread keeps its stack', () => {
    const error = new CqlwireError('here')
    const { stack } = error
    assert.equal(withCallerStack(error, carry).stack, stack)
  })
})
