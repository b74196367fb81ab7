/* eslint-disable @typescript-eslint/unbound-method -- methods are named as the places where stacks of errors begin; none is called so */
/** Many requests at once, from the calling thread: input goes to the worker in chunks while there is room, outcomes come back in batches. */
import { checkConcurrency, type Concurrency, MOST_AUTO_CONCURRENCY } from '../base/concurrency.js'
import { ConcurrentInputError, InvalidArgumentError, InvalidOptionError } from '../base/errors.js'
import { RingQueue } from '../base/ring-queue.js'
import type { Parameters, Statement } from '../session/statements.js'
import { ByteWriter } from '../wire/byte-writer.js'
import { type CarriedRequestOptions, type Origin, ownOptions } from '../transfer/origin.js'
import { originOf } from './blocking-options.js'
import { BlockingResult } from './blocking-result.js'
import type { Caller, Entry } from './caller.js'
import { withCallerStack } from '../transfer/error-transfer.js'
import { Call } from './messages.js'
import type { ArrivedResult } from '../transfer/result-reader.js'
import { putValue } from '../transfer/value-writer.js'

/** One request's outcome; `index` is its place in the input, from 0. */
export type BlockingExecutionResult =
  | { readonly success: true; readonly index: number; readonly result: BlockingResult }
  | { readonly success: false; readonly index: number; readonly error: Error }

/** Options of each request, and how they are run; see `ConcurrentOptions`. */
export interface BlockingConcurrentOptions extends CarriedRequestOptions {
  /** Requests in flight at once, a positive integer, or `'auto'`. Default 100. */
  readonly concurrency?: Concurrency
  /** Stop at the first request that fails, and throw its error. Default true. With false every outcome is among the results. */
  readonly raiseOnFirstError?: boolean
  /** Results as an iterator, in the order of the input, as they come, instead of an array. Default false. */
  readonly resultsGenerator?: boolean
}

/** What is to be run: with `statement` its items are lists of parameters, without one they are pairs. */
export interface RunInput {
  readonly statement: Statement | null
  readonly items: Iterable<unknown>
  /** The helper's name, for messages. */
  readonly what: string
}

const DEFAULT_CONCURRENCY = 100
const LEAST_CHUNK = 16
const MOST_CHUNK = 512
/** A chunk of so many bytes is sent, however few items it has. */
const MOST_CHUNK_BYTES = 262_144

export class BlockingRun implements IterableIterator<BlockingExecutionResult> {
  readonly #caller: Caller
  readonly #input: RunInput
  readonly #items: Iterator<unknown>
  readonly #options: Readonly<Record<string, unknown>>
  readonly #request: CarriedRequestOptions
  /** The request, without its parameters, where it is one for all. */
  readonly #base: Origin
  readonly #isEager: boolean
  readonly #chunk: number
  readonly #window: number
  readonly #writer = new ByteWriter(4_096)
  #id = 0
  /** Requests that were sent, in the order of their outcomes. */
  readonly #sent = new RingQueue<Origin>()
  readonly #ready = new RingQueue<ArrivedResult | Error>()
  #index = 0
  #acknowledged = 0
  #inputDone = false
  #inputError: { readonly cause: unknown } | null = null
  #ended = false
  #error: Error | null = null

  constructor(caller: Caller, input: RunInput, options: BlockingConcurrentOptions) {
    const { concurrency, raiseOnFirstError, resultsGenerator, ...request } = checkOptions(options)
    this.#caller = caller
    this.#input = input
    this.#base = originOf(caller.profiles, input.statement ?? '', undefined, request)
    this.#request = request
    this.#items = iteratorOf(input)
    this.#isEager = resultsGenerator
    this.#options = { ...this.#base.options, concurrency, raiseOnFirstError }
    const most = concurrency === 'auto' ? MOST_AUTO_CONCURRENCY : concurrency
    this.#chunk = Math.min(Math.max(Math.ceil(most / 2), LEAST_CHUNK), MOST_CHUNK)
    this.#window = most + this.#chunk
  }

  next(): IteratorResult<BlockingExecutionResult, undefined> {
    return this.step(this.next)
  }

