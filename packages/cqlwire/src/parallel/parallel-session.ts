/** A session over several processes or threads. */
import { isAbsolute, resolve as resolvePath } from 'node:path'
import { pathToFileURL } from 'node:url'
import { InvalidArgumentError, ShutdownError } from '../base/errors.js'
import { inputOf } from '../base/input.js'
import { type NotShared, notShared } from '../base/not-shared.js'
import { compileBind } from '../codec/bind.js'
import { createCodecRegistry } from '../codec/registry.js'
import { resolveClusterOptions } from '../cluster/settings.js'
import { PreparedStatement } from '../session/prepared-statement.js'
import { Profiles } from '../session/profiles.js'
import type { RequestOptions } from '../session/request-options.js'
import type { DefaultRow, ResultSet } from '../session/result-set.js'
import { ResultShape } from '../session/result-shape.js'
import { withAwaitingLines } from '../session/stack.js'
import { type Parameters, SimpleStatement, type Statement } from '../session/statements.js'
import { type CarriedRequestOptions, type Origin, originOf } from '../transfer/origin.js'
import { carriedOptions, type PlainOptions } from '../transfer/plain-options.js'
import { Crew, type ParallelEvents } from './crew.js'
import type { WorkerInfo } from './errors.js'
import { Call } from './messages.js'
import {
  type ParallelConcurrentOptions,
  type ParallelMapOptions,
  type ParallelOptions,
  resolveParallelOptions,
  resolveRunOptions,
} from './parallel-options.js'
import { ParallelResults, type ResultsSettings } from './parallel-results.js'
import { Requests } from './requests.js'
import { Run } from './run.js'
import { boundPlan, mapPlan, type RequestsPlan, type RunPlan, type StatementItem, statementsPlan } from './run-plans.js'
import { asError } from './worker-run.js'
import type { PreparedParts } from './worker-server.js'

type Items<T> = Iterable<T> | AsyncIterable<T>
type Pair = readonly [Statement, Parameters?] | Statement

/** Options of one request, without policies. */
export type ParallelRequestOptions = CarriedRequestOptions & Pick<RequestOptions, 'signal'>

const NAME = 'ParallelSession'
const DEFAULT_CONCURRENCY = 100
/** So many statements are kept prepared on this side. */
const MOST_PREPARED = 1_000

const NOT_SHARED: NotShared = notShared('ParallelSession')

/**
 * The work of a `Session` over several processes or threads, for programs whose one thread is busy. Each worker has a cluster and a session of
 * its own, made there: a `Session` can't be shared.
 *
 *     await using parallel = await ParallelSession.connect({ contactPoints: ['127.0.0.1'], localDataCenter: 'dc1' }, { processes: 4 })
 *     for await (const { success, index, error } of parallel.executeConcurrentWithArgs(insert, rows, { concurrency: 100 })) { … }
 *
 * A worker that dies is replaced. What it had is repeated by another one where it is idempotent, and otherwise reported as failed, with a
 * `WorkerLostError`: nothing is lost silently.
 */
export class ParallelSession {
  /** @internal */
  readonly notShared: NotShared = NOT_SHARED
  readonly #crew: Crew
  readonly #requests: Requests
  readonly #profiles: Profiles
  readonly #protocolVersion: number
  readonly #prepared = new Map<string, Promise<PreparedStatement>>()
  #keyspace: string | null

  private constructor(crew: Crew, profiles: Profiles, protocolVersion: number, keyspace: string | null) {
    this.#crew = crew
    this.#requests = new Requests(crew)
    this.#profiles = profiles
    this.#protocolVersion = protocolVersion
    this.#keyspace = keyspace
  }

  /**
   * Starts the workers, and resolves when all are connected.
   *
   * @param options of the cluster, plain values: policies, codecs and loggers are objects with functions, which can't follow into a worker
   * @throws {InvalidOptionError} an unknown option, a wrong value, or one that can't follow; {NoHostAvailableError}; {AuthenticationError};
   *   {InvalidRequestError} no such keyspace
   */
  static async connect(options: PlainOptions, parallel: ParallelOptions = {}): Promise<ParallelSession> {
    const settings = resolveParallelOptions(parallel)
    const where = settings.kind === 'thread' ? 'other threads' : 'other processes'
    const carried = carriedOptions(options, { session: NAME, where })
    // Wrong options are told before there is a worker.
    const { numbers, executionProfiles } = resolveClusterOptions(options)
    const crew = new Crew(carried, createCodecRegistry({ numbers }), settings)
    try {
      const { protocolVersion, keyspace } = await crew.start()
      return new ParallelSession(crew, new Profiles(executionProfiles), protocolVersion, keyspace)
    } catch (error) {
      throw withAwaitingLines(error)
    }
  }

  /** The keyspace that unqualified tables are in; null where none is set. */
  get keyspace(): string | null {
    return this.#keyspace
  }

