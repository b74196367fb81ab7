import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { InvalidArgumentError } from '../../../src/base/errors.js'
import { inputOf } from '../../../src/base/input.js'

describe('the input of a concurrent helper', () => {
  test('is any iterable, taken item by item', () => {
    for (const source of [[1, 2], new Set([1, 2]), new Map([[1, 2]]).keys()]) {
      const input = inputOf<number>(source, 'it')
      assert.deepEqual(input.next(), { done: false, value: 1 })
    }
  })

  test('is any async iterable; thenables become promises', async () => {
    async function* rows(): AsyncGenerator<number> {
      yield await Promise.resolve(1)
    }
    const step = inputOf(rows(), 'it').next()
    assert.ok(step instanceof Promise)
    assert.deepEqual(await step, { done: false, value: 1 })
    const thenable = { then: (resolve: (step: unknown) => void) => resolve({ done: true, value: undefined }) }
    const foreign = { [Symbol.asyncIterator]: () => ({ next: () => thenable }) } as unknown as AsyncIterable<number>
    const other = inputOf(foreign, 'it').next()
    assert.ok(other instanceof Promise)
    assert.equal((await other).done, true)
  })

  test('is nothing else', () => {
    for (const wrong of [undefined, null, 5, {}, 'a text', () => [1]])
      assert.throws(
        () => inputOf(wrong as never, 'executeConcurrent'),
        (error: Error) =>
          error instanceof InvalidArgumentError && /^executeConcurrent takes an array, an iterable or an async/.test(error.message),
      )
  })

  test('is closed once, and its troubles with that are its own', async () => {
    let closed = 0
    const source = { [Symbol.iterator]: () => ({ next: () => ({ done: false, value: 1 }), return: () => ++closed as never }) }
    const input = inputOf<number>(source as Iterable<number>, 'it')
    input.close()
    input.close()
    assert.equal(closed, 1)
    const broken = (end: () => never): void =>
      inputOf({ [Symbol.iterator]: () => ({ next: () => ({ done: true, value: 1 }), return: end }) } as never, 'it').close()
    broken(() => {
      throw new Error('no')
    })
    broken(() => Promise.reject(new Error('no')) as never)
    await new Promise((resolve) => setImmediate(resolve))
  })
})
