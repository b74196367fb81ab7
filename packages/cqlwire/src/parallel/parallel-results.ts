/** The outcomes of a parallel run: to be iterated over as they come, or awaited as one array. */
import { AbortError, InvalidArgumentError } from '../base/errors.js'
import { RingQueue } from '../base/ring-queue.js'
import { rejectedWithStack, withAwaitingLines } from '../session/stack.js'
import type { ParallelOutcome } from './outcomes.js'
import type { Reader, Run } from './run.js'

/** How outcomes are handed over. */
export interface ResultsSettings {
  /** In the order of the input, or as they arrive. */
  readonly ordered: boolean
  /** Undefined: a loop is given failures as outcomes, an awaited array fails with the first one. */
  readonly raiseOnFirstError: boolean | undefined
  readonly signal: AbortSignal | null
}

export type StartRun = (reader: Reader) => Promise<Run>

type Step<R> = IteratorResult<ParallelOutcome<R>, undefined>

/**
 * What a parallel run gives. Nothing is sent before it is iterated over or awaited.
 *
 *     for await (const { success, index, result, error } of results) { … }   // as they come; leaving the loop cancels what is in flight
 *     const outcomes = await results                                          // all of them, in the order of the input
 *
 * Iterating gives failures as outcomes, unless `raiseOnFirstError: true`; awaiting fails with the first one, unless `raiseOnFirstError: false`.
 */
export class ParallelResults<R> implements AsyncIterableIterator<ParallelOutcome<R>>, PromiseLike<ParallelOutcome<R>[]> {
  readonly #start: StartRun
  readonly #settings: ResultsSettings | Error
  #mode: Stream<R> | Promise<ParallelOutcome<R>[]> | null = null

  /** @internal `settings`: an error where the options of the call are wrong, which the reader is told */
  constructor(start: StartRun, settings: ResultsSettings | Error) {
    this.#start = start
    this.#settings = settings
  }

