/** Batches and conditional writes. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { BatchStatement, InvalidArgumentError, InvalidRequestError, SimpleStatement } from '../../src/index.js'
import { onEachVersion } from '../support/versions.js'

const schema = [
  'CREATE TABLE t (p int, n int, v text, PRIMARY KEY (p, n))',
  'CREATE TABLE other (p int PRIMARY KEY, v text)',
  'CREATE TABLE counts (id int PRIMARY KEY, n counter)',
]

onEachVersion('batches', 'statements', { schema }, (stage) => {
  const valuesOf = async (p: number): Promise<unknown[]> =>
    (await stage.session.execute('SELECT n, v FROM t WHERE p = ?', [p], { rowFactory: 'array' })).rows

  it('hold prepared and bound statements, texts with and without values', async () => {
    const { session } = stage
    const insert = await session.prepare('INSERT INTO t (p, n, v) VALUES (?, ?, ?)')
    for (const kind of ['LOGGED', 'UNLOGGED'] as const) {
      const p = kind === 'LOGGED' ? 1 : 2
      const batch = new BatchStatement(kind)
        .add(insert, [p, 1, 'prepared'])
        .add(insert, { v: 'by name', n: 2, p })
        .add(insert.bind([p, 3, 'bound']))
        .add('INSERT INTO t (p, n, v) VALUES (?, 4, ?)', [p, 'a text with values'])
        .add(new SimpleStatement('INSERT INTO t (p, n, v) VALUES (:p, 5, :v)', { p, v: 'a simple statement' }))
        .add(`INSERT INTO t (p, n, v) VALUES (${p}, 6, 'a text alone')`)
        .addAll('INSERT INTO t (v, p, n) VALUES (?, ?, ?)', [
          ['one of many', p, 7],
          ['another of many', p, 8],
        ])
      assert.equal(batch.length, 8)
      await session.execute(batch)
      assert.deepEqual(await valuesOf(p), [
        [1, 'prepared'],
        [2, 'by name'],
        [3, 'bound'],
        [4, 'a text with values'],
        [5, 'a simple statement'],
        [6, 'a text alone'],
        [7, 'one of many'],
        [8, 'another of many'],
      ])
    }
  })

  it('session.batch takes a list', async () => {
    const { session } = stage
    const insert = await session.prepare('INSERT INTO t (p, n, v) VALUES (?, ?, ?)')
    await session.batch(
      [
        { query: insert, params: [3, 1, 'x'] },
        { query: 'INSERT INTO t (p, n, v) VALUES (?, ?, ?)', params: [3, 2, 'y'] },
        "INSERT INTO t (p, n, v) VALUES (3, 3, 'z')",
      ],
      { kind: 'UNLOGGED', consistency: 'ONE' },
    )
    assert.deepEqual(await valuesOf(3), [
      [1, 'x'],
      [2, 'y'],
      [3, 'z'],
    ])
  })

  it('texts with values are not prepared where prepare: false says so', async () => {
    const { session } = stage
    const before = session.metrics.prepared
    await session.batch([{ query: 'INSERT INTO t (n, p, v) VALUES (?, ?, ?)', params: [1, 4, 'guessed'] }], { prepare: false })
    assert.equal(session.metrics.prepared, before)
    assert.deepEqual(await valuesOf(4), [[1, 'guessed']])
    await assert.rejects(
      session.batch([{ query: 'INSERT INTO t (n, p) VALUES (:n, :p)', params: { n: 1, p: 4 } }], { prepare: false }),
      (error: Error) => error instanceof InvalidArgumentError && /by position.*Nothing was sent/.test(error.message),
    )
  })

  it('COUNTER batches count', async () => {
    const { session } = stage
    const add = await session.prepare('UPDATE counts SET n = n + ? WHERE id = ?')
    await session.execute(new BatchStatement('COUNTER').add(add, [5n, 1]).add(add, [2, 2]).add('UPDATE counts SET n = n - 1 WHERE id = 2'))
    const rows = await session.execute('SELECT id, n FROM counts', undefined, { rowFactory: 'array' })
    assert.deepEqual(new Map(rows.rows as unknown as [number, bigint][]), new Map([[1, 5n], [2, 1n]])) // prettier-ignore
    await assert.rejects(session.execute(new BatchStatement('LOGGED').add(add, [1n, 1])), InvalidRequestError)
  })

  it('have one timestamp for all their writes', async () => {
    const { session } = stage
    await session.execute(
      new BatchStatement('LOGGED', { timestamp: 123_456 })
        .add('INSERT INTO t (p, n, v) VALUES (?, ?, ?)', [5, 1, 'x'])
        .add('INSERT INTO other (p, v) VALUES (?, ?)', [5, 'x']),
    )
    assert.equal((await session.execute('SELECT writetime(v) AS at FROM t WHERE p = 5')).one()?.at, 123_456n)
    assert.equal((await session.execute('SELECT writetime(v) AS at FROM other WHERE p = 5')).one()?.at, 123_456n)
  })

  it('that are empty, of an unknown kind, or hold something else are refused before anything is sent', async () => {
    const { session } = stage
    await assert.rejects(session.execute(new BatchStatement()), /The batch is empty. Nothing was sent/)
    assert.throws(() => new BatchStatement('logged' as never), /'LOGGED', 'UNLOGGED' or 'COUNTER', got "logged"/)
    assert.throws(() => new BatchStatement().add(7 as never), InvalidArgumentError)
    await assert.rejects(session.batch([{ query: 'INSERT INTO t (p, n) VALUES (?, ?)', params: [1, 'no number'] }]), (error: Error) => {
      assert.ok(error instanceof InvalidArgumentError)
      assert.match(error.message, /Parameter 2 of 2, "n" \(int\)/)
      return true
    })
  })
})

onEachVersion('conditional writes', 'statements', { schema }, (stage) => {
  it('say whether they were applied, and what stood in the way', async () => {
    const { session } = stage
    const text = 'INSERT INTO other (p, v) VALUES (?, ?) IF NOT EXISTS'
    const prepared = await session.prepare(text)
    for (const [p, statement] of [
      [1, text],
      [2, prepared],
    ] as const) {
      const first = await session.execute(statement, [p, 'first'])
      assert.deepEqual([first.wasApplied, first.rows], [true, [{ '[applied]': true }]])
      const second = await session.execute(statement, [p, 'second'])
      assert.equal(second.wasApplied, false)
      assert.deepEqual(second.rows, [{ '[applied]': false, p, v: 'first' }])
      assert.equal(second.wasApplied, false, 'after the rows were looked at, too')
    }
  })

  it('UPDATE IF is applied where its condition holds', async () => {
    const { session } = stage
    await session.execute("INSERT INTO other (p, v) VALUES (10, 'a')")
    const update = await session.prepare('UPDATE other SET v = ? WHERE p = ? IF v = ?')
    const refused = await session.execute(update, ['b', 10, 'wrong'])
    assert.deepEqual([refused.wasApplied, refused.one()], [false, { '[applied]': false, v: 'a' }])
    const applied = await session.execute(update, ['b', 10, 'a'], { serialConsistency: 'LOCAL_SERIAL', consistency: 'LOCAL_QUORUM' })
    assert.deepEqual([applied.wasApplied, applied.one()], [true, { '[applied]': true }])
    const missing = await session.execute('UPDATE other SET v = ? WHERE p = ? IF EXISTS', ['x', 11])
    assert.deepEqual([missing.wasApplied, missing.one()], [false, { '[applied]': false }])
    assert.equal((await session.execute('SELECT v FROM other WHERE p = 10')).wasApplied, true, 'of what is not conditional')
  })

  it('wasApplied is the same whatever rows become', async () => {
    const { session } = stage
    const insert = await session.prepare('INSERT INTO other (p, v) VALUES (?, ?) IF NOT EXISTS')
    const factories = ['array', 'columns', (): string => 'a row', 'object'] as const
    for (const [i, rowFactory] of factories.entries()) {
      for (const applied of [true, false]) {
        const result = await session.execute(insert, [20 + i, 'x'], { rowFactory })
        assert.equal(result.wasApplied, applied)
        assert.ok(result.rows)
        assert.equal(result.wasApplied, applied, `after the rows were made: ${String(rowFactory)}`)
      }
    }
  })

  it('in a batch, too', async () => {
    const { session } = stage
    const insert = await session.prepare('INSERT INTO t (p, n, v) VALUES (?, ?, ?) IF NOT EXISTS')
    const batch = (): BatchStatement =>
      new BatchStatement().add(insert, [30, 1, 'x']).add('INSERT INTO t (p, n, v) VALUES (?, ?, ?)', [30, 2, 'y'])
    assert.equal((await session.execute(batch())).wasApplied, true)
    const again = await session.execute(batch())
    assert.equal(again.wasApplied, false)
    assert.deepEqual(again.one(), { '[applied]': false, p: 30, n: 1, v: 'x' })
  })
})
