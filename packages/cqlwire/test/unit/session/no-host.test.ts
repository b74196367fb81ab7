import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ConnectionError, NoHostAvailableError } from '../../../src/base/errors.js'
import { OverloadedError, UnavailableError } from '../../../src/base/server-errors.js'
import { noHostLeft } from '../../../src/session/no-host.js'

describe('a request that no host is left for', () => {
  const unavailable = new UnavailableError('too few', { consistency: 'THREE', required: 3, alive: 1 })

  it('fails with the last answer where every host that was tried answered', () => {
    assert.equal(noHostLeft('"SELECT"', new Map([['a:1', unavailable]]), []), unavailable)
    const tried = new Map<string, Error>([
      ['a:1', new OverloadedError('busy')],
      ['b:1', unavailable],
    ])
    assert.equal(noHostLeft('"SELECT"', tried, [['c:1', new ConnectionError('refused')]]), unavailable)
  })

  it('says of each host why it was left where one did not answer', () => {
    const tried = new Map<string, Error>([
      ['a:1', new ConnectionError('refused')],
      ['b:1', unavailable],
    ])
    const error = noHostLeft('"SELECT"', tried, [['c:1', new ConnectionError('unreachable')]])
    assert.ok(error instanceof NoHostAvailableError)
    assert.deepEqual([...error.errors.keys()].sort(), ['a:1', 'b:1', 'c:1'])
    assert.match(error.message, /"SELECT" found no host to answer it: c:1: unreachable; a:1: refused; b:1: too few/)
  })

  it('asks whether the data center is right where there was none to try', () => {
    assert.match(noHostLeft('"SELECT"', new Map(), []).message, /the query plan is empty \(is localDataCenter right/)
  })
})
