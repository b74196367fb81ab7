import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { EmbeddedCassandraError } from '../../../src/embedded/embedded-error.js'
import { assertEnoughMemory } from '../../../src/embedded/memory.js'

describe('memory before a start', () => {
  it('is enough where the heaps and what a JVM takes beside them fit', () => {
    assert.doesNotThrow(() => assertEnoughMemory(3, 600, 3 * 1024 ** 3))
  })

  it('is refused with what is needed, what is free and what to change', () => {
    assert.throws(
      () => assertEnoughMemory(3, 600, 1024 ** 3),
      (error) =>
        error instanceof EmbeddedCassandraError &&
        error.code === 'ERR_TOO_LITTLE_MEMORY' &&
        /need 2880 MiB/.test(error.message) &&
        /1024 MiB are free/.test(error.message) &&
        /`heap`/.test(error.message),
    )
  })
})
