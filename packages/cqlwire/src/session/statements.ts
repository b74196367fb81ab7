/** What can be executed besides a text: statements as values, with options of their own. */
import { InvalidArgumentError } from '../base/errors.js'
import { showInstead } from '../base/show-instead.js'
import type { BindParameters } from '../codec/bind.js'
import { BoundStatement, PreparedStatement } from './prepared-statement.js'
import { describeParameters, shortText } from './short-text.js'
import type { RequestOptions } from './request-options.js'

/** Values for bind markers: an array by position, or an object by name. */
export type Parameters = BindParameters

/** A text with its own options. With parameters it is prepared, unless `prepare: false`. */
export class SimpleStatement {
  static {
    showInstead(this.prototype, ({ query, params }) => ({ query: shortText(query), parameters: describeParameters(params) }))
  }

  readonly query: string
  readonly params: Parameters
  readonly options: RequestOptions

  constructor(query: string, params: Parameters = undefined, options: RequestOptions = {}) {
    if (typeof query !== 'string' || query.trim() === '')
      throw new InvalidArgumentError('A SimpleStatement takes the text of a CQL statement')
    this.query = query
    this.params = params
    this.options = options
  }
}

export type BatchKind = 'LOGGED' | 'UNLOGGED' | 'COUNTER'

/** What may stand in a batch: a text, or anything with values. */
export type BatchItem = string | SimpleStatement | PreparedStatement | BoundStatement

export interface BatchItemWithParams {
  readonly statement: string | PreparedStatement
  readonly params: Parameters
}

/** Writes that are sent together. LOGGED (the default): all or nothing. UNLOGGED: no such promise. COUNTER: counter updates only. */
export class BatchStatement {
  static {
    showInstead(this.prototype, ({ kind, length }) => ({ kind, length }))
  }

  readonly kind: BatchKind
  readonly options: RequestOptions
  readonly items: BatchItemWithParams[] = []

  constructor(kind: BatchKind = 'LOGGED', options: RequestOptions = {}) {
    if (kind !== 'LOGGED' && kind !== 'UNLOGGED' && kind !== 'COUNTER') {
      throw new InvalidArgumentError(`A BatchStatement is 'LOGGED', 'UNLOGGED' or 'COUNTER', got ${JSON.stringify(kind)}`)
    }
    this.kind = kind
    this.options = options
  }

  get length(): number {
    return this.items.length
  }

  add(statement: BatchItem, params?: Parameters): this {
    if (statement instanceof BoundStatement) this.#put(statement.prepared, params ?? statement.params)
    else if (statement instanceof SimpleStatement) this.#put(statement.query, params ?? statement.params)
    else if (typeof statement === 'string' || statement instanceof PreparedStatement) this.#put(statement, params)
    else
      throw new InvalidArgumentError(
        `Statement ${this.items.length} of a batch takes a text, or a simple, prepared or bound statement, got ${describe(statement)}`,
      )
    return this
  }

  /** One statement with each of several lists of parameters. */
  addAll(statement: string | PreparedStatement, paramsList: Iterable<Parameters>): this {
    for (const params of paramsList) this.add(statement, params)
    return this
  }

  clear(): this {
    this.items.length = 0
    return this
  }

  #put(statement: string | PreparedStatement, params: Parameters): void {
    if (this.items.length >= 0xffff)
      throw new InvalidArgumentError('A batch takes at most 65,535 statements (the protocol counts them in 16 bits); split it')
    this.items.push({ statement, params })
  }
}

/** Anything that `execute` takes. */
export type Statement = string | SimpleStatement | PreparedStatement | BoundStatement | BatchStatement

export function describe(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' ? `an object (${value.constructor?.name ?? 'without a class'})` : typeof value
}
