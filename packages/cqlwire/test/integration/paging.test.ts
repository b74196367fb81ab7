/** Results of many pages: page by page, row by row with the next page under way, and all at once. */
import assert from 'node:assert/strict'
import { before, it } from 'node:test'
import {
  executeConcurrentWithArgs,
  InvalidArgumentError,
  InvalidOptionError,
  type PreparedStatement,
  type ResultSet,
} from '../../src/index.js'
import { onEachVersion } from '../support/versions.js'
import { eventually } from '../unit/embedded/scratch.js'

const schema = ['CREATE TABLE numbers (p int, n int, text text, PRIMARY KEY (p, n))']
const ROWS = 230
const all = Array.from({ length: ROWS }, (_, n) => n)

onEachVersion('paging', 'paging', { schema }, (stage) => {
  let select: PreparedStatement
  const text = 'SELECT n, text FROM numbers WHERE p = 0'

  before(async () => {
    const { session } = stage
    const insert = await session.prepare('INSERT INTO numbers (p, n, text) VALUES (0, ?, ?)')
    await executeConcurrentWithArgs(
      session,
      insert,
      all.map((n) => [n, `number ${n}`]),
    )
    select = await session.prepare('SELECT n, text FROM numbers WHERE p = ?')
  })

  it('pageSize bounds the rows of a page; without it all of them fit into one of 5,000', async () => {
    const { session } = stage
    const page = await session.execute(select, [0], { pageSize: 10 })
    assert.deepEqual([page.length, page.rows.length, page.hasMorePages], [10, 10, true])
    assert.ok(Buffer.isBuffer(page.pageState))
    const whole = await session.execute(select, [0])
    assert.deepEqual([whole.length, whole.hasMorePages, whole.pageState], [ROWS, false, null])
    assert.equal((await session.execute(select, [0], { pageSize: 0 })).length, ROWS)
  })

  it('fetchNextPage gives page after page, and null after the last one', async () => {
    for (const statement of [select.bind([0]), text]) {
      const sizes: number[] = []
      const numbers: number[] = []
      let page: ResultSet | null = await stage.session.execute(statement, undefined, { pageSize: 100 })
      while (page !== null) {
        sizes.push(page.length)
        for (const row of page) numbers.push(row['n'] as number)
        page = await page.fetchNextPage()
      }
      assert.deepEqual(sizes, [100, 100, 30])
      assert.deepEqual(numbers, all)
    }
  })

  it('pageState goes on from where a page ended, in another request, session or process: as bytes or as hex text', async () => {
    const first = await stage.session.execute(select, [0], { pageSize: 7 })
    const other = await stage.another()
    const again = await other.prepare(select.query)
    for (const pageState of [first.pageState!, first.pageState!.toString('hex'), new Uint8Array(first.pageState!)]) {
      const second = await other.execute(again, [0], { pageSize: 7, pageState })
      assert.deepEqual(
        second.rows.map((row) => row['n'] as number),
        [7, 8, 9, 10, 11, 12, 13],
      )
    }
  })

  it('a pageState that is none is refused by its name, or by the server', async () => {
    const { session } = stage
    await assert.rejects(session.execute(select, [0], { pageState: 'not hex' }), (error: Error) => {
      assert.ok(error instanceof InvalidArgumentError || error instanceof InvalidOptionError)
      assert.match(error.message, /pageState.*Nothing was sent/)
      return true
    })
    await assert.rejects(session.execute(select, [0], { pageState: 'deadbeef', pageSize: 5 }), (error: Error) => {
      assert.match(error.message, /[Pp]aging ?[Ss]tate/)
      return true
    })
    assert.equal((await session.execute(select, [0], { pageSize: 5 })).length, 5)
  })

  it('for await reads the rows of more than twenty pages in order', async () => {
    const numbers: number[] = []
    for await (const row of await stage.session.execute(select, [0], { pageSize: 10 })) numbers.push(row['n'] as number)
    assert.deepEqual(numbers, all)
  })

  it('iterate does the same from the statement on, with the rows that the factory makes', async () => {
    const { session } = stage
    const rows: unknown[] = []
    for await (const row of session.iterate(select, [0], { pageSize: 10, rowFactory: 'array' })) rows.push(row)
    assert.deepEqual(
      rows,
      all.map((n) => [n, `number ${n}`]),
    )
    const none: unknown[] = []
    for await (const row of session.iterate(select, [-1])) none.push(row)
    assert.deepEqual(none, [])
  })

  it('the next page is asked for while the present one is read', async () => {
    const { session } = stage
    const rows = session.iterate(select, [0], { pageSize: 50 })
    await rows.next()
    assert.equal(session.metrics.inFlight, 1)
    await rows.return!()
    await eventually('nothing is in flight', () => session.metrics.inFlight === 0)
  })

  it('leaving the loop in the middle stops reading', async () => {
    const { session } = stage
    const numbers: number[] = []
    const rows = session.iterate(select, [0], { pageSize: 10 })
    for await (const row of rows) {
      numbers.push(row['n'] as number)
      if (numbers.length === 25) break
    }
    assert.deepEqual(numbers, all.slice(0, 25))
    assert.deepEqual(await rows.next(), { done: true, value: undefined })
    await eventually('nothing is in flight', () => session.metrics.inFlight === 0)
  })

  it('calls of next that overlap get the rows in order', async () => {
    const rows = stage.session.iterate(select, [0], { pageSize: 3 })
    const steps = await Promise.all(Array.from({ length: 10 }, () => rows.next()))
    assert.deepEqual(
      steps.map(({ value }) => value?.['n'] as number),
      all.slice(0, 10),
    )
    await rows.return!()
  })

  it('all() reads every page into one array', async () => {
    const result = await stage.session.execute(select, [0], { pageSize: 60 })
    assert.equal(result.rows.length, 60)
    assert.deepEqual(
      (await result.all()).map((row) => row['n'] as number),
      all,
    )
    assert.equal((await (await stage.session.execute(text)).all()).length, ROWS)
  })

  it('a page that fails is heard of by whoever reads on', async () => {
    const rows = stage.session.iterate('SELECT nothing FROM numbers')
    await assert.rejects(rows.next(), /nothing/)
  })
})
