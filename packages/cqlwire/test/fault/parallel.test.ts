/** The parallel session when workers die, inputs fail and readers stop: nothing is lost silently, nothing is left behind. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { AbortError, ConcurrentInputError, CqlwireError, InvalidArgumentError, ShutdownError } from '../../src/base/errors.js'
import { InvalidRequestError, UnavailableError } from '../../src/base/server-errors.js'
import { type ParallelOptions, type ParallelOutcome, ParallelSession, WorkerLostError } from '../../src/parallel/index.js'
import { FakeCluster } from '../../src/testing/fake-cluster.js'
import type { FakeRequest } from '../../src/testing/fake-request.js'
import { type Reply, reply } from '../../src/testing/reply.js'
import { eventually, failure, within } from './support.js'

const ADD = 'INSERT INTO seen (id) VALUES (?)'
/** Workers are whole runtimes: on a busy machine they take their time. */
const PATIENCE_MS = 60_000
const KINDS = ['processes', 'threads'] as const

const upTo = (count: number): [number][] => Array.from({ length: count }, (_, i) => [i])
const idOf = (request: FakeRequest): number => (request.parameters!.values[0] as Buffer).readInt32BE()
/** A module, as `parallel.map` takes it. */
const code = (text: string): string => `data:text/javascript,${encodeURIComponent(text)}`
const indexesOf = (outcomes: readonly { readonly index: number }[]): number[] => outcomes.map(({ index }) => index).sort((a, b) => a - b)

/** A fake cluster and workers on it. */
class Workshop implements AsyncDisposable {
  readonly fake: FakeCluster
  readonly parallel: ParallelSession
  /** How often each id arrived. */
  readonly arrivals = new Map<number, number>()
  answer: (request: FakeRequest) => Reply = () => reply.void()

  private constructor(fake: FakeCluster, parallel: ParallelSession) {
    this.fake = fake
    this.parallel = parallel
    const described = { parameters: { id: 'int' }, partitionKey: ['id'], table: 'seen' }
    fake.when(
      ADD,
      (request) => {
        if (request.opcode !== 'EXECUTE') return reply.void()
        const id = idOf(request)
        this.arrivals.set(id, (this.arrivals.get(id) ?? 0) + 1)
        return this.answer(request)
      },
      described,
    )
  }

