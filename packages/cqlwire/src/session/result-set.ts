/** An answer to a statement. It owns its bytes; rows are made as they are asked for. */
import { CqlwireError, MalformedFrameError } from '../base/errors.js'
import { showInstead } from '../base/show-instead.js'
import type { Column } from '../codec/columns.js'
import type { ColumnSpec } from '../codec/data-type.js'
import { RowCursor } from '../codec/rows-cursor.js'
import type { Host } from '../metadata/host.js'
import type { Envelope } from '../protocol/envelope.js'
import { Uuid } from '../values/uuid.js'
import type { ByteBlock } from '../wire/byte-block.js'
import { giveBackMemory } from '../wire/page-memory.js'
import { PageIterator } from './page-iterator.js'
import type { QueryTrace } from './query-trace.js'
import type { RowFactory } from './request-options.js'
import type { ResultShape } from './result-shape.js'
import { RowIterator } from './row-iterator.js'

/** How a request went. */
export interface ExecutionInfo {
  /** The node that answered. */
  readonly coordinator: Host | null
  /** Nodes that were left for another one, with the reason, by endpoint. Those that had no room and were passed over are not among them. */
  readonly triedHosts: ReadonlyMap<string, Error>
  /** How often the request was sent, retries and speculative executions included. */
  readonly attempts: number
  readonly speculativeExecutions: number
  /** The consistency level that the answer was given at. */
  readonly achievedConsistency: string
  /** After a change of the schema: whether all nodes that are up agreed on it in time. */
  readonly schemaAgreed: boolean
}

/** What a result asks of the request that it answers. */
export interface ResultSource {
  readonly settings: { readonly rowFactory: RowFactory }
  /** The host of the latest attempt, and how many there were: copied, as they change when the request goes on. */
  readonly host: Host | null
  readonly attempts: number
  readonly speculative: number
  readonly errors: ReadonlyMap<string, Error> | null
  readonly consistency: string
  nextPage(pageState: Uint8Array): Promise<ResultSet>
  /** The rows are none: the connection that they came by is not trusted any more. Gives the error for who reads them. */
  unreadable(error: MalformedFrameError): MalformedFrameError
  readTrace(id: Uuid, maxWaitMs: number | undefined): Promise<QueryTrace>
}

/** Rows as bytes: what a `RowCursor` stands on, and what reads them. No block: there are no rows, or they were decoded already. */
export interface RawRows {
  readonly shape: ResultShape | null
  readonly block: ByteBlock | null
  readonly start: number
  readonly end: number
}

const NO_COLUMNS: readonly ColumnSpec[] = Object.freeze([])
const NO_ERRORS: ReadonlyMap<string, Error> = new Map()

/** Rows with the columns as own properties, unless the request has another `rowFactory`. */
export type DefaultRow = Record<string, any> // eslint-disable-line @typescript-eslint/no-explicit-any -- what a column holds is known to its table only

export class ResultSet<Row = DefaultRow> implements Iterable<Row>, AsyncIterable<Row> {
  static {
    showInstead(this.prototype, ({ length, columns, hasMorePages, warnings }) => ({
      length,
      columns: columns.map(({ name }) => name),
      hasMorePages,
      warnings: warnings.length,
    }))
  }

  /** The number of rows of this page, whatever the row factory. */
  readonly length: number
  /** What to give as `pageState` to read on later; null on the last page. */
  readonly pageState: Buffer | null
  /** @internal */
  schemaAgreed = true
  private readonly source: ResultSource
  private readonly envelope: Envelope | null
  private readonly shape: ResultShape | null
  private block: ByteBlock | null
  private readonly start: number
  private readonly end: number
  private made: unknown = null
  /** How often the bytes were handed out, to an iterator or to who reads them elsewhere. */
  private readers = 0
  private readonly coordinator: Host | null
  private readonly attempts: number

  /** @internal */
  constructor(
    source: ResultSource,
    envelope: Envelope | null,
    shape: ResultShape | null,
    block: ByteBlock | null,
    start: number,
    end: number,
    length: number,
    pageState: Buffer | null,
  ) {
    this.length = length
    this.pageState = pageState
    this.source = source
    this.envelope = envelope
    this.shape = shape
    this.block = block
    this.start = start
    this.end = end
    this.coordinator = source.host
    this.attempts = source.attempts
  }

  /**
   * The rows of this page: an array, or with `rowFactory: 'columns'` an object with one `Column` per selected column.
   * Made at the first look, and kept.
   *
   * @throws {MalformedFrameError} the server's bytes are not values of the columns' types
   */
  get rows(): Row[] {
    try {
      return (this.made ??= this.makeRows()) as Row[]
    } catch (error) {
      throw this.explained(error)
    }
  }

  /**
   * Rows are made when they are asked for, so that only then it may show that the server's bytes are none.
   * @internal
   */
  explained(error: unknown): unknown {
    return error instanceof MalformedFrameError ? this.source.unreadable(error) : error
  }

  /**
   * The rows as they came, for who decodes them elsewhere, in another thread. The bytes stay this result's: copy them.
   * @internal
   */
  rawRows(): RawRows {
    this.checkUnread()
    this.readers++
    return { shape: this.shape, block: this.block, start: this.start, end: this.end }
  }

  private makeRows(): unknown {
    const { shape, block } = this
    const factory = this.source.settings.rowFactory
    if (factory === 'columns') return this.makeColumns()
    this.checkUnread()
    if (shape === null || block === null) return []
    const rows = shape.decoder(factory).rows(new RowCursor(block, this.start, this.end), this.length)
    // The rows stand for the bytes from now on; those of a conditional write still say whether it was applied.
    if (!shape.isConditional) this.letGo(block, shape, 0)
    return rows
  }

