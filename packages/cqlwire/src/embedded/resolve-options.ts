import { isIPv4 } from 'node:net'
import { resolve } from 'node:path'
import { wrongOption } from '../base/option-error.js'
import {
  anyOf,
  boolean,
  custom,
  fn,
  integer,
  listOf,
  nested,
  oneOf,
  optional,
  recordOf,
  resolveOptions,
  type Option,
  type Resolved,
} from '../base/options.js'
import type { EmbeddedCassandraOptions, NodePlace, ResolvedEmbeddedOptions } from './options.js'

/** The release that cqlwire is tested with. */
export const defaultVersion = '5.0.6'

const maxNodes = 9
const placeName = matching(/^[\w.-]+$/, 'a name of letters, digits, dots, hyphens and underscores')
const nodeCount = integer({ min: 1, max: maxNodes })

/** A type, not an interface, so that it is taken for a spec. */
type Spec = typeof spec

const spec = {
  nodes: optional(nodeCount),
  datacenters: optional(anyOf([recordOf(nodeCount, 'an object from data centre to number of nodes'), listOf(placeName)])),
  racks: optional(listOf(placeName)),
  heap: optional(matching(/^\d{1,6}[mg]$/i, "a size in MiB or GiB, such as '600m' or '2g'")),
  tuning: oneOf(['start', 'throughput'], { default: 'start' }),
  numTokens: integer({ min: 1, max: 256, default: 16 }),
  config: custom<Readonly<Record<string, unknown>>>('an object of keys of cassandra.yaml', isObject, { default: {} }),
  jvmOptions: listOf(matching(/^-./, "an argument of java, such as '-Dname=value'"), { allowEmpty: true, default: [] }),
  version: matching(/^[5-9]\.\d+[\w.-]*$/, "a release from 5.0 on, such as '5.0.6'", defaultVersion),
  firstAddress: matching(/^127\./, "an IPv4 loopback address, such as '127.0.0.1'", '127.0.0.1', isIPv4),
  port: integer({ min: 0, max: 65_535, default: 9042 }),
  storagePort: integer({ min: 0, max: 65_535, default: 7000 }),
  directory: optional(matching(/./, 'the path of a folder')),
  passwordAuthentication: boolean({ default: false }),
  tls: anyOf([boolean({ default: false }), nested({ clientAuth: boolean({ default: false }) })]),
  startTimeoutMs: integer({ min: 1, max: 3_600_000, unit: 'ms', default: 120_000 }),
  onProgress: optional(fn<(line: string) => void>('a function (line) => void')),
  signal: optional(custom<AbortSignal>('an AbortSignal', (value) => value instanceof AbortSignal)),
} as const

/** @throws {InvalidOptionError} names the option's path, what it takes and what it got */
export function resolveEmbeddedOptions(given: EmbeddedCassandraOptions): ResolvedEmbeddedOptions {
  const options = resolveOptions(spec, given)
  const { port, storagePort, tuning, numTokens, config, jvmOptions, version, passwordAuthentication, startTimeoutMs } = options
  if (port === storagePort && port !== 0) throw wrongOption('storagePort', 'another port than the option port', storagePort)
  const places = resolvePlaces(options)
  return {
    places,
    heap: resolveHeap(options.heap, places.length),
    tuning,
    numTokens,
    config,
    jvmOptions,
    version,
    port,
    storagePort,
    directory: options.directory === undefined ? null : resolve(options.directory),
    passwordAuthentication,
    tls: typeof options.tls === 'object' ? options.tls : options.tls ? { clientAuth: false } : null,
    startTimeoutMs,
    onProgress: options.onProgress ?? null,
    signal: options.signal,
  }
}

function resolvePlaces(options: Resolved<Spec>): NodePlace[] {
  const dataCenters = dataCentersByNode(options.datacenters)
  const racks = options.racks ?? []
  const count = options.nodes ?? (dataCenters.length || racks.length || 1)
  if (count > maxNodes) throw wrongOption('datacenters', `${maxNodes} nodes at most`, count)
  for (const [path, list] of Object.entries({ datacenters: dataCenters, racks })) {
    if (list.length > 0 && list.length !== count) throw wrongOption(path, `an entry for each of the ${count} nodes`, list.length)
  }
  const bytes = options.firstAddress.split('.').map(Number)
  const last = bytes[3] ?? 0
  if (last + count - 1 > 254) throw wrongOption('firstAddress', `an address with ${count - 1} more after it`, options.firstAddress)
  return Array.from({ length: count }, (_, i) => ({
    address: [...bytes.slice(0, 3), last + i].join('.'),
    dataCenter: dataCenters[i] ?? 'dc1',
    rack: racks[i] ?? 'rack1',
  }))
}

/** One name for each node; none where the option is absent. */
function dataCentersByNode(given: readonly string[] | Readonly<Record<string, number>> | undefined): readonly string[] {
  if (given === undefined) return []
  if (isList(given)) return given
  const names = Object.entries(given).flatMap(([name, count]) => {
    placeName.read(name, 'datacenters')
    return new Array<string>(count).fill(name)
  })
  if (names.length === 0) throw wrongOption('datacenters', 'at least one data centre', given)
  return names
}

/** MiB. */
function resolveHeap(given: string | undefined, nodes: number): number {
  const value = given ?? (nodes === 1 ? '1g' : '600m')
  const size = parseInt(value, 10) * (value.toLowerCase().endsWith('g') ? 1024 : 1)
  if (size < 256) throw wrongOption('heap', 'at least 256m', value)
  return size
}

function matching(pattern: RegExp, takes: string, fallback?: string, also: (text: string) => boolean = () => true): Option<string> {
  const check = (value: unknown): boolean => typeof value === 'string' && pattern.test(value) && also(value)
  return custom<string>(takes, check, fallback === undefined ? {} : { default: fallback })
}

function isList(value: object): value is readonly string[] {
  return Array.isArray(value)
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
