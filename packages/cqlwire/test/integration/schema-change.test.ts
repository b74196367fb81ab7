/** Changes of the schema: waited for, known afterwards, and never the cause of a wrong row. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import {
  AlreadyExistsError,
  type Cluster,
  InvalidArgumentError,
  InvalidRequestError,
  LocalDate,
  type SchemaChange,
  type Session,
} from '../../src/index.js'
import { onEachVersion, type Stage } from '../support/versions.js'
import { eventually } from '../unit/embedded/scratch.js'

/** The changes of others are read, and told, soon after they are heard of. */
const quick = { metadata: { refreshWindowMs: 10 } }

/** Resolves once the cluster has heard of a change of the table or type from its node. */
function heard(cluster: Cluster, name: string): Promise<void> {
  return new Promise((resolve) => {
    const listener = (change: SchemaChange): void => {
      if (change.name !== name) return
      cluster.off('schemaChange', listener)
      resolve()
    }
    cluster.on('schemaChange', listener)
  })
}

onEachVersion('changes of the schema', 'schema_change', { cluster: quick }, (stage) => {
  const table = (name: string): ReturnType<Stage['cluster']['metadata']['getTable']> =>
    stage.cluster.metadata.getTable(stage.keyspace, name)

  it('are over when the nodes agree, and known when they are over', async () => {
    const { session, cluster, keyspace } = stage
    const created = await session.execute('CREATE TABLE made (id int, day date, v text, PRIMARY KEY (id, day))')
    assert.equal(created.info.schemaAgreed, true)
    assert.deepEqual(
      [...table('made')!.columns].map(([name, { type, kind }]) => [name, type.kind, kind]),
      [
        ['id', 'int', 'partition_key'],
        ['day', 'date', 'clustering'],
        ['v', 'text', 'regular'],
      ],
    )
    await session.execute('ALTER TABLE made ADD more set<int>')
    assert.equal(table('made')!.columns.get('more')?.type.kind, 'set')
    await session.execute('ALTER TABLE made DROP v')
    assert.equal(table('made')!.columns.has('v'), false)
    await session.execute('DROP TABLE made')
    assert.equal(table('made') ?? null, null)

    const other = `${keyspace}_other`
    await stage.createKeyspace(other)
    assert.ok(cluster.metadata.getKeyspace(other))
    await session.execute(`DROP KEYSPACE ${other}`)
    assert.equal(cluster.metadata.getKeyspace(other) ?? null, null)
  })

  it('of others are heard of', async () => {
    const other = await stage.another()
    await other.execute('CREATE TABLE by_another (id int PRIMARY KEY)')
    await eventually('the table is known', () => table('by_another'))
  })

  it('that can not be carried out are errors with the names', async () => {
    const { session, keyspace } = stage
    await session.execute('CREATE TABLE once (id int PRIMARY KEY)')
    await assert.rejects(session.execute('CREATE TABLE once (id int PRIMARY KEY)'), (error: Error) => {
      assert.ok(error instanceof AlreadyExistsError)
      assert.deepEqual([error.keyspace, error.table], [keyspace, 'once'])
      return true
    })
  })
})

