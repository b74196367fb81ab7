import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import {
  AuthenticationError,
  InvalidArgumentError,
  InvalidOptionError,
  NoHostAvailableError,
  OperationTimedOutError,
  SharedSessionError,
  ShutdownError,
} from '../../../src/base/errors.js'
import { OverloadedError, UnavailableError } from '../../../src/base/server-errors.js'
import type { Column } from '../../../src/codec/columns.js'
import { BatchStatement, ConcurrentInputError, SimpleStatement } from '../../../src/index.js'
import { BlockingSession } from '../../../src/sync/index.js'
import { programFile } from '../../support/program-file.js'
import { type FakeServer, PAGES, ROW, startFakeServer } from './fake-server.js'

const ECHO = 'SELECT echo WHERE a = ? AND b = ?'
const NUMBERS = Array.from({ length: PAGES * 2 }, (_, n) => ({ n }))

describe('a blocking session', () => {
  let server: FakeServer
  let session: BlockingSession
  before(async () => {
    server = await startFakeServer()
    session = BlockingSession.connect({ contactPoints: server.contactPoints })
  })
  after(async () => {
    session.shutdown()
    await server.stop()
  })

  describe('results', () => {
    it('hold rows of the same classes as those of a session', () => {
      const result = session.execute('SELECT values')
      assert.deepEqual(result.rows, [ROW])
      assert.deepEqual(result.one(), ROW)
      assert.equal(result.length, 1)
      assert.deepEqual(
        result.columns.map(({ name }) => name),
        Object.keys(ROW),
      )
    })

    it('rows are arrays, columns or what a function makes of them', () => {
      assert.deepEqual(session.execute('SELECT values', [], { rowFactory: 'array' }).rows, [Object.values(ROW)])
      assert.deepEqual(session.execute('SELECT values', [], { rowFactory: ([id]) => id }).rows, [ROW['id']])
      const columns = session.execute('SELECT values', [], { rowFactory: 'columns' }).rows as unknown as Record<string, Column>
      assert.equal(columns['name']!.get(0), 'Ada')
    })

    it('are iterated over page by page', () => {
      const result = session.execute<{ n: number }>('SELECT pages')
      assert.deepEqual(result.rows, NUMBERS.slice(0, 2))
      assert.equal(result.hasMorePages, true)
      assert.deepEqual([...result], NUMBERS)
      assert.deepEqual(result.all(), NUMBERS)
      assert.deepEqual([...session.iterate('SELECT pages')], NUMBERS)
    })

    it('give the next page, and go on from a page state', () => {
      const second = session.execute('SELECT pages').fetchNextPage()!
      assert.deepEqual(second.rows, NUMBERS.slice(2, 4))
      assert.deepEqual(second.fetchNextPage()!.fetchNextPage(), null)
      assert.deepEqual(session.execute('SELECT pages', [], { pageState: second.pageState! }).rows, NUMBERS.slice(4))
    })

    it('a loop that is left drops the page that was on its way', () => {
      for (const row of session.iterate<{ n: number }>('SELECT pages')) {
        assert.equal(row.n, 0)
        break
      }
      assert.deepEqual(session.execute('SELECT values').rows, [ROW])
    })

    it('tell warnings, payload, applied, and how it went', () => {
      const warned = session.execute('SELECT warned')
      assert.deepEqual(warned.warnings, ['careful'])
      assert.deepEqual(warned.customPayload, new Map([['k', Buffer.from([1])]]))
      assert.equal(warned.traceId, null)
      assert.throws(() => warned.getTrace(), /not traced/)
      assert.equal(session.execute('INSERT conditional').wasApplied, false)
      const { info } = session.execute('SELECT values', [], { consistency: 'QUORUM' })
      assert.equal(info.coordinator?.endpoint, server.contactPoints[0])
      assert.equal(info.achievedConsistency, 'QUORUM')
      assert.equal(info.attempts, 1)
    })
  })

  describe('statements', () => {
    it('take parameters by position, by name, in a template, and of a prepared statement', () => {
      const prepared = session.prepare(ECHO)
      assert.deepEqual(
        prepared.parameters.map(({ name, type }) => [name, type.kind]),
        [
          ['a', 'int'],
          ['b', 'text'],
        ],
      )
      assert.deepEqual(session.execute(ECHO, [1, 'x']).one(), { a: 1, b: 'x' })
      assert.deepEqual(session.execute(ECHO, { a: 2, b: null }).one(), { a: 2, b: null })
      assert.deepEqual(session.cql`SELECT echo WHERE a = ${3} AND b = ${'y'}`.one(), { a: 3, b: 'y' })
      assert.deepEqual(session.execute(prepared, [4, 'z']).one(), { a: 4, b: 'z' })
      assert.deepEqual(session.execute(prepared.bind([5, 'z'], { rowFactory: 'array' })).one(), [5, 'z'])
      assert.deepEqual(session.execute(new SimpleStatement(ECHO, [6, 'w'])).one(), { a: 6, b: 'w' })
    })

    it('go in batches', () => {
      const prepared = session.prepare(ECHO)
      const items = ['SELECT values', { query: prepared, params: [1, 'x'] }, prepared.bind([2, 'y'])]
      assert.equal(session.batch(items, { kind: 'UNLOGGED' }).length, 0)
      assert.equal(session.execute(new BatchStatement().add(ECHO, [1, 'x'])).length, 0)
    })

    it('belong to the session that prepared them', () => {
      const other = BlockingSession.connect({ contactPoints: server.contactPoints })
      const prepared = other.prepare(ECHO)
      other.shutdown()
      assert.throws(() => session.execute(prepared, [1, 'x']), SharedSessionError)
    })

    it('that change the keyspace change that of the session', () => {
      const other = BlockingSession.connect({ contactPoints: server.contactPoints })
      assert.equal(other.keyspace, null)
      other.execute('USE other')
      assert.equal(other.keyspace, 'other')
      other.shutdown()
    })
  })

  describe('errors', () => {
    it("are the server's, with their fields and the line that called", () => {
      assert.throws(
        () => session.execute('SELECT unavailable'),
        (error) => {
          assert.ok(error instanceof UnavailableError)
          assert.deepEqual([error.required, error.alive, error.protocolCode, error.host], [2, 1, 0x1000, server.contactPoints[0]])
          assert.match(error.stack!.split('\n')[1]!, /blocking-session\.test/)
          return true
        },
      )
    })

    it('of nodes that were left for another one stand in the info of the result', async () => {
      const two = await startFakeServer({ nodes: 2 })
      const other = BlockingSession.connect({ contactPoints: two.contactPoints })
      const { info } = other.execute('SELECT overloaded once', [], { idempotent: true })
      assert.equal(info.attempts, 2)
      const [[left, why]] = [...info.triedHosts] as [[string, Error]]
      assert.ok(why instanceof OverloadedError)
      assert.deepEqual([left, info.coordinator?.endpoint].sort(), [...two.contactPoints].sort())
      other.shutdown()
      await two.stop()
    })

    it('of parameters name the parameter', () => {
      for (const params of [['x', 'y'], [1], [(): void => {}, 'y'], { a: 1, c: 2 }]) {
        assert.throws(() => session.execute(ECHO, params), InvalidArgumentError)
      }
      assert.throws(() => session.execute(ECHO, [(): void => {}, 'y']), /"a" \(int\).*a function/)
    })

    it('of options are thrown before anything is sent', () => {
      assert.throws(() => session.execute('SELECT values', [], { signal: AbortSignal.abort() } as object), InvalidOptionError)
    })

    it('a deadline ends the wait', () => {
      assert.throws(() => session.execute('SELECT slow', [], { timeoutMs: 20 }), OperationTimedOutError)
    })

    it('the session goes on after them', () => {
      assert.deepEqual(session.execute('SELECT values').rows, [ROW])
    })
  })

  describe('concurrent helpers', () => {
    const args = function* (count: number): Generator<unknown[]> {
      for (let i = 0; i < count; i++) yield [i, `text ${i}`]
    }

    it('give a result for each list of parameters, in their order', () => {
      const results = session.executeConcurrentWithArgs(session.prepare(ECHO), args(2_000), { concurrency: 64 })
      assert.equal(results.length, 2_000)
      for (const [i, each] of results.entries()) {
        assert.equal(each.index, i)
        assert.ok(each.success)
        assert.deepEqual(each.result.one(), { a: i, b: `text ${i}` })
      }
    })

    it('take pairs, statements with options of their own among them', () => {
      const pairs = [[ECHO, [1, 'x']], new SimpleStatement(ECHO, [2, 'y'], { rowFactory: 'array' }), 'SELECT values'] as const
      const results = session.executeConcurrent(pairs, { concurrency: 2 })
      assert.deepEqual(
        results.map((each) => each.success && each.result.one()),
        [{ a: 1, b: 'x' }, [2, 'y'], ROW],
      )
    })

    it('results are paged like any other', () => {
      const each = session.executeConcurrent(['SELECT pages'])[0]!
      assert.ok(each.success)
      assert.deepEqual([...each.result], NUMBERS)
    })

    it('an iterator of results pulls from an endless input only as it is read, and ends both when it is left', () => {
      let pulled = 0
      let closed = false
      const endless = function* (): Generator<unknown[]> {
        try {
          for (;;) yield [pulled++, 'x']
        } finally {
          closed = true
        }
      }
      let read = 0
      for (const each of session.executeConcurrentWithArgs(ECHO, endless(), { concurrency: 4, resultsGenerator: true })) {
        assert.equal(each.index, read)
        assert.ok(pulled <= read + 100, `${pulled} items were pulled when ${read} results were read`)
        // Other calls are possible meanwhile.
        if (read % 100 === 0) assert.deepEqual(session.execute('SELECT values').rows, [ROW])
        if (++read === 500) break
      }
      assert.equal(closed, true)
    })

    it('stop at the first error, or have it among the results', () => {
      const pairs = [[ECHO, [1, 'x']], ['SELECT unavailable'], [ECHO, [2, 'y']]] as const
      assert.throws(
        () => session.executeConcurrent(pairs),
        (error) => error instanceof UnavailableError && /blocking-session\.test/.test(error.stack!.split('\n')[1]!),
      )
      const results = session.executeConcurrent(pairs, { raiseOnFirstError: false })
      assert.deepEqual(
        results.map(({ success }) => success),
        [true, false, true],
      )
      assert.ok(!results[1]!.success && results[1]!.error instanceof UnavailableError)
    })

    it('an input that fails is told with what was sent', () => {
      const failing = function* (): Generator<unknown[]> {
        yield* args(30)
        throw new RangeError('no more')
      }
      assert.throws(
        () => session.executeConcurrentWithArgs(ECHO, failing()),
        (error) =>
          error instanceof ConcurrentInputError && error.sent === 30 && error.acknowledged === 30 && error.cause instanceof RangeError,
      )
    })

    it('wrong options and wrong input are refused', () => {
      assert.throws(() => session.executeConcurrent([], { concurrency: 0 }), InvalidOptionError)
      assert.throws(() => session.executeConcurrent(5 as never), InvalidArgumentError)
      assert.deepEqual(session.executeConcurrent([]), [])
    })
  })

  describe('life', () => {
    it('wrong options are told before a thread is started', () => {
      assert.throws(() => BlockingSession.connect({ contactPoints: [] }), InvalidOptionError)
      assert.throws(() => BlockingSession.connect({ contactPoints: ['a'], retry: {} } as never), InvalidOptionError)
    })

    it('a node that is not there is a NoHostAvailableError with what each said', () => {
      assert.throws(
        () => BlockingSession.connect({ contactPoints: ['127.0.0.1:1'] }),
        (error) => {
          assert.ok(error instanceof NoHostAvailableError)
          assert.equal(error.errors.size, 1)
          assert.match(/\n +at .*/.exec(error.stack!)![0], /blocking-session\.test/)
          return true
        },
      )
    })

    it('wrong credentials are an AuthenticationError', async () => {
      const guarded = await startFakeServer({ credentials: { username: 'ada', password: 'right' } })
      const { contactPoints } = guarded
      assert.throws(() => BlockingSession.connect({ contactPoints, auth: { username: 'ada', password: 'wrong' } }), AuthenticationError)
      BlockingSession.connect({ contactPoints, auth: { username: 'ada', password: 'right' } }).shutdown()
      await guarded.stop()
    })

    it('a thread that may not block is told so', (t) => {
      const wait = t.mock.method(Atomics, 'wait', () => {
        throw new TypeError('Atomics.wait cannot be called in this context')
      })
      assert.throws(() => BlockingSession.connect({ contactPoints: server.contactPoints }), /may not block/)
      wait.mock.restore()
    })

    it('after shutdown, calls say so', () => {
      const other = BlockingSession.connect({ contactPoints: server.contactPoints })
      other[Symbol.dispose]()
      other.shutdown()
      assert.equal(other.isShutdown, true)
      assert.throws(() => other.execute('SELECT values'), ShutdownError)
      assert.throws(() => other.prepare(ECHO), ShutdownError)
    })

    const entry = new URL('../../../src/sync/index.js', import.meta.url)
    const script = `const session = BlockingSession.connect({ contactPoints: [process.argv[2]] }); console.log(session.execute('SELECT values').length);`
    const scripts: readonly [string, 'mjs' | 'cjs', string][] = [
      ['a process that forgot to shut down exits', 'mjs', `import { BlockingSession } from '${entry.href}'; ${script}`],
      ['a process that shut down exits', 'mjs', `import { BlockingSession } from '${entry.href}'; ${script} session.shutdown()`],
      ['CommonJS can require it', 'cjs', `const { BlockingSession } = require('${entry.pathname}'); ${script}`],
    ]
    for (const [title, kind, code] of scripts) {
      it(title, async () => {
        const { stdout } = await promisify(execFile)(process.execPath, [programFile(code, kind), server.contactPoints[0]!], {
          timeout: 60_000,
        })
        assert.equal(stdout, '1\n')
      })
    }
  })
})
