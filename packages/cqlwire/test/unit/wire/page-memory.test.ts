import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { giveBackMemory, LARGE_PAGE, takeMemory } from '../../../src/wire/page-memory.js'

const MiB = 1024 * 1024

describe('memory of large answers', () => {
  // Two pieces of the largest size push out whatever lies there from other tests, and are taken.
  beforeEach(() => {
    for (const buffer of [takeMemory(MiB), takeMemory(MiB)]) giveBackMemory(buffer)
    takeMemory(MiB)
    takeMemory(MiB)
  })

  test('is used again once it was given back, for another length too', () => {
    const first = takeMemory(440_000)
    giveBackMemory(first)
    const second = takeMemory(430_000)
    assert.equal(second.buffer, first.buffer)
    assert.equal(second.length, 430_000)
  })

  test('is nobody else’s until then', () => {
    assert.notEqual(takeMemory(440_000).buffer, takeMemory(440_000).buffer)
  })

  test('given back twice is kept once', () => {
    const buffer = takeMemory(440_000)
    giveBackMemory(buffer)
    giveBackMemory(buffer)
    assert.equal(takeMemory(440_000).buffer, buffer.buffer)
    assert.notEqual(takeMemory(440_000).buffer, buffer.buffer)
  })

  test('that came from elsewhere is left alone', () => {
    const others = Buffer.alloc(440_000)
    giveBackMemory(others)
    assert.notEqual(takeMemory(440_000).buffer, others.buffer)
  })

  test('is not taken for an answer of less than half its length', () => {
    const buffer = takeMemory(440_000)
    giveBackMemory(buffer)
    assert.notEqual(takeMemory(200_000).buffer, buffer.buffer)
  })

  test('of small answers and of very large ones is not kept', () => {
    for (const length of [0, LARGE_PAGE - 1, MiB + 1]) {
      const buffer = takeMemory(length)
      assert.equal(buffer.length, length)
      giveBackMemory(buffer)
      if (length > 0) assert.notEqual(takeMemory(length).buffer, buffer.buffer)
    }
  })

  test('that lies unused is 2 MiB at most, the latest', () => {
    const three = [takeMemory(MiB), takeMemory(MiB), takeMemory(MiB)]
    for (const buffer of three) giveBackMemory(buffer)
    const taken = new Set([takeMemory(MiB).buffer, takeMemory(MiB).buffer, takeMemory(MiB).buffer])
    assert.deepEqual(
      three.map(({ buffer }) => taken.has(buffer)),
      [false, true, true],
    )
  })
})
