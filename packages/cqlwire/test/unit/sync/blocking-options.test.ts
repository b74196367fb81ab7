import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InvalidOptionError } from '../../../src/base/errors.js'
import { resolveClusterOptions } from '../../../src/cluster/settings.js'
import { PlainTextAuthProvider } from '../../../src/connection/auth.js'
import { DefaultRetryPolicy } from '../../../src/policies/default-retry.js'
import { Profiles } from '../../../src/session/profiles.js'
import { BatchStatement, SimpleStatement } from '../../../src/session/statements.js'
import { originOf, workerOptions } from '../../../src/sync/blocking-options.js'
import type { BlockingOptions } from '../../../src/sync/index.js'

const contactPoints = ['127.0.0.1']
const arrays = { rowFactory: 'array', consistency: 'QUORUM' } as const
const profiles = new Profiles(resolveClusterOptions({ contactPoints, executionProfiles: { arrays } }).executionProfiles)

describe('options of a BlockingSession', () => {
  const uncarried: readonly [string, object][] = [
    ['retry', { retry: new DefaultRetryPolicy() }],
    ['auth', { auth: new PlainTextAuthProvider('a', 'b') }],
    ['logger.warn', { logger: { warn: (): void => {} } }],
    ['codecs[0].encode', { codecs: [{ type: 'int', encode: (): number => 1 }] }],
    ['tls.checkServerIdentity', { tls: { checkServerIdentity: (): undefined => undefined } }],
  ]
  for (const [path, options] of uncarried) {
    it(`${path} can't follow into another thread, and the error names it`, () => {
      assert.throws(
        () => workerOptions({ contactPoints, ...options }),
        (error) => error instanceof InvalidOptionError && error.path === path && error.message.includes(path),
      )
    })
  }

  it('plain values, bytes among them, go as they are', () => {
    const options: BlockingOptions = { contactPoints, tls: { ca: Buffer.from('pem') }, auth: { username: 'a', password: 'b' } }
    assert.equal(workerOptions(options), options)
  })

  it('row factories of profiles stay behind: rows are made on the calling thread', () => {
    const executionProfiles = { own: { rowFactory: (values: unknown[]): unknown => values, pageSize: 7 } }
    assert.deepEqual(workerOptions({ contactPoints, executionProfiles }).executionProfiles, { own: { rowFactory: undefined, pageSize: 7 } })
  })
})

describe('options of a blocking request', () => {
  it('come from the call, then from the statement', () => {
    const statement = new SimpleStatement('SELECT 1', [1], { pageSize: 5, consistency: 'ONE' })
    const origin = originOf(profiles, statement, undefined, { consistency: 'TWO' })
    assert.deepEqual(origin.options, { pageSize: 5, consistency: 'TWO' })
    assert.deepEqual(origin.params, [1])
    assert.deepEqual(originOf(profiles, new BatchStatement('UNLOGGED', { timeoutMs: 9 }), undefined, undefined).options, { timeoutMs: 9 })
  })

  it('the row factory is that of the call, of the profile, or the default', () => {
    assert.equal(originOf(profiles, 'x', undefined, undefined).rowFactory, 'object')
    assert.equal(originOf(profiles, 'x', undefined, { executionProfile: 'arrays' }).rowFactory, 'array')
    assert.equal(originOf(profiles, 'x', undefined, { executionProfile: 'arrays', rowFactory: 'columns' }).rowFactory, 'columns')
  })

  it('a function as row factory is taken, and not sent', () => {
    const rowFactory = (values: unknown[]): unknown => values
    const origin = originOf(profiles, 'x', undefined, { rowFactory })
    assert.equal(origin.rowFactory, rowFactory)
    assert.deepEqual(origin.options, {})
  })

  const wrong: readonly [string, object][] = [
    ['signal', { signal: new AbortController().signal }],
    ['retry', { retry: new DefaultRetryPolicy() }],
    ['pageSize', { pageSize: -1 }],
    ['pagesize', { pagesize: 1 }],
    ['executionProfile', { executionProfile: 'none' }],
  ]
  for (const [name, options] of wrong) {
    it(`${Object.keys(options)[0]} is refused before anything is sent`, () => {
      assert.throws(
        () => originOf(profiles, 'x', undefined, options),
        (error) => error instanceof InvalidOptionError && error.path === name && /Nothing was sent/.test(error.message),
      )
    })
  }

  it('parameters are kept as they were when the list is filled again', () => {
    const params = [1, 2]
    const origin = originOf(profiles, 'x', params, undefined)
    params.length = 0
    assert.deepEqual(origin.params, [1, 2])
  })
})
