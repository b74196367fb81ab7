import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Throttle } from '../../../src/policies/throttle.js'

test('a throttle gives places in the order in which they were asked for', () => {
  const throttle = new Throttle({ maxConcurrentRequests: 1 })
  const went: number[] = []
  assert.equal(throttle.tryEnter(), true)
  for (const each of [1, 2, 3])
    assert.equal(
      throttle.wait({ isDone: each === 2 }, () => went.push(each)),
      true,
    )
  assert.equal(throttle.tryEnter(), false)
  throttle.leave()
  assert.deepEqual(went, [1])
  assert.equal(throttle.inUse, 1)
  throttle.leave()
  assert.deepEqual(went, [1, 3])
  throttle.leave()
  assert.equal(throttle.inUse, 0)
  assert.equal(throttle.tryEnter(), true)
})

test('a request that gives its place back at once lets all who wait go, without recursion', () => {
  const throttle = new Throttle({ maxConcurrentRequests: 1 })
  assert.equal(throttle.tryEnter(), true)
  let went = 0
  for (let i = 0; i < 50_000; i++) {
    throttle.wait({ isDone: false }, () => {
      went++
      throttle.leave()
    })
  }
  throttle.leave()
  assert.equal(went, 50_000)
  assert.equal(throttle.inUse, 0)
})

test('a rate is kept over time; after a pause no more than a twenty-fifth of a second may leave at once', () => {
  let now = 0
  const throttle = new Throttle({ maxRequestsPerSecond: 1_000 }, () => now)
  const leaving = (): number => {
    let count = 0
    while (throttle.tryEnter()) count++
    return count
  }
  assert.equal(leaving(), 40)
  now = 10
  assert.equal(leaving(), 10)
  now = 60_000
  assert.equal(throttle.hasRoom, true)
  assert.equal(leaving(), 40)
  assert.equal(throttle.hasRoom, false)
})

test('a full queue forgets those that were given up before it refuses', () => {
  const throttle = new Throttle({ maxConcurrentRequests: 1, maxQueueSize: 2 })
  throttle.tryEnter()
  const given = { isDone: false }
  assert.equal(
    throttle.wait(given, () => {}),
    true,
  )
  assert.equal(
    throttle.wait({ isDone: false }, () => {}),
    true,
  )
  assert.equal(
    throttle.wait({ isDone: false }, () => {}),
    false,
  )
  given.isDone = true
  assert.equal(
    throttle.wait({ isDone: false }, () => {}),
    true,
  )
  const told: unknown[] = []
  throttle.close((request) => told.push(request))
  assert.equal(told.length, 2)
  assert.equal(throttle.queued, 0)
})