  /** `entry`: the public function that was called. */
  step(entry: Entry): IteratorResult<BlockingExecutionResult, undefined> {
    while (this.#ready.length === 0 && !this.#ended) {
      if (this.#id === 0) this.#start()
      this.#feed()
      this.#receive(entry)
    }
    const outcome = this.#ready.shift()
    return outcome === undefined ? this.#end(entry) : { done: false, value: this.#outcome(outcome) }
  }

  /** Gives up: what is in flight is cancelled, and no more input is read. */
  return(): IteratorResult<BlockingExecutionResult, undefined> {
    if (this.#id !== 0 && !this.#ended) {
      this.#caller.begin(this.#writer, Call.STOP, this.#id)
      this.#caller.send(this.#writer)
      this.#caller.abandon(this.#id)
    }
    this.#ended = true
    this.#error = null
    this.#inputError = null
    while (this.#ready.shift() !== undefined);
    this.#closeInput()
    return { done: true, value: undefined }
  }

  [Symbol.iterator](): this {
    return this
  }

  #start(): void {
    const writer = this.#writer
    this.#id = this.#caller.begin(writer, Call.RUN)
    const { statement } = this.#input
    writer.putUint8(statement === null ? 0 : 1)
    if (statement !== null) this.#caller.putStatement(writer, statement)
    putValue(writer, this.#options)
    writer.putUint8(this.#isEager ? 1 : 0)
    writer.putInt32(this.#chunk)
    this.#caller.send(writer)
  }

  /** Sends chunks until the worker has as much as it should. */
  #feed(): void {
    let outstanding = this.#sent.length - this.#ready.length
    while (!this.#inputDone && outstanding < this.#window) {
      this.#sendChunk()
      outstanding = this.#sent.length - this.#ready.length
    }
  }

  #sendChunk(): void {
    const writer = this.#writer
    this.#caller.begin(writer, Call.FEED, this.#id)
    const lastAt = writer.position
    writer.putUint8(0)
    const countMark = writer.beginLength()
    let count = 0
    while (count < this.#chunk && writer.position < MOST_CHUNK_BYTES && this.#putItem()) count++
    writer.buffer[lastAt] = this.#inputDone ? 1 : 0
    writer.view.setInt32(countMark - 4, count)
    this.#caller.send(writer)
  }

  /** False where there is no more. */
  #putItem(): boolean {
    const writer = this.#writer
    const start = writer.position
    try {
      const step = this.#items.next()
      if (step.done === true) {
        this.#inputDone = true
        return false
      }
      const origin = this.#originOf(step.value)
      if (this.#input.statement === null) this.#caller.putStatement(writer, origin.statement)
      putValue(writer, origin.params)
      if (this.#input.statement === null) putValue(writer, ownOptions(origin.statement) === null ? undefined : origin.options)
      this.#sent.push(origin)
      return true
    } catch (cause) {
      writer.position = start
      this.#inputDone = true
      this.#inputError = { cause }
      return false
    }
  }

  #originOf(item: unknown): Origin {
    const { statement } = this.#input
    if (statement !== null) return { ...this.#base, params: Array.isArray(item) ? (item.slice() as unknown[]) : (item as Parameters) }
    const pair: readonly unknown[] = Array.isArray(item) ? item : [item]
    if (pair.length < 1 || pair.length > 2)
      throw new InvalidArgumentError(`${this.#input.what} takes pairs [statement, parameters], got an array of ${pair.length}`)
    return originOf(this.#caller.profiles, pair[0] as Statement, pair[1] as Parameters, this.#request)
  }

  #receive(entry: Entry): void {
    const reply = this.#caller.wait(this.#id, entry)
    if (reply.kind !== 'outcomes') return
    for (const outcome of reply.outcomes) this.#ready.push(outcome)
    if (!reply.isLast) return
    this.#ended = true
    this.#error = reply.error
  }

  #outcome(outcome: ArrivedResult | Error): BlockingExecutionResult {
    const origin = this.#sent.shift()!
    const index = this.#index++
    if (outcome instanceof Error) return { success: false, index, error: outcome }
    this.#acknowledged++
    return { success: true, index, result: new BlockingResult(this.#caller, origin, outcome) }
  }

  /** After the last outcome: the error that ended the run, once, then nothing more. */
  #end(entry: Entry): IteratorResult<BlockingExecutionResult, undefined> {
    const error = this.#error
    const inputError = this.#inputError
    this.#error = null
    this.#inputError = null
    this.#closeInput()
    if (error !== null) throw withCallerStack(error, entry)
    if (inputError !== null) throw new ConcurrentInputError(inputError.cause, this.#index, this.#acknowledged)
    return { done: true, value: undefined }
  }

  #closeInput(): void {
    if (this.#inputDone) return
    this.#inputDone = true
    try {
      this.#items.return?.()
    } catch {
      // the source's own business: the run is over
    }
  }
}

/** Runs to the end. */
export function runAll(run: BlockingRun, entry: Entry): BlockingExecutionResult[] {
  const results: BlockingExecutionResult[] = []
  for (let step = run.step(entry); step.done !== true; step = run.step(entry)) results.push(step.value)
  return results
}

function checkOptions(options: BlockingConcurrentOptions) {
  const { concurrency = DEFAULT_CONCURRENCY, raiseOnFirstError = true, resultsGenerator = false, ...request } = options
  checkConcurrency(concurrency)
  for (const [name, value] of Object.entries({ raiseOnFirstError, resultsGenerator })) {
    if (typeof value !== 'boolean')
      throw new InvalidOptionError(name, `The option ${name} takes true or false, got ${typeof value}. Nothing was sent`)
  }
  return { concurrency, raiseOnFirstError, resultsGenerator, ...request }
}

function iteratorOf({ items, what }: RunInput): Iterator<unknown> {
  const iterator = typeof items === 'string' ? undefined : (items as Partial<Iterable<unknown>> | null | undefined)?.[Symbol.iterator]?.()
  if (iterator !== undefined) return iterator
  throw new InvalidArgumentError(
    `${what} of a BlockingSession takes an array or an iterable (an async one can't be waited for), got ${items === null ? 'null' : typeof items}. Nothing was sent`,
  )
}
