/** All rows of a paged result, synchronously: while one page is read, the worker fetches the next one. */

/** A page as the iteration sees it. */
export interface Page<Row> {
  rowIterator(): Iterator<Row>
  /** Asks for the next page, without waiting for it; null on the last page. */
  startNext(): StartedPage<Row> | null
}

export interface StartedPage<Row> {
  wait(): Page<Row>
  abandon(): void
}

export class BlockingPages<Row> implements IterableIterator<Row> {
  #rows: Iterator<Row> | null
  #ahead: StartedPage<Row> | null

  constructor(first: Page<Row>) {
    this.#rows = first.rowIterator()
    this.#ahead = first.startNext()
  }

  next(): IteratorResult<Row, undefined> {
    while (this.#rows !== null) {
      const step = this.#rows.next()
      if (step.done !== true) return { done: false, value: step.value }
      this.#rows = null
      const ahead = this.#ahead
      this.#ahead = null
      if (ahead === null) break
      const page = ahead.wait()
      this.#rows = page.rowIterator()
      this.#ahead = page.startNext()
    }
    return { done: true, value: undefined }
  }

  /** Stops reading: the page that is on its way is dropped when it comes. */
  return(): IteratorResult<Row, undefined> {
    this.#rows = null
    this.#ahead?.abandon()
    this.#ahead = null
    return { done: true, value: undefined }
  }

  [Symbol.iterator](): this {
    return this
  }
}
