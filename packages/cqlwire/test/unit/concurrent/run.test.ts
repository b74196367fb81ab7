import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ConcurrentInputError } from '../../../src/base/errors.js'
import { OverloadedError } from '../../../src/base/server-errors.js'
import { inputOf } from '../../../src/base/input.js'
import type { RunSettings } from '../../../src/concurrent/options.js'
import { OrderedResults } from '../../../src/concurrent/ordered-results.js'
import { type ExecutionResult, type Item, Run } from '../../../src/concurrent/run.js'
import type { ResultSet } from '../../../src/session/result-set.js'
import type { Session } from '../../../src/session/session.js'

interface Sent {
  readonly statement: unknown
  readonly answer: () => void
  readonly fail: (error: Error) => void
  cancelled: Error | null
}

/** A session that keeps what is submitted, to be answered by the test. */
class MadeUpSession {
  readonly sent: Sent[] = []
  /** What happens to a statement within `submit`; nothing by default. */
  within: (sent: Sent) => void = () => {}

  submit(statement: unknown, _params: unknown, _options: unknown, onResult: (result: ResultSet) => void, onError: (error: Error) => void) {
    const sent: Sent = { statement, answer: () => onResult({ info: { attempts: 1 } } as ResultSet), fail: onError, cancelled: null }
    this.sent.push(sent)
    this.within(sent)
    return {
      cancel: (error: Error) => {
        sent.cancelled = error
        onError(error)
      },
    }
  }
}

const items = (count: number): Item[] => Array.from({ length: count }, (_, i) => ({ statement: `s${i}`, params: undefined }))
const settings: RunSettings = { concurrency: 2, raiseOnFirstError: true, requestOptions: undefined, signal: null }

interface Ran {
  readonly session: MadeUpSession
  readonly run: Run
  readonly outcomes: ExecutionResult[]
  readonly ends: (Error | null)[]
}

function ran(input: Iterable<Item> | AsyncIterable<Item>, options: Partial<RunSettings> = {}): Ran {
  const session = new MadeUpSession()
  const outcomes: ExecutionResult[] = []
  const ends: (Error | null)[] = []
  const sink = {
    onOutcome: (outcome: ExecutionResult) => void outcomes.push(outcome),
    onEnd: (error: Error | null) => void ends.push(error),
    backlog: () => 0,
  }
  const run = new Run(session as unknown as Session, inputOf(input, 'it'), { ...settings, ...options }, sink)
  return { session, run, outcomes, ends }
}

