import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { AbortError, BusyError, CqlwireError, InvalidOptionError, OperationTimedOutError, ShutdownError } from '../../src/base/errors.js'
import { OverloadedError, ServerError, UnavailableError } from '../../src/base/server-errors.js'
import { ExponentialBackoffRetryPolicy } from '../../src/policies/backoff-retry.js'
import { DefaultRetryPolicy } from '../../src/policies/default-retry.js'
import { PercentileSpeculativeExecutionPolicy } from '../../src/policies/percentile-speculation.js'
import { RetryBudget, withRetryBudget } from '../../src/policies/retry-budget.js'
import type { RetryPolicy } from '../../src/policies/retry.js'
import { ConstantSpeculativeExecutionPolicy } from '../../src/policies/speculative.js'
import { Consistency } from '../../src/protocol/constants.js'
import { Cluster } from '../../src/session/cluster.js'
import { reply, type Reply } from '../../src/testing/reply.js'
import { eventually, failure, Gate, Lab, quick, warningsOf, within } from './support.js'

const QUERY = 'SELECT n FROM t'
const busy = reply.error(new OverloadedError('busy'))
const answer = reply.rows({ n: 'int' }, [[7]])
const idempotent = { idempotent: true }

/** A policy that does the same about every error. */
function always(decide: () => unknown): RetryPolicy {
  const same = decide as () => never
  return { onReadTimeout: same, onWriteTimeout: same, onUnavailable: same, onRequestError: same }
}

describe('a retry after a wait', () => {
  test('holds no stream id, and begins the plan anew at its end', async () => {
    await using lab = await Lab.open({ retry: always(() => ({ kind: 'retryNextHost', delayMs: 60 })) })
    lab.fake.when(QUERY, answer)
    lab.fake.when(QUERY, busy, { times: 2 })
    const request = lab.session.execute(QUERY, [], idempotent)
    await eventually('it was refused', () => lab.countOf('QUERY') === 1 && lab.session.metrics.inFlight === 0)
    const result = await within(request)
    assert.equal(result.one()?.['n'], 7)
    assert.equal(result.info.attempts, 3)
    await lab.works()
  })

  test('ends with the deadline, the signal, and the session', async () => {
    const lab = await Lab.open({ retry: always(() => ({ kind: 'retry', delayMs: 60_000 })) })
    lab.fake.when(QUERY, busy)
    const late = await failure(lab.session.execute(QUERY, [], { timeoutMs: 60 }), OperationTimedOutError)
    assert.match(late.message, /waited to be tried again after .* answered: busy/)
    assert.ok(late.cause instanceof OverloadedError)
    const controller = new AbortController()
    const aborted = lab.session.execute(QUERY, [], { signal: controller.signal })
    const left = lab.session.execute(QUERY)
    const ends = Promise.all([failure(aborted, AbortError), failure(left, ShutdownError)])
    await eventually('both were refused', () => lab.countOf('QUERY') === 3 && lab.session.metrics.inFlight === 0)
    controller.abort()
    await lab[Symbol.asyncDispose]()
    await ends
  })

  test('is the same write: it has the same timestamp, and overtakes none that was made after it', async () => {
    await using lab = await Lab.open({ retry: always(() => ({ kind: 'retry', delayMs: 30 })) })
    lab.fake.when(QUERY, answer)
    lab.fake.when(QUERY, busy, { times: 1 })
    const first = lab.session.execute(QUERY)
    await eventually('it was refused', () => lab.countOf('QUERY') === 1 && lab.session.metrics.inFlight === 0)
    await within(lab.session.execute(QUERY))
    await within(first)
    const [refused, later, again] = lab.asked.map(({ parameters }) => parameters!.timestamp!)
    assert.equal(again, refused)
    assert.ok(later! > refused!)
  })

  test('may be decided on later, with another consistency level', async () => {
    const decision = new Gate<{ kind: 'retry'; consistency: string }>()
    await using lab = await Lab.open({ retry: always(() => decision.promise) })
    lab.fake.when(QUERY, answer)
    lab.fake.when(QUERY, reply.error(new UnavailableError('no', { consistency: 'QUORUM', required: 2, alive: 1 })), { times: 1 })
    const request = lab.session.execute(QUERY, [], { consistency: 'QUORUM' })
    await eventually('it was refused', () => lab.countOf('QUERY') === 1 && lab.session.metrics.inFlight === 0)
    decision.open({ kind: 'retry', consistency: 'ONE' })
    await within(request)
    assert.deepEqual(
      lab.asked.map(({ parameters }) => parameters?.consistency),
      [Consistency.QUORUM, Consistency.ONE],
    )
  })
})

