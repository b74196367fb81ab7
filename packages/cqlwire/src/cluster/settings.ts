/** Reads {@link ClusterOptions}: checked, completed with defaults, frozen. */
import { InvalidOptionError } from '../base/errors.js'
import { joinPath } from '../base/option-error.js'
import {
  anyOf,
  boolean,
  custom,
  fn,
  integer,
  listOf,
  nested,
  oneOf,
  type Option,
  optional,
  recordOf,
  resolveOptions,
  string,
  withMethods,
} from '../base/options.js'
import type { NumberForms } from '../codec/codec.js'
import type { ColumnEncryptionPolicy } from '../codec/column-encryption.js'
import type { CustomCodec } from '../codec/custom-codec.js'
import { type AuthProvider, PlainTextAuthProvider } from '../connection/auth.js'
import { TlsClient, type TlsOptions, type TlsProvider } from '../connection/tls.js'
import { type AddressTranslator, IdentityTranslator } from '../policies/address-translator.js'
import { type ConvictionPolicy, SimpleConvictionPolicy } from '../policies/conviction.js'
import { ExponentialReconnectionPolicy, type ReconnectionPolicy } from '../policies/reconnection.js'
import { checkThrottle, type ThrottleOptions } from '../policies/throttle.js'
import { MonotonicTimestampGenerator, type TimestampGenerator } from '../policies/timestamps.js'
import { loadCompressor } from '../protocol/compression.js'
import type { ProtocolVersion } from '../protocol/features.js'
import { Uuid } from '../values/uuid.js'
import { type ContactPoint, parseContactPoint } from './contact-points.js'
import { type Logger, LOGGER_METHODS } from './logger.js'
import type { ClusterOptions } from './options.js'
import {
  builtInRequestDefaults,
  type ExecutionProfileOptions,
  loadBalancingOption,
  type RequestDefaults,
  requestDefaultsSpec,
  retryOption,
  speculativeOption,
  timeoutOption,
  withProfile,
} from './request-defaults.js'

/** A cluster's options with nothing left open. */
export interface ClusterSettings {
  readonly contactPoints: readonly ContactPoint[]
  readonly port: number
  /** null: the one that the contact points agree on. */
  readonly localDataCenter: string | null
  readonly keyspace: string | null
  readonly auth: AuthProvider | null
  /** null: no TLS. */
  readonly tls: TlsClient | null
  /** null: negotiated. */
  readonly protocolVersion: ProtocolVersion | null
  readonly compression: 'lz4' | 'snappy' | false
  /** The user chose the load-balancing policy: a local data center is then that policy's business. */
  readonly hasOwnLoadBalancing: boolean
  readonly reconnection: ReconnectionPolicy
  readonly timestampGenerator: TimestampGenerator
  readonly addressTranslator: AddressTranslator
  readonly conviction: ConvictionPolicy
  /** What holds for requests that name no profile: the profile `default` included. */
  readonly requestDefaults: RequestDefaults
  /** Profile → its values with nothing left open; `default` is always there. */
  readonly executionProfiles: ReadonlyMap<string, RequestDefaults>
  readonly pool: {
    readonly connectionsPerHost: { readonly local: number; readonly remote: number }
    readonly maxRequestsPerConnection: number
    readonly maxQueuedRequests: number
    readonly heartbeatIntervalMs: number
    readonly heartbeatTimeoutMs: number
  }
  /** null: no limits. */
  readonly throttle: ThrottleOptions | null
  readonly throwOnOverload: boolean
  readonly connectTimeoutMs: number
  /** 0: no deadline. */
  readonly requestTimeoutMs: number
  readonly schemaAgreementTimeoutMs: number
  readonly metadata: { readonly schema: boolean; readonly tokens: boolean; readonly refreshWindowMs: number; readonly pageSize: number }
  readonly prepared: { readonly onAllHosts: boolean; readonly reprepareOnUp: boolean; readonly cacheSize: number }
  readonly codecs: readonly CustomCodec[]
  readonly columnEncryption: ColumnEncryptionPolicy | null
  readonly showValues: boolean
  readonly numbers: NumberForms
  readonly applicationName: string | null
  readonly applicationVersion: string | null
  readonly clientId: string
  readonly logger: Logger | null
  readonly metrics: boolean
  readonly tracer: object | null
}

const MOST = 0x7fff_ffff

