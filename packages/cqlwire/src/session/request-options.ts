/** What can be said of one request, and how it is resolved: the profile's values, then the statement's, then the call's. */
import { InvalidArgumentError, InvalidOptionError } from '../base/errors.js'
import { nearestName } from '../base/nearest-name.js'
import { showInstead } from '../base/show-instead.js'
import type { RowShape } from '../codec/rows.js'
import type { Host } from '../metadata/host.js'
import type { LoadBalancingPolicy } from '../policies/load-balancing.js'
import type { RetryPolicy } from '../policies/retry.js'
import type { SpeculativeExecutionPolicy } from '../policies/speculative.js'
import { consistencyCode, type ConsistencyName } from '../protocol/constants.js'
import type { ExecutionProfile } from './execution-profile.js'

/** What rows become: see `ResultSet.rows`. A function gets the values in the order of the columns. */
export type RowFactory = RowShape | 'columns'

/** Options of one request. Every one that is left out comes from the statement, then from the execution profile. */
export interface RequestOptions {
  /** The consistency level. Default: the profile's, LOCAL_ONE. */
  readonly consistency?: ConsistencyName
  /** The level of the Paxos phase of conditional writes: SERIAL or LOCAL_SERIAL. Default: the server's, SERIAL. */
  readonly serialConsistency?: 'SERIAL' | 'LOCAL_SERIAL' | null
  /** Rows a page; 0 turns paging off. Default 5,000. */
  readonly pageSize?: number
  /** Where to go on reading: `pageState` of an earlier result of the same statement and parameters. */
  readonly pageState?: Uint8Array | string | null
  /** The total deadline, milliseconds, all retries included. 0: none. Default 10,000. */
  readonly timeoutMs?: number
  /** The write's timestamp, microseconds since 1970. Default: the timestamp generator's. null: the server's clock. */
  readonly timestamp?: number | bigint | null
  /** May run more than once without harm: lets the driver retry, and speculate, after it was sent. Default false. */
  readonly idempotent?: boolean
  /** Have the server trace the request; see `ResultSet.getTrace`. Default false. */
  readonly trace?: boolean
  /** Bytes by name for the server's query handler (protocol 4 and later). */
  readonly customPayload?: Readonly<Record<string, Uint8Array | null>> | ReadonlyMap<string, Uint8Array | null> | null
  /** Carries the request out as this role (protocol 4 and later), which the one that is logged in must be allowed to. Default: the session's. */
  readonly executeAs?: string | null
  /** The name of an execution profile, or one made with `profile.with(...)`. */
  readonly executionProfile?: string | ExecutionProfile
  /** The keyspace of this request alone (protocol 5). */
  readonly keyspace?: string | null
  /** Ask this host only: a `Host`, or its `address:port`. */
  readonly host?: Host | string | null
  /** Whether a text with parameters is prepared. Default true. */
  readonly prepare?: boolean
  /** What rows become: 'object' (default), 'array', 'columns', or a function of the values. */
  readonly rowFactory?: RowFactory
  readonly retry?: RetryPolicy
  readonly loadBalancing?: LoadBalancingPolicy
  readonly speculativeExecution?: SpeculativeExecutionPolicy
  /** The server's idea of now for TTLs, seconds since 1970 (protocol 5). */
  readonly nowInSeconds?: number | null
  /** Aborts the request: it rejects with an AbortError at once. */
  readonly signal?: AbortSignal | undefined
}

/** What an execution profile fixes. */
export interface RequestDefaults {
  readonly consistency: ConsistencyName
  readonly serialConsistency: 'SERIAL' | 'LOCAL_SERIAL' | null
  readonly timeoutMs: number
  readonly pageSize: number
  readonly idempotent: boolean
  readonly rowFactory: RowFactory
  readonly retry: RetryPolicy
  readonly loadBalancing: LoadBalancingPolicy
  readonly speculativeExecution: SpeculativeExecutionPolicy
}

/** Marks a timestamp that comes from the generator. */
export const GENERATED: unique symbol = Symbol('generated')

/** A request's options with nothing left open. One object per profile; another per call that has options. */
export class RequestSettings {
  static {
    showInstead(this.prototype, ({ consistency, timeoutMs, pageSize, idempotent }) => ({ consistency, timeoutMs, pageSize, idempotent }))
  }

  consistency: ConsistencyName
  consistencyCode: number
  serialConsistency: 'SERIAL' | 'LOCAL_SERIAL' | null
  /** The protocol's code, or -1. */
  serialCode: number
  pageSize: number
  pageState: Uint8Array | null
  timeoutMs: number
  timestamp: number | bigint | null | typeof GENERATED
  idempotent: boolean
  trace: boolean
  customPayload: ReadonlyMap<string, Uint8Array | null> | null
  executeAs: string | null
  keyspace: string | null
  host: Host | string | null
  prepare: boolean
  rowFactory: RowFactory
  retry: RetryPolicy
  loadBalancing: LoadBalancingPolicy
  speculativeExecution: SpeculativeExecutionPolicy
  nowInSeconds: number | null
  signal: AbortSignal | null

