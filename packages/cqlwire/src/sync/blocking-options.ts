/** What a BlockingSession takes: the options of a cluster and of requests, but for what can't live in another thread. */
import { InvalidOptionError } from '../base/errors.js'
import { describeValue, joinPath } from '../base/option-error.js'
import { isPlainObject } from '../codec/plain-object.js'
import type { ClusterOptions } from '../cluster/options.js'
import type { ExecutionProfileOptions } from '../cluster/request-defaults.js'
import { BoundStatement, PreparedStatement } from '../session/prepared-statement.js'
import { DEFAULT_PROFILE, type Profiles } from '../session/profiles.js'
import { type RequestOptions, type RowFactory, withOptions } from '../session/request-options.js'
import { BatchStatement, type Parameters, SimpleStatement, type Statement } from '../session/statements.js'

type Policies = 'loadBalancing' | 'retry' | 'speculativeExecution'

export type BlockingProfileOptions = Omit<ExecutionProfileOptions, Policies>

/**
 * Options of a cluster whose values are plain: text, numbers, bytes, and objects and arrays of them. Policies, providers, codecs and loggers
 * are objects with functions, which stay in the thread they were made in.
 */
export interface BlockingOptions extends Omit<
  ClusterOptions,
  | Policies
  | 'reconnection'
  | 'timestampGenerator'
  | 'addressTranslator'
  | 'conviction'
  | 'codecs'
  | 'logger'
  | 'tracer'
  | 'auth'
  | 'executionProfiles'
> {
  readonly auth?: { readonly username: string; readonly password: string }
  readonly executionProfiles?: Readonly<Record<string, BlockingProfileOptions>>
}

/** Options of one request, without `signal` and policies. A function as `rowFactory` is taken: rows are made on the calling thread. */
export type BlockingRequestOptions = Omit<RequestOptions, Policies | 'signal'>

const STAYS: readonly string[] = ['signal', 'retry', 'loadBalancing', 'speculativeExecution']

/** The options to start the worker with. Throws an InvalidOptionError for one that can't be carried over. */
export function workerOptions(options: BlockingOptions): ClusterOptions {
  if (!isPlainObject(options)) return options // the cluster says what it thinks of it
  const { executionProfiles } = options
  const carried: BlockingOptions = isPlainObject(executionProfiles)
    ? { ...options, executionProfiles: withoutFactories(executionProfiles) }
    : options
  refuseUncarried(carried, '')
  return carried
}

type Profiled = NonNullable<BlockingOptions['executionProfiles']>

/** Row factories are used on this side alone. */
function withoutFactories(profiles: Profiled): Profiled {
  const entries = Object.entries(profiles).map(([name, profile]) => {
    if (!isPlainObject(profile) || typeof profile['rowFactory'] !== 'function') return [name, profile]
    return [name, { ...profile, rowFactory: undefined }]
  })
  return Object.fromEntries(entries) as Profiled
}

function refuseUncarried(value: unknown, path: string): void {
  if (typeof value === 'function' || typeof value === 'symbol') refuse(path, value)
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return
  if (Array.isArray(value)) for (const [i, item] of value.entries()) refuseUncarried(item, joinPath(path, i))
  else if (isPlainObject(value)) for (const [key, item] of Object.entries(value)) refuseUncarried(item, joinPath(path, key))
  else refuse(path, value)
}

function refuse(path: string, value: unknown): never {
  const hint = path === 'auth' ? ' Give { username, password }.' : ''
  throw new InvalidOptionError(
    path,
    `Option ${path} of a BlockingSession takes plain values (text, numbers, bytes, objects of them), got ${describeValue(value, path.startsWith('auth'))}: ` +
      `the session runs in another thread, where functions and instances of classes can't follow.${hint} Everything is taken by cluster.connect()`,
  )
}

/** A request as it was asked for: what is sent to the worker, and what is left to do here. */
export interface Origin {
  readonly statement: Statement
  readonly params: Parameters
  /** Those of the statement and of the call in one; undefined where there are none. */
  readonly options: Readonly<Record<string, unknown>> | undefined
  readonly rowFactory: RowFactory
}

/** @throws {InvalidOptionError} an option is unknown, wrong, or can't be carried over; nothing was sent */
export function originOf(
  profiles: Profiles,
  statement: Statement,
  params: Parameters,
  options: BlockingRequestOptions | undefined,
): Origin {
  if (options !== undefined && (typeof options !== 'object' || options === null)) {
    throw new InvalidOptionError('options', `The options of a request are an object, got ${describeValue(options)}. Nothing was sent`)
  }
  const merged: Record<string, unknown> = {}
  merge(merged, ownOptions(statement))
  merge(merged, options)
  const kept = keep(params ?? ownParams(statement))
  const profile = profiles.get((merged['executionProfile'] as string | undefined) ?? DEFAULT_PROFILE)
  if (Object.keys(merged).length === 0) return { statement, params: kept, options: undefined, rowFactory: profile.rowFactory }
  for (const name of STAYS) if (name in merged) refuseRequestOption(name)
  const { rowFactory } = withOptions(profile, merged)
  const { host } = merged
  if (typeof host === 'object' && host !== null) merged['host'] = (host as { readonly endpoint: string }).endpoint
  if (typeof merged['rowFactory'] === 'function') delete merged['rowFactory']
  return { statement, params: kept, options: merged, rowFactory }
}

/** Copies what is given. */
function merge(into: Record<string, unknown>, options: object | null | undefined): void {
  for (const [key, value] of Object.entries(options ?? {})) if (value !== undefined) into[key] = value
}

function refuseRequestOption(name: string): never {
  const instead =
    name === 'signal'
      ? 'A thread that waits can abort nothing; use timeoutMs'
      : 'It is an object with functions, and requests run in another thread'
  throw new InvalidOptionError(name, `The request option ${name} can't be used with a BlockingSession. ${instead}. Nothing was sent`)
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
