import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { flushLater } from '../../../src/connection/flush-queue.js'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('connections with bytes to send', () => {
  test('are flushed after the work of the present turn, in the order in which they asked', async () => {
    const order: string[] = []
    flushLater({ flush: () => order.push('a') })
    flushLater({ flush: () => order.push('b') })
    order.push('this turn')
    await turn()
    assert.deepEqual(order, ['this turn', 'a', 'b'])
  })

  test('are flushed after the microtasks that an answer set off', async () => {
    const order: string[] = []
    // As in a receive callback, which is no microtask itself.
    setImmediate(() => {
      flushLater({ flush: () => order.push('flush') })
      void Promise.resolve()
        .then(() => order.push('first'))
        .then(() => order.push('second'))
    })
    await turn()
    await turn()
    assert.equal(order.length, 3)
  })

  test('may ask again while they are flushed', async () => {
    let count = 0
    const again = {
      flush: () => {
        if (++count < 3) flushLater(again)
      },
    }
    flushLater(again)
    await turn()
    await turn()
    assert.equal(count, 3)
  })
})