  constructor(base: RequestDefaults | RequestSettings) {
    const full = base instanceof RequestSettings ? base : null
    this.consistency = base.consistency
    this.consistencyCode = full === null ? consistencyCode(base.consistency) : full.consistencyCode
    this.serialConsistency = base.serialConsistency
    this.serialCode = full === null ? (base.serialConsistency === null ? -1 : consistencyCode(base.serialConsistency)) : full.serialCode
    this.pageSize = base.pageSize
    this.pageState = full === null ? null : full.pageState
    this.timeoutMs = base.timeoutMs
    this.timestamp = full === null ? GENERATED : full.timestamp
    this.idempotent = base.idempotent
    this.trace = full === null ? false : full.trace
    this.customPayload = full === null ? null : full.customPayload
    this.executeAs = full === null ? null : full.executeAs
    this.keyspace = full === null ? null : full.keyspace
    this.host = full === null ? null : full.host
    this.prepare = full === null ? true : full.prepare
    this.rowFactory = base.rowFactory
    this.retry = base.retry
    this.loadBalancing = base.loadBalancing
    this.speculativeExecution = base.speculativeExecution
    this.nowInSeconds = full === null ? null : full.nowInSeconds
    this.signal = full === null ? null : full.signal
  }
}

/** A copy of the settings with what the options say instead. `executionProfile` was resolved by the caller. */
export function withOptions(base: RequestSettings, options: RequestOptions): RequestSettings {
  const settings = new RequestSettings(base)
  for (const key in options) {
    const value = options[key as keyof RequestOptions]
    if (value === undefined) continue
    const set = SETTERS[key]
    if (set === undefined) throw unknownOption(key)
    set(settings, value)
  }
  return settings
}

type Setter = (settings: RequestSettings, value: unknown) => void

/** What may hold data: only its type is told. */
const SECRET = /^(?:customPayload\b|pageState$)/

function refuse(key: string, takes: string, got: unknown): never {
  if (SECRET.test(key)) throw new InvalidOptionError(key, `The request option ${key} takes ${takes}, got a ${typeof got}. Nothing was sent`)
  const shown =
    typeof got === 'string' ? JSON.stringify(got.slice(0, 40)) : typeof got === 'object' && got !== null ? 'an object' : String(got)
  throw new InvalidOptionError(key, `The request option ${key} takes ${takes}, got ${shown} (${typeof got}). Nothing was sent`)
}

function isWhole(value: unknown, most: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= most
}

function flag(key: 'idempotent' | 'trace' | 'prepare'): Setter {
  return (settings, value) => {
    if (typeof value !== 'boolean') refuse(key, 'true or false', value)
    settings[key] = value
  }
}

function hasMethod(value: unknown, name: string): boolean {
  return typeof value === 'object' && value !== null && typeof (value as Record<string, unknown>)[name] === 'function'
}

