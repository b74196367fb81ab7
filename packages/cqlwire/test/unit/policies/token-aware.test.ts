import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DCAwareRoundRobinPolicy, RoundRobinPolicy } from '../../../src/policies/round-robin.js'
import { TokenAwarePolicy } from '../../../src/policies/token-aware.js'
import { contextOf, makeHosts, planned, request } from './made-up-hosts.js'

test('TokenAwarePolicy: local replicas first, then the rest of the other policy’s plan', () => {
  const hosts = makeHosts(4)
  const far = makeHosts(1, 'dc2')
  const policy = new TokenAwarePolicy(new DCAwareRoundRobinPolicy())
  policy.init(contextOf([...hosts, ...far]))
  const replicas = [far[0]!, hosts[3]!, hosts[1]!]
  const plans = Array.from({ length: 6 }, () => planned(policy, { replicas }))
  for (const plan of plans) {
    assert.deepEqual(plan.slice(0, 2).toSorted(), ['dc1-2', 'dc1-4'])
    assert.deepEqual(plan.slice(2).toSorted(), ['dc1-1', 'dc1-3'])
  }
  assert.equal(new Set(plans.map((plan) => plan[0])).size, 2, 'replicas are shuffled')
})

test('TokenAwarePolicy: the primary replica first for conditional requests, or without shuffling', () => {
  const hosts = makeHosts(3)
  const shuffled = new TokenAwarePolicy(new RoundRobinPolicy())
  const steady = new TokenAwarePolicy(new RoundRobinPolicy(), { shuffleReplicas: false })
  for (const policy of [shuffled, steady]) policy.init(contextOf(hosts))
  const replicas = [hosts[2]!, hosts[0]!]
  for (let i = 0; i < 4; i++) {
    assert.equal(shuffled.first(request({ replicas, isLwt: true })), hosts[2])
    assert.equal(steady.first(request({ replicas })), hosts[2])
    assert.deepEqual(planned(steady, { replicas }), ['dc1-3', 'dc1-1', 'dc1-2'])
  }
})
