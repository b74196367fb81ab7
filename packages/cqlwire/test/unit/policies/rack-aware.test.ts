import assert from 'node:assert/strict'
import { test } from 'node:test'
import { InvalidOptionError } from '../../../src/base/errors.js'
import type { Host } from '../../../src/metadata/host.js'
import { HostFilterPolicy } from '../../../src/policies/host-filter.js'
import { RackAwareRoundRobinPolicy } from '../../../src/policies/rack-aware.js'
import { TokenAwarePolicy } from '../../../src/policies/token-aware.js'
import { contextOf, makeHosts, planned, request } from './made-up-hosts.js'

function inRacks(): Host[] {
  const hosts = makeHosts(6)
  hosts.forEach((host, index) => (host.rack = `r${(index % 3) + 1}`))
  return hosts
}

test('RackAwareRoundRobinPolicy: the own rack in turn, then the own data center, then others at levels that may leave', () => {
  const policy = new RackAwareRoundRobinPolicy({ localRack: 'r3', usedHostsPerRemoteDc: 1 })
  policy.init(contextOf([...makeHosts(1, 'dc2'), ...inRacks()]))
  const plan = planned(policy, { consistency: 'ONE' })
  assert.deepEqual(plan.slice(0, 2).toSorted(), ['dc1-3', 'dc1-6'])
  assert.deepEqual(plan.slice(2, 6).toSorted(), ['dc1-1', 'dc1-2', 'dc1-4', 'dc1-5'])
  assert.deepEqual(plan.slice(6), ['dc2-1'])
  assert.equal(planned(policy, { consistency: 'LOCAL_ONE' }).length, 6)
  assert.notEqual(planned(policy)[0], planned(policy)[0])
})

test('RackAwareRoundRobinPolicy: when its rack is lost the rest of the data center takes over', () => {
  const hosts = inRacks()
  const policy = new RackAwareRoundRobinPolicy({ localRack: 'r1' })
  policy.init(contextOf(hosts))
  hosts[0]!.isUp = false
  hosts[3]!.pool = null
  assert.notEqual(policy.first()!.rack, 'r1')
  policy.onRemove(hosts[0]!)
  assert.equal(planned(policy).length, 5)
})

test('TokenAwarePolicy over it: replicas of the own rack first, through a filter as well; conditional requests ignore racks', () => {
  const hosts = inRacks()
  const rack = new RackAwareRoundRobinPolicy({ localRack: 'r2' })
  const policy = new TokenAwarePolicy(new HostFilterPolicy(rack, () => true))
  policy.init(contextOf(hosts))
  const replicas = hosts.slice(0, 3)
  for (let i = 0; i < 10; i++) {
    assert.equal(policy.first(request({ replicas })), hosts[1])
    const plan = planned(policy, { replicas })
    assert.equal(plan[0], 'dc1-2')
    assert.deepEqual(plan.slice(1, 3).toSorted(), ['dc1-1', 'dc1-3'])
    assert.equal(plan.length, 6)
    assert.equal(policy.first(request({ replicas, isLwt: true })), hosts[0])
  }
  hosts[1]!.isUp = false
  assert.ok(['dc1-1', 'dc1-3'].includes(policy.first(request({ replicas }))!.address))
})

test('RackAwareRoundRobinPolicy takes a rack, and warns of one without hosts', () => {
  assert.throws(() => new RackAwareRoundRobinPolicy({} as never), InvalidOptionError)
  assert.throws(() => new RackAwareRoundRobinPolicy({ localRack: '' }), InvalidOptionError)
  const warnings: string[] = []
  new RackAwareRoundRobinPolicy({ localRack: 'R1' }).init({ ...contextOf(inRacks()), warn: (message) => warnings.push(message) })
  assert.match(warnings.join(), /"R1" \(localRack\); its racks are r1, r2, r3/)
})
