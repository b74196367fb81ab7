import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InvalidOptionError } from '../../../src/base/errors.js'
import { AllowListPolicy, HostFilterPolicy } from '../../../src/policies/host-filter.js'
import { RoundRobinPolicy } from '../../../src/policies/round-robin.js'
import { contextOf, makeHosts, planned, request } from './made-up-hosts.js'

test('AllowListPolicy: only the hosts of its list, by address or by endpoint', () => {
  const hosts = makeHosts(3)
  const policy = new AllowListPolicy(['dc1-1', 'dc1-3:9042', 'dc1-2:19042'])
  policy.init(contextOf(hosts))
  assert.deepEqual(planned(policy).toSorted(), ['dc1-1', 'dc1-3'])
  assert.deepEqual(
    hosts.map((host) => policy.distance(host)),
    ['local', 'ignored', 'local'],
  )
  assert.throws(() => new AllowListPolicy([]), InvalidOptionError)
})

test('HostFilterPolicy: asks its predicate anew each time', () => {
  const hosts = makeHosts(2)
  let rack = 'r1'
  const policy = new HostFilterPolicy(new RoundRobinPolicy(), (host) => host.rack === rack)
  policy.init(contextOf(hosts))
  assert.equal(planned(policy).length, 2)
  rack = 'r2'
  assert.deepEqual(planned(policy), [])
  assert.equal(policy.first(request()), null)
})
