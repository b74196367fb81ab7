/**
 * Keeps a number of requests in flight: takes input as long as there is room, and hands over outcomes in the order of the input.
 *
 * Slots are made once and used again; a request costs no promise here. A run never holds more than `2 × concurrency` outcomes that
 * were not fetched (`'auto'`: than twice the highest number it may find): when their reader stops, the input stops being read.
 */
import { AbortError, BusyError, ConcurrentInputError, OperationTimedOutError } from '../base/errors.js'
import { OverloadedError } from '../base/server-errors.js'
import { MOST_AUTO_CONCURRENCY } from '../base/concurrency.js'
import { AdaptiveLimit } from './adaptive-limit.js'
import type { Input } from '../base/input.js'
import type { DefaultRow, ResultSet } from '../session/result-set.js'
import type { Session } from '../session/session.js'
import type { Parameters, Statement } from '../session/statements.js'
import type { RunSettings } from './options.js'

/** One request's outcome; `index` is its place in the input, from 0. `success` says which of `result` and `error` is there. */
export type ExecutionResult<Row = DefaultRow> =
  | { readonly success: true; readonly index: number; readonly result: ResultSet<Row>; readonly error?: undefined }
  | { readonly success: false; readonly index: number; readonly error: Error; readonly result?: undefined }

export interface Item {
  readonly statement: Statement
  readonly params: Parameters
}

/** Where outcomes go. */
export interface Sink {
  /** Called for each outcome, in any order. */
  onOutcome(outcome: ExecutionResult): void
  /** Called once, when nothing is in flight any more and no more will come. */
  onEnd(error: Error | null): void
  /** How many outcomes wait to be fetched; null where they need not be bounded. */
  backlog(): number
}

/** So many requests may be over at once, synchronously, before the event loop gets its turn. */
const BREATH = 1_000

interface Cancellable {
  cancel(error: Error): void
}

class Slot {
  index = 0
  running: Cancellable | null = null
  /** For an adaptive limit: when the request started (0: it is not looked at), in which epoch and at which level. */
  startedAt = 0
  epoch = 0
  level = 0
  readonly onResult: (result: ResultSet) => void
  readonly onError: (error: Error) => void

  constructor(run: Run) {
    this.onResult = (result) => run.settled(this, { success: true, index: this.index, result })
    this.onError = (error) => run.settled(this, { success: false, index: this.index, error })
  }
}

export class Run {
  readonly #session: Session
  readonly #input: Input<Item>
  readonly #settings: RunSettings
  readonly #sink: Sink
  readonly #free: Slot[] = []
  readonly #busy = new Set<Slot>()
  /** Requests that may be in flight now. */
  #limit: number
  readonly #adaptive: AdaptiveLimit | null
  /** In flight, or outcomes that were not fetched. */
  readonly #mostHeld: number
  #made = 0
  #sent = 0
  #acknowledged = 0
  #pulling = false
  #pumping = false
  #inputDone = false
  #ended = false
  #error: Error | null = null
  #inputError: { readonly cause: unknown } | null = null
  readonly #onAbort: () => void

