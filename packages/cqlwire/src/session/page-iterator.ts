/** All rows of a paged result: while one page is read, the next one is on its way. */
import { rejected } from '../base/rejected.js'
import { withAwaitingLines } from './stack.js'

/** What is read page by page: a result set. */
interface Page<Row> extends Iterable<Row> {
  readonly hasMorePages: boolean
  /** Its rows, to be read once. */
  consume(): Iterator<Row>
  fetchNextPage(): Promise<Page<Row> | null>
}

export class PageIterator<Row> implements AsyncIterableIterator<Row> {
  #page: Page<Row> | null = null
  #rows: Iterator<Row> | null = null
  /** The page after the present one. */
  #ahead: Promise<Page<Row> | null> | null
  /** Calls of `next` that came before the earlier one was answered wait for it. */
  #last: Promise<unknown> = Promise.resolve()
  #turning = 0
  #isOver = false

  /** `first`: the first page, or a promise of it. */
  constructor(first: Page<Row> | Promise<Page<Row>>) {
    if (first instanceof Promise) this.#ahead = guard(first)
    else {
      this.#ahead = null
      // Whoever has this page may want to read it again; those that come are nobody's but ours.
      this.#open(first, first[Symbol.iterator]())
    }
  }

  next(): Promise<IteratorResult<Row, undefined>> {
    if (this.#turning === 0 && this.#rows !== null) {
      try {
        const step = this.#rows.next()
        if (step.done !== true) return Promise.resolve({ done: false, value: step.value })
      } catch (error) {
        this.#end()
        return rejected(error)
      }
    }
    const before = this.#last
    let over!: () => void
    this.#last = new Promise<void>((resolve) => {
      over = resolve
    })
    return this.#turn(before, over)
  }

  /** A call of `next` that needs another page. Only its caller may hang on the promise of it, or V8 won't tell who that is. */
  async #turn(before: Promise<unknown>, over: () => void): Promise<IteratorResult<Row, undefined>> {
    this.#turning++
    try {
      await before
      return await this.#nextPage()
    } catch (error) {
      this.#end()
      throw withAwaitingLines(error)
    } finally {
      this.#turning--
      over()
    }
  }

  /** Stops reading: a page that is on its way is dropped when it comes. */
  return(): Promise<IteratorResult<Row, undefined>> {
    this.#end()
    return Promise.resolve({ done: true, value: undefined })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async #nextPage(): Promise<IteratorResult<Row, undefined>> {
    for (;;) {
      const step = this.#rows?.next()
      if (step !== undefined && step.done !== true) return { done: false, value: step.value }
      const page = this.#ahead === null ? null : await this.#ahead
      if (page === null || this.#isOver) {
        this.#end()
        return { done: true, value: undefined }
      }
      this.#open(page, page.consume())
    }
  }

  /** There are no more rows: the last one was read, the reader has left, or something failed; an error is told once. */
  #end(): void {
    this.#isOver = true
    this.#rows = null
    this.#page = null
    this.#ahead = null
  }

  #open(page: Page<Row>, rows: Iterator<Row>): void {
    this.#page = page
    this.#rows = rows
    this.#ahead = this.#page.hasMorePages ? guard(page.fetchNextPage()) : null
  }
}

/** A page that fails while nobody waits for it yet must not count as an unhandled rejection: whoever asks for it hears of it. */
function guard<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}
