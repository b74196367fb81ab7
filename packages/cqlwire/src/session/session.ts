/** Where statements are executed: every request pattern starts here. */
import { InvalidArgumentError, InvalidOptionError } from '../base/errors.js'
import { type NotShared, notShared } from '../base/not-shared.js'
import { rejected } from '../base/rejected.js'
import type { Uuid } from '../values/uuid.js'
import type { ExecutionProfile } from './execution-profile.js'
import { PageIterator } from './page-iterator.js'
import type { Preparer } from './preparer.js'
import type { PreparedStatement } from './prepared-statement.js'
import { DEFAULT_PROFILE, type Profiles } from './profiles.js'
import type { QueryTrace } from './query-trace.js'
import { textOfTemplate } from './query-template.js'
import { type RequestOptions, type RequestSettings, withOptions } from './request-options.js'
import { SettingsMemo } from './settings-memo.js'
import { RequestMaker } from './request-maker.js'
import { ResponseFuture } from './response-future.js'
import type { DefaultRow, ResultSet } from './result-set.js'
import type { SessionCore } from './session-core.js'
import { beginAtCall, rejectWithStack, withAwaitingLines } from './stack.js'
import { type BatchItem, type BatchKind, BatchStatement, type Parameters, type Statement } from './statements.js'

type Resolve = (result: ResultSet) => void
type Reject = (error: Error) => void

// The executor of every promise of execute(): one function instead of a closure per request.
let heldResolve!: Resolve
let heldReject!: Reject
function hold(resolve: (result: never) => void, reject: Reject): void {
  heldResolve = resolve as Resolve
  heldReject = reject
}

/** What holds for all requests of a session. */
export interface SessionOptions {
  /** Carries requests out as this role, unless they name another one (`executeAs: null`: as the role that is logged in). Default: none. */
  readonly executeAs?: string
}

/** What a session counts. */
export interface SessionMetrics {
  /** Requests sent and not yet answered, over all connections. */
  readonly inFlight: number
  /** Requests that wait for room on a connection. */
  readonly queued: number
  /** Open connections by host, `address:port`. */
  readonly connections: ReadonlyMap<string, number>
  /** Statements in the prepared cache. */
  readonly prepared: number
}

const NOT_SHARED: NotShared = notShared('Session')

/**
 * A session: connections to every node, in one keyspace. Made by `cluster.connect()`; use one per keyspace for the life of the program.
 *
 * All calls are safe to make at once, as many as memory for their parameters allows; `executeConcurrent` keeps a tuned number in flight.
 */
export class Session {
  /** @internal */
  readonly notShared: NotShared = NOT_SHARED
  readonly #core: SessionCore
  readonly #profiles: Profiles
  readonly #maker: RequestMaker
  readonly #onShutdown: (session: Session) => void
  readonly #executeAs: string | null
  readonly #defaults: RequestSettings
  readonly #memo = new SettingsMemo()

  /** @internal */
  constructor(
    core: SessionCore,
    profiles: Profiles,
    preparer: Preparer,
    onShutdown: (session: Session) => void,
    options: SessionOptions = {},
  ) {
    this.#core = core
    this.#profiles = profiles
    this.#maker = new RequestMaker(core, preparer)
    this.#onShutdown = onShutdown
    this.#executeAs = options.executeAs ?? null
    this.#defaults = this.#profile(DEFAULT_PROFILE)
  }

  /** The keyspace that unqualified tables are in; null where none is set. */
  get keyspace(): string | null {
    return this.#core.keyspace
  }

  /**
   * Executes a statement and resolves with its result.
   *
   * A text with parameters is prepared once and cached. `undefined` as a value leaves the column as it is (protocol 4 and later), null
   * deletes it. Arrays and buffers among the parameters must not be changed before the answer is there: a retry writes them again.
   *
   * @param statement a text, a simple, prepared, bound or batch statement
   * @param params values by position (array) or by name (object)
   * @throws {InvalidArgumentError} a parameter is wrong; nothing was sent
   * @throws {OperationTimedOutError} no answer within `timeoutMs`
   * @throws {NoHostAvailableError} no node could be asked; `errors` says why, node by node
   * @throws {ServerError} or one of its kinds: the node's answer is an error
   */
  execute<Row = DefaultRow>(statement: Statement, params?: Parameters, options?: RequestOptions): Promise<ResultSet<Row>> {
    const promise = new Promise<ResultSet<Row>>(hold)
    const resolve = heldResolve
    const reject = heldReject
    try {
      this.#maker.submit(statement, params, this.#settingsOf(statement, options), resolve, (error) => rejectWithStack(resolve, error))
    } catch (error) {
      // eslint-disable-next-line @typescript-eslint/unbound-method -- it is looked for in the stack, not called
      reject(beginAtCall(error as Error, this.execute))
    }
    return promise
  }

  /** Starts a statement and returns at once: the request is on its way when this returns. */
  executeAsync<Row = DefaultRow>(statement: Statement, params?: Parameters, options?: RequestOptions): ResponseFuture<Row> {
    return new ResponseFuture<Row>((resolve, reject) =>
      this.#maker.submit(statement, params, this.#settingsOf(statement, options), resolve, reject),
    )
  }

