/** The answer to come of a request that was already sent: to be awaited, or told to callbacks, or cancelled. */
import { AbortError } from '../base/errors.js'
import { type NotShared, notShared } from '../base/not-shared.js'
import type { Host } from '../metadata/host.js'
import type { RequestHandle } from './preparation.js'
import type { QueryTrace } from './query-trace.js'
import type { DefaultRow, ResultSet } from './result-set.js'
import { rejectWithStack } from './stack.js'

type Callback<Row> = (result: ResultSet<Row>, ...args: any[]) => void // eslint-disable-line @typescript-eslint/no-explicit-any -- the caller's own arguments
type Errback = (error: Error, ...args: any[]) => void // eslint-disable-line @typescript-eslint/no-explicit-any -- the caller's own arguments

interface Listener<Row> {
  readonly callback: Callback<Row> | null
  readonly errback: Errback | null
  readonly args: readonly unknown[]
}

export interface CallbackOptions<Row> {
  readonly callback: Callback<Row>
  readonly errback: Errback
  readonly callbackArgs?: readonly unknown[]
  readonly errbackArgs?: readonly unknown[]
}

const NOT_SHARED: NotShared = notShared('ResponseFuture')

/**
 * A request in flight. Callbacks run when the answer is there, in the order they were added; one that is added later runs at once.
 * A callback that throws harms nobody else: its error becomes a warning of the process.
 *
 * A failure that neither an errback nor `result()` nor `await` asks for becomes a warning of the process: no failure is silent.
 */
export class ResponseFuture<Row = DefaultRow> implements PromiseLike<ResultSet<Row>> {
  /** @internal */
  readonly notShared: NotShared = NOT_SHARED
  readonly #request: RequestHandle | null = null
  #value: ResultSet<Row> | null = null
  #error: Error | null = null
  #listeners: Listener<Row>[] = []
  #promise: Promise<ResultSet<Row>> | null = null
  #resolve: ((result: ResultSet<Row>) => void) | null = null

  /** @internal Starts the request; whatever is wrong at once fails the future. */
  constructor(start: (resolve: (result: ResultSet) => void, reject: (error: Error) => void) => RequestHandle) {
    try {
      this.#request = start(
        (result) => this.#settle(result as ResultSet<Row>, null),
        (error) => this.#settle(null, error),
      )
    } catch (error) {
      this.#settle(null, error as Error)
    }
  }

  /** True when the answer, or the failure, is there. */
  get isDone(): boolean {
    return this.#value !== null || this.#error !== null
  }

  /** The result, as a promise. */
  result(): Promise<ResultSet<Row>> {
    if (this.#promise === null) {
      if (this.#value !== null) this.#promise = Promise.resolve(this.#value)
      else {
        this.#promise = new Promise((resolve) => {
          if (this.#error === null) this.#resolve = resolve
          else rejectWithStack(resolve, this.#error)
        })
      }
    }
    return this.#promise
  }

  then<A = ResultSet<Row>, B = never>(
    onFulfilled?: ((result: ResultSet<Row>) => A | PromiseLike<A>) | null,
    onRejected?: ((error: Error) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.result().then(onFulfilled, onRejected)
  }

  /** Runs `callback(result, ...args)` when the answer is there. */
  addCallback<A extends unknown[]>(callback: (result: ResultSet<Row>, ...args: A) => void, ...args: A): this {
    return this.#add({ callback: callback as Callback<Row>, errback: null, args })
  }

  /** Runs `errback(error, ...args)` when the request has failed. */
  addErrback<A extends unknown[]>(errback: (error: Error, ...args: A) => void, ...args: A): this {
    return this.#add({ callback: null, errback: errback as Errback, args })
  }

  addCallbacks(options: CallbackOptions<Row>): this {
    const { callback, errback, callbackArgs = [], errbackArgs = [] } = options
    return this.addCallback(callback, ...callbackArgs).addErrback(errback, ...errbackArgs)
  }

  /** Forgets all callbacks and errbacks. */
  clearCallbacks(): void {
    this.#listeners = []
  }

  /** Gives the request up: the future fails with an AbortError at once. What was sent may still be carried out. */
  cancel(reason?: unknown): void {
    if (this.isDone) return
    const error = new AbortError('The request was cancelled', reason === undefined ? {} : { cause: reason })
    this.#request?.cancel(error)
    // The request is over already where the future waits for its next page: that page is dropped when it comes.
    this.#settle(null, error)
  }

  get hasMorePages(): boolean {
    return this.#value !== null && this.#value.hasMorePages
  }

  /** Asks for the next page: the future is open again, callbacks run again with that page, and `result()` is a new promise. */
  startFetchingNextPage(): void {
    const page = this.#value
    if (page === null || page.pageState === null) throw new RangeError('There is no further page: look at hasMorePages first')
    this.#value = null
    this.#promise = null
    page.fetchNextPage().then(
      (next) => this.#settle(next, null),
      (error: unknown) => this.#settle(null, error as Error),
    )
  }

  get warnings(): readonly string[] {
    return this.#value === null ? [] : this.#value.warnings
  }

  get customPayload(): ReadonlyMap<string, Buffer | null> | null {
    return this.#value === null ? null : this.#value.customPayload
  }

  /** The trace of the request, once it is answered. */
  async getTrace(options: { readonly maxWaitMs?: number } = {}): Promise<QueryTrace> {
    return (await this.result()).getTrace(options)
  }

  /** The node that was asked last. */
  get coordinator(): Host | null {
    return this.#request === null ? null : this.#request.host
  }

  /** The nodes that were asked so far, the last one last, by endpoint. */
  get attemptedHosts(): readonly string[] {
    const request = this.#request
    if (request === null) return []
    const left = [...(request.errors?.keys() ?? [])]
    const last = request.host?.endpoint
    return last === undefined || left.includes(last) ? left : [...left, last]
  }

  #settle(value: ResultSet<Row> | null, error: Error | null): void {
    if (this.isDone) return
    this.#value = value
    this.#error = error
    const resolve = this.#resolve
    this.#resolve = null
    if (resolve !== null) {
      if (error === null) resolve(value!)
      else rejectWithStack(resolve, error)
    }
    // Listeners stay: the next page calls them again.
    for (const listener of this.#listeners) this.#call(listener)
    if (error !== null && !(error instanceof AbortError) && !this.#isObserved()) setImmediate(() => this.#warnIfUnobserved(error))
  }

  #isObserved(): boolean {
    return this.#promise !== null || this.#listeners.some((listener) => listener.errback !== null)
  }

  #warnIfUnobserved(error: Error): void {
    if (!this.#isObserved())
      process.emitWarning(`A request failed, and nobody asked its ResponseFuture: ${error.message}`, 'CqlwireWarning')
  }

  #add(listener: Listener<Row>): this {
    this.#listeners.push(listener)
    if (this.isDone) this.#call(listener)
    return this
  }

  #call(listener: Listener<Row>): void {
    try {
      if (this.#error !== null) listener.errback?.(this.#error, ...listener.args)
      else listener.callback?.(this.#value!, ...listener.args)
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
      process.emitWarning(`A callback of a ResponseFuture failed; the driver goes on without it. ${text}`, 'CqlwireWarning')
    }
  }
}
