/** Outcomes as an async iterator, in the order of the input. Reading makes room for more input; leaving cancels what is in flight. */
import { rejectedWithStack } from '../session/stack.js'
import type { ExecutionResult, Run, Sink } from './run.js'

type Step = IteratorResult<ExecutionResult, undefined>

/** Resolves a promise that `next` gave. */
type Waiting = (step: Step | Promise<Step>) => void

export class OrderedResults implements AsyncIterableIterator<ExecutionResult>, Sink {
  /** Outcomes that can't be handed over yet, or that nobody asked for yet, by index. */
  readonly #arrived = new Map<number, ExecutionResult>()
  readonly #waiting: Waiting[] = []
  readonly #raise: boolean
  #next = 0
  #run: Run | null = null
  #started = false
  #ended = false
  #error: Error | null = null

  constructor(raiseOnFirstError: boolean) {
    this.#raise = raiseOnFirstError
  }

  attach(run: Run): void {
    this.#run = run
  }

  next(): Promise<Step> {
    if (!this.#started) {
      this.#started = true
      this.#run!.pump()
    }
    if (this.#waiting.length === 0) {
      const outcome = this.#take()
      if (outcome !== null) {
        if (!outcome.success && this.#raise) return this.#fail(outcome.error)
        this.#run!.pump()
        return Promise.resolve({ done: false, value: outcome })
      }
      if (this.#ended) return this.#end()
    }
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  return(): Promise<Step> {
    this.#leave()
    return Promise.resolve({ done: true, value: undefined })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  // --- called by the run

  onOutcome(outcome: ExecutionResult): void {
    if (this.#ended) return
    this.#arrived.set(outcome.index, outcome)
    while (this.#waiting.length > 0) {
      const ready = this.#take()
      if (ready === null) return
      const resolve = this.#waiting.shift()!
      if (!ready.success && this.#raise) return resolve(this.#fail(ready.error))
      resolve({ done: false, value: ready })
    }
  }

  onEnd(error: Error | null): void {
    if (this.#ended) return
    this.#ended = true
    this.#error ??= error
    for (const resolve of this.#waiting.splice(0)) resolve(this.#end())
  }

  backlog(): number {
    return this.#arrived.size
  }

  #take(): ExecutionResult | null {
    const outcome = this.#arrived.get(this.#next)
    if (outcome === undefined) return null
    this.#arrived.delete(this.#next++)
    return outcome
  }

  /** The first error is the last outcome: what is in flight is cancelled. */
  #fail(error: Error): Promise<never> {
    this.#leave()
    return rejectedWithStack(error)
  }

  #leave(): void {
    this.#ended = true
    this.#error = null
    this.#arrived.clear()
    this.#run!.stop(null)
    for (const resolve of this.#waiting.splice(0)) resolve({ done: true, value: undefined })
  }

  /** After the last outcome: the error that ended the run, once, then nothing more. */
  #end(): Promise<Step> {
    const error = this.#error
    this.#error = null
    return error === null ? Promise.resolve({ done: true, value: undefined }) : rejectedWithStack(error)
  }
}
