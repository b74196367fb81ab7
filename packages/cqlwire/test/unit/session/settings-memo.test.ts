import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { InvalidOptionError } from '../../../src/base/errors.js'
import { builtInRequestDefaults } from '../../../src/cluster/request-defaults.js'
import { type RequestOptions, RequestSettings, withOptions } from '../../../src/session/request-options.js'
import { SettingsMemo } from '../../../src/session/settings-memo.js'

const base = new RequestSettings(builtInRequestDefaults())

describe('options that are given again', () => {
  test('are resolved once, as long as they say the same', () => {
    const memo = new SettingsMemo()
    const options: RequestOptions = { pageSize: 7 }
    const first = memo.resolve(base, options)
    assert.deepEqual({ ...first }, { ...withOptions(base, { pageSize: 7 }) })
    assert.equal(memo.resolve(base, options), first)
  })

  const changes: Record<string, unknown> = {
    ...{ consistency: 'QUORUM', serialConsistency: 'SERIAL', pageSize: 8, pageState: Buffer.from('p'), timeoutMs: 5, timestamp: 9 },
    ...{
      idempotent: true,
      trace: true,
      customPayload: { a: Buffer.from('b') },
      executeAs: 'role',
      keyspace: 'ks',
      host: '127.0.0.1:9042',
      prepare: false,
    },
    ...{ rowFactory: 'array', nowInSeconds: 3, signal: new AbortController().signal },
    ...{
      retry: { onRequestError: () => 'rethrow' },
      loadBalancing: { newQueryPlan: () => [] },
      speculativeExecution: { nextDelayMs: () => -1 },
    },
  }
  for (const [name, value] of Object.entries(changes)) {
    test(`are resolved anew where ${name} was changed in the same object`, () => {
      const memo = new SettingsMemo()
      const options: Record<string, unknown> = { pageSize: 7 }
      const first = memo.resolve(base, options)
      options[name] = value
      const second = memo.resolve(base, options)
      assert.notEqual(second, first)
      assert.deepEqual({ ...second }, { ...withOptions(base, options) })
    })
  }

  test('are resolved anew on another profile', () => {
    const memo = new SettingsMemo()
    const options = { pageSize: 7 }
    const other = withOptions(base, { consistency: 'ALL' })
    memo.resolve(base, options)
    assert.equal(memo.resolve(other, options).consistency, 'ALL')
  })

  test('whose contents may change unseen are resolved each time', () => {
    const memo = new SettingsMemo()
    const customPayload: Record<string, Uint8Array> = { a: Buffer.from('1') }
    const options = { customPayload }
    memo.resolve(base, options)
    customPayload['b'] = Buffer.from('2')
    assert.deepEqual([...memo.resolve(base, options).customPayload!.keys()], ['a', 'b'])
  })

  test('that are wrong are refused each time', () => {
    const memo = new SettingsMemo()
    const options = { pageSize: -1 }
    for (let i = 0; i < 2; i++) assert.throws(() => memo.resolve(base, options), InvalidOptionError)
  })
})
