/** Options of a cluster that is made in another thread or process: plain values alone can follow there. */
import { InvalidOptionError } from '../base/errors.js'
import { describeValue, joinPath } from '../base/option-error.js'
import { isPlainObject } from '../codec/plain-object.js'
import type { ClusterOptions } from '../cluster/options.js'
import type { ExecutionProfileOptions } from '../cluster/request-defaults.js'

type Policies = 'loadBalancing' | 'retry' | 'speculativeExecution'

export type PlainProfileOptions = Omit<ExecutionProfileOptions, Policies>

/**
 * Options of a cluster whose values are plain: text, numbers, bytes, and objects and arrays of them. Policies, providers, codecs and loggers
 * are objects with functions, which stay in the thread they were made in.
 */
export interface PlainOptions extends Omit<
  ClusterOptions,
  | Policies
  | 'reconnection'
  | 'timestampGenerator'
  | 'addressTranslator'
  | 'conviction'
  | 'codecs'
  | 'columnEncryption'
  | 'logger'
  | 'tracer'
  | 'auth'
  | 'executionProfiles'
> {
  readonly auth?: { readonly username: string; readonly password: string }
  readonly executionProfiles?: Readonly<Record<string, PlainProfileOptions>>
}

/** Who asks, in messages: a `BlockingSession`, whose session runs in `another thread`. */
export interface Carrier {
  readonly session: string
  readonly where: string
}

/** The options to make the cluster of there. Throws an InvalidOptionError for one that can't be carried over. */
export function carriedOptions(options: PlainOptions, carrier: Carrier): ClusterOptions {
  if (!isPlainObject(options)) return options // the cluster says what it thinks of it
  const { executionProfiles } = options
  const carried: PlainOptions = isPlainObject(executionProfiles)
    ? { ...options, executionProfiles: withoutFactories(executionProfiles) }
    : options
  refuseUncarried(carried, '', carrier)
  return carried
}

type Profiled = NonNullable<PlainOptions['executionProfiles']>

/** Row factories are used on this side alone. */
function withoutFactories(profiles: Profiled): Profiled {
  const entries = Object.entries(profiles).map(([name, profile]) => {
    if (!isPlainObject(profile) || typeof profile['rowFactory'] !== 'function') return [name, profile]
    return [name, { ...profile, rowFactory: undefined }]
  })
  return Object.fromEntries(entries) as Profiled
}

function refuseUncarried(value: unknown, path: string, carrier: Carrier): void {
  if (typeof value === 'function' || typeof value === 'symbol') refuse(path, value, carrier)
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return
  if (Array.isArray(value)) for (const [i, item] of value.entries()) refuseUncarried(item, joinPath(path, i), carrier)
  else if (isPlainObject(value)) for (const [key, item] of Object.entries(value)) refuseUncarried(item, joinPath(path, key), carrier)
  else refuse(path, value, carrier)
}

function refuse(path: string, value: unknown, { session, where }: Carrier): never {
  const hint = path === 'auth' ? ' Give { username, password }.' : ''
  throw new InvalidOptionError(
    path,
    `Option ${path} of a ${session} takes plain values (text, numbers, bytes, objects of them), got ${describeValue(value, path.startsWith('auth'))}: ` +
      `the session runs in ${where}, where functions and instances of classes can't follow.${hint} Everything is taken by cluster.connect()`,
  )
}