describe('a retry policy that gives nonsense', () => {
  const cases: readonly (readonly [what: string, decide: () => unknown, pattern: RegExp])[] = [
    ['nothing', () => undefined, /the given retry policy gave undefined, where .*over this error: busy/],
    ['another kind', () => ({ kind: 'retri' }), /decided on the kind "retri" \(did you mean 'retry'\?\)/],
    ['a wait that is none', () => ({ kind: 'retry', delayMs: Number.NaN }), /gave delayMs NaN/],
    ['a level that there is not', () => ({ kind: 'retry', consistency: 'TWELVE' }), /asked for another consistency level.*TWELVE/],
    ['a rejected promise', () => Promise.reject(new Error('no idea')), /failed \(no idea\) over this error: busy/],
    ['a promise of nothing', () => Promise.resolve(null), /gave null/],
  ]
  for (const [what, decide, pattern] of cases) {
    test(`${what}: the request fails with an error that names it, the session goes on`, async () => {
      await using lab = await Lab.open({ retry: always(decide) })
      lab.fake.when(QUERY, busy)
      const error = await failure(lab.session.execute(QUERY), CqlwireError)
      assert.equal(error.code, 'ERR_POLICY')
      assert.match(error.message, pattern)
      await lab.works()
    })
  }
})

describe('an overloaded cluster', () => {
  test('is asked again later by idempotent requests, as long as the budget lasts', async () => {
    const budget = new RetryBudget({ ratio: 0, minPerSecond: 0.2, now: () => 0 })
    await using lab = await Lab.open({ retry: new DefaultRetryPolicy({ budget }) })
    lab.fake.when(QUERY, busy)
    const requests = Array.from({ length: 20 }, () => failure(lab.session.execute(QUERY, [], idempotent), OverloadedError))
    await Promise.all(requests)
    assert.equal(lab.countOf('QUERY'), 22)
  })

  test('gets no request twice that is not idempotent', async () => {
    await using lab = await Lab.open({ retry: new ExponentialBackoffRetryPolicy({ baseDelayMs: 1 }) })
    lab.fake.when(QUERY, busy)
    await failure(lab.session.execute(QUERY), OverloadedError)
    assert.equal(lab.countOf('QUERY'), 1)
    await failure(lab.session.execute(QUERY, [], idempotent), OverloadedError)
    assert.equal(lab.countOf('QUERY'), 5)
  })

  test('is told to say so with throwOnOverload, and not by default', async () => {
    for (const [options, said] of [
      [{ throwOnOverload: true }, '1'],
      [{}, undefined],
    ] as const) {
      await using lab = await Lab.open(options)
      const startups = lab.fake.requests.filter(({ startup }) => startup !== null)
      assert.ok(startups.length >= 2)
      for (const { startup } of startups) assert.equal(startup!.get('THROW_ON_OVERLOAD'), said)
    }
  })

  test('a budget around any policy ends its retries', async () => {
    const retry = withRetryBudget(
      always(() => ({ kind: 'retry' })),
      new RetryBudget({ ratio: 0, minPerSecond: 0.3, now: () => 0 }),
    )
    await using lab = await Lab.open({ retry })
    lab.fake.when(QUERY, reply.error(new ServerError(0, 'a bug')))
    await failure(lab.session.execute(QUERY), ServerError)
    assert.equal(lab.countOf('QUERY'), 4)
  })
})

