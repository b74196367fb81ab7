/** Single requests of a ParallelSession: each goes to the worker with the least to do, and again to another one where that died and it may be repeated. */
import { AbortError, InvalidArgumentError } from '../base/errors.js'
import type { ResultSet } from '../session/result-set.js'
import { BoundStatement, PreparedStatement } from '../session/prepared-statement.js'
import { BatchStatement, SimpleStatement, type Statement } from '../session/statements.js'
import { SharedSessionError } from '../base/errors.js'
import type { Origin } from '../transfer/origin.js'
import type { Sequel } from '../transfer/result-reader.js'
import { putStatement } from '../transfer/statement-transfer.js'
import { putValue } from '../transfer/value-writer.js'
import type { QueryTrace } from '../session/query-trace.js'
import type { Crew } from './crew.js'
import { WorkerLostError } from './errors.js'
import { type Member, pageOf } from './member.js'
import { Call } from './messages.js'
import { noHandle } from './run-plans.js'

/** A request that lost so many workers is not given to another one. */
const MOST_LOSSES = 3

export class Requests {
  readonly #crew: Crew
  /** Statements that this session prepared, with the keyspace that they were prepared in where that was given. */
  readonly #prepared = new WeakMap<PreparedStatement, string | null>()

  constructor(crew: Crew) {
    this.#crew = crew
  }

  know(prepared: PreparedStatement, keyspace: string | null): void {
    this.#prepared.set(prepared, keyspace)
  }

  /** @throws {SharedSessionError} */
  keyspaceOf(prepared: PreparedStatement): string | null {
    const keyspace = this.#prepared.get(prepared)
    if (keyspace !== undefined) return keyspace
    throw new SharedSessionError('The statement was prepared by another session; prepare it with parallel.prepare(). Nothing was sent')
  }

  execute(origin: Origin, signal: AbortSignal | undefined): Promise<ResultSet> {
    const request = this.portable(origin)
    return this.#dispatch<ResultSet>(origin.settings.idempotent, signal, (member, id, resolve, reject) =>
      member.ask(
        Call.EXECUTE,
        id,
        { onResult: (arrived) => resolve(pageOf(arrived, origin, () => this.sequel(origin))), onError: reject },
        (writer) => {
          putStatement(writer, request.statement, noHandle)
          putValue(writer, request.params)
          putValue(writer, request.options)
        },
      ),
    )
  }

  /** A call that any worker can answer, and that may be repeated. */
  ask(call: number, values: readonly unknown[]): Promise<unknown> {
    return this.#dispatch<unknown>(true, undefined, (member, id, resolve, reject) =>
      member.ask(call, id, { onValue: resolve, onError: reject }, (writer) => {
        for (const value of values) putValue(writer, value)
      }),
    )
  }

  /** How the later pages of a request are had. */
  sequel(origin: Origin): Sequel {
    return {
      nextPage: (pageState) => this.execute({ ...origin, options: { ...origin.options, pageState } }, undefined),
      readTrace: (id, maxWaitMs) => this.ask(Call.TRACE, [id, maxWaitMs]) as Promise<QueryTrace>,
    }
  }

  /** The request with statements as texts: every worker prepares them for itself. */
  portable({
    statement,
    params,
    options,
  }: Pick<Origin, 'statement' | 'params' | 'options'>): Pick<Origin, 'statement' | 'params' | 'options'> {
    refuseUse(statement)
    const prepared =
      statement instanceof PreparedStatement ? statement : statement instanceof BoundStatement ? statement.prepared : undefined
    if (prepared !== undefined) {
      const keyspace = this.keyspaceOf(prepared)
      return { statement: prepared.query, params, options: keyspace === null ? options : { ...options, keyspace } }
    }
    return { statement: statement instanceof BatchStatement ? this.#portableBatch(statement) : statement, params, options }
  }

  #portableBatch(batch: BatchStatement): BatchStatement {
    const ported = new BatchStatement(batch.kind)
    for (const { statement, params } of batch.items) {
      if (typeof statement !== 'string') this.keyspaceOf(statement)
      ported.add(typeof statement === 'string' ? statement : statement.query, params)
    }
    return ported
  }

  #dispatch<T>(
    mayRepeat: boolean,
    signal: AbortSignal | undefined,
    send: (member: Member, id: number, resolve: (value: T) => void, reject: (error: Error) => void) => void,
  ): Promise<T> {
    const crew = this.#crew
    const id = crew.newId()
    let member: Member | null = null
    let losses = 0
    return new Promise<T>((resolvePromise, rejectPromise) => {
      const release = (): void => {
        crew.unlisten(id)
        signal?.removeEventListener('abort', abort)
      }
      const resolve = (value: T): void => {
        release()
        resolvePromise(value)
      }
      const reject = (error: Error): void => {
        if (error instanceof WorkerLostError && mayRepeat && ++losses < MOST_LOSSES) return attempt()
        release()
        rejectPromise(error)
      }
      const abort = (): void => {
        if (member !== null && !member.hasEnded) {
          member.forget(id)
          member.send(Call.CANCEL, id)
        }
        reject(new AbortError(undefined, { cause: signal!.reason }))
      }
      const attempt = (): void => {
        try {
          member = crew.pick()
          if (member === null) crew.listen(id, { onWorker: attempt, onLost: () => {}, onOutcomes: () => {}, onNobody: reject })
          else {
            crew.unlisten(id)
            send(member, id, resolve, reject)
          }
        } catch (error) {
          reject(error as Error)
        }
      }
      signal?.addEventListener('abort', abort, { once: true })
      if (signal?.aborted === true) abort()
      else attempt()
    })
  }
}

/** One worker alone would change its keyspace. */
function refuseUse(statement: Statement): void {
  const text = statement instanceof SimpleStatement ? statement.query : statement
  if (typeof text === 'string' && /^\s*use\s/i.test(text))
    throw new InvalidArgumentError(
      'USE would change the keyspace of one worker only; parallel.setKeyspace(name) changes it in all. Nothing was sent',
    )
}