// Without a prototype, so that `constructor` and the like are unknown options and not functions.
const SETTERS: Record<string, Setter | undefined> = Object.assign(Object.create(null) as Record<string, Setter>, {
  consistency(settings, value) {
    if (typeof value !== 'string') refuse('consistency', "a consistency level's name, e.g. 'LOCAL_QUORUM'", value)
    settings.consistencyCode = codeOfLevel(value)
    settings.consistency = value as ConsistencyName
  },
  serialConsistency(settings, value) {
    if (value !== null && value !== 'SERIAL' && value !== 'LOCAL_SERIAL')
      refuse('serialConsistency', "'SERIAL', 'LOCAL_SERIAL' or null", value)
    settings.serialConsistency = value
    settings.serialCode = value === null ? -1 : consistencyCode(value)
  },
  pageSize(settings, value) {
    if (!isWhole(value, 0x7fffffff)) refuse('pageSize', 'a number of rows, an integer from 0 (no paging) to 2147483647', value)
    settings.pageSize = value
  },
  pageState(settings, value) {
    if (value !== null && typeof value !== 'string' && !(value instanceof Uint8Array))
      refuse('pageState', 'the pageState of an earlier result (bytes or their hex text)', value)
    settings.pageState = typeof value === 'string' ? pageStateFromHex(value) : value
  },
  timeoutMs(settings, value) {
    if (typeof value !== 'number' || !(value >= 0) || value > 0x7fffffff)
      refuse('timeoutMs', 'milliseconds, a number from 0 (no deadline) to 2147483647', value)
    settings.timeoutMs = value
  },
  timestamp(settings, value) {
    if (value !== null && typeof value !== 'bigint' && !Number.isSafeInteger(value))
      refuse('timestamp', 'microseconds since 1970 (an integer or a bigint) or null', value)
    if (typeof value === 'bigint' && BigInt.asIntN(64, value) !== value)
      refuse('timestamp', 'microseconds since 1970 that fit 64 bits', value)
    settings.timestamp = value as number | bigint | null
  },
  idempotent: flag('idempotent'),
  trace: flag('trace'),
  prepare: flag('prepare'),
  customPayload(settings, value) {
    if (typeof value !== 'object') refuse('customPayload', 'an object or a Map of bytes by name, or null', value)
    const entries = value === null ? [] : value instanceof Map ? [...(value as Map<string, unknown>)] : Object.entries(value)
    for (const [name, bytes] of entries)
      if (bytes !== null && !(bytes instanceof Uint8Array)) refuse(`customPayload.${name}`, 'bytes (a Uint8Array) or null', bytes)
    settings.customPayload = withRole(value === null ? null : new Map(entries as [string, Uint8Array | null][]), settings.executeAs)
  },
  executeAs(settings, value) {
    if (value !== null && (typeof value !== 'string' || value === '')) refuse('executeAs', "a role's name or null", value)
    settings.executeAs = value
    settings.customPayload = withRole(withoutRole(settings.customPayload), value)
  },
  executionProfile() {},
  keyspace(settings, value) {
    if (value !== null && (typeof value !== 'string' || value === '')) refuse('keyspace', "a keyspace's name or null", value)
    settings.keyspace = value
  },
  host(settings, value) {
    if (value !== null && typeof value !== 'string' && !(typeof value === 'object' && 'endpoint' in value))
      refuse('host', "a Host, or its 'address:port'", value)
    settings.host = value as Host | string | null
  },
  rowFactory(settings, value) {
    if (value !== 'object' && value !== 'array' && value !== 'columns' && typeof value !== 'function')
      refuse('rowFactory', "'object', 'array', 'columns' or a function", value)
    settings.rowFactory = value as RowFactory
  },
  retry(settings, value) {
    if (!hasMethod(value, 'onRequestError')) refuse('retry', 'a RetryPolicy', value)
    settings.retry = value as RetryPolicy
  },
  loadBalancing(settings, value) {
    if (!hasMethod(value, 'newQueryPlan')) refuse('loadBalancing', 'a LoadBalancingPolicy', value)
    settings.loadBalancing = value as LoadBalancingPolicy
  },
  speculativeExecution(settings, value) {
    if (!hasMethod(value, 'nextDelayMs')) refuse('speculativeExecution', 'a SpeculativeExecutionPolicy', value)
    settings.speculativeExecution = value as SpeculativeExecutionPolicy
  },
  nowInSeconds(settings, value) {
    if (value !== null && !isWhole(value, 0x7fffffff))
      refuse('nowInSeconds', 'seconds since 1970, an integer from 0 to 2147483647, or null', value)
    settings.nowInSeconds = value
  },
  signal(settings, value) {
    if (!(value instanceof AbortSignal)) refuse('signal', 'an AbortSignal', value)
    settings.signal = value
  },
} satisfies Record<keyof RequestOptions, Setter>)

/** What servers with proxy execution look for in the payload: whom a request is carried out as. */
const PROXY_KEY = 'ProxyExecute'

type Payload = ReadonlyMap<string, Uint8Array | null>

/** The payload of a request with whom it is carried out as, whatever else is in it. */
function withRole(payload: Payload | null, role: string | null): Payload | null {
  return role === null ? payload : new Map([...(payload ?? []), [PROXY_KEY, Buffer.from(role, 'utf8')]])
}

function withoutRole(payload: Payload | null): Payload | null {
  const rest = new Map(payload ?? [])
  rest.delete(PROXY_KEY)
  return rest.size === 0 ? null : rest
}

function codeOfLevel(name: string): number {
  try {
    return consistencyCode(name)
  } catch (error) {
    throw new InvalidOptionError('consistency', `The request option consistency: ${(error as Error).message}. Nothing was sent`, {
      cause: error,
    })
  }
}

function pageStateFromHex(text: string): Uint8Array {
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(text))
    throw new InvalidArgumentError('The request option pageState takes bytes or their hex text; this text is not hex. Nothing was sent')
  return Buffer.from(text, 'hex')
}

function unknownOption(key: string): InvalidOptionError {
  const near = nearestName(key, Object.keys(SETTERS))
  const hint = near === undefined || near === null ? '' : `; did you mean ${near}?`
  return new InvalidOptionError(key, `There is no request option ${JSON.stringify(key)}${hint}. Nothing was sent`)
}
