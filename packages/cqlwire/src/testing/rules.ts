/** Which reply a fake cluster gives to which request. The rule that was added last is asked first. */
import { InvalidArgumentError } from '../base/errors.js'
import { describeValue } from '../base/option-error.js'
import type { FakeRequest, RequestName } from './fake-request.js'
import { checkReply } from './reply.js'
import type { Reply } from './reply.js'

/**
 * A text or a pattern means the statement, as QUERY or as EXECUTE; texts are compared without regard to white space at their ends.
 * Of an object every field that is given must fit.
 */
export type Condition =
  | string
  | RegExp
  | ((request: FakeRequest) => boolean)
  | {
      readonly opcode?: RequestName
      readonly query?: string | RegExp
      /** `address:port`. */
      readonly node?: string
    }

/** A reply, or what makes one for each request. */
export type Reaction = Reply | ((request: FakeRequest) => Reply | Promise<Reply>)

export interface RuleOptions {
  /** How often it applies, then it is gone; always where it is left out. */
  readonly times?: number
  /** For statements that are prepared: the bind markers in their order, `{ id: 'uuid', name: 'text' }`. */
  readonly parameters?: Readonly<Record<string, string>>
  /** For statements that are prepared: the columns of the answer. Taken from `reply.rows(...)` where the reaction is one. */
  readonly columns?: Readonly<Record<string, string>>
  /** For statements that are prepared: the names of those parameters that are the partition key. */
  readonly partitionKey?: readonly string[]
  /** What the statement acts on; `ks` and `t` where it is left out. */
  readonly keyspace?: string
  readonly table?: string
}

export class Rule {
  readonly condition: Condition
  readonly reaction: Reaction
  readonly options: RuleOptions
  /** How many requests it applied to. */
  calls = 0
  #left: number

  constructor(condition: Condition, reaction: Reaction, options: RuleOptions) {
    const times = options.times ?? Infinity
    if (!(times >= 1)) throw new InvalidArgumentError(`times takes a number from 1 on, got ${String(options.times)}`)
    checkCondition(condition)
    if (typeof reaction !== 'function') checkReply('when()', reaction)
    this.condition = condition
    this.reaction = reaction
    this.options = options
    this.#left = times
  }

  /** It applies no more. */
  remove(): void {
    this.#left = 0
  }

  matches(request: FakeRequest): boolean {
    return this.#left > 0 && fits(this.condition, request)
  }

  /** Whether the statement that is being prepared is the one that this rule answers. */
  describes(query: string): boolean {
    const { condition } = this
    if (typeof condition === 'function') return false
    if (typeof condition === 'string' || condition instanceof RegExp) return fitsText(condition, query)
    return condition.query !== undefined && fitsText(condition.query, query)
  }

  take(): void {
    this.calls++
    this.#left--
  }
}

/** Throws an InvalidArgumentError. */
export function checkCondition(condition: unknown): void {
  if (typeof condition === 'string' || typeof condition === 'function') return
  if (typeof condition !== 'object' || condition === null)
    throw new InvalidArgumentError(
      `A condition is a statement's text, a pattern, a function or an object such as { opcode: 'QUERY' }, got ${describeValue(condition)}`,
    )
  if (condition instanceof RegExp) return
  const unknown = Object.keys(condition).find((key) => !CONDITION_KEYS.includes(key))
  if (unknown !== undefined)
    throw new InvalidArgumentError(`A condition has no field ${JSON.stringify(unknown)}: it takes ${CONDITION_KEYS.join(', ')}`)
}

const CONDITION_KEYS: readonly string[] = ['opcode', 'query', 'node']

export class RuleBook {
  readonly #rules: Rule[] = []

  add(rule: Rule): void {
    this.#rules.unshift(rule)
  }

  find(request: FakeRequest): Rule | null {
    return this.#rules.find((rule) => rule.matches(request)) ?? null
  }

  /** The rule that says most of a statement which is being prepared: one with parameters or columns before one without. */
  findDescription(query: string): Rule | null {
    const found = this.#rules.filter((rule) => rule.describes(query))
    return found.find(({ options }) => options.parameters !== undefined || options.columns !== undefined) ?? found[0] ?? null
  }
}

export function fits(condition: Condition, request: FakeRequest): boolean {
  if (typeof condition === 'function') return condition(request)
  if (typeof condition === 'string' || condition instanceof RegExp) {
    return request.opcode !== 'PREPARE' && request.query !== null && fitsText(condition, request.query)
  }
  if (condition.opcode !== undefined && condition.opcode !== request.opcode) return false
  if (condition.node !== undefined && condition.node !== request.node) return false
  return condition.query === undefined || (request.query !== null && fitsText(condition.query, request.query))
}

export function fitsText(wanted: string | RegExp, text: string): boolean {
  // A pattern with the flag g or y would remember where it matched last.
  return typeof wanted === 'string'
    ? wanted.trim() === text.trim()
    : new RegExp(wanted.source, wanted.flags.replace(/[gy]/g, '')).test(text)
}
