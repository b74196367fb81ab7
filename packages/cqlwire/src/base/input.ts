/** What is to be executed, from any iterable or async iterable, one item at a time and only when there is room for it. */
import { InvalidArgumentError } from './errors.js'

/** The next item is here, is promised, or there is none. */
export interface Input<T> {
  next(): IteratorResult<T> | Promise<IteratorResult<T>>
  /** Tells the source that no more is wanted. */
  close(): void
}

export function inputOf<T>(source: Iterable<T> | AsyncIterable<T>, what: string): Input<T> {
  const given = source as Partial<Iterable<T> & AsyncIterable<T>> | null | undefined
  const iterator = typeof source === 'string' ? undefined : (given?.[Symbol.iterator]?.() ?? given?.[Symbol.asyncIterator]?.())
  if (iterator === undefined)
    throw new InvalidArgumentError(
      `${what} takes an array, an iterable or an async iterable, got ${given === null ? 'null' : typeof source}. Nothing was sent`,
    )
  let closed = false
  return {
    next: () => {
      const step = iterator.next()
      // Promises of other libraries and of other realms are promises too.
      return !(step instanceof Promise) && isThenable(step) ? Promise.resolve(step) : step
    },
    close() {
      if (closed) return
      closed = true
      try {
        const end = iterator.return?.()
        if (end instanceof Promise) end.catch(() => {}) // the source's own business: the run is over
      } catch {
        // likewise
      }
    },
  }
}

function isThenable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
