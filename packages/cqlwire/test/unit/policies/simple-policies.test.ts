import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CqlwireError, InvalidOptionError } from '../../../src/base/errors.js'
import { AllowListPolicy, HostFilterPolicy } from '../../../src/policies/host-filter.js'
import { queryPlanOf, type LoadBalancingPolicy } from '../../../src/policies/load-balancing.js'
import { DCAwareRoundRobinPolicy, RoundRobinPolicy } from '../../../src/policies/round-robin.js'
import { TokenAwarePolicy } from '../../../src/policies/token-aware.js'
import { contextOf, makeHosts, planned, request } from './made-up-hosts.js'

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
  const plans = [planned(policy), planned(policy)]
  assert.deepEqual(plans.map((plan) => plan[0]).toSorted(), ['dc2-1', 'dc2-2'])
  for (const plan of plans) assert.equal(plan[2], 'dc1-1')
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

test('a policy is any object: its plan may be an array, a generator, or have next()', () => {
  const [host] = makeHosts(1)
  const array: LoadBalancingPolicy = { distance: () => 'local', newQueryPlan: () => [host!] }
  const generator: LoadBalancingPolicy = {
    distance: () => 'local',
    *newQueryPlan() {
      yield host!
    },
  }
  let left = 1
  const plan: LoadBalancingPolicy = { distance: () => 'local', newQueryPlan: () => ({ next: () => (left-- > 0 ? host! : null) }) }
  for (const policy of [array, generator, plan]) assert.deepEqual(planned(policy), ['dc1-1'])
})

test('a policy that throws, or gives no plan, is named in the error', () => {
  class Mine implements LoadBalancingPolicy {
    distance(): 'local' {
      return 'local'
    }
    newQueryPlan(): never {
      throw new TypeError('oops')
    }
  }
  const named = (pattern: RegExp) => (error: unknown) =>
    error instanceof CqlwireError && error.code === 'ERR_POLICY' && pattern.test(error.message)
  assert.throws(() => queryPlanOf(new Mine(), request()), named(/Mine failed to make a query plan/))
  const late: LoadBalancingPolicy = {
    distance: () => 'local',
    *newQueryPlan() {
      throw new TypeError('oops')
    },
  }
  const plan = queryPlanOf(late, request())
  assert.throws(() => plan.next(), named(/the given load-balancing policy failed within its query plan/))
  const none = { distance: () => 'local', newQueryPlan: () => undefined } as unknown as LoadBalancingPolicy
  assert.throws(() => queryPlanOf(none, request()), named(/neither iterable nor has next/))
})
