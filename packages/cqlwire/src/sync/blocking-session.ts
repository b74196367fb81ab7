/* eslint-disable @typescript-eslint/unbound-method -- methods are named as the places where stacks of errors begin; none is called so */
/** A session whose calls block the thread until the answer is there: for scripts, migrations, and the command line of a runtime. */
import { InvalidArgumentError, ShutdownError } from '../base/errors.js'
import { type NotShared, notShared } from '../base/not-shared.js'
import type { PreparedStatement } from '../session/prepared-statement.js'
import { textOfTemplate } from '../session/query-template.js'
import type { DefaultRow } from '../session/result-set.js'
import { type BatchItem, type BatchKind, BatchStatement, type Parameters, type Statement } from '../session/statements.js'
import type { CarriedRequestOptions } from '../transfer/origin.js'
import type { PlainOptions } from '../transfer/plain-options.js'
import { originOf } from './blocking-options.js'
import { type BlockingResult, executeBlocking } from './blocking-result.js'
import { type BlockingConcurrentOptions, type BlockingExecutionResult, BlockingRun, runAll, type RunInput } from './blocking-run.js'
import type { Caller } from './caller.js'
import { Call } from './messages.js'
import { startWorker } from './start-worker.js'

type Pairs = Iterable<readonly [Statement, Parameters?] | Statement>
type Results = BlockingExecutionResult[]
type ResultsIterator = IterableIterator<BlockingExecutionResult>
type Generator = BlockingConcurrentOptions & { readonly resultsGenerator: true }

const NOT_SHARED: NotShared = notShared('BlockingSession')

/**
 * The calls of `Session`, truly blocking: the thread sleeps, its event loop included. The cluster and its connections live in a worker
 * thread; rows are decoded on the calling thread. Errors are those of `Session`, with the stack of the line that called.
 *
 *     using session = BlockingSession.connect({ contactPoints: ['127.0.0.1'], localDataCenter: 'dc1' })
 *     for (const row of session.execute('SELECT * FROM users')) console.log(row.name)
 *
 * It does not keep the process alive.
 */
export class BlockingSession {
  /** @internal */
  readonly notShared: NotShared = NOT_SHARED
  readonly #caller: Caller

  private constructor(caller: Caller) {
    this.#caller = caller
  }

  /**
   * Starts the worker, connects, and returns when that is done.
   *
   * @throws {InvalidOptionError} an unknown option, a wrong value, or one that can't follow into another thread; {NoHostAvailableError};
   *   {AuthenticationError}; {InvalidRequestError} no such keyspace
   */
  static connect(options: PlainOptions): BlockingSession {
    return new BlockingSession(startWorker(options, BlockingSession.connect))
  }

  /** The keyspace that unqualified tables are in; null where none is set. */
  get keyspace(): string | null {
    return this.#caller.keyspace
  }

  /** The version of the protocol that was agreed on: 5, 4 or 3. */
  get protocolVersion(): number {
    return this.#caller.protocolVersion
  }

  get isShutdown(): boolean {
    return this.#caller.isClosed
  }