  /**
   * Starts a statement whose outcome goes to one of two functions, without a promise: what helpers that keep many requests in flight
   * are made of. Errors that are known at once are thrown; the functions are not called then.
   * The returned handle gives the request up.
   */
  submit(
    statement: Statement,
    params: Parameters,
    options: RequestOptions | undefined,
    onResult: Resolve,
    onError: Reject,
  ): { cancel(error: Error): void } {
    return this.#maker.submit(statement, params, this.#settingsOf(statement, options), onResult, onError)
  }

  /** A tagged template: values are always bound, never spliced, and the statement is prepared once, by its text. */
  cql<Row = DefaultRow>(strings: TemplateStringsArray, ...values: unknown[]): Promise<ResultSet<Row>> {
    let text: string
    try {
      text = textOfTemplate(strings)
    } catch (error) {
      return rejected(error)
    }
    return this.execute<Row>(text, values)
  }

  /** Prepares a statement, once per text and keyspace, on all nodes. */
  async prepare(
    query: string,
    options: Pick<RequestOptions, 'keyspace' | 'customPayload' | 'timeoutMs' | 'signal' | 'executionProfile'> = {},
  ): Promise<PreparedStatement> {
    if (typeof query !== 'string' || query.trim() === '')
      throw new InvalidArgumentError('session.prepare takes the text of a CQL statement')
    if (this.#core.isShutdown) throw this.#core.shutdownError()
    const settings = this.#settingsOf(query, options)
    try {
      return await this.#maker.prepare(query, settings)
    } catch (error) {
      throw withAwaitingLines(error)
    }
  }

  /** Executes writes as one batch: LOGGED (all or nothing) unless `kind` says otherwise. */
  batch(
    statements: Iterable<BatchItem | { readonly query: string | PreparedStatement; readonly params?: Parameters }>,
    options: RequestOptions & { readonly kind?: BatchKind } = {},
  ): Promise<ResultSet> {
    try {
      const { kind = 'LOGGED', ...rest } = options
      const batch = new BatchStatement(kind, rest)
      for (const each of statements) {
        if (typeof each === 'object' && 'query' in each && !('options' in each)) batch.add(each.query, each.params)
        else batch.add(each)
      }
      return this.execute(batch)
    } catch (error) {
      return rejected(error)
    }
  }

  /** The rows of all pages, one by one; the next page is asked for while the present one is read. Leaving the loop stops it. */
  iterate<Row = DefaultRow>(statement: Statement, params?: Parameters, options?: RequestOptions): AsyncIterableIterator<Row> {
    return new PageIterator<Row>(this.execute<Row>(statement, params, options))
  }

  /** Changes the keyspace of the session, on all its connections. */
  async setKeyspace(keyspace: string): Promise<void> {
    if (typeof keyspace !== 'string' || keyspace === '') throw new InvalidArgumentError("session.setKeyspace takes a keyspace's name")
    if (this.#core.isShutdown) throw this.#core.shutdownError()
    await this.#core.pools.setKeyspace(keyspace)
    this.#core.keyspace = keyspace
  }

  /**
   * The trace of a request of this session, by its id.
   * @internal
   */
  readTrace(id: Uuid, maxWaitMs?: number): Promise<QueryTrace> {
    return this.#core.readTrace(id, maxWaitMs)
  }

  get metrics(): SessionMetrics {
    const connections = new Map<string, number>()
    let inFlight = 0
    for (const [host, pool] of this.#core.pools.entries()) {
      connections.set(host.endpoint, pool.openConnections)
      inFlight += pool.inFlight
    }
    return { inFlight, queued: this.#core.queued, connections, prepared: this.#core.prepared.size }
  }

  /** @internal OVERLOADED answers so far, those after which the request is sent again included. */
  get refusals(): number {
    return this.#core.refusals
  }

  get isShutdown(): boolean {
    return this.#core.isShutdown
  }

  /** Closes the session's connections once what was sent is answered; requests that come later fail with a ShutdownError. */
  async shutdown(): Promise<void> {
    this.#onShutdown(this)
    await this.#core.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown()
  }

  #profile(profile: string | ExecutionProfile): RequestSettings {
    const settings = this.#profiles.get(profile)
    return this.#executeAs === null ? settings : withOptions(settings, { executeAs: this.#executeAs })
  }

  #settingsOf(statement: Statement, options: RequestOptions | undefined): RequestSettings {
    const own = typeof statement === 'object' && statement !== null ? statement.options : null
    if (options === undefined && own === null) return this.#defaults
    if (options !== undefined && (typeof options !== 'object' || options === null)) {
      throw new InvalidOptionError(
        'options',
        `The options of a request are an object, got ${options === null ? 'null' : typeof options}. Nothing was sent`,
      )
    }
    const profile = options?.executionProfile ?? own?.executionProfile
    const base = profile === undefined ? this.#defaults : this.#profile(profile)
    const withOwn = own === null || own === undefined ? base : withOptions(base, own)
    const settings = options === undefined ? withOwn : this.#memo.resolve(withOwn, options)
    // A policy of this request or of a derived profile may be new to the cluster.
    if (settings.loadBalancing !== this.#defaults.loadBalancing) this.#core.cluster.addPolicy(settings.loadBalancing)
    return settings
  }
}