describe('a run', () => {
  test('keeps its concurrency in flight, and ends when the last is answered', () => {
    const { session, run, outcomes, ends } = ran(items(3))
    run.pump()
    assert.equal(session.sent.length, 2)
    session.sent[1]!.answer()
    assert.equal(session.sent.length, 3)
    session.sent[2]!.answer()
    assert.deepEqual(ends, [])
    session.sent[0]!.answer()
    assert.deepEqual(ends, [null])
    assert.deepEqual(
      outcomes.map(({ index }) => index),
      [1, 2, 0],
    )
  })

  test("with concurrency 'auto' starts with 32 in flight, and has fewer after an OVERLOADED answer", () => {
    const { session, run, outcomes } = ran(items(1_000), { concurrency: 'auto', raiseOnFirstError: false })
    run.pump()
    assert.equal(session.sent.length, 32)
    session.sent[0]!.fail(new OverloadedError('too much'))
    assert.equal(outcomes[0]?.success, false)
    for (const each of session.sent.slice(1, 7)) each.answer()
    assert.equal(session.sent.length, 32)
    session.sent[7]!.answer()
    assert.equal(session.sent.length, 33, '24 of 25 were in flight')
  })

  test('of nothing ends at once', () => {
    const { run, ends } = ran([])
    run.pump()
    run.pump()
    assert.deepEqual(ends, [null])
  })

  test('takes an outcome once, whatever a session calls', () => {
    const { session, run, outcomes } = ran(items(1))
    run.pump()
    session.sent[0]!.answer()
    session.sent[0]!.fail(new Error('too late'))
    assert.equal(outcomes.length, 1)
  })

  test('whose requests are over within submit does not run away, nor hold up the event loop', async () => {
    const { session, run, ends } = ran(items(5_000))
    session.within = (sent) => sent.answer()
    run.pump()
    assert.ok(session.sent.length < 5_000)
    while (ends.length === 0) await new Promise((resolve) => setImmediate(resolve))
    assert.equal(session.sent.length, 5_000)
    assert.deepEqual(ends, [null])
  })

  test('cancels what is in flight, and nothing else, when it is stopped', async () => {
    async function* slowly(): AsyncGenerator<Item> {
      for (const item of items(10)) yield await Promise.resolve(item)
    }
    const { session, run, ends } = ran(slowly(), { raiseOnFirstError: false })
    // The first one fails within submit: its slot is the next one's.
    session.within = (sent) => {
      if (session.sent.length === 1) sent.fail(new Error('at once'))
    }
    run.pump()
    while (session.sent.length < 3) await new Promise((resolve) => setImmediate(resolve))
    const stop = new Error('stop')
    run.stop(stop)
    assert.deepEqual(
      session.sent.map(({ cancelled }) => cancelled),
      [null, stop, stop],
    )
    assert.deepEqual(ends, [stop])
    run.stop(new Error('again'))
    assert.equal(ends.length, 1)
  })

  test('whose input fails waits for what is in flight, and counts', () => {
    function* broken(): Generator<Item> {
      yield* items(1)
      throw new RangeError('no more')
    }
    const { session, run, ends } = ran(broken())
    run.pump()
    assert.equal(ends.length, 0)
    session.sent[0]!.answer()
    const [error] = ends
    assert.ok(error instanceof ConcurrentInputError)
    assert.deepEqual([error.sent, error.acknowledged], [1, 1])
    assert.ok(error.cause instanceof RangeError)
  })

  test('that raises takes no more input after an error, and waits for what is in flight', () => {
    const { session, run, ends, outcomes } = ran(items(10))
    run.pump()
    const first = new Error('first')
    session.sent[0]!.fail(first)
    assert.deepEqual(ends, [])
    session.sent[1]!.fail(new Error('second'))
    assert.deepEqual(ends, [first])
    assert.equal(session.sent.length, 2)
    assert.equal(outcomes.length, 2)
  })
})

describe('ordered results', () => {
  function ordered(count: number, raise = true): { session: MadeUpSession; results: OrderedResults } {
    const session = new MadeUpSession()
    const results = new OrderedResults(raise)
    results.attach(new Run(session as unknown as Session, inputOf(items(count), 'it'), { ...settings, raiseOnFirstError: raise }, results))
    return { session, results }
  }

  test('are handed over in the order of the input', async () => {
    const { session, results } = ordered(2)
    const steps = [results.next(), results.next(), results.next()]
    session.sent[1]!.answer()
    session.sent[0]!.answer()
    const values = await Promise.all(steps)
    assert.deepEqual(
      values.map(({ value }) => value?.index),
      [0, 1, undefined],
    )
  })

  test('hold no more than twice the concurrency while the first is waited for', () => {
    const { session, results } = ordered(100)
    void results.next()
    for (let i = 1; i < session.sent.length; i++) session.sent[i]!.answer()
    assert.equal(session.sent.length, 4)
  })

  test('end with the first error in order: those after it are cancelled, whoever waits for them hears of the end', async () => {
    const { session, results } = ordered(100)
    const steps = [results.next(), results.next(), results.next()]
    const failed = new Error('second')
    session.sent[1]!.fail(failed)
    session.sent[0]!.answer()
    assert.equal((await steps[0]!).value?.index, 0)
    await assert.rejects(steps[1]!, failed)
    assert.deepEqual(await steps[2]!, { done: true, value: undefined })
    assert.deepEqual(await results.next(), { done: true, value: undefined })
  })

  test('that nobody asked for yet fail when they are asked for', async () => {
    const { session, results } = ordered(3)
    const first = results.next()
    const failed = new Error('second')
    session.sent[0]!.answer()
    session.sent[1]!.fail(failed)
    await first
    await assert.rejects(results.next(), failed)
    assert.deepEqual(await results.next(), { done: true, value: undefined })
  })
})