function milliseconds(fallback: number, min: number): Option<number> {
  return integer({ min, max: MOST, unit: min === 0 ? 'ms, 0 for none' : 'ms', default: fallback })
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const connections = (fallback?: number): Option<number> =>
  integer({ min: 1, max: 128, unit: 'connections', ...(fallback === undefined ? {} : { default: fallback }) })

const path = string({ takes: 'the path of a file' })
const tlsFiles = { ca: optional(anyOf([path, listOf(path)])), cert: optional(path), key: optional(path), pfx: optional(path) }

const spec = {
  contactPoints: listOf(string({ takes: "text: 'host', 'host:port', '[IPv6]:port' or 'unix:/path'" }), {
    takes: "an array of one or more of 'host', 'host:port', '[IPv6]:port' or 'unix:/path'",
  }),
  port: integer({ min: 1, max: 65535, default: 9042 }),
  localDataCenter: optional(string({ takes: "a data center's name" })),
  keyspace: optional(string({ takes: "a keyspace's name" })),
  auth: optional(
    anyOf(
      [
        withMethods<AuthProvider>('an AuthProvider', ['newAuthenticator']),
        nested({
          username: string({ takes: "a user's name" }),
          password: string({ secret: true, allowEmpty: true, takes: 'a password (text)' }),
          authorizationId: optional(string({ takes: "a role's name" })),
          allowedAuthenticators: optional(listOf(string({ takes: "the name of a server's class" }))),
        }),
      ],
      { secret: true },
    ),
  ),
  tls: anyOf(
    [
      boolean({ default: false }),
      fn<TlsProvider>('a function that gives them'),
      custom<TlsOptions>('the options of tls.connect', isObject),
    ],
    { secret: true },
  ),
  protocolVersion: optional(oneOf([3, 4, 5])),
  compression: anyOf([oneOf(['lz4', 'snappy']), oneOf([false])], { default: false }),
  loadBalancing: optional(loadBalancingOption),
  retry: optional(retryOption),
  reconnection: optional(withMethods<ReconnectionPolicy>('a ReconnectionPolicy', ['newSchedule'])),
  speculativeExecution: optional(speculativeOption),
  timestampGenerator: optional(withMethods<TimestampGenerator>('a TimestampGenerator', ['next'])),
  addressTranslator: optional(withMethods<AddressTranslator>('an AddressTranslator', ['translate'])),
  conviction: optional(withMethods<ConvictionPolicy>('a ConvictionPolicy', ['addFailure', 'reset'])),
  executionProfiles: recordOf(nested(requestDefaultsSpec), 'an object of profiles by name'),
  pool: nested({
    connectionsPerHost: anyOf([nested({ local: connections(1), remote: connections(1) }), connections()]),
    maxRequestsPerConnection: integer({ min: 1, max: 32_768, default: 2_048 }),
    maxQueuedRequests: integer({ min: 0, max: MOST, default: 65_536 }),
    heartbeatIntervalMs: milliseconds(30_000, 0),
    heartbeatTimeoutMs: milliseconds(30_000, 1),
  }),
  throttle: optional(
    nested({
      maxConcurrentRequests: optional(integer({ min: 1, max: MOST, unit: 'requests' })),
      maxRequestsPerSecond: optional(integer({ min: 1, max: MOST, unit: 'requests a second' })),
      maxQueueSize: optional(integer({ min: 0, max: MOST, unit: 'requests' })),
    }),
  ),
  throwOnOverload: boolean({ default: false }),
  connectTimeoutMs: milliseconds(5_000, 1),
  requestTimeoutMs: timeoutOption,
  schemaAgreementTimeoutMs: milliseconds(10_000, 0),
  metadata: nested({
    schema: boolean({ default: true }),
    tokens: boolean({ default: true }),
    refreshWindowMs: milliseconds(1_000, 0),
    pageSize: integer({ min: 1, max: MOST, unit: 'rows', default: 1_000 }),
  }),
  prepared: nested({
    onAllHosts: boolean({ default: true }),
    reprepareOnUp: boolean({ default: true }),
    cacheSize: integer({ min: 1, max: MOST, unit: 'statements', default: 1_000 }),
  }),
  codecs: listOf(custom<CustomCodec>('a codec (an object with type, encode, decode)', isObject), { allowEmpty: true, default: [] }),
  columnEncryption: optional(
    withMethods<ColumnEncryptionPolicy>('a ColumnEncryptionPolicy', ['containsColumn', 'columnType', 'encrypt', 'decrypt'], {
      secret: true,
    }),
  ),
  showValues: boolean({ default: false }),
  numbers: nested({
    bigint: oneOf(['bigint', 'number', 'string'], { default: 'bigint' }),
    varint: oneOf(['bigint', 'number', 'string'], { default: 'bigint' }),
    decimal: oneOf(['decimal', 'number', 'string'], { default: 'decimal' }),
  }),
  applicationName: optional(string()),
  applicationVersion: optional(string()),
  clientId: optional(string({ takes: 'a UUID (text)' })),
  logger: optional(custom<Logger>(`a logger (an object with some of ${LOGGER_METHODS.join(', ')})`, isLogger)),
  metrics: boolean({ default: false }),
  tracer: optional(custom<object>('a tracer (an object)', isObject)),
}

function isLogger(value: unknown): boolean {
  return isObject(value) && LOGGER_METHODS.some((method) => typeof (value as Logger)[method] === 'function')
}

/** @throws {InvalidOptionError} for an unknown option, a wrong value, or options that contradict each other */
export function resolveClusterOptions(options: ClusterOptions): ClusterSettings {
  const given = resolveOptions(spec, options)
  const { localDataCenter, keyspace, protocolVersion, compression, applicationName, applicationVersion, logger, tracer } = given
  const { perHost, ...pool } = { ...given.pool, perHost: given.pool.connectionsPerHost }
  checkCompression(compression, protocolVersion ?? null)
  const requestDefaults = defaultsOf(given)
  return Object.freeze<ClusterSettings>({
    ...given,
    contactPoints: Object.freeze(given.contactPoints.map((text, i) => parseContactPoint(text, given.port, joinPath('contactPoints', i)))),
    localDataCenter: localDataCenter ?? null,
    keyspace: keyspace ?? null,
    auth: authOf(given.auth),
    tls: tlsOf(given.tls),
    protocolVersion: protocolVersion ?? null,
    hasOwnLoadBalancing: requestDefaults.loadBalancing === (given.executionProfiles['default']?.loadBalancing ?? given.loadBalancing),
    reconnection: given.reconnection ?? new ExponentialReconnectionPolicy(),
    timestampGenerator: given.timestampGenerator ?? new MonotonicTimestampGenerator(),
    addressTranslator: given.addressTranslator ?? new IdentityTranslator(),
    conviction: given.conviction ?? new SimpleConvictionPolicy(),
    requestDefaults,
    executionProfiles: profilesOf(requestDefaults, given.executionProfiles),
    pool: Object.freeze({
      ...pool,
      connectionsPerHost: typeof perHost === 'number' ? Object.freeze({ local: perHost, remote: perHost }) : perHost,
    }),
    throttle: throttleOf(given.throttle),
    columnEncryption: given.columnEncryption ?? null,
    applicationName: applicationName ?? null,
    applicationVersion: applicationVersion ?? null,
    clientId: clientIdOf(given.clientId),
    logger: logger ?? null,
    tracer: tracer ?? null,
  })
}

type Given = ReturnType<typeof resolveOptions<typeof spec>>

function defaultsOf(given: Given): RequestDefaults {
  const { loadBalancing, retry, speculativeExecution, requestTimeoutMs: timeoutMs } = given
  const cluster = withProfile(builtInRequestDefaults(), {
    loadBalancing,
    retry,
    speculativeExecution,
    timeoutMs,
  } as ExecutionProfileOptions)
  return withProfile(cluster, given.executionProfiles['default'] ?? {})
}

function profilesOf(base: RequestDefaults, given: Given['executionProfiles']): ReadonlyMap<string, RequestDefaults> {
  const profiles = new Map<string, RequestDefaults>([['default', base]])
  for (const [name, profile] of Object.entries(given)) if (name !== 'default') profiles.set(name, withProfile(base, profile))
  return profiles
}

function throttleOf(given: Given['throttle']): ThrottleOptions | null {
  if (given === undefined) return null
  checkThrottle(given as ThrottleOptions)
  return given as ThrottleOptions
}

function authOf(auth: Given['auth']): AuthProvider | null {
  if (auth === undefined) return null
  if ('newAuthenticator' in auth) return auth
  const { username, password, authorizationId = '', allowedAuthenticators = [] } = auth
  try {
    return new PlainTextAuthProvider(username, password, { authorizationId, allowedAuthenticators })
  } catch (cause) {
    throw new InvalidOptionError('auth', `Option auth: ${(cause as Error).message}`, { cause })
  }
}

/** Certificates and keys that are given are looked at now, before anything is connected. */
function tlsOf(given: Given['tls']): TlsClient | null {
  if (given === false) return null
  const source = given === true ? {} : given
  if (typeof source !== 'function' && source.files !== undefined) resolveOptions(tlsFiles, source.files, 'tls.files')
  try {
    return new TlsClient(source)
  } catch (cause) {
    throw new InvalidOptionError('tls', `Option tls has certificates or keys that can't be used: ${(cause as Error).message}`, { cause })
  }
}

function checkCompression(compression: 'lz4' | 'snappy' | false, version: ProtocolVersion | null): void {
  if (compression === false) return
  if (compression === 'snappy' && version === 5) {
    throw new InvalidOptionError(
      'compression',
      "Option compression takes 'lz4' or false with protocolVersion 5: the protocol has no snappy there. Take 'lz4', or protocolVersion 4",
    )
  }
  // A missing package is told now, before anything is connected.
  loadCompressor(compression)
}

function clientIdOf(given: string | undefined): string {
  if (given === undefined) return Uuid.random().toString()
  try {
    return Uuid.fromString(given).toString()
  } catch (cause) {
    throw new InvalidOptionError('clientId', `Option clientId takes a UUID (text), got text ${JSON.stringify(given.slice(0, 40))}`, {
      cause,
    })
  }
}