  static async open(options: ParallelOptions): Promise<Workshop> {
    const fake = await FakeCluster.start()
    try {
      const cluster = { contactPoints: fake.contactPoints, metadata: { schema: false }, requestTimeoutMs: PATIENCE_MS }
      return new Workshop(fake, await within(ParallelSession.connect(cluster, options), PATIENCE_MS))
    } catch (error) {
      await fake.stop()
      throw error
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await within(this.parallel.shutdown(), PATIENCE_MS)
    await eventually('every socket is closed', () => this.fake.nodes.every((node) => node.connections === 0))
    await this.fake.stop()
  }
}

async function all<R>(outcomes: AsyncIterable<ParallelOutcome<R>>): Promise<ParallelOutcome<R>[]> {
  const list: ParallelOutcome<R>[] = []
  for await (const each of outcomes) list.push(each)
  return list
}

/** Answers from the `from`th request on only once a worker was killed: it dies with work in its hands. */
function killedHalfWay(shop: Workshop, from: number): number {
  const { pid } = shop.parallel.workers[0]!
  let count = 0
  let isKilled = false
  shop.answer = () => {
    if (++count === from + 50) {
      isKilled = true
      process.kill(pid, 'SIGKILL')
    }
    return count > from && !isKilled ? reply.drop() : reply.void()
  }
  return pid
}

describe('a worker process that is killed', () => {
  test('what it had is repeated by another one where it is idempotent, and a new worker takes its place', async () => {
    await using shop = await Workshop.open({ processes: 2 })
    const lost: number[] = []
    shop.parallel.on('workerLost', (worker) => lost.push(worker.pid))
    const pid = shop.parallel.workers[0]!.pid
    let count = 0
    // Both workers have requests that are never answered when one is killed; those of the other are answered in the end.
    const held = new Set<number>()
    shop.answer = (request) => {
      if (++count <= 200 || held.size >= 40 || held.has(idOf(request))) return reply.void()
      held.add(idOf(request))
      if (held.size === 40) process.kill(pid, 'SIGKILL')
      return reply.delay(500, reply.void())
    }
    const outcomes = await within(
      all(shop.parallel.executeConcurrentWithArgs(ADD, upTo(1_000), { concurrency: 50, idempotent: true })),
      PATIENCE_MS,
    )
    assert.deepEqual(indexesOf(outcomes), upTo(1_000).flat())
    assert.deepEqual(
      outcomes.filter(({ success }) => !success),
      [],
    )
    assert.equal(shop.arrivals.size, 1_000)
    assert.deepEqual(lost, [pid])
    await within(
      new Promise<void>((resolve) => {
        if (shop.parallel.workers.length === 2) resolve()
        else shop.parallel.on('workerUp', () => resolve())
      }),
      PATIENCE_MS,
    )
    assert.ok(shop.parallel.workers.every((worker) => worker.pid !== pid))
  })

  test('what it had is reported as failed where it is not idempotent, and nothing is sent twice', async () => {
    await using shop = await Workshop.open({ processes: 2 })
    const pid = killedHalfWay(shop, 100)
    const outcomes = await within(
      all(shop.parallel.executeConcurrentWithArgs(ADD, upTo(1_000), { concurrency: 50, timeoutMs: 2_000 })),
      PATIENCE_MS,
    )
    assert.deepEqual(indexesOf(outcomes), upTo(1_000).flat())
    const lost = outcomes.filter(({ error }) => error instanceof WorkerLostError)
    assert.ok(lost.length > 0)
    for (const { error } of lost) {
      assert.equal((error as WorkerLostError).maybeApplied, true)
      assert.equal((error as WorkerLostError).worker?.pid, pid)
      assert.match(error!.message, /may or may not have been applied/)
    }
    for (const [id, times] of shop.arrivals) assert.equal(times, 1, `id ${id}`)
    for (const { success, index } of outcomes) if (success) assert.ok(shop.arrivals.has(index))
  })

  test('fails a single request that is not idempotent, and repeats one that is', async () => {
    await using shop = await Workshop.open({ processes: 2 })
    let isDead = false
    shop.answer = () => (isDead ? reply.void() : reply.drop())
    const once = failure(shop.parallel.execute(ADD, [1]), WorkerLostError)
    const again = shop.parallel.execute(ADD, [2], { idempotent: true })
    once.catch(() => {})
    await eventually('both arrived', () => shop.arrivals.size === 2)
    isDead = true
    for (const { pid } of shop.parallel.workers) process.kill(pid, 'SIGKILL')
    assert.equal((await once).maybeApplied, true)
    assert.equal((await within(again, PATIENCE_MS)).wasApplied, true)
    assert.deepEqual([...shop.arrivals].sort(), [
      [1, 1],
      [2, 2],
    ])
  })
})

for (const kind of KINDS) {
  describe(`workers that are ${kind}`, () => {
    test('are started again with a bound: then the run and all that comes later fail, and say why', async () => {
      await using shop = await Workshop.open({ [kind]: 1, restarts: 1, logger: { warn: () => {} } })
      const run = shop.parallel.map(code('export default () => process.exit(7)'), upTo(10))
      const outcomes: ParallelOutcome<unknown>[] = []
      const error = await failure(
        (async () => {
          for await (const each of run) outcomes.push(each)
        })(),
        CqlwireError,
      )
      assert.equal(error.code, 'ERR_WORKERS_LOST')
      assert.ok(outcomes.length > 0 && outcomes.every((each) => each.error instanceof WorkerLostError))
      assert.equal((await failure(shop.parallel.execute(ADD, [1]), CqlwireError)).code, 'ERR_WORKERS_LOST')
    })

    test('say what is wrong with a module', async () => {
      await using shop = await Workshop.open({ [kind]: 1 })
      const absent = await failure(shop.parallel.map('./no-such-module.mjs', [1]), InvalidArgumentError)
      assert.match(absent.message, /can't load the module .*no-such-module\.mjs/)
      const other = code('export const double = (session, n) => 2 * n')
      const unnamed = await failure(shop.parallel.map(other, [1]), InvalidArgumentError)
      assert.match(unnamed.message, /exports no function "default" \(it exports double\)/)
      assert.deepEqual(await within(shop.parallel.map(other, [1, 2], { export: 'double' })), [
        { success: true, index: 0, result: 2 },
        { success: true, index: 1, result: 4 },
      ])
    })

    test('errors of the server cross with their class and fields', async () => {
      await using shop = await Workshop.open({ [kind]: 1 })
      shop.answer = (request) =>
        idOf(request) === 2
          ? reply.error(new UnavailableError('not enough', { consistency: 'QUORUM', required: 2, alive: 1 }))
          : idOf(request) === 3
            ? reply.error(new InvalidRequestError('no'))
            : reply.void()
      const outcomes = await within(all(shop.parallel.executeConcurrentWithArgs(ADD, [[1], [2], [3], ['x']])))
      assert.deepEqual(
        outcomes.map(({ success }) => success),
        [true, false, false, false],
      )
      const unavailable = outcomes[1]!.error
      assert.ok(unavailable instanceof UnavailableError)
      assert.deepEqual([unavailable.required, unavailable.alive, unavailable.consistency], [2, 1, 'QUORUM'])
      assert.ok(outcomes[2]!.error instanceof InvalidRequestError)
      assert.ok(outcomes[3]!.error instanceof InvalidArgumentError)
      const first = await failure(shop.parallel.executeConcurrentWithArgs(ADD, [[1], [2]]), UnavailableError)
      assert.match(first.stack!, /parallel\.test/)
    })

    test('an input that throws half-way: what was sent settles, and the error says how much that was', async () => {
      await using shop = await Workshop.open({ [kind]: 2 })
      shop.answer = (request) => (idOf(request) === 5 ? reply.error(new InvalidRequestError('no')) : reply.void())
      function* input(): Generator<[number]> {
        for (let i = 0; i < 300; i++) yield [i]
        throw new RangeError('the file ends here')
      }
      const outcomes: ParallelOutcome<unknown>[] = []
      const error = await failure(
        (async () => {
          for await (const each of shop.parallel.executeConcurrentWithArgs(ADD, input())) outcomes.push(each)
        })(),
        ConcurrentInputError,
      )
      assert.deepEqual([error.sent, error.acknowledged], [300, 299])
      assert.ok(error.cause instanceof RangeError)
      assert.deepEqual(indexesOf(outcomes), upTo(300).flat())
      assert.equal(shop.arrivals.size, 300)
    })

    test('a reader that stops stops the input, and one that leaves closes it', async () => {
      await using shop = await Workshop.open({ [kind]: 2 })
      let taken = 0
      let isClosed = false
      function* endless(): Generator<[number]> {
        try {
          for (;;) yield [taken++]
        } finally {
          isClosed = true
        }
      }
      const outcomes = shop.parallel.executeConcurrentWithArgs(ADD, endless(), { concurrency: 10 })
      const first = await within(outcomes.next())
      assert.equal(first.done, false)
      assert.equal(first.value?.index, 0)
      // One was read; each worker may have 10 in flight and 5 chunks of 16, and as many more may be unread.
      const then = 1 + 2 * 2 * (10 + 5 * 16)
      await eventually('the input waits', () => taken >= then)
      await new Promise((resolve) => setTimeout(resolve, 200))
      assert.equal(taken, then)
      for (let i = 1; i < 1_000; i++) assert.equal((await within(outcomes.next())).value?.index, i)
      assert.ok(taken > then)
      await outcomes.return()
      assert.equal(isClosed, true)
      assert.deepEqual(await outcomes.next(), { done: true, value: undefined })
      assert.equal((await within(shop.parallel.execute(ADD, [-1]))).wasApplied, true)
    })

    test('outcomes come as they arrive where that is asked for: a slow one holds back no other', async () => {
      await using shop = await Workshop.open({ [kind]: 1 })
      shop.answer = (request) => (idOf(request) === 0 ? reply.delay(300, reply.void()) : reply.void())
      const arrived = await within(all(shop.parallel.executeConcurrentWithArgs(ADD, upTo(100), { ordered: false })))
      assert.equal(arrived.at(-1)!.index, 0)
      assert.deepEqual(indexesOf(arrived), upTo(100).flat())
      const inOrder = await within(all(shop.parallel.executeConcurrentWithArgs(ADD, upTo(100))))
      assert.deepEqual(
        inOrder.map(({ index }) => index),
        upTo(100).flat(),
      )
    })

    test('a signal ends a run and a request, with what is in flight', async () => {
      await using shop = await Workshop.open({ [kind]: 1 })
      shop.answer = () => reply.drop()
      const abort = new AbortController()
      const { signal } = abort
      const run = failure(shop.parallel.executeConcurrentWithArgs(ADD, upTo(10), { signal }), AbortError)
      const loop = failure(all(shop.parallel.executeConcurrentWithArgs(ADD, upTo(10), { signal })), AbortError)
      const request = failure(shop.parallel.execute(ADD, [1], { signal }), AbortError)
      for (const each of [run, loop, request]) each.catch(() => {})
      await eventually('they arrived', () => (shop.arrivals.get(1) ?? 0) === 3)
      abort.abort(new Error('enough'))
      for (const each of [run, loop, request]) assert.equal((((await each).cause ?? {}) as Error).message, 'enough')
      await failure(shop.parallel.execute(ADD, [1], { signal }), AbortError)
    })

    test('shutdown fails what goes on and what comes later', async () => {
      await using shop = await Workshop.open({ [kind]: 1 })
      shop.answer = () => reply.delay(100, reply.void())
      const run = failure(shop.parallel.executeConcurrentWithArgs(ADD, upTo(1_000), { concurrency: 1 }), ShutdownError)
      await eventually('it runs', () => shop.arrivals.size > 0)
      await within(shop.parallel.shutdown(), PATIENCE_MS)
      await run
      await failure(shop.parallel.execute(ADD, [1]), ShutdownError)
      await failure(shop.parallel.executeConcurrentWithArgs(ADD, upTo(1)), ShutdownError)
      assert.equal(shop.parallel.isShutdown, true)
    })
  })
}

describe('the process of a parallel session', () => {
  const entry = new URL('../../src/parallel/index.js', import.meta.url).href

  /** A program with two worker processes, which prints their ids. */
  function program(fake: FakeCluster, rest: string): ReturnType<typeof spawn> {
    const options = JSON.stringify({ contactPoints: fake.contactPoints })
    const text = `import { ParallelSession } from '${entry}'
      const parallel = await ParallelSession.connect(${options}, { processes: 2 })
      console.log(JSON.stringify(parallel.workers.map(({ pid }) => pid)))
      ${rest}`
    return spawn(process.execPath, ['--input-type=module', '-e', text], { stdio: ['ignore', 'pipe', 'inherit'] })
  }

  function isAlive(pid: number): boolean {
    try {
      process.kill(pid, 0)
      return true
    } catch {
      return false
    }
  }

  test('takes its workers with it when it is killed', async () => {
    const fake = await FakeCluster.start()
    const child = program(fake, '')
    try {
      const [line] = (await within(once(child.stdout!, 'data'), PATIENCE_MS)) as [Buffer]
      const pids = JSON.parse(line.toString()) as number[]
      assert.deepEqual(pids.map(isAlive), [true, true])
      child.kill('SIGKILL')
      await eventually('the workers ended', () => pids.every((pid) => !isAlive(pid)))
    } finally {
      child.kill('SIGKILL')
      await fake.stop()
    }
  })

  test('ends by itself after shutdown', async () => {
    const fake = await FakeCluster.start()
    const child = program(fake, 'await parallel.shutdown()')
    try {
      const [exitCode] = (await within(once(child, 'exit'), PATIENCE_MS)) as [number]
      assert.equal(exitCode, 0)
    } finally {
      child.kill('SIGKILL')
      await fake.stop()
    }
  })

  test('a cluster that is not there fails the connecting, and leaves no worker', async () => {
    const fake = await FakeCluster.start()
    const { contactPoints } = fake
    await fake.stop()
    for (const kind of KINDS) {
      const error = await within(
        ParallelSession.connect({ contactPoints }, { [kind]: 2 }).then(
          () => assert.fail('it connected'),
          (why: unknown) => why as Error,
        ),
        PATIENCE_MS,
      )
      assert.equal(error.constructor.name, 'NoHostAvailableError')
    }
  })
})
