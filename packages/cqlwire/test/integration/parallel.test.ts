/** The parallel session on a real node: processes and threads, each pattern. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { CqlSyntaxError, InvalidArgumentError, SharedSessionError, SimpleStatement, Uuid } from '../../src/index.js'
import { ParallelSession } from '../../src/parallel/index.js'
import { sharedCassandra } from '../support/shared-cassandra.js'

const code = (text: string): string => `data:text/javascript,${encodeURIComponent(text)}`
const ID = Uuid.fromString('123e4567-e89b-42d3-a456-426614174000')

for (const kind of ['processes', 'threads'] as const) {
  describe(`a parallel session of ${kind}`, () => {
    const keyspace = `parallel_${kind}`
    let parallel: ParallelSession
    before(async () => {
      const { contactPoints, port, localDataCenter } = await sharedCassandra()
      parallel = await ParallelSession.connect({ contactPoints, port, localDataCenter, requestTimeoutMs: 60_000 }, { [kind]: 2 })
      await parallel.execute(`DROP KEYSPACE IF EXISTS ${keyspace}`)
      await parallel.execute(`CREATE KEYSPACE ${keyspace} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`)
      await parallel.setKeyspace(keyspace)
      await parallel.execute('CREATE TABLE words (part int, n int, word text, tags set<text>, id uuid, PRIMARY KEY (part, n))')
      await parallel.execute('CREATE TABLE pairs (a int, b text, v blob, PRIMARY KEY ((a, b)))')
    })
    after(async () => {
      await parallel.execute(`DROP KEYSPACE ${keyspace}`)
      await parallel.shutdown()
    })

    it('writes and reads many rows, in the order of the input', async () => {
      const insert = 'INSERT INTO words (part, n, word, tags, id) VALUES (1, :n, :word, :tags, :id)'
      const rows = Array.from({ length: 3_000 }, (_, n) => ({ n, word: `wörd ${n}`, tags: n % 2 === 0 ? ['even'] : undefined, id: ID }))
      const written = await parallel.executeConcurrentWithArgs(insert, rows, { concurrency: 16, idempotent: true })
      assert.equal(written.length, 3_000)
      assert.equal(written[0]!.result?.info.coordinator?.releaseVersion?.split('.').length, 3)
      const select = await parallel.prepare('SELECT word, tags, id FROM words WHERE part = 1 AND n = ?')
      assert.deepEqual(
        select.parameters.map(({ name }) => name),
        ['n'],
      )
      let next = 0
      for await (const { index, result } of parallel.executeConcurrentWithArgs(
        select,
        rows.map(({ n }) => [n]),
        { concurrency: 32 },
      )) {
        assert.equal(index, next)
        assert.deepEqual(result!.one(), { word: `wörd ${next}`, tags: next % 2 === 0 ? new Set(['even']) : null, id: ID })
        next++
      }
      assert.equal(next, 3_000)
    })

    it('partition keys of several columns, nulls and bytes', async () => {
      const bytes = Buffer.alloc(100_000, 7)
      const keys = Array.from({ length: 50 }, (_, a): [number, string] => [a, `b${a}`])
      const insert = 'INSERT INTO pairs (a, b, v) VALUES (?, ?, ?)'
      await parallel.executeConcurrentWithArgs(
        insert,
        keys.map(([a, b]) => [a, b, a === 0 ? null : bytes]),
      )
      const read = await parallel.executeConcurrentWithArgs('SELECT v FROM pairs WHERE a = ? AND b = ?', keys, { rowFactory: 'array' })
      read.forEach(({ result }, i) => assert.deepEqual(result!.rows, [[i === 0 ? null : bytes]]))
    })

    it('later pages of a result are fetched', async () => {
      const select = 'SELECT n FROM words WHERE part = ?'
      const [outcome] = await parallel.executeConcurrentWithArgs(select, [[1]], { pageSize: 700 })
      const read: number[] = []
      for await (const row of outcome!.result!) read.push(row['n'] as number)
      assert.deepEqual(
        read,
        Array.from({ length: 3_000 }, (_, n) => n),
      )
      const single = await parallel.execute(select, [1], { pageSize: 700 })
      assert.equal((await single.all()).length, 3_000)
    })

    it('statements of any kind at once', async () => {
      const prepared = await parallel.prepare('SELECT word FROM words WHERE part = 1 AND n = ?')
      const outcomes = await parallel.executeConcurrent(
        [
          ['SELECT word FROM words WHERE part = 1 AND n = ?', [1]],
          [prepared, [2]],
          prepared.bind([3]),
          new SimpleStatement('SELECT word FROM words WHERE part = 1 AND n = 4'),
          'SELECT wrong',
        ],
        { raiseOnFirstError: false },
      )
      assert.deepEqual(
        outcomes.map(({ result }) => result?.one()?.['word']),
        ['wörd 1', 'wörd 2', 'wörd 3', 'wörd 4', undefined],
      )
      assert.ok(outcomes[4]!.error instanceof CqlSyntaxError)
    })

    it('a function runs in each worker, with the session of that worker', async () => {
      const url = code(`
        export const wordOf = async (session, n) => (await session.execute('SELECT word, id FROM words WHERE part = 1 AND n = ?', [n])).one()
        export const leak = (session) => session
      `)
      const results = await parallel.map<number, { readonly word: string; readonly id: Uuid }>(url, [1, 2, 3], { export: 'wordOf' })
      assert.deepEqual(
        results.map(({ result }) => result),
        [1, 2, 3].map((n) => ({ word: `wörd ${n}`, id: ID })),
      )
      const leaks = await parallel.map(url, [1], { export: 'leak', raiseOnFirstError: false })
      assert.ok(leaks[0]!.error instanceof SharedSessionError)
      const [uncarried] = await parallel.map(url, [() => 1], { export: 'wordOf', raiseOnFirstError: false })
      assert.ok(uncarried!.error instanceof InvalidArgumentError)
    })

    it('errors of single requests are those of a session', async () => {
      await assert.rejects(parallel.execute('SELECT wrong'), (error: Error) => {
        assert.ok(error instanceof CqlSyntaxError)
        assert.match(error.stack!, /parallel\.test/)
        return true
      })
      await assert.rejects(parallel.execute('USE system'), InvalidArgumentError)
      assert.equal(parallel.keyspace, keyspace)
    })
  })
}
