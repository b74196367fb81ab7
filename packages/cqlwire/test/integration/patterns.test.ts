/** Every way to make one request. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, it } from 'node:test'
import {
  AbortError,
  BoundStatement,
  CqlSyntaxError,
  type ResponseFuture,
  type ResultSet,
  type Session,
  SimpleStatement,
} from '../../src/index.js'
import { Gate } from '../support/gate.js'
import { onEachVersion } from '../support/versions.js'
import { eventually } from '../unit/embedded/scratch.js'

const schema = ['CREATE TABLE users (id int PRIMARY KEY, name text)', 'CREATE TABLE numbers (p int, n int, PRIMARY KEY (p, n))']

onEachVersion('request patterns', 'patterns', { schema }, (stage) => {
  const nameOf = async (id: number): Promise<unknown> =>
    (await stage.session.execute('SELECT name FROM users WHERE id = ?', [id])).one()?.name

  it('execute takes a text with values by position', async () => {
    const result = await stage.session.execute('INSERT INTO users (id, name) VALUES (?, ?)', [1, 'Ada'])
    assert.deepEqual([result.rows, result.length, result.one(), result.columns, result.wasApplied], [[], 0, null, [], true])
    assert.equal(await nameOf(1), 'Ada')
  })

  it('execute takes values by name', async () => {
    await stage.session.execute('INSERT INTO users (id, name) VALUES (:id, :who)', { who: 'Grace', id: 2 })
    const row = (await stage.session.execute('SELECT name FROM users WHERE id = :id', { id: 2 })).one()
    assert.deepEqual(row, { name: 'Grace' })
  })

  it('cql is a template whose values are bound, prepared once per place', async () => {
    const hostile = "x'; DROP TABLE users; --"
    const before = stage.session.metrics.prepared
    for (const id of [3, 4, 5]) await stage.session.cql`INSERT INTO users (name, id) VALUES (${hostile}, ${id})`
    assert.equal(stage.session.metrics.prepared, before + 1)
    const row = (await stage.session.cql<{ name: string }>`SELECT name FROM users WHERE id = ${5}`).one()
    assert.equal(row?.name, hostile)
    assert.equal((await stage.session.cql`SELECT id FROM users WHERE id = 5`).one()?.id, 5)
  })

  it('prepare gives a statement that knows its parameters and columns', async () => {
    const { session, keyspace } = stage
    const select = await session.prepare('SELECT id, name FROM users WHERE id = ?')
    assert.deepEqual(select.parameters, [{ keyspace, table: 'users', name: 'id', type: { kind: 'int' } }])
    assert.deepEqual(
      select.columns.map(({ name, type }) => [name, type.kind]),
      [
        ['id', 'int'],
        ['name', 'text'],
      ],
    )
    assert.equal(await session.prepare('SELECT id, name FROM users WHERE id = ?'), select, 'prepared once, by its text')
    assert.equal((await session.execute(select, [1])).one()?.id, 1)
    assert.equal((await session.execute(select, { id: 2 })).one()?.id, 2)
  })

  it('bind makes a statement with values and options of its own', async () => {
    const { session } = stage
    const select = await session.prepare('SELECT name FROM users WHERE id = ?')
    const bound = select.bind([1], { rowFactory: 'array', consistency: 'ONE' })
    assert.ok(bound instanceof BoundStatement)
    const result = await session.execute(bound)
    assert.deepEqual([result.rows, result.info.achievedConsistency], [[['Ada']], 'ONE'])
    assert.deepEqual((await session.execute(bound, undefined, { rowFactory: 'object' })).rows, [{ name: 'Ada' }], 'the call comes last')
    select.options = { rowFactory: 'array' }
    assert.deepEqual((await session.execute(select, [1])).rows, [['Ada']])
    select.options = null
  })

  it('a SimpleStatement carries text, values and options', async () => {
    const statement = new SimpleStatement('SELECT name FROM users WHERE id = ?', [1], { rowFactory: 'array' })
    assert.deepEqual((await stage.session.execute(statement)).rows, [['Ada']])
    assert.deepEqual((await stage.session.execute(statement, [2])).rows, [['Grace']])
  })

  it('prepare: false sends the text with values of guessed types, by position or by name', async () => {
    const { session } = stage
    const before = session.metrics.prepared
    await session.execute('INSERT INTO users (id, name) VALUES (?, ?)', [10, 'Hedy'], { prepare: false })
    await session.execute('INSERT INTO users (id, name) VALUES (:i, :n)', { n: 'Joan', i: 11 }, { prepare: false })
    assert.equal(session.metrics.prepared, before)
    assert.deepEqual([await nameOf(10), await nameOf(11)], ['Hedy', 'Joan'])
  })

  it('values given to a request may be filled again for the next one right after the call', async () => {
    const { session } = stage
    const insert = await session.prepare('INSERT INTO users (id, name) VALUES (?, ?)')
    const values: [number, string] = [20, 'first']
    const pending = [session.execute(insert, values)]
    values[0] = 21
    values[1] = 'second'
    pending.push(session.execute(insert, values))
    await Promise.all(pending)
    assert.deepEqual([await nameOf(20), await nameOf(21)], ['first', 'second'])
  })

  it('executeAsync has sent the request when it returns; the future is awaited, or asked for its result again and again', async () => {
    const { session } = stage
    const future = session.executeAsync('SELECT name FROM users WHERE id = ?', [1])
    assert.equal((await future).one()?.name, 'Ada')
    assert.equal(await future.result(), await future.result())
    assert.equal(future.isDone, true)
    assert.equal(future.coordinator, [...stage.cluster.hosts.values()][0])
    assert.deepEqual(future.attemptedHosts, [...stage.cluster.hosts.keys()])
    assert.deepEqual([future.hasMorePages, future.warnings, future.customPayload], [false, [], null])
  })

  it('callbacks run with their arguments, those added later too; errbacks stay silent', async () => {
    const heard: unknown[] = []
    const future = stage.session.executeAsync('SELECT name FROM users WHERE id = ?', [1])
    future.addCallback((result, prefix: string) => heard.push(prefix + result.one()!.name), 'one: ')
    future.addCallbacks({
      callback: (result: ResultSet, ...more: unknown[]) => heard.push([result.length, ...more]),
      errback: (error) => heard.push(error),
      callbackArgs: ['a', 'b'],
    })
    await future.result()
    future.addCallback(() => heard.push('late')).addErrback((error) => heard.push(error))
    assert.deepEqual(heard, ['one: Ada', [1, 'a', 'b'], 'late'])
  })

  it('errbacks run where the request fails, callbacks that were cleared do not', async () => {
    const heard: unknown[] = []
    const future = stage.session.executeAsync('SELEC')
    future.addCallback(() => heard.push('cleared')).clearCallbacks()
    future.addErrback((error, ...more) => heard.push(error.constructor, ...more), 1, 2)
    await assert.rejects(future.result(), CqlSyntaxError)
    assert.deepEqual(heard, [CqlSyntaxError, 1, 2])
  })

  it('a callback that throws is told as a warning and harms nobody', async () => {
    const warning = once(process, 'warning')
    const future = stage.session.executeAsync('SELECT id FROM users WHERE id = 1')
    const heard: string[] = []
    future.addCallback(() => {
      throw new Error('of the callback')
    })
    future.addCallback(() => heard.push('the next one'))
    assert.equal((await future).length, 1)
    assert.deepEqual(heard, ['the next one'])
    assert.match((await warning)[0].message, /A callback of a ResponseFuture failed.*of the callback/s)
  })

  it('startFetchingNextPage opens the future again: callbacks run once per page', async () => {
    const { session } = stage
    for (let n = 0; n < 5; n++) await session.execute('INSERT INTO numbers (p, n) VALUES (1, ?)', [n])
    const future = session.executeAsync('SELECT n FROM numbers WHERE p = ?', [1], { pageSize: 2, rowFactory: 'array' })
    const rows = await new Promise<unknown[]>((resolve, reject) => {
      const seen: unknown[] = []
      future.addErrback(reject)
      future.addCallback((page) => {
        seen.push(page.rows)
        if (future.hasMorePages) future.startFetchingNextPage()
        else resolve(seen)
      })
    })
    assert.deepEqual(rows, [[[0], [1]], [[2], [3]], [[4]]])
    assert.throws(() => future.startFetchingNextPage(), /There is no further page/)
  })
})

onEachVersion('cancelling', 'patterns', { schema: ['CREATE TABLE users (id int PRIMARY KEY, name text)'] }, (stage) => {
  let gate: Gate
  let session: Session
  before(async () => {
    gate = await Gate.open()
    session = await stage.another(gate.options)
  })
  after(() => gate.close())

  /** What was cancelled leaves nothing behind: the connection takes requests, and none is in flight. */
  async function goesOn(): Promise<void> {
    gate.release()
    assert.equal((await session.execute('SELECT key FROM system.local')).length, 1)
    await eventually('nothing is in flight', () => session.metrics.inFlight === 0)
  }

  it('a future fails with an AbortError at once, though the node has not answered', async () => {
    await session.execute('SELECT id FROM users WHERE id = ?', [1])
    gate.hold()
    const future: ResponseFuture = session.executeAsync('SELECT id FROM users WHERE id = ?', [1])
    assert.equal(session.metrics.inFlight, 1)
    future.cancel('enough')
    await assert.rejects(
      future.result(),
      (error: Error) => error instanceof AbortError && error.name === 'AbortError' && error.cause === 'enough',
    )
    await goesOn()
  })

  it('a future whose text is being prepared is not sent afterwards', async () => {
    gate.hold()
    const future = session.executeAsync('INSERT INTO users (id, name) VALUES (?, ?)', [99, 'never'])
    future.cancel()
    await assert.rejects(future.result(), AbortError)
    await goesOn()
    assert.equal((await session.execute('SELECT id FROM users WHERE id = 99')).length, 0)
  })

  it('a signal that is aborted already: nothing is sent', async () => {
    const before = gate.sent
    const signal = AbortSignal.abort(new Error('the user left'))
    for (const text of ['SELECT id FROM users', 'SELECT id FROM users WHERE id = ?']) {
      await assert.rejects(session.execute(text, text.includes('?') ? [1] : [], { signal }), (error: Error) => {
        assert.ok(error instanceof AbortError)
        assert.equal((error.cause as Error).message, 'the user left')
        return true
      })
    }
    await assert.rejects(session.prepare('SELECT name FROM users', { signal }), AbortError)
    assert.equal(gate.sent, before)
    await goesOn()
  })

  it('a signal that is aborted after the request was sent, or while its text is prepared', async () => {
    for (const text of ['SELECT id FROM users WHERE id = 1', 'SELECT name, id FROM users WHERE id = ?']) {
      gate.hold()
      const controller = new AbortController()
      const pending = session.execute(text, text.includes('?') ? [1] : [], { signal: controller.signal })
      controller.abort(new Error('the user left'))
      await assert.rejects(pending, (error: Error) => error instanceof AbortError && (error.cause as Error).message === 'the user left')
      await goesOn()
    }
  })
})
