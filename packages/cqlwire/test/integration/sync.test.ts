/** The blocking session on a real node, on each version of the protocol. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { inspect } from 'node:util'
import { AlreadyExistsError, CqlSyntaxError, InvalidRequestError, Uuid } from '../../src/index.js'
import { BlockingSession } from '../../src/sync/index.js'
import { sharedCassandra } from '../support/shared-cassandra.js'
import { TYPE_CASES, USER_TYPES } from '../support/type-cases.js'
import { VERSIONS } from '../support/versions.js'

const types = [...new Set(TYPE_CASES.map(({ type }) => type))]
const columnOf = (type: string): string => `c${types.indexOf(type)}`

for (const protocolVersion of VERSIONS) {
  describe(`a blocking session on protocol ${protocolVersion}`, () => {
    const keyspace = `sync_v${protocolVersion}`
    let session: BlockingSession
    before(async () => {
      const { contactPoints, port, localDataCenter } = await sharedCassandra()
      session = BlockingSession.connect({ contactPoints, port, localDataCenter, protocolVersion, requestTimeoutMs: 60_000 })
      session.execute(`DROP KEYSPACE IF EXISTS ${keyspace}`)
      session.execute(`CREATE KEYSPACE ${keyspace} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`)
      session.setKeyspace(keyspace)
      for (const statement of USER_TYPES) session.execute(statement)
      session.execute(`CREATE TABLE every (id int PRIMARY KEY, ${types.map((type) => `${columnOf(type)} ${type}`).join(', ')})`)
      session.execute('CREATE TABLE words (part int, n int, word text, PRIMARY KEY (part, n))')
    })
    after(() => {
      session.execute(`DROP KEYSPACE ${keyspace}`)
      session.shutdown()
    })

    it('speaks that version, in that keyspace', () => {
      assert.equal(session.protocolVersion, protocolVersion)
      assert.equal(session.keyspace, keyspace)
    })

    TYPE_CASES.forEach(({ type, value }, id) => {
      it(`${type}: ${inspect(value, { breakLength: Infinity, depth: 6 }).slice(0, 60)} is read as it was written`, () => {
        session.execute(`INSERT INTO every (id, ${columnOf(type)}) VALUES (?, ?)`, [id, value])
        assert.deepEqual(session.execute(`SELECT ${columnOf(type)} AS v FROM every WHERE id = ?`, [id]).one(), { v: value })
      })
    })

    it('writes and reads many rows at once, and reads them page by page', () => {
      const insert = session.prepare('INSERT INTO words (part, n, word) VALUES (1, ?, ?)')
      const words = Array.from({ length: 3_000 }, (_, n) => [n, `word ${n}`])
      assert.equal(session.executeConcurrentWithArgs(insert, words, { concurrency: 64 }).length, 3_000)
      const read = [...session.iterate('SELECT n, word FROM words WHERE part = 1', [], { pageSize: 500, rowFactory: 'array' })]
      assert.deepEqual(read, words)
      const select = session.prepare('SELECT word FROM words WHERE part = 1 AND n = ?')
      let next = 0
      const keys = words.map(([n]) => [n])
      for (const each of session.executeConcurrentWithArgs(select, keys, { concurrency: 32, resultsGenerator: true })) {
        assert.ok(each.success)
        assert.deepEqual(each.result.one(), { word: `word ${next++}` })
      }
      assert.equal(next, 3_000)
    })

    it('batches, and conditional writes', () => {
      const insert = session.prepare('INSERT INTO words (part, n, word) VALUES (2, ?, ?)')
      session.batch([
        { query: insert, params: [1, 'one'] },
        { query: insert, params: [2, 'two'] },
        'INSERT INTO words (part, n) VALUES (2, 3)',
      ])
      assert.deepEqual(session.execute('SELECT n, word FROM words WHERE part = 2').rows, [
        { n: 1, word: 'one' },
        { n: 2, word: 'two' },
        { n: 3, word: null },
      ])
      const conditional = 'INSERT INTO words (part, n, word) VALUES (3, 1, ?) IF NOT EXISTS'
      assert.equal(session.execute(conditional, ['a']).wasApplied, true)
      const refused = session.execute(conditional, ['b'])
      assert.equal(refused.wasApplied, false)
      assert.equal(refused.one()?.['word'], 'a')
    })

    it('reads the trace of a request', () => {
      const result = session.execute('SELECT * FROM words WHERE part = 1 AND n = 1', [], { trace: true })
      assert.ok(result.traceId instanceof Uuid)
      const trace = result.getTrace({ maxWaitMs: 30_000 })
      assert.deepEqual(trace.id, result.traceId)
      assert.ok(trace.events.length > 0)
    })

    it("throws the server's errors", () => {
      assert.throws(() => session.execute('SELEKT 1'), CqlSyntaxError)
      assert.throws(() => session.execute('SELECT * FROM nowhere'), InvalidRequestError)
      assert.throws(
        () => session.execute('CREATE TABLE words (part int PRIMARY KEY)'),
        (error) => error instanceof AlreadyExistsError && error.keyspace === keyspace && error.table === 'words',
      )
      assert.equal(session.execute('SELECT n FROM words WHERE part = 2 AND n = 1').one()?.['n'], 1)
    })

    it('sees the columns that were added to a prepared table', () => {
      const select = session.prepare('SELECT * FROM words WHERE part = 2 AND n = 1')
      assert.equal(Object.keys(session.execute(select).one()!).length, session.execute(select).columns.length)
      session.execute('ALTER TABLE words ADD added int')
      session.execute('UPDATE words SET added = 5 WHERE part = 2 AND n = 1')
      assert.deepEqual(session.execute(select).one(), { part: 2, n: 1, added: 5, word: 'one' })
    })
  })
}

it('a keyspace that is not there is the error of connecting', async () => {
  const { contactPoints, port, localDataCenter } = await sharedCassandra()
  assert.throws(() => BlockingSession.connect({ contactPoints, port, localDataCenter, keyspace: 'nowhere' }), InvalidRequestError)
})
