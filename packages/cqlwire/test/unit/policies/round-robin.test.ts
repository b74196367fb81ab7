import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DCAwareRoundRobinPolicy, RoundRobinPolicy } from '../../../src/policies/round-robin.js'
import { contextOf, makeHosts, planned } from './made-up-hosts.js'

test('RoundRobinPolicy: each plan begins with the next host, of any data center', () => {
  const policy = new RoundRobinPolicy()
  policy.init(contextOf([...makeHosts(2), ...makeHosts(1, 'dc2')]))
  const plans = [planned(policy), planned(policy), planned(policy)]
  assert.deepEqual(plans.map((plan) => plan[0]).toSorted(), ['dc1-1', 'dc1-2', 'dc2-1'])
  for (const plan of plans) assert.equal(new Set(plan).size, 3)
  assert.equal(policy.distance(), 'local')
})

test('RoundRobinPolicy: the first host is one that is connected', () => {
  const hosts = makeHosts(3)
  const policy = new RoundRobinPolicy()
  policy.init(contextOf(hosts))
  hosts[0]!.isUp = false
  hosts[1]!.pool = null
  for (let i = 0; i < 6; i++) assert.equal(policy.first(), hosts[2])
  policy.onRemove(hosts[2]!)
  assert.equal(policy.first(), null)
})

test('DCAwareRoundRobinPolicy: the local data center in turn, then some of the others', () => {
  const policy = new DCAwareRoundRobinPolicy({ localDataCenter: 'dc2', usedHostsPerRemoteDc: 1 })
  const [near, far] = [makeHosts(2, 'dc2'), makeHosts(2)]
  policy.init(contextOf([...far, ...near]))
  const plans = [planned(policy, { consistency: 'ONE' }), planned(policy, { consistency: 'ONE' })]
  assert.deepEqual(plans.map((plan) => plan[0]).toSorted(), ['dc2-1', 'dc2-2'])
  for (const plan of plans) assert.deepEqual(plan.slice(2), ['dc1-1'])
  assert.equal(planned(policy, { consistency: 'LOCAL_QUORUM' }).length, 2)
  assert.deepEqual(
    [...near, ...far].map((host) => policy.distance(host)),
    ['local', 'local', 'remote', 'ignored'],
  )
  assert.ok(near.includes(policy.first()!))
})

test('DCAwareRoundRobinPolicy: takes the cluster’s local data center, and stays there by default', () => {
  const policy = new DCAwareRoundRobinPolicy()
  policy.init(contextOf([...makeHosts(2), ...makeHosts(2, 'dc2')]))
  assert.equal(policy.localDataCenter, 'dc1')
  assert.deepEqual(planned(policy).toSorted(), ['dc1-1', 'dc1-2'])
})
