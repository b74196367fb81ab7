/**
 * A request whose statement has yet to be prepared. PREPARE is shared by all who want the same text, so it has neither the deadline nor the
 * signal of any of them: those are kept here, from the first moment on.
 */
import { AbortError, OperationTimedOutError } from '../base/errors.js'
import { type TimerNode, timers } from '../base/timer-wheel.js'
import type { Host } from '../metadata/host.js'
import { shorten } from './short-text.js'
import type { RequestSettings } from './request-options.js'
import { tell } from './tell.js'

/** A request as its caller holds it. */
export interface RequestHandle {
  /** The node that was asked last. */
  readonly host: Host | null
  /** Why hosts were left, by endpoint; null as long as nothing went wrong. */
  readonly errors: ReadonlyMap<string, Error> | null
  /** Gives the request up: it fails with the error at once. */
  cancel(error: Error): void
}

export class Preparation implements RequestHandle, TimerNode {
  timerPrevious: TimerNode | null = null
  timerNext: TimerNode | null = null
  timerDeadline = 0
  readonly #settings: RequestSettings
  readonly #query: string
  readonly #reject: (error: Error) => void
  readonly #begun = performance.now()
  #isDone = false
  #request: RequestHandle | null = null
  #onAbort: (() => void) | null = null

  /** @throws {AbortError} the signal was aborted before */
  constructor(query: string, settings: RequestSettings, reject: (error: Error) => void) {
    this.#query = query
    this.#settings = settings
    this.#reject = reject
    const { signal, timeoutMs } = settings
    if (signal !== null) this.#listen(signal)
    if (timeoutMs > 0) timers.schedule(this, timeoutMs)
  }

  get host(): Host | null {
    return this.#request?.host ?? null
  }

  get errors(): ReadonlyMap<string, Error> | null {
    return this.#request?.errors ?? null
  }

  cancel(error: Error): void {
    if (this.#request === null) this.fail(error)
    else this.#request.cancel(error)
  }

  fail(error: Error): void {
    if (this.#isDone) return
    this.#finish()
    tell(this.#reject, error)
  }

  /** The statement is prepared: goes on, unless the request is over. `next` is given the milliseconds that are spent of the deadline. */
  goOn(next: (spentMs: number) => RequestHandle | null): void {
    if (this.#isDone) return
    this.#finish()
    try {
      this.#request = next(performance.now() - this.#begun)
    } catch (error) {
      tell(this.#reject, error as Error)
    }
  }

  onTimer(): void {
    const { timeoutMs } = this.#settings
    this.fail(
      new OperationTimedOutError(
        `${shorten(this.#query)} timed out: it was not prepared within ${timeoutMs} ms (timeoutMs). The statement itself was not sent`,
        { timeoutMs, sent: false },
      ),
    )
  }

  #finish(): void {
    this.#isDone = true
    timers.cancel(this)
    if (this.#onAbort !== null) this.#settings.signal!.removeEventListener('abort', this.#onAbort)
    this.#onAbort = null
  }

  #listen(signal: AbortSignal): void {
    const error = (): AbortError => new AbortError(`${shorten(this.#query)} was aborted by its signal`, { cause: signal.reason })
    if (signal.aborted) throw error()
    this.#onAbort = () => this.fail(error())
    signal.addEventListener('abort', this.#onAbort, { once: true })
  }
}