  next(): Promise<Step<R>> {
    if (this.#settings instanceof Error) return rejectedWithStack(this.#settings)
    if (this.#mode instanceof Promise) return rejectedWithStack(twice())
    this.#mode ??= new Stream<R>(this.#start, this.#settings)
    return this.#mode.next()
  }

  return(): Promise<Step<R>> {
    if (this.#mode instanceof Stream) this.#mode.leave()
    return Promise.resolve({ done: true, value: undefined })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  then<T = ParallelOutcome<R>[], E = never>(
    onFulfilled?: ((outcomes: ParallelOutcome<R>[]) => T | PromiseLike<T>) | null,
    onRejected?: ((reason: unknown) => E | PromiseLike<E>) | null,
  ): Promise<T | E> {
    return this.#all().then(onFulfilled, onRejected)
  }

  catch<E = never>(onRejected?: ((reason: unknown) => E | PromiseLike<E>) | null): Promise<ParallelOutcome<R>[] | E> {
    return this.#all().catch(onRejected)
  }

  finally(onFinally?: (() => void) | null): Promise<ParallelOutcome<R>[]> {
    return this.#all().finally(onFinally)
  }

  #all(): Promise<ParallelOutcome<R>[]> {
    if (this.#settings instanceof Error) return Promise.reject(this.#settings)
    if (this.#mode instanceof Stream) return Promise.reject(twice())
    this.#mode ??= collect<R>(this.#start, this.#settings)
    return this.#mode
  }
}

function twice(): Error {
  return new InvalidArgumentError('The outcomes of a parallel run are iterated over or awaited, not both')
}

function aborted(signal: AbortSignal): AbortError {
  return new AbortError('The parallel run was aborted by its signal', { cause: signal.reason })
}

/** Has the signal stop the run; gives what takes that back. */
function onAbort(signal: AbortSignal | null, stop: (error: Error) => void): () => void {
  if (signal === null) return () => {}
  const listener = (): void => stop(aborted(signal))
  signal.addEventListener('abort', listener, { once: true })
  return () => signal.removeEventListener('abort', listener)
}

async function collect<R>(start: StartRun, { raiseOnFirstError = true, signal }: ResultsSettings): Promise<ParallelOutcome<R>[]> {
  if (signal?.aborted === true) throw aborted(signal)
  const outcomes: ParallelOutcome<R>[] = []
  let release = (): void => {}
  try {
    await new Promise<void>((resolve, reject) => {
      let run: Run | null = null
      const reader: Reader = {
        onSettled(index) {
          const outcome = run!.entries.finish(index) as ParallelOutcome<R>
          outcomes[index] = outcome
          if (!outcome.success && raiseOnFirstError) run!.halt(outcome.error)
        },
        onEnd: (error) => (error === null ? resolve() : reject(error)),
      }
      release = onAbort(signal, (error) => (run === null ? reject(error) : run.stop(error)))
      start(reader).then((started) => {
        run = started
        if (signal?.aborted === true) run.stop(aborted(signal))
        else run.pump()
      }, reject)
    })
  } catch (error) {
    throw withAwaitingLines(error)
  } finally {
    release()
  }
  return outcomes
}

/** The run as a stream of outcomes: reading makes room for more input. */
class Stream<R> implements Reader {
  readonly #ordered: boolean
  readonly #raise: boolean
  readonly #waiting = new RingQueue<(step: Step<R> | Promise<Step<R>>) => void>()
  /** Where outcomes come as they arrive: those that nobody asked for yet. */
  readonly #arrived = new RingQueue<number>()
  readonly #release: () => void
  #run: Run | null = null
  #ended = false
  #error: Error | null = null

  constructor(start: StartRun, { ordered, raiseOnFirstError = false, signal }: ResultsSettings) {
    this.#ordered = ordered
    this.#raise = raiseOnFirstError
    this.#release = onAbort(signal, (error) => this.#abort(error))
    if (signal?.aborted === true) this.onEnd(aborted(signal))
    else {
      start(this).then(
        (run) => {
          this.#run = run
          if (this.#ended) run.stop(null)
          else run.pump()
        },
        (error: unknown) => this.onEnd(error as Error),
      )
    }
  }

  next(): Promise<Step<R>> {
    if (this.#waiting.length === 0) {
      const outcome = this.#take()
      if (outcome !== null) {
        this.#run!.resume()
        return this.#step(outcome)
      }
      if (this.#ended) return this.#finish()
    }
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** Nobody reads any more. */
  leave(): void {
    this.#ended = true
    this.#error = null
    this.#release()
    while (this.#arrived.shift() !== undefined);
    const run = this.#run
    this.#run = null
    run?.stop(null)
    this.#endWaiting()
  }

  onSettled(index: number): void {
    if (!this.#ordered) this.#arrived.push(index)
    while (this.#waiting.length > 0) {
      const outcome = this.#take()
      if (outcome === null) return
      this.#waiting.shift()!(this.#step(outcome))
    }
  }

  onEnd(error: Error | null): void {
    if (this.#ended) return
    this.#ended = true
    this.#release()
    this.#error = error
    this.#endWaiting()
  }

  #abort(error: Error): void {
    if (this.#run === null) this.onEnd(error)
    else this.#run.stop(error)
  }

  #endWaiting(): void {
    for (let resolve = this.#waiting.shift(); resolve !== undefined; resolve = this.#waiting.shift()) resolve(this.#finish())
  }

  #take(): ParallelOutcome<R> | null {
    const run = this.#run
    if (run === null) return null
    if (!this.#ordered) {
      const index = this.#arrived.shift()
      return index === undefined ? null : (run.entries.finish(index) as ParallelOutcome<R>)
    }
    const { base, made } = run.entries
    if (base === made || run.entries.at(base).outcome === null) return null
    return run.entries.finish(base) as ParallelOutcome<R>
  }

  #step(outcome: ParallelOutcome<R>): Promise<Step<R>> {
    if (outcome.success || !this.#raise) return Promise.resolve({ done: false, value: outcome })
    this.leave()
    return rejectedWithStack(outcome.error)
  }

  /** After the last outcome: the error that ended the run, once, then nothing more. */
  #finish(): Promise<Step<R>> {
    const error = this.#error
    this.#error = null
    return error === null ? Promise.resolve({ done: true, value: undefined }) : rejectedWithStack(error)
  }
}