describe('a throttle', () => {
  test('lets so many requests through at once, the others in order', async () => {
    await using lab = await Lab.open({ throttle: { maxConcurrentRequests: 2 } })
    const gates = [0, 1, 2, 3].map(() => new Gate<Reply>())
    const order: string[] = []
    gates.forEach((gate, i) =>
      lab.fake.when(`SELECT ${i} FROM t`, () => {
        order.push(`${i}`)
        return gate.promise
      }),
    )
    const requests = gates.map((_, i) => lab.session.execute(`SELECT ${i} FROM t`))
    await eventually('two arrived', () => order.length === 2)
    assert.equal(lab.session.metrics.inFlight, 2)
    assert.equal(lab.session.metrics.queued, 2)
    gates[1]!.open(answer)
    await eventually('the next one arrived', () => order.length === 3)
    for (const gate of gates) gate.open(answer)
    await within(Promise.all(requests))
    assert.deepEqual(order, ['0', '1', '2', '3'])
    await lab.works()
  })

  test('full: a BusyError at once; those that wait keep their deadline, and leave no place taken', async () => {
    await using lab = await Lab.open({ throttle: { maxConcurrentRequests: 1, maxQueueSize: 1 } })
    const gate = new Gate<Reply>()
    lab.fake.when(QUERY, () => gate.promise, { times: 1 })
    lab.fake.when('SELECT m FROM t', answer)
    const first = lab.session.execute(QUERY)
    const waits = failure(lab.session.execute('SELECT m FROM t', [], { timeoutMs: 60 }), OperationTimedOutError)
    const refused = await failure(lab.session.execute('SELECT m FROM t'), BusyError)
    assert.match(refused.message, /was not sent: 1 requests wait for their turn already \(throttle\.maxQueueSize\)/)
    assert.equal((await waits).sent, false)
    const next = lab.session.execute('SELECT m FROM t') // in the place of the one that was given up
    gate.open(answer)
    await within(Promise.all([first, next]))
    await lab.works()
  })

  test('counts retries and speculative attempts; places come back with every kind of end', async () => {
    const speculativeExecution = new ConstantSpeculativeExecutionPolicy(2, 3)
    await using lab = await Lab.open({ nodes: 3, throttle: { maxConcurrentRequests: 2 }, speculativeExecution })
    lab.fake.when(QUERY, reply.drop())
    await failure(lab.session.execute(QUERY, [], { ...idempotent, timeoutMs: 100 }), OperationTimedOutError)
    assert.equal(lab.countOf('QUERY'), 2)
    lab.fake.when('SELECT m FROM t', answer)
    lab.fake.when('SELECT m FROM t', reply.error(new ServerError(0, 'a bug')), { times: 2 })
    await within(lab.session.execute('SELECT m FROM t', [], { ...idempotent, speculativeExecution: { nextDelayMs: () => -1 } }))
    lab.fake.when('SELECT k FROM t', reply.close(), { times: 1 })
    await lab.session.execute('SELECT k FROM t').catch(() => {})
    for (let i = 0; i < 3; i++) await within(lab.session.execute('SELECT m FROM t', [], idempotent))
  })

  test('spreads requests over time by their rate', async () => {
    await using lab = await Lab.open({ throttle: { maxRequestsPerSecond: 100 } })
    lab.fake.when(QUERY, answer)
    const before = performance.now()
    await within(Promise.all(Array.from({ length: 20 }, () => lab.session.execute(QUERY))))
    // Four may leave at once, the others at 100 a second: no less than 160 ms.
    assert.ok(performance.now() - before >= 150, `${performance.now() - before} ms`)
  })

  test('ends with the session: those that wait are told', async () => {
    const lab = await Lab.open({ throttle: { maxConcurrentRequests: 1 } })
    const gate = new Gate<Reply>()
    lab.fake.when(QUERY, () => gate.promise)
    const first = lab.session.execute(QUERY)
    const waits = failure(lab.session.execute(QUERY), ShutdownError)
    await eventually('one arrived', () => lab.countOf('QUERY') === 1)
    const closed = lab.session.shutdown()
    await waits
    gate.open(answer)
    await within(Promise.all([first, closed]))
    await lab[Symbol.asyncDispose]()
  })

  test('without a limit is an error', () => {
    const make = (): Cluster => new Cluster(quick({ contactPoints: ['127.0.0.1'], throttle: { maxQueueSize: 5 } }))
    assert.throws(make, (error) => error instanceof InvalidOptionError && /maxConcurrentRequests, maxRequestsPerSecond/.test(error.message))
  })
})

