import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CqlwireError } from '../../../src/base/errors.js'
import { queryPlanOf, type LoadBalancingPolicy } from '../../../src/policies/load-balancing.js'
import { makeHosts, planned, request } from './made-up-hosts.js'

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
      yield* thrown()
    },
  }
  const plan = queryPlanOf(late, request())
  assert.throws(() => plan.next(), named(/the given load-balancing policy failed within its query plan/))
  const none = { distance: () => 'local', newQueryPlan: () => undefined } as unknown as LoadBalancingPolicy
  assert.throws(() => queryPlanOf(none, request()), named(/neither iterable nor has next/))
})

function thrown(): Iterable<never> {
  throw new TypeError('oops')
}
