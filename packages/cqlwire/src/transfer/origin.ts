/** A request as it was asked for: what is sent to where the session lives, and what is left to do here. */
import { InvalidOptionError } from '../base/errors.js'
import { describeValue } from '../base/option-error.js'
import { BoundStatement, PreparedStatement } from '../session/prepared-statement.js'
import { DEFAULT_PROFILE, type Profiles } from '../session/profiles.js'
import { type RequestOptions, type RequestSettings, type RowFactory, withOptions } from '../session/request-options.js'
import { BatchStatement, type Parameters, SimpleStatement, type Statement } from '../session/statements.js'

/** Options of one request, without `signal` and policies. A function as `rowFactory` is taken: rows are made on the calling thread. */
export type CarriedRequestOptions = Omit<RequestOptions, 'loadBalancing' | 'retry' | 'speculativeExecution' | 'signal'>

const STAYS: readonly string[] = ['signal', 'retry', 'loadBalancing', 'speculativeExecution']

export interface Origin {
  readonly statement: Statement
  readonly params: Parameters
  /** Those of the statement and of the call in one; undefined where there are none. */
  readonly options: Readonly<Record<string, unknown>> | undefined
  /** The same, resolved against the profiles. */
  readonly settings: RequestSettings
  readonly rowFactory: RowFactory
}

/**
 * `session`: what the caller holds, for messages.
 * @throws {InvalidOptionError} an option is unknown, wrong, or can't be carried over; nothing was sent
 */
export function originOf(
  profiles: Profiles,
  statement: Statement,
  params: Parameters,
  options: CarriedRequestOptions | undefined,
  session: string,
): Origin {
  if (options !== undefined && (typeof options !== 'object' || options === null)) {
    throw new InvalidOptionError('options', `The options of a request are an object, got ${describeValue(options)}. Nothing was sent`)
  }
  const merged: Record<string, unknown> = {}
  merge(merged, ownOptions(statement))
  merge(merged, options)
  const kept = keep(params ?? ownParams(statement))
  const profile = profiles.get((merged['executionProfile'] as string | undefined) ?? DEFAULT_PROFILE)
  if (Object.keys(merged).length === 0)
    return { statement, params: kept, options: undefined, settings: profile, rowFactory: profile.rowFactory }
  for (const name of STAYS) if (name in merged) refuseRequestOption(name, session)
  const settings = withOptions(profile, merged)
  const { host } = merged
  if (typeof host === 'object' && host !== null) merged['host'] = (host as { readonly endpoint: string }).endpoint
  if (typeof merged['rowFactory'] === 'function') delete merged['rowFactory']
  return { statement, params: kept, options: merged, settings, rowFactory: settings.rowFactory }
}

/** Copies what is given. */
function merge(into: Record<string, unknown>, options: object | null | undefined): void {
  for (const [key, value] of Object.entries(options ?? {})) {
    // Such a key, of an object of JSON, is an unknown option like any other.
    if (key === '__proto__') Object.defineProperty(into, key, { value, enumerable: true })
    else if (value !== undefined) into[key] = value
  }
}

function refuseRequestOption(name: string, session: string): never {
  const instead =
    name === 'signal'
      ? 'A thread that waits can abort nothing; use timeoutMs'
      : 'It is an object with functions, and requests run in another thread'
  throw new InvalidOptionError(name, `The request option ${name} can't be used with a ${session}. ${instead}. Nothing was sent`)
}

export function ownOptions(statement: Statement): RequestOptions | null {
  const hasOptions =
    statement instanceof SimpleStatement ||
    statement instanceof BoundStatement ||
    statement instanceof PreparedStatement ||
    statement instanceof BatchStatement
  return hasOptions ? statement.options : null
}

function ownParams(statement: Statement): Parameters {
  return statement instanceof SimpleStatement || statement instanceof BoundStatement ? statement.params : undefined
}

/** The list is the caller's, who may fill it again; the next pages must still find this one's values. */
function keep(params: Parameters): Parameters {
  return Array.isArray(params) ? (params.slice() as unknown[]) : params
}