describe('other policies', () => {
  test('percentile speculation asks a second node about what is slow for this cluster', async () => {
    const speculativeExecution = new PercentileSpeculativeExecutionPolicy({ minSamples: 4, minDelayMs: 1 })
    await using lab = await Lab.open({ nodes: 2, speculativeExecution })
    lab.fake.when(QUERY, answer)
    assert.equal(speculativeExecution.delayMs, -1)
    for (let i = 0; i < 48; i++) await lab.session.execute(QUERY, [], idempotent)
    assert.ok(speculativeExecution.delayMs >= 1, `${speculativeExecution.delayMs} ms`)
    lab.fake.when({ query: QUERY, node: lab.node(0) }, reply.drop(), { times: 1 })
    const result = await within(lab.session.execute(QUERY, [], idempotent))
    assert.equal(result.info.coordinator?.endpoint, lab.node(1))
  })

  test('load balancing that gives something else than a host is named, and the session goes on', async () => {
    await using lab = await Lab.open()
    for (const method of ['first', 'newQueryPlan']) {
      const given = method === 'first' ? 'localhost' : ['localhost']
      const loadBalancing = { distance: () => 'local' as const, newQueryPlan: () => [] as never[], [method]: () => given as never }
      const error = await failure(lab.session.execute(QUERY, [], { loadBalancing }), CqlwireError)
      assert.match(error.message, /the given load-balancing policy gave localhost for a host, which is no Host/)
    }
    await lab.works()
  })

  test('a failing speculative policy is named; a failing listener for latencies is a warning', async () => {
    await using lab = await Lab.open()
    lab.fake.when(QUERY, answer)
    const nothing = { nextDelayMs: () => undefined as unknown as number }
    const error = await failure(lab.session.execute(QUERY, [], { ...idempotent, speculativeExecution: nothing }), CqlwireError)
    assert.match(error.message, /the given speculative execution policy failed \(it gave undefined where milliseconds are wanted\)/)
    const deaf = {
      nextDelayMs: () => -1,
      onLatency(): void {
        throw new RangeError('deaf')
      },
    }
    const warnings = await warningsOf(async () => {
      for (let i = 0; i < 16; i++) await lab.session.execute(QUERY, [], { ...idempotent, speculativeExecution: deaf })
    })
    assert.match(warnings.join('\n'), /onLatency failed; the driver goes on: deaf/)
  })

  test('a timestamp generator that throws or gives nonsense is named, and nothing is sent', async () => {
    const given: unknown[] = ['soon', Number.NaN]
    const generator = {
      next: () => {
        if (given.length === 0) throw new RangeError('no clock')
        return given.shift() as number
      },
    }
    await using lab = await Lab.open({ timestampGenerator: generator })
    for (const pattern of [/timestamp generator gave 'soon' where/, /gave NaN where/, /timestamp generator failed \(no clock\)/]) {
      const error = await failure(lab.session.execute(QUERY), CqlwireError)
      assert.match(error.message, pattern)
    }
    assert.equal(lab.countOf('QUERY'), 0)
  })
})
