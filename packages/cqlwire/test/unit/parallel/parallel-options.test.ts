import assert from 'node:assert/strict'
import { availableParallelism } from 'node:os'
import { describe, it } from 'node:test'
import { InvalidOptionError } from '../../../src/base/errors.js'
import { resolveParallelOptions, resolveRunOptions } from '../../../src/parallel/parallel-options.js'
import { ParallelSession } from '../../../src/parallel/index.js'
import { DefaultRetryPolicy } from '../../../src/policies/default-retry.js'

const contactPoints = ['127.0.0.1:1']

describe('options of a ParallelSession', () => {
  it('are processes, one per core, unless threads are asked for', () => {
    const { kind, count, restarts } = resolveParallelOptions({})
    assert.deepEqual({ kind, count, restarts }, { kind: 'process', count: availableParallelism(), restarts: 5 })
    assert.equal(resolveParallelOptions({ threads: 1 }).kind, 'thread')
  })

  it('more workers than make sense are warned of', () => {
    const warnings: string[] = []
    const logger = { warn: (message: string): void => void warnings.push(message) }
    resolveParallelOptions({ processes: 2 * availableParallelism(), logger })
    assert.deepEqual(warnings, [])
    resolveParallelOptions({ processes: 2 * availableParallelism() + 1, logger })
    assert.match(warnings.join(), /workers on \d+ cores/)
  })

  const wrong: readonly [string, object][] = [
    ['processes', { processes: 0 }],
    ['processes', { processes: 1.5 }],
    ['threads', { threads: '2' }],
    ['threads', { processes: 1, threads: 1 }],
    ['restarts', { restarts: -1 }],
    ['workers', { workers: 2 }],
  ]
  for (const [path, options] of wrong) {
    it(`${JSON.stringify(options)} is refused, and the error names ${path}`, async () => {
      await assert.rejects(
        ParallelSession.connect({ contactPoints }, options),
        (error) => error instanceof InvalidOptionError && error.path === path,
      )
    })
  }

  it("what can't follow into another process is refused before there is one", async () => {
    const options = { contactPoints, retry: new DefaultRetryPolicy() }
    await assert.rejects(
      ParallelSession.connect(options, { processes: 1 }),
      (error) => error instanceof InvalidOptionError && error.path === 'retry' && /ParallelSession/.test(error.message),
    )
  })
})

describe('options of a parallel run', () => {
  it('what is not of the run is of its requests', () => {
    const settings = resolveRunOptions({ concurrency: 7, ordered: false, pageSize: 5 }, 100)
    assert.deepEqual(settings, { concurrency: 7, ordered: false, raiseOnFirstError: undefined, signal: null, rest: { pageSize: 5 } })
    assert.equal(resolveRunOptions({}, 100).concurrency, 100)
  })

  for (const [name, value] of Object.entries({ concurrency: 0, ordered: 1, raiseOnFirstError: 'no', signal: {} })) {
    it(`a wrong ${name} is refused`, () => {
      assert.throws(
        () => resolveRunOptions({ [name]: value }, 100),
        (error) => error instanceof InvalidOptionError && error.path === name,
      )
    })
  }
})
