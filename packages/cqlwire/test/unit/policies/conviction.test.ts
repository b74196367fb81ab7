import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SimpleConvictionPolicy } from '../../../src/policies/conviction.js'
import { makeHosts } from './made-up-hosts.js'
import type { FakePool } from './made-up-hosts.js'

test('conviction: a host is down when no connection to it is left', () => {
  const [host] = makeHosts(1)
  const policy = new SimpleConvictionPolicy()
  assert.equal(policy.addFailure(host!), false)
  ;(host!.pool as FakePool).openConnections = 0
  assert.equal(policy.addFailure(host!), true)
  host!.pool = null
  assert.equal(policy.addFailure(host!), true)
})
