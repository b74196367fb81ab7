import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CqlwireError, InvalidOptionError } from '../../../src/base/errors.js'
import { builtInRequestDefaults } from '../../../src/cluster/request-defaults.js'
import { Consistency } from '../../../src/protocol/constants.js'
import { GENERATED, type RequestOptions, RequestSettings, withOptions } from '../../../src/session/request-options.js'

const base = new RequestSettings(builtInRequestDefaults())

describe('the settings of a request', () => {
  test('are those of the profile where nothing is said', () => {
    assert.equal(base.consistency, 'LOCAL_ONE')
    assert.equal(base.consistencyCode, Consistency.LOCAL_ONE)
    assert.equal(base.serialCode, -1)
    assert.equal(base.timeoutMs, 10_000)
    assert.equal(base.pageSize, 5_000)
    assert.equal(base.timestamp, GENERATED)
    assert.equal(base.idempotent, false)
    assert.equal(base.prepare, true)
    assert.deepEqual({ ...withOptions(base, {}) }, { ...base })
  })

  test('are those of the options where they say something; the others stay as they were', () => {
    const first = withOptions(base, { consistency: 'QUORUM', serialConsistency: 'LOCAL_SERIAL', pageSize: 7, idempotent: true })
    const second = withOptions(first, { consistency: 'ONE', trace: true })
    assert.deepEqual([second.consistency, second.consistencyCode], ['ONE', Consistency.ONE])
    assert.deepEqual([second.serialConsistency, second.serialCode], ['LOCAL_SERIAL', Consistency.LOCAL_SERIAL])
    assert.deepEqual([second.pageSize, second.idempotent, second.trace], [7, true, true])
    assert.equal(first.trace, false, 'the settings that options are put on are not changed')
    assert.equal(base.consistency, 'LOCAL_ONE')
  })

  test('take undefined as nothing said, and null as none', () => {
    const set = withOptions(base, { timestamp: 5n, serialConsistency: 'SERIAL', keyspace: 'ks', pageState: Buffer.from('p') })
    assert.equal(withOptions(set, { timestamp: undefined } as unknown as RequestOptions).timestamp, 5n)
    const none = withOptions(set, { timestamp: null, serialConsistency: null, keyspace: null, pageState: null, customPayload: null })
    assert.deepEqual([none.timestamp, none.serialCode, none.keyspace, none.pageState, none.customPayload], [null, -1, null, null, null])
  })

  test('take a page state as bytes or as hex', () => {
    assert.deepEqual(withOptions(base, { pageState: 'cafe' }).pageState, Buffer.from([0xca, 0xfe]))
    assert.deepEqual(withOptions(base, { pageState: new Uint8Array([1]) }).pageState, new Uint8Array([1]))
  })

  test('take a payload as an object or a Map, and copy it', () => {
    const bytes = Buffer.from('x')
    const given = new Map([['a', bytes]])
    const { customPayload } = withOptions(base, { customPayload: given })
    given.clear()
    assert.deepEqual(customPayload, new Map([['a', bytes]]))
    assert.deepEqual(withOptions(base, { customPayload: { b: null } }).customPayload, new Map([['b', null]]))
  })

  for (const [name, wrong] of Object.entries({
    consistency: ['LOCAL_QUOROM', 6, null],
    serialConsistency: ['QUORUM', 1],
    pageSize: [-1, 1.5, '10', 2 ** 31],
    pageState: ['xyz', 'abc', 5],
    timeoutMs: [-1, Number.NaN, '10', 2 ** 31],
    timestamp: [1.5, '1', 2n ** 63n, Number.MAX_VALUE],
    idempotent: ['yes', 1, null],
    trace: [1],
    prepare: ['no'],
    customPayload: ['x', { a: 'text' }, new Map([['a', 5]])],
    keyspace: ['', 5],
    host: [5, {}],
    rowFactory: ['rows', null],
    retry: [{}, null, () => {}],
    loadBalancing: [{}, 'round-robin'],
    speculativeExecution: [{}, 5],
    nowInSeconds: [-1, 1.5],
    signal: [{}, new EventTarget()],
  })) {
    test(`refuse wrong values of ${name} by name, saying that nothing was sent`, () => {
      for (const value of wrong) {
        assert.throws(
          () => withOptions(base, { [name]: value }),
          (error: unknown) => {
            assert.ok(error instanceof CqlwireError, String(error))
            assert.match(error.code, /^ERR_INVALID_(OPTION|ARGUMENT)$/)
            assert.ok(error.message.includes(name) || error.message.includes('consistency level'), error.message)
            return true
          },
          typeof value,
        )
      }
    })
  }

  test('refuse unknown options with the nearest known one', () => {
    assert.throws(
      () => withOptions(base, { timeoutMS: 5 } as RequestOptions),
      (error: unknown) =>
        error instanceof InvalidOptionError && error.path === 'timeoutMS' && /did you mean timeoutMs\?/.test(error.message),
    )
    for (const name of ['constructor', '__proto__x', 'toString']) assert.throws(() => withOptions(base, { [name]: 1 }), InvalidOptionError)
  })
})
