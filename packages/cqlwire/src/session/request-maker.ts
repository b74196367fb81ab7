/** From what a user gives to `execute` to a request: texts are prepared where they have parameters, batches are put together. */
import { InvalidArgumentError } from '../base/errors.js'
import { bindGuessed } from '../codec/bind-guessed.js'
import type { BindParameters } from '../codec/bind.js'
import { guessType } from '../codec/guess-type.js'
import type { BatchEntry } from '../protocol/batch.js'
import { Preparation, type RequestHandle } from './preparation.js'
import type { PrepareOptions } from './prepare.js'
import { BoundStatement, PreparedStatement } from './prepared-statement.js'
import type { Preparer } from './preparer.js'
import { BatchRequest, ExecuteRequest, QueryRequest, type Request } from './request.js'
import type { RequestSettings } from './request-options.js'
import type { ResultSet } from './result-set.js'
import type { SessionCore } from './session-core.js'
import { BatchStatement, describe, type Parameters, SimpleStatement, type Statement } from './statements.js'

type Resolve = (result: ResultSet) => void
type Reject = (error: Error) => void

/** PREPARE has a deadline even where requests have none, or one lost answer would hold its text back for ever. */
const PREPARE_TIMEOUT_MS = 10_000

export class RequestMaker {
  readonly #core: SessionCore
  readonly #preparer: Preparer

  constructor(core: SessionCore, preparer: Preparer) {
    this.#core = core
    this.#preparer = preparer
  }

  /** Starts the statement now, or as soon as its text is prepared. */
  submit(statement: Statement, params: Parameters, settings: RequestSettings, resolve: Resolve, reject: Reject): RequestHandle {
    if (statement instanceof PreparedStatement)
      return this.#core.submit(new ExecuteRequest(statement, keep(params, statement)), settings, resolve, reject)
    if (statement instanceof BoundStatement)
      return this.#core.submit(
        new ExecuteRequest(statement.prepared, keep(params ?? statement.params, statement.prepared)),
        settings,
        resolve,
        reject,
      )
    if (typeof statement === 'string') return this.#text(statement, params, settings, resolve, reject)
    if (statement instanceof SimpleStatement) return this.#text(statement.query, params ?? statement.params, settings, resolve, reject)
    if (statement instanceof BatchStatement) return this.#batch(statement, settings, resolve, reject)
    throw new InvalidArgumentError(
      `A statement is a text, or a simple, prepared, bound or batch statement, got ${describe(statement)}. Nothing was sent`,
    )
  }

  /** Prepares a text. */
  prepare(query: string, settings: RequestSettings): Promise<PreparedStatement> {
    return new Promise((resolve, reject) => {
      if (this.#core.isShutdown) throw this.#core.shutdownError()
      const preparation = new Preparation(query, settings, reject)
      this.#preparer.prepare(query, settings.loadBalancing, this.#prepareOptions(settings)).then(
        (prepared) =>
          preparation.goOn(() => {
            resolve(prepared)
            return null
          }),
        (error: unknown) => preparation.fail(error as Error),
      )
    })
  }

  /** The options of a PREPARE, which others may wait for as well: its time is not that of one of them, unless that is longer. */
  #prepareOptions(settings: RequestSettings): PrepareOptions {
    return {
      timeoutMs: Math.max(settings.timeoutMs, this.#core.cluster.settings.requestDefaults.timeoutMs) || PREPARE_TIMEOUT_MS,
      keyspace: settings.keyspace,
      customPayload: settings.customPayload,
    }
  }

  #text(query: string, params: Parameters, settings: RequestSettings, resolve: Resolve, reject: Reject): RequestHandle {
    if (query.trim() === '') throw new InvalidArgumentError('The text of the statement is empty. Nothing was sent')
    const core = this.#core
    if (!hasValues(params)) return core.submit(new QueryRequest(query, undefined, null, false), settings, resolve, reject)
    if (!settings.prepare) return core.submit(this.#guessed(query, params), settings, resolve, reject)
    const known = core.prepared.get(settings.keyspace ?? core.keyspace, query)
    if (known !== undefined) return core.submit(new ExecuteRequest(known, keep(params, known)), settings, resolve, reject)
    const kept = keep(params)
    return this.#later(query, settings, reject, async () => {
      const prepared = await this.#preparer.prepare(query, settings.loadBalancing, this.#prepareOptions(settings))
      return (spentMs) => core.submit(new ExecuteRequest(prepared, keep(kept, prepared)), settings, resolve, reject, spentMs)
    })
  }

  #batch(batch: BatchStatement, settings: RequestSettings, resolve: Resolve, reject: Reject): RequestHandle {
    if (batch.items.length === 0) throw new InvalidArgumentError('The batch is empty. Nothing was sent')
    const items = batch.items.map(({ statement, params }) => ({
      statement,
      params: keep(params, typeof statement === 'string' ? undefined : statement),
    }))
    const texts = items
      .filter((item) => typeof item.statement === 'string' && hasValues(item.params))
      .map((item) => item.statement as string)
    const start = (spentMs: number): RequestHandle =>
      this.#core.submit(this.#batchRequest(batch.kind, items), settings, resolve, reject, spentMs)
    const keyspace = settings.keyspace ?? this.#core.keyspace
    if (!settings.prepare || texts.every((text) => this.#core.prepared.get(keyspace, text) !== undefined)) {
      this.#lookUp(items, settings)
      return start(0)
    }
    return this.#later(`a batch with ${texts[0]!}`, settings, reject, async () => {
      const options = { ...this.#prepareOptions(settings), customPayload: null }
      const prepared = await Promise.all(texts.map((text) => this.#preparer.prepare(text, settings.loadBalancing, options)))
      const byText = new Map(texts.map((text, i) => [text, prepared[i]!]))
      for (const item of items) if (typeof item.statement === 'string') item.statement = byText.get(item.statement) ?? item.statement
      return start
    })
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

  /** Something has to be prepared first. The deadline of the request counts from now on. */
  #later(
    query: string,
    settings: RequestSettings,
    reject: Reject,
    prepare: () => Promise<(spentMs: number) => RequestHandle>,
  ): RequestHandle {
    if (this.#core.isShutdown) throw this.#core.shutdownError()
    const preparation = new Preparation(query, settings, reject)
    prepare().then(
      (start) => preparation.goOn(start),
      (error: unknown) => preparation.fail(error as Error),
    )
    return preparation
  }
}

type BatchItems = { statement: string | PreparedStatement; params: BindParameters }[]

function hasValues(params: Parameters): boolean {
  if (params === undefined || params === null) return false
  if (Array.isArray(params)) return params.length > 0
  // What is no list of parameters (a Map, say) is told so where the statement is known.
  return !isPlain(params) || Object.keys(params).length > 0
}

/**
 * The list of values is the caller's, who may fill it again for the next request; a retry must still find this one's. Names are looked up
 * once, here, where the statement is known.
 */
function keep(params: Parameters, prepared?: PreparedStatement): BindParameters {
  if (params === undefined || params === null) return params
  if (Array.isArray(params)) return (params as readonly unknown[]).slice()
  if (prepared !== undefined) return prepared.bindEncoder.normalize(params)
  return isPlain(params) ? { ...params } : params
}

/** Nothing but fields: what has a class of its own may have accessors as well, and is taken as it is. */
function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
