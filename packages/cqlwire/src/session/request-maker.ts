/** From what a user gives to `execute` to a request: texts are prepared where they have parameters, batches are put together. */
import { InvalidArgumentError } from '../base/errors.js'
import { bindGuessed } from '../codec/bind-guessed.js'
import type { BindParameters } from '../codec/bind.js'
import { guessType } from '../codec/guess-type.js'
import type { BatchEntry } from '../protocol/batch.js'
import type { Execution } from './execution.js'
import type { PrepareOptions } from './prepare.js'
import { BoundStatement, PreparedStatement } from './prepared-statement.js'
import type { Preparer } from './preparer.js'
import { BatchRequest, ExecuteRequest, QueryRequest, type Request } from './request.js'
import { RequestSettings } from './request-options.js'
import type { ResponseFuture } from './response-future.js'
import type { ResultSet } from './result-set.js'
import type { SessionCore } from './session-core.js'
import { BatchStatement, describe, type Parameters, SimpleStatement, type Statement } from './statements.js'

type Resolve = (result: ResultSet) => void
type Reject = (error: Error) => void

export class RequestMaker {
  readonly #core: SessionCore
  readonly #preparer: Preparer

  constructor(core: SessionCore, preparer: Preparer) {
    this.#core = core
    this.#preparer = preparer
  }

