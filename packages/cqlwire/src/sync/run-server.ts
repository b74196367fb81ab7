/** A concurrent run in the worker: items come in chunks, outcomes go out in batches, in the order of the items. */
import {
  AbortError,
  type ConcurrentOptions,
  executeConcurrent,
  type ExecutionResult,
  type RequestOptions,
  type ResultSet,
  type Session,
} from '../index.js'
import type { PreparedStatement } from '../session/prepared-statement.js'
import type { Parameters, Statement } from '../session/statements.js'
import type { ByteReader } from '../wire/byte-reader.js'
import { asError, type Outbox } from './outbox.js'
import { readStatement, withOptions } from '../transfer/statement-transfer.js'
import { readValue } from '../transfer/value-reader.js'

type Item = readonly [Statement, Parameters]

/** Rows of so many bytes are sent on, whatever the batch says. */
const MOST_BATCH_BYTES = 1_048_576

export interface RunSettings {
  /** One statement for all; null where each item has its own. */
  readonly statement: Statement | null
  readonly options: ConcurrentOptions
  /** Outcomes go out once per turn of the event loop, not in batches: somebody waits for each. */
  readonly isEager: boolean
  /** So many outcomes go out together. */
  readonly batch: number
}

export class RunServer {
  readonly #id: number
  readonly #settings: RunSettings
  readonly #outbox: Outbox
  readonly #prepared: ReadonlyMap<number, PreparedStatement>
  /** Chunks that were not read to their end; items are decoded as they are taken. */
  readonly #chunks: { readonly reader: ByteReader; left: number }[] = []
  #isFed = false
  #wake: (() => void) | null = null
  /** Items that came and whose outcomes are not in `#outcomes` yet. */
  #outstanding = 0
  #outcomes: (ResultSet | Error)[] = []
  #bytes = 0
  #flushing = false
  #stopped = false
  #results: AsyncIterableIterator<ExecutionResult> | null = null

  constructor(id: number, settings: RunSettings, outbox: Outbox, prepared: ReadonlyMap<number, PreparedStatement>) {
    this.#id = id
    this.#settings = settings
    this.#outbox = outbox
    this.#prepared = prepared
  }

  /** Runs until everything fed has its outcome. Never rejects. */
  async serve(session: Session): Promise<void> {
    const { raiseOnFirstError = true, ...options } = this.#settings.options
    let failure: Error | null = null
    try {
      this.#results = executeConcurrent(session, this.#items(), { ...options, raiseOnFirstError: false, resultsGenerator: true })
      for await (const outcome of this.#results) {
        if (failure !== null) continue // what was in flight is waited for
        if (outcome.success || !raiseOnFirstError) this.#add(outcome.success ? outcome.result : outcome.error)
        else {
          failure = outcome.error
          this.#endInput()
        }
      }
    } catch (error) {
      failure = asError(error)
    }
    this.#outbox.outcomes(this.#id, this.#outcomes, { error: this.#stopped ? new AbortError('The run was stopped') : failure })
  }

  /** More items: `[byte 1: the last][int n]` and the items. */
  feed(reader: ByteReader): void {
    const isLast = reader.readUint8() === 1
    const left = reader.readInt32()
    if (this.#isFed) return
    this.#outstanding += left
    if (left > 0) this.#chunks.push({ reader, left })
    if (isLast) this.#isFed = true
    this.#wakeUp()
  }

  /** Nobody wants the outcomes any more: what is in flight is cancelled. */
  stop(): void {
    this.#stopped = true
    this.#endInput()
    void this.#results?.return?.()
  }

  #endInput(): void {
    this.#isFed = true
    this.#chunks.length = 0
    this.#wakeUp()
  }

  #wakeUp(): void {
    this.#wake?.()
    this.#wake = null
  }

  /** An item that is here is given at once, without a promise: what an `AsyncIterator` may not say, but the helper takes. */
  #items(): AsyncIterable<Item> {
    const next = (): IteratorResult<Item> | Promise<IteratorResult<Item>> => {
      const chunk = this.#chunks[0]
      if (chunk !== undefined) {
        if (--chunk.left === 0) this.#chunks.shift()
        const statement = this.#settings.statement ?? readStatement(chunk.reader, this.#prepared)
        const params = readValue(chunk.reader) as Parameters
        if (this.#settings.statement !== null) return { done: false, value: [statement, params] }
        const own = readValue(chunk.reader) as RequestOptions | undefined
        return { done: false, value: own === undefined ? [statement, params] : [withOptions(statement, params, own), undefined] }
      }
      if (this.#isFed) return { done: true, value: undefined }
      return new Promise<void>((resolve) => (this.#wake = resolve)).then(next)
    }
    return { [Symbol.asyncIterator]: () => ({ next: next as () => Promise<IteratorResult<Item>> }) }
  }

  #add(outcome: ResultSet | Error): void {
    this.#outstanding--
    this.#outcomes.push(outcome)
    if (!(outcome instanceof Error)) {
      const { start, end } = outcome.rawRows()
      this.#bytes += end - start
    }
    const isFull = this.#outstanding === 0 || this.#outcomes.length >= this.#settings.batch || this.#bytes > MOST_BATCH_BYTES
    if (isFull) this.#flush()
    else if (this.#settings.isEager && !this.#flushing) {
      this.#flushing = true
      setImmediate(() => this.#flush())
    }
  }

  #flush(): void {
    this.#flushing = false
    if (this.#outcomes.length === 0) return
    const outcomes = this.#outcomes
    this.#outcomes = []
    this.#bytes = 0
    this.#outbox.outcomes(this.#id, outcomes, null)
  }
}
