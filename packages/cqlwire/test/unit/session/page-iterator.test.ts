import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { PageIterator } from '../../../src/session/page-iterator.js'

/** Pages of these rows; `fetched` counts those that were asked for after the first. */
class Pages {
  fetched = 0
  /** Which pages were consumed. */
  readonly consumed: number[] = []
  readonly #pages: readonly (readonly number[] | Error)[]

  constructor(...pages: readonly (readonly number[] | Error)[]) {
    this.#pages = pages
  }

  page(at = 0): {
    hasMorePages: boolean
    fetchNextPage: () => Promise<never>
    consume: () => Iterator<number>
    [Symbol.iterator]: () => Iterator<number>
  } {
    const rows = this.#pages[at] as readonly number[]
    return {
      hasMorePages: at + 1 < this.#pages.length,
      fetchNextPage: async () => {
        this.fetched++
        await Promise.resolve()
        const next = this.#pages[at + 1]
        if (next instanceof Error) throw next
        return this.page(at + 1) as never
      },
      consume: () => (this.consumed.push(at), rows[Symbol.iterator]()),
      [Symbol.iterator]: () => rows[Symbol.iterator](),
    }
  }
}

async function all(rows: AsyncIterable<number>): Promise<number[]> {
  const seen: number[] = []
  for await (const row of rows) seen.push(row)
  return seen
}

const DONE = { done: true, value: undefined }

describe('the rows of all pages', () => {
  test('come in order, empty pages in between', async () => {
    assert.deepEqual(await all(new PageIterator(new Pages([1, 2], [], [3], [], []).page())), [1, 2, 3])
    assert.deepEqual(await all(new PageIterator(new Pages([]).page())), [])
    assert.deepEqual(await all(new PageIterator(Promise.resolve(new Pages([1], [2]).page()))), [1, 2])
  })

  test('consume the pages that nobody else has, and leave one that was given as it is', async () => {
    const pages = new Pages([1], [2], [3])
    await all(new PageIterator(pages.page()))
    assert.deepEqual(pages.consumed, [1, 2])
    await all(new PageIterator(Promise.resolve(pages.page())))
    assert.deepEqual(pages.consumed, [1, 2, 0, 1, 2])
  })

  test('are asked for one page ahead, and no further', async () => {
    const pages = new Pages([1, 2], [3], [4], [5])
    const rows = new PageIterator(pages.page())
    assert.equal(pages.fetched, 1)
    await rows.next()
    await rows.next()
    assert.equal(pages.fetched, 1)
    await rows.next()
    assert.equal(pages.fetched, 2)
    await rows.return()
  })

  test('may be asked for all at once', async () => {
    const rows = new PageIterator(new Pages([1, 2], [3], [4, 5]).page())
    const steps = await Promise.all(Array.from({ length: 7 }, () => rows.next()))
    assert.deepEqual(
      steps.map(({ value }) => value),
      [1, 2, 3, 4, 5, undefined, undefined],
    )
  })

  test('end where the reader leaves; a page that is on its way is dropped', async () => {
    const pages = new Pages([1], [2], [3])
    const rows = new PageIterator(pages.page())
    await rows.next()
    const second = rows.next()
    assert.deepEqual(await rows.return(), DONE)
    assert.deepEqual(await second, DONE)
    assert.deepEqual(await rows.next(), DONE)
    assert.equal(pages.fetched, 1)
  })

  test('end with the error of a page, which is told once', async () => {
    const rows = new PageIterator(new Pages([1], new Error('lost')).page())
    assert.deepEqual(await rows.next(), { done: false, value: 1 })
    await assert.rejects(rows.next(), /^Error: lost$/)
    assert.deepEqual(await rows.next(), DONE)
  })

  test('end with the error of the first page', async () => {
    const rows = new PageIterator<number>(Promise.reject(new Error('no such table')))
    await assert.rejects(rows.next(), /no such table/)
    assert.deepEqual(await rows.next(), DONE)
  })

  test('end with the error of a row', async () => {
    const broken = function* (): Generator<number> {
      yield 1
      throw new RangeError('not a row')
    }
    const page = { hasMorePages: false, fetchNextPage: () => Promise.resolve(null), consume: broken, [Symbol.iterator]: broken }
    for (const first of [page, Promise.resolve(page)]) {
      const rows = new PageIterator<number>(first)
      await rows.next()
      await assert.rejects(rows.next(), RangeError)
      assert.deepEqual(await rows.next(), DONE)
    }
  })

  test('that fail unread are no unhandled rejection', async () => {
    new PageIterator(new Pages([1], new Error('lost')).page())
    new PageIterator<number>(Promise.reject(new Error('lost')))
    await new Promise((resolve) => setImmediate(resolve))
  })
})