  /** Starts the statement now, or as soon as its text is prepared: null is returned in the latter case. */
  submit(
    statement: Statement,
    params: Parameters,
    settings: RequestSettings,
    resolve: Resolve,
    reject: Reject,
    future?: ResponseFuture,
  ): Execution | null {
    if (statement instanceof PreparedStatement)
      return this.#core.submit(new ExecuteRequest(statement, keep(params, statement)), settings, resolve, reject)
    if (statement instanceof BoundStatement)
      return this.#core.submit(
        new ExecuteRequest(statement.prepared, keep(params ?? statement.params, statement.prepared)),
        settings,
        resolve,
        reject,
      )
    if (typeof statement === 'string') return this.#text(statement, params, settings, resolve, reject, future)
    if (statement instanceof SimpleStatement)
      return this.#text(statement.query, params ?? statement.params, settings, resolve, reject, future)
    if (statement instanceof BatchStatement) return this.#batch(statement, settings, resolve, reject, future)
    throw new InvalidArgumentError(
      `A statement is a text, or a simple, prepared, bound or batch statement, got ${describe(statement)}. Nothing was sent`,
    )
  }

  /** The options of a PREPARE that comes before a request. */
  prepareOptions(settings: RequestSettings): PrepareOptions {
    return {
      timeoutMs: settings.timeoutMs === 0 ? 0x7fffffff : settings.timeoutMs,
      keyspace: settings.keyspace,
      customPayload: settings.customPayload,
      signal: settings.signal ?? undefined,
    }
  }

  #text(
    query: string,
    params: Parameters,
    settings: RequestSettings,
    resolve: Resolve,
    reject: Reject,
    future?: ResponseFuture,
  ): Execution | null {
    if (query.trim() === '') throw new InvalidArgumentError('The text of the statement is empty. Nothing was sent')
    const core = this.#core
    if (!hasValues(params)) return core.submit(new QueryRequest(query, undefined, null, false), settings, resolve, reject)
    if (!settings.prepare) return core.submit(this.#guessed(query, params), settings, resolve, reject)
    const kept = keep(params)
    const known = core.prepared.get(settings.keyspace ?? core.keyspace, query)
    if (known !== undefined) return core.submit(new ExecuteRequest(known, keep(kept, known)), settings, resolve, reject)
    this.#later(settings, future, reject, async (left) => {
      const prepared = await this.#preparer.prepare(query, settings.loadBalancing, this.prepareOptions(settings))
      return () => core.submit(new ExecuteRequest(prepared, keep(kept, prepared)), left(), resolve, reject)
    })
    return null
  }

  #batch(batch: BatchStatement, settings: RequestSettings, resolve: Resolve, reject: Reject, future?: ResponseFuture): Execution | null {
    if (batch.items.length === 0) throw new InvalidArgumentError('The batch is empty. Nothing was sent')
    const items = batch.items.map(({ statement, params }) => ({
      statement,
      params: keep(params, typeof statement === 'string' ? undefined : statement),
    }))
    const texts = items
      .filter((item) => typeof item.statement === 'string' && hasValues(item.params))
      .map((item) => item.statement as string)
    const start = (): Execution => this.#core.submit(this.#batchRequest(batch.kind, items), settings, resolve, reject)
    const keyspace = settings.keyspace ?? this.#core.keyspace
    if (!settings.prepare || texts.every((text) => this.#core.prepared.get(keyspace, text) !== undefined)) {
      this.#lookUp(items, settings)
      return start()
    }
    this.#later(settings, future, reject, async (left) => {
      const options = { ...this.prepareOptions(settings), customPayload: null }
      const prepared = await Promise.all(texts.map((text) => this.#preparer.prepare(text, settings.loadBalancing, options)))
      const byText = new Map(texts.map((text, i) => [text, prepared[i]!]))
      for (const item of items) if (typeof item.statement === 'string') item.statement = byText.get(item.statement) ?? item.statement
      return () => this.#core.submit(this.#batchRequest(batch.kind, items), left(), resolve, reject)
    })
    return null
  }

  #lookUp(items: BatchItems, settings: RequestSettings): void {
    if (!settings.prepare) return
    const keyspace = settings.keyspace ?? this.#core.keyspace
    for (const item of items) {
      if (typeof item.statement === 'string' && hasValues(item.params))
        item.statement = this.#core.prepared.get(keyspace, item.statement) ?? item.statement
    }
  }

  #batchRequest(kind: BatchStatement['kind'], items: BatchItems): BatchRequest {
    const prepared: PreparedStatement[] = []
    let routed: PreparedStatement | null = null
    let params: BindParameters
    const entries: BatchEntry[] = items.map((item) => {
      const { statement } = item
      if (typeof statement === 'string')
        return hasValues(item.params)
          ? this.#guessedEntry(statement, item.params)
          : { query: statement, id: null, values: null, params: null }
      prepared.push(statement)
      if (routed === null && statement.routing !== null) {
        routed = statement
        params = item.params
      }
      return { query: null, id: statement.id, values: statement.bindEncoder, params: item.params }
    })
    return new BatchRequest(kind, entries, prepared, routed, params)
  }

  #guessed(query: string, params: Parameters): Request {
    const values = bindGuessed(keep(params), { protocolVersion: this.#core.protocolVersion, registry: this.#core.registry, guessType })
    return new QueryRequest(query, undefined, values, values.named)
  }

  #guessedEntry(query: string, params: Parameters): BatchEntry {
    const values = bindGuessed(params, { protocolVersion: this.#core.protocolVersion, registry: this.#core.registry, guessType })
    if (values.named)
      throw new InvalidArgumentError(
        'An unprepared statement of a batch takes its values by position: the protocol has no names there. Nothing was sent',
      )
    return { query, id: null, values, params: null }
  }

  /** Something has to be prepared first. The deadline of the request counts from now; a cancelled future is not sent afterwards. */
  #later(
    settings: RequestSettings,
    future: ResponseFuture | undefined,
    reject: Reject,
    prepare: (left: () => RequestSettings) => Promise<() => Execution>,
  ): void {
    if (this.#core.isShutdown) throw this.#core.shutdownError()
    const begun = performance.now()
    const left = (): RequestSettings => {
      if (settings.timeoutMs === 0) return settings
      const rest = new RequestSettings(settings)
      rest.timeoutMs = Math.max(1, settings.timeoutMs - (performance.now() - begun))
      return rest
    }
    prepare(left).then(
      (start) => {
        if (future !== undefined && future.isDone) return
        try {
          const execution = start()
          future?.attach(execution)
        } catch (error) {
          reject(error as Error)
        }
      },
      (error: unknown) => reject(error as Error),
    )
  }
}

type BatchItems = { statement: string | PreparedStatement; params: BindParameters }[]

function hasValues(params: Parameters): boolean {
  if (params === undefined || params === null) return false
  if (Array.isArray(params)) return params.length > 0
  return typeof params !== 'object' || Object.keys(params).length > 0
}

/**
 * The list of values is the caller's, who may fill it again for the next request; a retry must still find this one's. Names are looked up
 * once, here, where the statement is known.
 */
function keep(params: Parameters, prepared?: PreparedStatement): BindParameters {
  if (params === undefined || params === null) return params
  if (Array.isArray(params)) return (params as readonly unknown[]).slice()
  return prepared === undefined ? params : prepared.bindEncoder.normalize(params)
}
