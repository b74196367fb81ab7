/** Many requests at once: input of any kind, results in order, errors, and back-pressure on both ends. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import {
  AbortError,
  ConcurrentInputError,
  executeConcurrent,
  executeConcurrentWithArgs,
  InvalidArgumentError,
  InvalidOptionError,
  InvalidRequestError,
  type PreparedStatement,
  type Session,
} from '../../src/index.js'
import { onEachVersion } from '../support/versions.js'
import { eventually } from '../unit/embedded/scratch.js'

const schema = ['CREATE TABLE t (id int PRIMARY KEY, v text)']

onEachVersion('concurrent helpers', 'concurrent', { schema }, (stage) => {
  let made: { insert: PreparedStatement; select: PreparedStatement } | undefined
  const statements = async (): Promise<{ session: Session; insert: PreparedStatement; select: PreparedStatement }> => {
    const { session } = stage
    made ??= {
      insert: await session.prepare('INSERT INTO t (id, v) VALUES (?, ?)'),
      select: await session.prepare('SELECT id, v FROM t WHERE id = ?'),
    }
    return { session, ...made }
  }
  const rows = (n: number): [number, string][] => Array.from({ length: n }, (_, id) => [id, `value ${id}`])
  const idle = (): Promise<unknown> => eventually('nothing is in flight', () => stage.session.metrics.inFlight === 0)

  it('executes one statement with each list of an array, and gives the results in its order', async () => {
    const { session, insert, select } = await statements()
    const written = await executeConcurrentWithArgs(session, insert, rows(500), { concurrency: 50 })
    assert.equal(written.length, 500)
    assert.ok(written.every(({ success, index }, i) => success && index === i))
    const read = await executeConcurrentWithArgs(
      session,
      select,
      rows(500).map(([id]) => [id]),
    )
    assert.deepEqual(
      read.map((each) => each.success && Object.values(each.result.one()!)),
      rows(500),
    )
  })

  it('takes generators and async generators, values by name, and texts', async () => {
    const { session } = await statements()
    function* generator(): Generator<{ id: number; v: string }> {
      for (let id = 1000; id < 1050; id++) yield { v: `g${id}`, id }
    }
    async function* asyncGenerator(): AsyncGenerator<[number]> {
      for (let id = 1000; id < 1050; id++) yield await Promise.resolve([id] as [number])
    }
    await executeConcurrentWithArgs(session, 'INSERT INTO t (id, v) VALUES (:id, :v)', generator(), { concurrency: 7 })
    const read = await executeConcurrentWithArgs(session, 'SELECT v FROM t WHERE id = ?', asyncGenerator(), { concurrency: 7 })
    assert.deepEqual(
      read.map((each) => each.success && each.result.one()?.v),
      Array.from({ length: 50 }, (_, i) => `g${1000 + i}`),
    )
  })

  it('executes different statements: pairs, and statements that need no values', async () => {
    const { session, insert, select } = await statements()
    const [inserted, selected, text, bound] = await executeConcurrent(
      session,
      [[insert, [2000, 'mixed']], [select, [2]], 'SELECT id FROM t WHERE id = 2', select.bind([3])],
      { concurrency: 1 },
    )
    assert.deepEqual(
      [inserted, selected, text, bound].map((each) => each!.success && each!.result.one()),
      [null, { id: 2, v: 'value 2' }, { id: 2 }, { id: 3, v: 'value 3' }],
    )
  })

  it('nothing to do is done at once', async () => {
    const { session, insert } = await statements()
    assert.deepEqual(await executeConcurrentWithArgs(session, insert, []), [])
    for await (const each of executeConcurrent(session, [], { resultsGenerator: true })) assert.fail(`request ${each.index} has a result`)
  })

  it('passes request options on to each request', async () => {
    const { session, select } = await statements()
    const [first] = await executeConcurrentWithArgs(session, select, [[1]], { rowFactory: 'array', consistency: 'ONE' })
    assert.ok(first?.success)
    assert.deepEqual([first.result.rows, first.result.info.achievedConsistency], [[[1, 'value 1']], 'ONE'])
  })

  it('fails with the first error, and takes no more input then', async () => {
    const { session, insert } = await statements()
    let pulled = 0
    function* input(): Generator<unknown[]> {
      for (;;) yield pulled++ === 20 ? ['no number', 'x'] : [pulled, 'x']
    }
    await assert.rejects(executeConcurrentWithArgs(session, insert, input(), { concurrency: 4 }), (error: Error) => {
      assert.ok(error instanceof InvalidArgumentError)
      assert.match(error.message, /Parameter 1 of 2, "id" \(int\)/)
      return true
    })
    assert.ok(pulled <= 30, `${pulled} were taken`)
    await idle()
  })

  it('with raiseOnFirstError: false gives every outcome in its place', async () => {
    const { session, insert } = await statements()
    const outcomes = await executeConcurrent(
      session,
      [[insert, [1, 'value 1']], [insert, ['one', 'x']], 'SELECT nothing FROM t', [insert, [2, 'value 2']]],
      { raiseOnFirstError: false },
    )
    assert.deepEqual(
      outcomes.map((each) => (each.success ? true : each.error.constructor)),
      [true, InvalidArgumentError, InvalidRequestError, true],
    )
    assert.deepEqual(
      outcomes.map(({ index }) => index),
      [0, 1, 2, 3],
    )
  })

  it('resultsGenerator gives results in order as they come; the input may be endless', async () => {
    const { session, select } = await statements()
    let pulled = 0
    function* endless(): Generator<[number]> {
      for (;;) yield [pulled++ % 500]
    }
    const seen: number[] = []
    for await (const each of executeConcurrentWithArgs(session, select, endless(), { concurrency: 20, resultsGenerator: true })) {
      assert.ok(each.success)
      assert.equal(each.index, seen.length)
      seen.push((each.result.one() as { id: number }).id)
      if (seen.length === 1_200) break
    }
    assert.deepEqual(
      seen,
      Array.from({ length: 1_200 }, (_, i) => i % 500),
    )
    assert.ok(pulled <= 1_200 + 2 * 20, `${pulled} were taken for 1,200 results`)
    await idle()
  })

  it('the input is not read on while nobody takes the results, and is told when the reader leaves', async () => {
    const { session, select } = await statements()
    let pulled = 0
    let closed = false
    function* input(): Generator<[number]> {
      try {
        for (;;) yield [pulled++ % 500]
      } finally {
        closed = true
      }
    }
    const results = executeConcurrentWithArgs(session, select, input(), { concurrency: 10, resultsGenerator: true })
    assert.equal(pulled, 0, 'nothing is taken before the first result is asked for')
    await results.next()
    await idle()
    const then = pulled
    assert.ok(then <= 21, `${then} were taken`)
    // The session is at work meanwhile: were the input to be read on, it would be by now.
    for (let i = 0; i < 20; i++) await session.execute(select, [i])
    assert.equal(pulled, then)
    await results.return!()
    assert.equal(closed, true)
    assert.deepEqual(await results.next(), { done: true, value: undefined })
  })

  it('input that fails half-way is an error that says how many were sent; what was in flight has settled', async () => {
    const { session, insert } = await statements()
    function* input(): Generator<[number, string]> {
      yield [3000, 'a']
      yield [3001, 'b']
      throw new Error('line 3 of the file is no row')
    }
    await assert.rejects(executeConcurrentWithArgs(session, insert, input()), (error: Error) => {
      assert.ok(error instanceof ConcurrentInputError)
      assert.deepEqual([error.sent, error.acknowledged, (error.cause as Error).message], [2, 2, 'line 3 of the file is no row'])
      return true
    })
    assert.equal(session.metrics.inFlight, 0)
  })

  it('input that fails half-way ends a generator of results, after the results before it', async () => {
    const { session, select } = await statements()
    async function* input(): AsyncGenerator<[number]> {
      yield [1]
      yield await Promise.resolve([2] as [number])
      throw new Error('no more')
    }
    const seen: unknown[] = []
    const results = executeConcurrentWithArgs(session, select, input(), { resultsGenerator: true })
    await assert.rejects(async () => {
      for await (const each of results) seen.push(each.success && each.result.one()?.['id'])
    }, ConcurrentInputError)
    assert.deepEqual(seen, [1, 2])
  })

  it('a signal ends the whole run', async () => {
    const { session, select } = await statements()
    const controller = new AbortController()
    let pulled = 0
    function* endless(): Generator<[number]> {
      for (;;) {
        if (++pulled === 200) controller.abort(new Error('enough'))
        yield [1]
      }
    }
    await assert.rejects(
      executeConcurrentWithArgs(session, select, endless(), { signal: controller.signal, raiseOnFirstError: false }),
      (error: Error) => error instanceof AbortError && (error.cause as Error).message === 'enough',
    )
    await idle()
    assert.ok(pulled <= 201)
  })

  it('refuses a wrong concurrency, a wrong input and wrong options by name, before anything is sent', async () => {
    const { session, select } = await statements()
    for (const concurrency of [0, -1, 1.5, NaN, '100']) {
      await assert.rejects(executeConcurrentWithArgs(session, select, [[1]], { concurrency: concurrency as number }), (error: Error) => {
        assert.ok(error instanceof InvalidOptionError)
        assert.equal(error.path, 'concurrency')
        assert.match(error.message, /positive integer.*Nothing was sent/)
        return true
      })
    }
    await assert.rejects(executeConcurrentWithArgs(session, select, 7 as never), InvalidArgumentError)
    await assert.rejects(executeConcurrentWithArgs(session, select, [[1]], { consistancy: 'ONE' } as object), /did you mean consistency\?/)
    await assert.rejects(executeConcurrent(session, [[select, [1], 'more']] as never), /pairs \[statement, parameters\]/)
  })
})
