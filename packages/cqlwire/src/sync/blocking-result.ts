/* eslint-disable @typescript-eslint/unbound-method -- methods are named as the places where stacks of errors begin; none is called so */
/** An answer to a statement, with everything synchronous. Rows are decoded on the calling thread, as they are asked for. */
import { CqlwireError } from '../base/errors.js'
import type { ColumnSpec } from '../codec/data-type.js'
import type { QueryTrace } from '../session/query-trace.js'
import type { DefaultRow, ExecutionInfo, ResultSet } from '../session/result-set.js'
import type { Uuid } from '../values/uuid.js'
import type { Origin } from '../transfer/origin.js'
import { BlockingPages, type Page, type StartedPage } from './blocking-pages.js'
import type { Caller, Entry } from './caller.js'
import { Call } from './messages.js'
import type { CarriedHost } from '../transfer/carried-host.js'
import type { ArrivedResult } from '../transfer/result-reader.js'

/** How a request went; the coordinator as plain data. */
export interface BlockingExecutionInfo extends Omit<ExecutionInfo, 'coordinator'> {
  readonly coordinator: CarriedHost | null
}

/** The same face as `ResultSet`; iterating over it gives the rows of all pages, the next of which are fetched meanwhile. */
export class BlockingResult<Row = DefaultRow> implements Iterable<Row> {
  readonly #caller: Caller
  readonly #origin: Origin
  readonly #arrived: ArrivedResult
  readonly #page: ResultSet<Row>

  /** @internal */
  constructor(caller: Caller, origin: Origin, arrived: ArrivedResult) {
    this.#caller = caller
    this.#origin = origin
    this.#arrived = arrived
    arrived.settings = origin
    this.#page = arrived.page as ResultSet<Row>
  }

  /** The number of rows of this page, whatever the row factory. */
  get length(): number {
    return this.#page.length
  }

  /**
   * The rows of this page: an array, or with `rowFactory: 'columns'` an object with one `Column` per selected column.
   * Made at the first look, and kept.
   */
  get rows(): Row[] {
    return this.#page.rows
  }

  /** The rows of this page and of all that follow. Leaving the loop stops it. */
  [Symbol.iterator](): IterableIterator<Row> {
    return new BlockingPages(pageOf<Row>(this.#caller, this.#origin, this.#page))
  }

  /** The first row of this page, or null. */
  one(): Row | null {
    return this.#page.one()
  }

  /** All rows of all pages. */
  all(): Row[] {
    return this.hasMorePages ? [...this] : this.rows
  }

  /** The columns in the query's order; empty where the answer has none. */
  get columns(): readonly ColumnSpec[] {
    return this.#page.columns
  }

  /** What to give as `pageState` to read on later; null on the last page. */
  get pageState(): Buffer | null {
    return this.#page.pageState
  }

  get hasMorePages(): boolean {
    return this.#page.hasMorePages
  }

  /** The next page as a result of its own; null after the last one. */
  fetchNextPage(): BlockingResult<Row> | null {
    const next = nextOrigin(this.#origin, this.#page.pageState)
    return next === null ? null : executeBlocking<Row>(this.#caller, next, this.fetchNextPage)
  }

  /** Whether a conditional statement was applied; true for all other statements. */
  get wasApplied(): boolean {
    return this.#page.wasApplied
  }

  /** What the server warns of; empty mostly. */
  get warnings(): readonly string[] {
    return this.#page.warnings
  }

  /** Bytes by name from the server's query handler, or null. */
  get customPayload(): ReadonlyMap<string, Buffer | null> | null {
    return this.#page.customPayload
  }

  /** The id of the trace, where the request was made with `trace: true`. */
  get traceId(): Uuid | null {
    return this.#page.traceId
  }

  /** The trace of the request, once the server has written it (it does so afterwards: this waits, `maxWaitMs` at most). */
  getTrace(options: { readonly maxWaitMs?: number } = {}): QueryTrace {
    const { traceId } = this
    if (traceId === null)
      throw new CqlwireError('This request was not traced: execute it with { trace: true }', { code: 'ERR_INVALID_ARGUMENT' })
    return this.#caller.call(Call.TRACE, [traceId, options.maxWaitMs], this.getTrace) as QueryTrace
  }

  get info(): BlockingExecutionInfo {
    return { ...this.#page.info, coordinator: this.#arrived.coordinator }
  }
}

/** Sends the request and waits for its first page. */
export function executeBlocking<Row>(caller: Caller, origin: Origin, entry: Entry): BlockingResult<Row> {
  return new BlockingResult<Row>(caller, origin, caller.finish(caller.start(origin), entry))
}

/** The same request for the page after the one that ended with `pageState`; null where that was the last. */
function nextOrigin(origin: Origin, pageState: Buffer | null): Origin | null {
  return pageState === null ? null : { ...origin, options: { ...origin.options, pageState } }
}

function pageOf<Row>(caller: Caller, origin: Origin, page: ResultSet<Row>): Page<Row> {
  return {
    rowIterator: () => page[Symbol.iterator](),
    startNext: () => startNext(caller, nextOrigin(origin, page.pageState)),
  }
}

function startNext<Row>(caller: Caller, origin: Origin | null): StartedPage<Row> | null {
  if (origin === null) return null
  const id = caller.start(origin)
  return {
    wait() {
      const arrived = caller.finish(id, BlockingPages.prototype.next)
      arrived.settings = origin
      return pageOf(caller, origin, arrived.page as ResultSet<Row>)
    },
    abandon: () => caller.abandon(id),
  }
}
