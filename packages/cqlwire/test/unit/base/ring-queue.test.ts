import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { RingQueue } from '../../../src/base/ring-queue.js'

test('behaves as an array with push, unshift and shift does, through growing and wrapping', () => {
  const step = fc.oneof(
    fc.record({ op: fc.constant('push' as const), times: fc.integer({ min: 1, max: 40 }) }),
    fc.record({ op: fc.constant('shift' as const), times: fc.integer({ min: 1, max: 40 }) }),
    fc.record({ op: fc.constant('unshift' as const), times: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ op: fc.constant('clear' as const), times: fc.constant(1) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const queue = new RingQueue<number>()
      const model: number[] = []
      let next = 0
      for (const { op, times } of steps) {
        for (let i = 0; i < times; i++) {
          if (op === 'push') {
            queue.push(next)
            model.push(next++)
          } else if (op === 'unshift') {
            queue.unshift(next)
            model.unshift(next++)
          } else if (op === 'shift') assert.equal(queue.shift(), model.shift())
          else {
            queue.clear()
            model.length = 0
          }
          assert.equal(queue.length, model.length)
          assert.equal(queue.peek(), model[0])
        }
      }
    }),
  )
})

test('keeps the order of a burst and is empty after it', () => {
  const queue = new RingQueue<number>()
  for (let i = 0; i < 10_000; i++) queue.push(i)
  for (let i = 0; i < 10_000; i++) assert.equal(queue.shift(), i)
  assert.equal(queue.shift(), undefined)
  queue.push(7)
  assert.equal(queue.shift(), 7)
})
