import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  AbortError,
  ConcurrentInputError,
  ConnectionError,
  CqlwireError,
  InvalidArgumentError,
  NoHostAvailableError,
  ShutdownError,
} from '../../src/base/errors.js'
import { InvalidRequestError, OverloadedError } from '../../src/base/server-errors.js'
import { executeConcurrent, executeConcurrentWithArgs } from '../../src/concurrent/execute-concurrent.js'
import { ExponentialBackoffRetryPolicy } from '../../src/policies/backoff-retry.js'
import { NeverRetryPolicy } from '../../src/policies/default-retry.js'
import { reply } from '../../src/testing/reply.js'
import type { Reply } from '../../src/testing/reply.js'
import { BY_ID, eventually, failure, Gate, Lab, within } from './support.js'

/** Parameters without end, and what became of the source. */
class Source implements Iterable<[number]> {
  taken = 0
  closed = 0
  readonly #failAt: number

  constructor(failAt = Infinity) {
    this.#failAt = failAt
  }

  *[Symbol.iterator](): Generator<[number]> {
    try {
      for (;;) {
        if (this.taken === this.#failAt) throw new RangeError('the file ends here')
        yield [this.taken++]
      }
    } finally {
      this.closed++
    }
  }

  async *slowly(): AsyncGenerator<[number]> {
    for (const each of this) {
      await Promise.resolve()
      yield each
    }
  }
}

const idOf = (request: { parameters: { values: readonly unknown[] } | null }): number =>
  (request.parameters!.values[0] as Buffer).readInt32BE()
const upTo = (count: number): [number][] => Array.from({ length: count }, (_, i) => [i])
const ada = reply.rows({ name: 'text' }, [['Ada']], { table: 'users' })

/** Requests with one of these ids fail. */
function failing(lab: Lab, ...ids: number[]): void {
  lab.fake.when({ opcode: 'EXECUTE' }, (request) =>
    ids.includes(idOf(request)) ? reply.error(new InvalidRequestError(`no ${idOf(request)}`)) : ada,
  )
}

describe('executeConcurrent', () => {
  test('by default takes no more input after the first error, waits for what is in flight, and throws it', async () => {
    await using lab = await Lab.open()
    failing(lab, 7)
    const source = new Source()
    const error = await failure(executeConcurrentWithArgs(lab.session, BY_ID, source, { concurrency: 4 }), InvalidRequestError)
    assert.equal(error.message, 'no 7')
    assert.ok(source.taken <= 16, `${source.taken} taken`)
    assert.equal(source.closed, 1)
    assert.equal(lab.session.metrics.inFlight, 0)
    await lab.works()
  })

  test('with raiseOnFirstError false gives every outcome in its place', async () => {
    await using lab = await Lab.open()
    failing(lab, 2, 5)
    const results = await within(executeConcurrentWithArgs(lab.session, BY_ID, upTo(8), { concurrency: 3, raiseOnFirstError: false }))
    assert.deepEqual(
      results.map(({ index, success }) => [index, success]),
      upTo(8).map(([i]) => [i, i !== 2 && i !== 5]),
    )
    const second = results[2]!
    assert.ok(!second.success && second.error instanceof InvalidRequestError && second.error.message === 'no 2')
    await lab.works()
  })

  test('never has more in flight than the concurrency', async () => {
    await using lab = await Lab.open()
    let now = 0
    let most = 0
    lab.fake.when({ opcode: 'EXECUTE' }, async () => {
      most = Math.max(most, ++now)
      await new Promise((resolve) => setTimeout(resolve, 1))
      now--
      return ada
    })
    await within(executeConcurrentWithArgs(lab.session, BY_ID, upTo(60), { concurrency: 5 }))
    assert.equal(most, 5)
    await lab.idle()
  })

  test('with more concurrency than there is room for has the rest wait in the session', async () => {
    await using lab = await Lab.open({ pool: { maxRequestsPerConnection: 2 } })
    const results = await within(executeConcurrentWithArgs(lab.session, BY_ID, upTo(100), { concurrency: 50 }))
    assert.ok(results.every(({ success }) => success))
    await lab.idle()
  })

  test("with concurrency 'auto' stays within what a node takes, and has all answered where the policy retries", async () => {
    await using lab = await Lab.open()
    let now = 0
    let refused = 0
    lab.fake.when({ opcode: 'EXECUTE' }, async () => {
      if (now >= 20) return (refused++, reply.error(new OverloadedError('20 are enough')))
      now++
      await new Promise((resolve) => setTimeout(resolve, 2))
      now--
      return ada
    })
    // The default policy gives up after a few refusals, and has a budget: how many a request meets depends on how fast the machine is.
    const retry = new ExponentialBackoffRetryPolicy({ baseDelayMs: 2, maxDelayMs: 50, maxRetries: 100 })
    const options = { concurrency: 'auto', idempotent: true, retry } as const
    const results = await within(executeConcurrentWithArgs(lab.session, BY_ID, upTo(2_000), options))
    assert.equal(results.length, 2_000)
    assert.ok(refused > 0 && refused < 1_000, `${refused} refused`)
    await lab.idle()
  })

  test("with concurrency 'auto' gives what the policy rethrows as any other outcome", async () => {
    await using lab = await Lab.open()
    lab.fake.when({ opcode: 'EXECUTE' }, (request) => (idOf(request) === 5 ? reply.error(new OverloadedError('not now')) : ada))
    const options = { concurrency: 'auto', raiseOnFirstError: false, retry: new NeverRetryPolicy() } as const
    const results = await within(executeConcurrentWithArgs(lab.session, BY_ID, upTo(100), options))
    assert.deepEqual(
      results.filter(({ success }) => !success).map(({ index, error }) => [index, error?.constructor.name]),
      [[5, 'OverloadedError']],
    )
    await lab.idle()
  })

  test('with wrong parameters in the middle fails for that one only', async () => {
    await using lab = await Lab.open()
    await lab.session.prepare(BY_ID)
    const input = [[1], ['not a number'], [3]]
    const results = await within(executeConcurrentWithArgs(lab.session, BY_ID, input, { raiseOnFirstError: false }))
    assert.deepEqual(
      results.map(({ success }) => success),
      [true, false, true],
    )
    const wrong = results[1]!
    assert.ok(!wrong.success && wrong.error instanceof InvalidArgumentError)
    await failure(executeConcurrentWithArgs(lab.session, BY_ID, input), InvalidArgumentError)
    await lab.works()
  })

  for (const kind of ['an iterator', 'an async iterator'] as const) {
    test(`with ${kind} that throws half-way says how much was sent and acknowledged`, async () => {
      await using lab = await Lab.open()
      const source = new Source(10)
      const input = kind === 'an iterator' ? source : source.slowly()
      const error = await failure(executeConcurrentWithArgs(lab.session, BY_ID, input, { concurrency: 3 }), ConcurrentInputError)
      assert.equal(error.sent, 10)
      assert.equal(error.acknowledged, 10)
      assert.ok(error.cause instanceof RangeError)
      assert.match(error.message, /failed after 10 requests were sent, of which 10 were acknowledged: the file ends here/)
      assert.equal(lab.countOf('EXECUTE'), 10)
      await lab.works()
    })
  }

  test('with a source that gives what is no pair closes it, and says what it got', async () => {
    await using lab = await Lab.open()
    let closed = 0
    const source = {
      *[Symbol.iterator](): Generator<never> {
        try {
          yield [BY_ID, [1]] as never
          yield [BY_ID, [1], 'and more'] as never
          yield [BY_ID, [2]] as never
        } finally {
          closed++
        }
      },
    }
    const error = await failure(executeConcurrent(lab.session, source), ConcurrentInputError)
    assert.match(error.message, /takes pairs \[statement, parameters\], got an array of 3/)
    assert.equal(error.sent, 1)
    assert.equal(closed, 1)
    await lab.works()
  })

  test('takes the promises of other libraries', async () => {
    await using lab = await Lab.open()
    let left = 3
    const thenable = (value: unknown): unknown => ({ then: (resolve: (value: unknown) => void) => setImmediate(resolve, value) })
    const source = {
      [Symbol.asyncIterator]: () => ({ next: () => thenable(left-- > 0 ? { done: false, value: [left] } : { done: true }) }),
    }
    const results = await within(executeConcurrentWithArgs(lab.session, BY_ID, source as AsyncIterable<[number]>))
    assert.equal(results.length, 3)
    await lab.idle()
  })

  test('whose signal aborts cancels what is in flight, closes its source and throws an AbortError', async () => {
    await using lab = await Lab.open()
    const gate = new Gate<Reply>()
    lab.fake.when({ opcode: 'EXECUTE' }, () => gate.promise)
    const source = new Source()
    const controller = new AbortController()
    const run = failure(executeConcurrentWithArgs(lab.session, BY_ID, source, { concurrency: 4, signal: controller.signal }), AbortError)
    await eventually('four are in flight', () => lab.countOf('EXECUTE') === 4)
    controller.abort('stop')
    assert.equal((await run).cause, 'stop')
    assert.equal(source.closed, 1)
    assert.equal(source.taken, 4)
    gate.open(ada)
    await lab.works()
  })

  test('whose signal aborts while its statement is being prepared executes nothing', async () => {
    await using lab = await Lab.open()
    const controller = new AbortController()
    const run = failure(
      executeConcurrentWithArgs(lab.session, BY_ID, new Source(), { concurrency: 4, signal: controller.signal }),
      AbortError,
    )
    controller.abort()
    await run
    await lab.session.prepare(BY_ID)
    assert.equal(lab.countOf('EXECUTE'), 0)
    await lab.works()
  })

  test('whose signal was aborted before takes nothing', async () => {
    await using lab = await Lab.open()
    const source = new Source()
    await failure(executeConcurrentWithArgs(lab.session, BY_ID, source, { signal: AbortSignal.abort() }), AbortError)
    const results = executeConcurrentWithArgs(lab.session, BY_ID, source, { signal: AbortSignal.abort(), resultsGenerator: true })
    await failure(results.next(), AbortError)
    assert.equal(source.taken, 0)
  })

  test('goes on over a lost connection: what was in flight fails, what comes later is carried out', async () => {
    await using lab = await Lab.open({ nodes: 2 })
    lab.fake.when({ opcode: 'EXECUTE' }, (request) => (idOf(request) === 10 ? reply.close() : ada))
    const results = await within(executeConcurrentWithArgs(lab.session, BY_ID, upTo(200), { concurrency: 5, raiseOnFirstError: false }))
    const failed = results.filter((each) => !each.success)
    assert.ok(failed.length >= 1 && failed.length <= 5, `${failed.length} failed`)
    for (const each of failed) assert.ok(each.error instanceof ConnectionError && each.error.sent)
    assert.ok(results.slice(15).every(({ success }) => success))
    await lab.works()
  })

  test('with all nodes down fails each request, without a hang and without a deep stack', async () => {
    await using lab = await Lab.open()
    const prepared = await lab.session.prepare(BY_ID)
    await lab.fake.nodes[0]!.stop()
    await eventually('the loss is noticed', () => lab.session.metrics.connections.get(lab.node(0)) === 0)
    await eventually('nothing is being opened', () => lab.session.metrics.inFlight === 0)
    const results = await within(
      executeConcurrentWithArgs(lab.session, prepared, upTo(20_000), { concurrency: 10, raiseOnFirstError: false }),
    )
    assert.equal(results.length, 20_000)
    assert.ok(results.every((each) => !each.success && each.error instanceof NoHostAvailableError))
  })

  test('on a session that is shut down meanwhile ends with a ShutdownError', async () => {
    await using lab = await Lab.open()
    const source = new Source()
    const run = failure(executeConcurrentWithArgs(lab.session, BY_ID, source, { concurrency: 4 }), CqlwireError)
    await within(lab.fake.nextRequest((request) => request.opcode === 'EXECUTE' && idOf(request) === 20))
    await within(lab.session.shutdown())
    assert.ok((await run) instanceof ShutdownError)
    assert.equal(source.closed, 1)
  })
})

describe('a generator of results', () => {
  test('gives outcomes in the order of the input, however the answers come', async () => {
    await using lab = await Lab.open()
    lab.fake.when({ opcode: 'EXECUTE' }, (request) => reply.delay((10 - (idOf(request) % 10)) * 2, ada))
    const seen: number[] = []
    for await (const { index } of executeConcurrentWithArgs(lab.session, BY_ID, upTo(30), { concurrency: 10, resultsGenerator: true }))
      seen.push(index)
    assert.deepEqual(
      seen,
      upTo(30).map(([i]) => i),
    )
    await lab.idle()
  })

  test('whose reader leaves cancels what is in flight and closes the source', async () => {
    await using lab = await Lab.open()
    const gate = new Gate<Reply>()
    lab.fake.when({ opcode: 'EXECUTE' }, (request) => (idOf(request) < 3 ? ada : gate.promise))
    const source = new Source()
    for await (const { index } of executeConcurrentWithArgs(lab.session, BY_ID, source, { concurrency: 4, resultsGenerator: true }))
      if (index === 2) break
    assert.equal(source.closed, 1)
    const { taken } = source
    gate.open(ada)
    await lab.works()
    assert.equal(source.taken, taken)
  })

  test('whose reader stops reading stops taking input', async () => {
    await using lab = await Lab.open()
    const source = new Source()
    const results = executeConcurrentWithArgs(lab.session, BY_ID, source, { concurrency: 5, resultsGenerator: true })
    await within(results.next())
    await lab.idle()
    await new Promise((resolve) => setTimeout(resolve, 20))
    assert.ok(source.taken <= 11, `${source.taken} taken`)
    const { taken } = source
    for (let i = 0; i < 50; i++) assert.equal((await within(results.next())).value?.index, i + 1)
    assert.ok(source.taken >= taken + 40)
    await results.return!()
    assert.equal(source.closed, 1)
    await lab.works()
  })

  test('throws the first error in its place and is over then; the source is closed', async () => {
    await using lab = await Lab.open()
    failing(lab, 3)
    const source = new Source()
    const results = executeConcurrentWithArgs(lab.session, BY_ID, source, { concurrency: 2, resultsGenerator: true })
    for (let i = 0; i < 3; i++) assert.equal((await within(results.next())).value?.index, i)
    await failure(results.next(), InvalidRequestError)
    assert.deepEqual(await within(results.next()), { done: true, value: undefined })
    assert.equal(source.closed, 1)
    await lab.works()
  })

  test('that is asked ahead throws the error once, and ends for all who asked', async () => {
    await using lab = await Lab.open()
    failing(lab, 1)
    const results = executeConcurrentWithArgs(lab.session, BY_ID, new Source(), { concurrency: 2, resultsGenerator: true })
    const asked = Array.from({ length: 5 }, () => results.next())
    assert.equal((await within(asked[0]!)).value?.index, 0)
    await failure(asked[1]!, InvalidRequestError)
    for (const later of asked.slice(2)) assert.deepEqual(await within(later), { done: true, value: undefined })
    await lab.works()
  })

  test('with raiseOnFirstError false goes on over errors', async () => {
    await using lab = await Lab.open()
    failing(lab, 1, 2)
    const outcomes: boolean[] = []
    const options = { resultsGenerator: true, raiseOnFirstError: false } as const
    for await (const { success } of executeConcurrentWithArgs(lab.session, BY_ID, upTo(4), options)) outcomes.push(success)
    assert.deepEqual(outcomes, [true, false, false, true])
    await lab.works()
  })

  test('whose source fails gives what was answered before it throws', async () => {
    await using lab = await Lab.open()
    const results = executeConcurrentWithArgs(lab.session, BY_ID, new Source(5), { concurrency: 2, resultsGenerator: true })
    const seen: number[] = []
    const error = await failure(
      (async () => {
        for await (const { index } of results) seen.push(index)
      })(),
      ConcurrentInputError,
    )
    assert.deepEqual(seen, [0, 1, 2, 3, 4])
    assert.equal(error.acknowledged, 5)
    await lab.works()
  })

  test('that nobody reads takes nothing', async () => {
    await using lab = await Lab.open()
    const source = new Source()
    const results = executeConcurrentWithArgs(lab.session, BY_ID, source, { resultsGenerator: true })
    await lab.works()
    assert.equal(source.taken, 0)
    assert.deepEqual(await results.return!(), { done: true, value: undefined })
  })
})
