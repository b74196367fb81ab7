/** User-defined functions and aggregates. */
import type { DataType } from '../../codec/data-type.js'
import type { SystemRow } from '../host-row.js'
import { cqlBody, cqlName, layoutOf, qualifiedName } from './cql-text.js'
import type { UserTypes } from './user-type.js'

/** A user-defined function. Others of its name may take other arguments. */
export class FunctionMetadata {
  readonly keyspace: string
  readonly name: string
  /** In CQL, as the server writes them. */
  readonly argumentTypeTexts: readonly string[]
  readonly argumentNames: readonly string[]
  readonly returnTypeText: string
  readonly body: string
  readonly language: string
  /** Whether it is called when an argument is null; else its result is null then. */
  readonly calledOnNullInput: boolean
  readonly #types: UserTypes

  constructor(row: SystemRow, types: UserTypes) {
    this.keyspace = types.keyspace
    this.name = String(row['function_name'])
    this.argumentTypeTexts = texts(row['argument_types'])
    this.argumentNames = texts(row['argument_names'])
    this.returnTypeText = String(row['return_type'])
    this.body = String(row['body'])
    this.language = String(row['language'])
    this.calledOnNullInput = row['called_on_null_input'] === true
    this.#types = types
  }

  get argumentTypes(): readonly DataType[] {
    return this.argumentTypeTexts.map(this.#types.parse)
  }

  get returnType(): DataType {
    return this.#types.parse(this.returnTypeText)
  }

  /** The name with the types of its arguments, which together are its own alone: `plus(int, int)`. */
  get signature(): string {
    return signatureOf(this.name, this.argumentTypeTexts)
  }

  /** The statement that makes it. */
  asCql(formatted = false): string {
    const args = this.argumentNames.map((name, i) => `${cqlName(name)} ${unfrozen(this.argumentTypeTexts[i]!)}`)
    return `${[
      `CREATE FUNCTION ${qualifiedName(this.keyspace, this.name)}(${args.join(', ')})`,
      `${this.calledOnNullInput ? 'CALLED' : 'RETURNS NULL'} ON NULL INPUT`,
      `RETURNS ${unfrozen(this.returnTypeText)}`,
      `LANGUAGE ${this.language}`,
      `AS ${cqlBody(this.body)}`,
    ].join(layoutOf(formatted).line)};`
  }
}

/** A user-defined aggregate. Others of its name may take other arguments. */
export class AggregateMetadata {
  readonly keyspace: string
  readonly name: string
  /** In CQL, as the server writes them. */
  readonly argumentTypeTexts: readonly string[]
  readonly returnTypeText: string
  readonly stateTypeText: string
  /** The name of the function that takes the state and a row's values, and gives the next state. */
  readonly stateFunction: string
  /** The name of the function that makes the result of the last state; null where that is the result. */
  readonly finalFunction: string | null
  /** The first state, as a literal of CQL; null for null. */
  readonly initialCondition: string | null
  readonly #types: UserTypes

  constructor(row: SystemRow, types: UserTypes) {
    this.keyspace = types.keyspace
    this.name = String(row['aggregate_name'])
    this.argumentTypeTexts = texts(row['argument_types'])
    this.returnTypeText = String(row['return_type'])
    this.stateTypeText = String(row['state_type'])
    this.stateFunction = String(row['state_func'])
    this.finalFunction = textOrNull(row['final_func'])
    this.initialCondition = textOrNull(row['initcond'])
    this.#types = types
  }

  get argumentTypes(): readonly DataType[] {
    return this.argumentTypeTexts.map(this.#types.parse)
  }

  get returnType(): DataType {
    return this.#types.parse(this.returnTypeText)
  }

  get stateType(): DataType {
    return this.#types.parse(this.stateTypeText)
  }

  /** The name with the types of its arguments, which together are its own alone: `average(int)`. */
  get signature(): string {
    return signatureOf(this.name, this.argumentTypeTexts)
  }

  /** The statement that makes it. */
  asCql(formatted = false): string {
    const clauses = [
      `CREATE AGGREGATE ${qualifiedName(this.keyspace, this.name)}(${this.argumentTypeTexts.map(unfrozen).join(', ')})`,
      `SFUNC ${cqlName(this.stateFunction)}`,
      `STYPE ${unfrozen(this.stateTypeText)}`,
    ]
    if (this.finalFunction !== null) clauses.push(`FINALFUNC ${cqlName(this.finalFunction)}`)
    if (this.initialCondition !== null) clauses.push(`INITCOND ${this.initialCondition}`)
    return `${clauses.join(layoutOf(formatted).line)};`
  }
}

function signatureOf(name: string, types: readonly string[]): string {
  return `${name}(${types.map(unfrozen).join(', ')})`
}

/** Arguments and results of functions are frozen without saying so, and must not say so. */
function unfrozen(type: string): string {
  return /^frozen<(.*)>$/s.exec(type)?.[1] ?? type
}

function texts(value: unknown): string[] {
  return Array.from((value as Iterable<unknown> | null) ?? [], String)
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