  /** `readers` are those who are done with the bytes: where there are no others, their memory may be used again. */
  private letGo(block: ByteBlock, shape: ResultShape, readers: number): void {
    this.block = null
    if (this.readers === readers && shape.valuesStandAlone) giveBackMemory(block.buffer)
  }

  /** @internal */
  rowsWereConsumed(): void {
    const { shape, block } = this
    if (shape !== null && block !== null && !shape.isConditional) this.letGo(block, shape, 1)
  }

  /** @throws {CqlwireError} the rows were consumed */
  private checkUnread(): void {
    if (this.block !== null || this.made !== null || this.shape === null || this.length === 0) return
    throw new CqlwireError(
      `The ${this.length} rows of this page were consumed: result.consume() lets go of them as it reads. ` +
        `Iterate over the result itself, or take result.rows, where they are read more than once`,
      { code: 'ERR_INVALID_ARGUMENT' },
    )
  }

  private makeColumns(): Record<string, Column> {
    const { shape } = this
    if (shape === null) return Object.create(null) as Record<string, Column>
    const block = this.block ?? { buffer: Buffer.alloc(0), view: new DataView(new ArrayBuffer(0)) }
    return shape.columnsDecoder().decode(new RowCursor(block, this.start, this.end), this.length)
  }

  /**
   * The rows of this page, one by one. Before `rows` was asked for, each is made as it is reached and not kept.
   *
   * @throws {CqlwireError} the rows were consumed
   */
  [Symbol.iterator](): IterableIterator<Row> {
    return this.iterate(false)
  }

  /**
   * The rows of this page, one by one, and once only: with the last one the page's bytes are let go, and their memory is used for the pages to come. For large
   * pages of which several are in flight: V8 would keep them for long otherwise. `session.iterate` and `for await` do so by themselves, with all
   * pages that nobody else can reach.
   *
   * @throws {CqlwireError} the rows were consumed already
   */
  consume(): IterableIterator<Row> {
    return this.iterate(true)
  }

  private iterate(consumes: boolean): IterableIterator<Row> {
    const factory = this.source.settings.rowFactory
    if (factory === 'columns')
      throw new CqlwireError("With rowFactory 'columns', result.rows holds columns; there are no rows to iterate over", {
        code: 'ERR_INVALID_ARGUMENT',
      })
    if (this.made !== null) return (this.made as Row[])[Symbol.iterator]()
    const { shape, block } = this
    this.checkUnread()
    if (shape === null || block === null) return ([] as Row[])[Symbol.iterator]()
    this.readers++
    return new RowIterator<Row>(shape.decoder(factory) as never, new RowCursor(block, this.start, this.end), this.length, this, consumes)
  }

  /** The rows of this page and of all that follow; the next page is asked for while the present one is read. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Row> {
    return new PageIterator<Row>(this)
  }

  /** The first row of this page, or null. */
  one(): Row | null {
    if (this.length === 0) return null
    for (const row of this) return row
    return null
  }

  /** All rows of all pages. */
  async all(): Promise<Row[]> {
    if (this.pageState === null) return this.rows
    const rows: Row[] = []
    for await (const row of this) rows.push(row)
    return rows
  }

  /** The columns in the query's order; empty where the answer has none. */
  get columns(): readonly ColumnSpec[] {
    return this.shape === null ? NO_COLUMNS : this.shape.columns
  }

  get hasMorePages(): boolean {
    return this.pageState !== null
  }

  /** The next page as a result of its own; null after the last one. */
  fetchNextPage(): Promise<ResultSet<Row> | null> {
    return this.pageState === null ? Promise.resolve(null) : (this.source.nextPage(this.pageState) as Promise<ResultSet<Row>>)
  }

  /** Whether a conditional statement was applied; true for all other statements. */
  get wasApplied(): boolean {
    const { shape, block } = this
    if (shape === null || block === null || !shape.isConditional || this.length === 0) return true
    // [applied] is the first column: a boolean of one byte.
    return this.end - this.start >= 5 && block.view.getInt32(this.start) === 1 && block.view.getUint8(this.start + 4) !== 0
  }

  /** What the server warns of; empty mostly. */
  get warnings(): readonly string[] {
    return this.envelope === null ? [] : this.envelope.warnings
  }

  /** Bytes by name from the server's query handler, or null. */
  get customPayload(): ReadonlyMap<string, Buffer | null> | null {
    return this.envelope === null ? null : this.envelope.customPayload
  }

  /** The id of the trace, where the request was made with `trace: true`. */
  get traceId(): Uuid | null {
    const bytes = this.envelope === null ? null : this.envelope.traceId
    return bytes === null ? null : Uuid.fromBytes(bytes)
  }

  /** The trace of the request, once the server has written it (it does so afterwards: this waits, `maxWaitMs` at most). */
  getTrace(options: { readonly maxWaitMs?: number } = {}): Promise<QueryTrace> {
    const { traceId } = this
    if (traceId === null)
      return Promise.reject(
        new CqlwireError('This request was not traced: execute it with { trace: true }', { code: 'ERR_INVALID_ARGUMENT' }),
      )
    return this.source.readTrace(traceId, options.maxWaitMs)
  }

  get info(): ExecutionInfo {
    const { source } = this
    return {
      coordinator: this.coordinator,
      triedHosts: source.errors ?? NO_ERRORS,
      attempts: this.attempts,
      speculativeExecutions: source.speculative,
      achievedConsistency: source.consistency,
      schemaAgreed: this.schemaAgreed,
    }
  }
}