  constructor(session: Session, input: Input<Item>, settings: RunSettings, sink: Sink) {
    this.#session = session
    this.#input = input
    this.#settings = settings
    this.#sink = sink
    this.#adaptive = settings.concurrency === 'auto' ? new AdaptiveLimit() : null
    this.#limit = settings.concurrency === 'auto' ? this.#adaptive!.limit : settings.concurrency
    // Where the number is found out it may become the largest: a low one for now does not stop everything where one request is late.
    this.#mostHeld = 2 * (settings.concurrency === 'auto' ? MOST_AUTO_CONCURRENCY : settings.concurrency)
    this.#onAbort = () => this.stop(new AbortError('The concurrent run was aborted by its signal', { cause: settings.signal!.reason }))
    if (settings.signal?.aborted === true) this.#onAbort()
    else settings.signal?.addEventListener('abort', this.#onAbort, { once: true })
  }

  /** Takes input while there is room. */
  pump(): void {
    if (this.#pumping || this.#pulling || this.#ended) return
    this.#pumping = true
    let breath = BREATH
    while (!this.#inputDone && this.#hasRoom()) {
      if (breath-- === 0) {
        setImmediate(() => this.pump())
        break
      }
      if (!this.#pull()) break
    }
    this.#pumping = false
    this.#endIfDone()
  }

  /** Gives up: what is in flight is cancelled, the input is told, and the run ends with the error. */
  stop(error: Error | null): void {
    if (this.#ended) return
    this.#error ??= error
    this.#closeInput()
    const reason = error ?? new AbortError('The concurrent run was stopped')
    for (const slot of [...this.#busy]) slot.running?.cancel(reason)
    this.#endIfDone()
  }

  #hasRoom(): boolean {
    const inFlight = this.#busy.size
    return inFlight < this.#limit && inFlight + this.#sink.backlog() < this.#mostHeld
  }

  /** Takes one item. False where it is only promised. */
  #pull(): boolean {
    try {
      const step = this.#input.next()
      if (step instanceof Promise) {
        this.#pulling = true
        step.then(
          (later) => this.#pulled(() => this.#take(later)),
          (cause: unknown) => this.#pulled(() => this.#inputFailed(cause)),
        )
        return false
      }
      this.#take(step)
    } catch (cause) {
      this.#inputFailed(cause)
    }
    return true
  }

  #pulled(then: () => void): void {
    this.#pulling = false
    if (!this.#inputDone) then()
    this.pump()
  }

  #take(step: IteratorResult<Item>): void {
    if (step.done === true) this.#inputDone = true
    else this.#start(step.value)
  }

  #inputFailed(cause: unknown): void {
    this.#inputDone = true
    this.#inputError ??= { cause }
  }

  #start(item: Item): void {
    const slot = this.#free.pop() ?? new Slot(this)
    const index = this.#made++
    slot.index = index
    if (this.#adaptive !== null) this.#stamp(slot, this.#adaptive)
    this.#busy.add(slot)
    try {
      const request = this.#session.submit(item.statement, item.params, this.#settings.requestOptions, slot.onResult, slot.onError)
      // It may be over already, and the slot another request's.
      if (slot.index === index && this.#busy.has(slot)) slot.running = request
      this.#sent++
    } catch (error) {
      slot.onError(error as Error) // wrong before it was sent
    }
  }

  /** Called by a slot. */
  settled(slot: Slot, outcome: ExecutionResult): void {
    if (!this.#busy.delete(slot)) return
    if (this.#adaptive !== null) this.#learn(slot, outcome, this.#adaptive)
    slot.running = null
    this.#free.push(slot)
    if (outcome.success) this.#acknowledged++
    else if (this.#settings.raiseOnFirstError) {
      this.#error ??= outcome.error
      this.#closeInput()
    }
    this.#sink.onOutcome(outcome)
    if (this.#inputDone) this.#endIfDone()
    else this.pump()
  }

  #stamp(slot: Slot, adaptive: AdaptiveLimit): void {
    slot.startedAt = adaptive.looksAt(slot.index) ? performance.now() : 0
    slot.epoch = adaptive.epoch
    slot.level = adaptive.limit
  }

  #learn(slot: Slot, outcome: ExecutionResult, adaptive: AdaptiveLimit): void {
    if (!outcome.success && isRefusal(outcome.error)) adaptive.refused(slot.epoch, slot.level)
    else if (outcome.success && slot.startedAt > 0) {
      const now = performance.now()
      adaptive.sample(slot.epoch, now - slot.startedAt, now, this.#busy.size + 1 >= this.#limit, this.#session.refusals)
    }
    this.#limit = adaptive.limit
  }

  #closeInput(): void {
    if (this.#inputDone) return
    this.#inputDone = true
    this.#input.close()
  }

  #endIfDone(): void {
    if (!this.#inputDone || this.#ended || this.#busy.size > 0 || this.#pumping) return
    this.#ended = true
    this.#settings.signal?.removeEventListener('abort', this.#onAbort)
    const inputError = this.#inputError === null ? null : new ConcurrentInputError(this.#inputError.cause, this.#sent, this.#acknowledged)
    this.#sink.onEnd(this.#error ?? inputError)
  }
}

/** A node would not take the request, or not in time: there were too many in flight. */
function isRefusal(error: Error): boolean {
  return error instanceof OverloadedError || error instanceof OperationTimedOutError || error instanceof BusyError
}