  /** The workers that take work now. */
  get workers(): readonly WorkerInfo[] {
    return this.#crew.workers
  }

  get isShutdown(): boolean {
    return this.#crew.isClosed
  }

  /** Executes a statement in the worker with the least to do. */
  async execute<Row = DefaultRow>(
    statement: Statement,
    params?: Parameters,
    options: ParallelRequestOptions = {},
  ): Promise<ResultSet<Row>> {
    const { signal, ...rest } = options ?? {}
    try {
      return (await this.#requests.execute(this.#originOf(statement, params, rest), signal)) as ResultSet<Row>
    } catch (error) {
      throw withAwaitingLines(error)
    }
  }

  /** Prepares a statement. Workers prepare it for themselves when they first execute it. */
  async prepare(query: string, options: Pick<CarriedRequestOptions, 'keyspace'> = {}): Promise<PreparedStatement> {
    if (typeof query !== 'string' || query.trim() === '')
      throw new InvalidArgumentError('parallel.prepare takes the text of a CQL statement')
    try {
      return await this.#prepare(query, this.#originOf(query, undefined, options).options ?? {})
    } catch (error) {
      throw withAwaitingLines(error)
    }
  }

  /**
   * Executes one statement with each of many lists of parameters, over all workers, `concurrency` in flight in each.
   *
   * The input is read only as there is room and as outcomes are read, so it may be endless. Values are bound here, once, and only copied by the
   * workers; rows come back as bytes, and are made as they are looked at.
   *
   * @returns outcomes, to be iterated over as they come, or awaited as an array; see {@link ParallelResults}
   */
  executeConcurrentWithArgs<Row = DefaultRow>(
    statement: Statement,
    parameters: Items<Parameters>,
    options: ParallelConcurrentOptions = {},
  ): ParallelResults<ResultSet<Row>> {
    const what = 'executeConcurrentWithArgs'
    return this.#results(parameters, what, () => {
      const settings = resolveRunOptions(options, DEFAULT_CONCURRENCY)
      const origin = this.#originOf(statement, undefined, settings.rest)
      const sequel = (item: unknown): Origin => ({ ...origin, params: item as Parameters })
      const plan = this.#requestsPlan(settings.concurrency, origin, sequel)
      const portable = this.#requests.portable(origin)
      const text = portable.statement instanceof SimpleStatement ? portable.statement.query : portable.statement
      if (typeof text !== 'string' || !origin.settings.prepare) {
        const toItem = (params: unknown): StatementItem => ({ ...portable, params: params as Parameters, options: undefined })
        return { settings, plan: async () => statementsPlan(plan, toItem) }
      }
      const keyspace = portable.options?.['keyspace']
      const preparing = keyspace === undefined ? {} : { keyspace }
      return { settings, plan: async () => boundPlan(plan, await this.#prepare(text, preparing), preparing) }
    })
  }

  /** Executes pairs of statement and parameters; see {@link executeConcurrentWithArgs}, which costs less where the statement is always the same. */
  executeConcurrent<Row = DefaultRow>(
    statementsAndParameters: Items<Pair>,
    options: ParallelConcurrentOptions = {},
  ): ParallelResults<ResultSet<Row>> {
    return this.#results(statementsAndParameters, 'executeConcurrent', () => {
      const settings = resolveRunOptions(options, DEFAULT_CONCURRENCY)
      const origin = this.#originOf('', undefined, settings.rest)
      const toItem = (pair: unknown): StatementItem => {
        const [statement, params] = pairOf(pair)
        return this.#requests.portable(this.#originOf(statement, params, undefined))
      }
      const sequel = (pair: unknown): Origin => {
        const [statement, params] = pairOf(pair)
        return this.#originOf(statement, params, settings.rest)
      }
      const plan = this.#requestsPlan(settings.concurrency, origin, sequel)
      return { settings, plan: async () => statementsPlan(plan, toItem) }
    })
  }

  /**
   * Runs a function of a module over items: each worker loads the module, and calls the function with its own session and an item.
   *
   *     // totals.mjs
   *     export default async (session, day) => (await session.execute('SELECT … WHERE day = ?', [day])).one()
   *
   *     for await (const { index, result } of parallel.map(new URL('./totals.mjs', import.meta.url), days)) { … }
   *
   * Items and what the function gives travel as values: what CQL has, plain objects, arrays, maps, sets, dates, bytes, errors.
   *
   * @param module a URL, or a path (from the working directory where it is relative)
   */
  map<T, R = unknown>(module: string | URL, items: Items<T>, options: ParallelMapOptions = {}): ParallelResults<R> {
    return this.#results(items, 'map', () => {
      const settings = resolveRunOptions(options, 1)
      const { export: name = 'default', idempotent = false, ...unknown } = settings.rest
      for (const key of Object.keys(unknown))
        throw new InvalidArgumentError(`parallel.map has no option ${JSON.stringify(key)}. Nothing was run`)
      if (typeof name !== 'string' || typeof idempotent !== 'boolean')
        throw new InvalidArgumentError('parallel.map takes the name of an export, and true or false as idempotent. Nothing was run')
      const url = moduleUrl(module)
      return { settings, plan: async () => mapPlan(url, name, settings.concurrency, idempotent) }
    })
  }

  /** Changes the keyspace of every worker's session. */
  async setKeyspace(keyspace: string): Promise<void> {
    if (typeof keyspace !== 'string' || keyspace === '') throw new InvalidArgumentError("parallel.setKeyspace takes a keyspace's name")
    await this.#crew.setKeyspace(keyspace)
    this.#keyspace = keyspace
    this.#prepared.clear()
  }

  on<K extends keyof ParallelEvents>(event: K, listener: (...args: ParallelEvents[K]) => unknown): this {
    this.#crew.events.on(event, listener)
    return this
  }

  off<K extends keyof ParallelEvents>(event: K, listener: (...args: ParallelEvents[K]) => unknown): this {
    this.#crew.events.off(event, listener)
    return this
  }

  /** Has the workers finish what was sent to them, and ends them. Runs that go on fail with a ShutdownError, as does what comes later. */
  shutdown(): Promise<void> {
    return this.#crew.close(new ShutdownError('The ParallelSession is shut down. Make a new one with ParallelSession.connect()'))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown()
  }

  #originOf(statement: Statement, params: Parameters, options: CarriedRequestOptions | undefined): Origin {
    return originOf(this.#profiles, statement, params, options, NAME)
  }

  #requestsPlan(concurrency: number, origin: Origin, originOfItem: (item: unknown) => Origin): RequestsPlan {
    const { registry } = this.#crew
    return {
      concurrency,
      registry,
      idempotent: origin.settings.idempotent,
      options: origin.options,
      rowFactory: origin.rowFactory,
      sequel: (item) => this.#requests.sequel(originOfItem(item)),
    }
  }

  /** What is wrong with the call is told to whoever reads the outcomes. */
  #results<R>(
    items: Items<unknown>,
    what: string,
    prepare: () => { readonly settings: ResultsSettings; readonly plan: () => Promise<RunPlan> },
  ): ParallelResults<R> {
    try {
      const { settings, plan } = prepare()
      const input = inputOf(items, `parallel.${what}`)
      return new ParallelResults<R>(async (reader) => {
        try {
          return new Run(this.#crew, input, await plan(), reader)
        } catch (error) {
          input.close()
          throw error
        }
      }, settings)
    } catch (error) {
      const why = asError(error)
      return new ParallelResults<R>(() => Promise.reject(why), why)
    }
  }

  #prepare(query: string, options: Readonly<Record<string, unknown>>): Promise<PreparedStatement> {
    const key = JSON.stringify([options['keyspace'] ?? null, query])
    let prepared = this.#prepared.get(key)
    if (prepared === undefined) {
      prepared = this.#compile(query, options)
      prepared.catch(() => this.#prepared.delete(key))
      for (const oldest of this.#prepared.keys()) {
        if (this.#prepared.size < MOST_PREPARED) break
        this.#prepared.delete(oldest)
      }
      this.#prepared.set(key, prepared)
    }
    return prepared
  }

  async #compile(query: string, options: Readonly<Record<string, unknown>>): Promise<PreparedStatement> {
    const { registry } = this.#crew
    const parts = (await this.#requests.ask(Call.PREPARE, [query, options])) as PreparedParts
    const prepared = new PreparedStatement({
      id: parts.id,
      query,
      keyspace: parts.keyspace,
      bind: compileBind(parts.parameters, registry, { protocolVersion: this.#protocolVersion }),
      routing: null,
      shape: new ResultShape(parts.columns, null, registry, true),
    })
    this.#requests.know(prepared, (options['keyspace'] as string | undefined) ?? null)
    return prepared
  }
}

function pairOf(pair: unknown): readonly [Statement, Parameters] {
  if (!Array.isArray(pair)) return [pair as Statement, undefined]
  if (pair.length < 1 || pair.length > 2)
    throw new InvalidArgumentError(`parallel.executeConcurrent takes pairs [statement, parameters], got an array of ${pair.length}`)
  return [pair[0] as Statement, pair[1] as Parameters]
}

function moduleUrl(module: string | URL): string {
  if (module instanceof URL) return module.href
  if (typeof module !== 'string' || module === '')
    throw new InvalidArgumentError(
      `parallel.map takes the URL or the path of a module, got ${typeof module}: a function can't be carried into a worker. Nothing was run`,
    )
  if (/^(file|data|node):/.test(module)) return module
  return pathToFileURL(isAbsolute(module) ? module : resolvePath(module)).href
}