onEachVersion('a table that is altered between prepare and execute', 'schema_change', { cluster: quick }, (stage) => {
  /** The same rows by the prepared statement, by array, by column, and by iterating. */
  async function check(session: Session, statement: Parameters<Session['execute']>[0], expected: Record<string, unknown>): Promise<void> {
    for (let i = 0; i < 2; i++) {
      assert.deepEqual((await session.execute(statement)).rows, [expected])
      assert.deepEqual((await session.execute(statement, undefined, { rowFactory: 'array' })).rows, [Object.values(expected)])
      for await (const row of session.iterate(statement)) assert.deepEqual(row, expected)
    }
  }

  it('by the same session: SELECT * has the new column', async () => {
    const { session } = stage
    await session.execute('CREATE TABLE grows (id int PRIMARY KEY, a text)')
    await session.execute("INSERT INTO grows (id, a) VALUES (1, 'a')")
    const select = await session.prepare('SELECT * FROM grows')
    await check(session, select, { id: 1, a: 'a' })
    await session.execute('ALTER TABLE grows ADD b int')
    await session.execute('UPDATE grows SET b = 7 WHERE id = 1')
    await check(session, select, { id: 1, a: 'a', b: 7 })
    assert.deepEqual(
      select.columns.map(({ name }) => name),
      ['id', 'a', 'b'],
    )
  })

  it('by another session that prepares it again, so that the node knows the statement: a column more', async () => {
    const { session } = stage
    await session.execute('CREATE TABLE grows_elsewhere (id int PRIMARY KEY, z text)')
    await session.execute("INSERT INTO grows_elsewhere (id, z) VALUES (1, 'z')")
    const select = await session.prepare('SELECT * FROM grows_elsewhere')
    await check(session, select, { id: 1, z: 'z' })
    const other = await stage.another()
    const told = heard(stage.cluster, 'grows_elsewhere')
    await other.execute('ALTER TABLE grows_elsewhere ADD m int')
    await other.execute('UPDATE grows_elsewhere SET m = 7 WHERE id = 1')
    await check(other, await other.prepare('SELECT * FROM grows_elsewhere'), { id: 1, m: 7, z: 'z' })
    await told
    await check(session, select, { id: 1, m: 7, z: 'z' })
  })

  it('by another session: one column out, one of another type in, as many as before', async () => {
    const { session } = stage
    await session.execute('CREATE TABLE swaps (id int PRIMARY KEY, a text)')
    await session.execute("INSERT INTO swaps (id, a) VALUES (1, 'four')")
    const select = await session.prepare('SELECT * FROM swaps')
    await check(session, select, { id: 1, a: 'four' })
    const other = await stage.another()
    const told = heard(stage.cluster, 'swaps')
    await other.execute('ALTER TABLE swaps DROP a')
    await told
    const toldAgain = heard(stage.cluster, 'swaps')
    await other.execute('ALTER TABLE swaps ADD b date')
    await other.execute("UPDATE swaps SET b = '2024-02-29' WHERE id = 1")
    await check(other, await other.prepare('SELECT * FROM swaps'), { id: 1, b: LocalDate.of(2024, 2, 29) })
    await toldAgain
    await check(session, select, { id: 1, b: LocalDate.of(2024, 2, 29) })
  })

  it('by a field more in a user type', async () => {
    const { session } = stage
    await session.execute('CREATE TYPE point (x int)')
    await session.execute('CREATE TABLE points (id int PRIMARY KEY, p point, l list<frozen<point>>)')
    await session.execute('INSERT INTO points (id, p, l) VALUES (1, {x: 1}, [{x: 2}])')
    const select = await session.prepare('SELECT p, l FROM points')
    const insert = await session.prepare('INSERT INTO points (id, p) VALUES (?, ?)')
    await check(session, select, { p: { x: 1 }, l: [{ x: 2 }] })
    const other = await stage.another()
    const told = heard(stage.cluster, 'point')
    await other.execute('ALTER TYPE point ADD y int')
    await other.execute('UPDATE points SET p = {x: 1, y: -1} WHERE id = 1')
    await other.prepare('SELECT p, l FROM points')
    await told
    await check(session, select, { p: { x: 1, y: -1 }, l: [{ x: 2, y: null }] })
    await session.execute(insert, [2, { x: 5 }])
    assert.deepEqual((await session.execute('SELECT p FROM points WHERE id = 2')).one(), { p: { x: 5, y: null } })
  })

  it('a statement whose column is gone is an error of the server, and others go on', async () => {
    const { session } = stage
    await session.execute('CREATE TABLE shrinks (id int PRIMARY KEY, a text, b text)')
    const [selectA, selectB] = [await session.prepare('SELECT a FROM shrinks'), await session.prepare('SELECT b FROM shrinks')]
    await session.execute('ALTER TABLE shrinks DROP a')
    await assert.rejects(session.execute(selectA), (error: Error) => error instanceof InvalidRequestError && /\ba\b/.test(error.message))
    assert.deepEqual((await session.execute(selectB)).rows, [])
  })
})

onEachVersion('one text in two keyspaces', 'schema_change', { cluster: quick }, (stage) => {
  it('is two statements', async () => {
    const { session, cluster, keyspace } = stage
    const twin = `${keyspace}_twin`
    await stage.createKeyspace(twin)
    await session.execute('CREATE TABLE t (id int PRIMARY KEY, v text)')
    await session.execute(`CREATE TABLE ${twin}.t (id int PRIMARY KEY, v int)`)
    const other = await cluster.connect(twin)
    const insert = 'INSERT INTO t (id, v) VALUES (?, ?)'
    const select = 'SELECT v FROM t WHERE id = ?'
    for (let i = 0; i < 2; i++) {
      await session.execute(insert, [1, 'text'])
      await other.execute(insert, [1, 7])
      assert.deepEqual((await session.execute(select, [1])).one(), { v: 'text' })
      assert.deepEqual((await other.execute(select, [1])).one(), { v: 7 })
    }
    await assert.rejects(
      other.execute(insert, [1, 'text']),
      (error: Error) => error instanceof InvalidArgumentError && /"v" \(int\)/.test(error.message),
    )
    await other.setKeyspace(keyspace)
    assert.deepEqual((await other.execute(select, [1])).one(), { v: 'text' })
    await other.shutdown()
  })
})