  /**
   * Executes a statement and returns its result.
   *
   * @param statement a text, a simple, prepared, bound or batch statement
   * @param params values by position (array) or by name (object)
   * @throws the errors of `Session.execute`
   */
  execute<Row = DefaultRow>(statement: Statement, params?: Parameters, options?: CarriedRequestOptions): BlockingResult<Row> {
    return executeBlocking<Row>(this.#caller, originOf(this.#caller.profiles, statement, params, options), this.execute)
  }

  /** A tagged template: values are always bound, never spliced, and the statement is prepared once, by its text. */
  cql<Row = DefaultRow>(strings: TemplateStringsArray, ...values: unknown[]): BlockingResult<Row> {
    return executeBlocking<Row>(this.#caller, originOf(this.#caller.profiles, textOfTemplate(strings), values, undefined), this.cql)
  }

  /** Prepares a statement, once per text and keyspace, on all nodes. It is this session's own: others can't execute it. */
  prepare(
    query: string,
    options: Pick<CarriedRequestOptions, 'keyspace' | 'customPayload' | 'timeoutMs' | 'executionProfile'> = {},
  ): PreparedStatement {
    return this.#caller.prepare(query, originOf(this.#caller.profiles, query, undefined, options).options, this.prepare)
  }

  /** Executes writes as one batch: LOGGED (all or nothing) unless `kind` says otherwise. */
  batch(
    statements: Iterable<BatchItem | { readonly query: string | PreparedStatement; readonly params?: Parameters }>,
    options: CarriedRequestOptions & { readonly kind?: BatchKind } = {},
  ): BlockingResult {
    const { kind = 'LOGGED', ...rest } = options
    const batch = new BatchStatement(kind)
    for (const each of statements) {
      if (typeof each === 'object' && 'query' in each && !('options' in each)) batch.add(each.query, each.params)
      else batch.add(each)
    }
    return executeBlocking(this.#caller, originOf(this.#caller.profiles, batch, undefined, rest), this.batch)
  }

  /** The rows of all pages, one by one; the next page is fetched while the present one is read. Leaving the loop stops it. */
  iterate<Row = DefaultRow>(statement: Statement, params?: Parameters, options?: CarriedRequestOptions): IterableIterator<Row> {
    const origin = originOf(this.#caller.profiles, statement, params, options)
    return executeBlocking<Row>(this.#caller, origin, this.iterate)[Symbol.iterator]()
  }

  /**
   * Executes pairs of statement and parameters, `concurrency` of them in flight at a time.
   *
   * The input is read only as there is room, so it may be endless with `resultsGenerator: true`, which gives an iterator of outcomes in the order
   * of the input; leaving that loop cancels what is in flight.
   *
   * @returns an array of `{ success, index, result | error }` in the order of the input
   * @throws the first error of a request, unless `raiseOnFirstError: false`; a ConcurrentInputError where the input fails
   */
  executeConcurrent(statementsAndParameters: Pairs, options: Generator): ResultsIterator
  executeConcurrent(statementsAndParameters: Pairs, options?: BlockingConcurrentOptions): Results
  executeConcurrent(statementsAndParameters: Pairs, options: BlockingConcurrentOptions = {}): Results | ResultsIterator {
    const input: RunInput = { statement: null, items: statementsAndParameters, what: 'executeConcurrent' }
    const run = new BlockingRun(this.#caller, input, options)
    return options.resultsGenerator === true ? run : runAll(run, this.executeConcurrent)
  }

  /** Executes one statement with each of many lists of parameters; see {@link executeConcurrent}. */
  executeConcurrentWithArgs(statement: Statement, parameters: Iterable<Parameters>, options: Generator): ResultsIterator
  executeConcurrentWithArgs(statement: Statement, parameters: Iterable<Parameters>, options?: BlockingConcurrentOptions): Results
  executeConcurrentWithArgs(
    statement: Statement,
    parameters: Iterable<Parameters>,
    options: BlockingConcurrentOptions = {},
  ): Results | ResultsIterator {
    const run = new BlockingRun(this.#caller, { statement, items: parameters, what: 'executeConcurrentWithArgs' }, options)
    return options.resultsGenerator === true ? run : runAll(run, this.executeConcurrentWithArgs)
  }

  /** Changes the keyspace of the session, on all its connections. */
  setKeyspace(keyspace: string): void {
    if (typeof keyspace !== 'string' || keyspace === '') throw new InvalidArgumentError("session.setKeyspace takes a keyspace's name")
    this.#caller.call(Call.SET_KEYSPACE, [keyspace], this.setKeyspace)
  }

  /** Closes the connections once what was sent is answered, and ends the worker. Calls that come later fail with a ShutdownError. */
  shutdown(): void {
    if (this.isShutdown) return
    try {
      this.#caller.call(Call.SHUTDOWN, [], this.shutdown)
    } catch {
      // a worker that died has nothing left to close
    } finally {
      this.#caller.close(
        () => new ShutdownError('The BlockingSession is shut down; nothing was sent. Make a new one with BlockingSession.connect()'),
      )
    }
  }

  [Symbol.dispose](): void {
    this.shutdown()
  }
}
