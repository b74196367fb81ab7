import { isIPv4 } from 'node:net'
import { resolve } from 'node:path'
import { InvalidOptionError } from '../base/errors.js'
import { boolean, integer, plainObject, refuse, text, textList } from './option-checks.js'
import type { EmbeddedCassandraOptions, NodePlace, ResolvedEmbeddedOptions } from './options.js'

/** The release that cqlwire is tested with. */
export const defaultVersion = '5.0.6'

const known: readonly (keyof EmbeddedCassandraOptions)[] = [
  'nodes',
  'datacenters',
  'racks',
  'heap',
  'numTokens',
  'config',
  'jvmOptions',
  'version',
  'firstAddress',
  'port',
  'storagePort',
  'directory',
  'passwordAuthentication',
  'tls',
  'startTimeoutMs',
  'onProgress',
  'signal',
]

const maxNodes = 9
const name = /^[\w.-]+$/

/** @throws {InvalidOptionError} names the option's path, what it takes and what it got */
export function resolveEmbeddedOptions(given: EmbeddedCassandraOptions): ResolvedEmbeddedOptions {
  const options = plainObject(given, 'options', known) as EmbeddedCassandraOptions
  const places = resolvePlaces(options)
  const port = integer(options.port, 'port', 1, 65_535, 9042)
  const storagePort = integer(options.storagePort, 'storagePort', 1, 65_535, 7000)
  if (port === storagePort) refuse('storagePort', 'another port than `port`', storagePort)
  const directory: unknown = options.directory
  if (directory !== undefined && (typeof directory !== 'string' || directory === '')) refuse('directory', 'the path of a folder', directory)
  const onProgress: unknown = options.onProgress
  if (onProgress !== undefined && typeof onProgress !== 'function') refuse('onProgress', 'a function', onProgress)
  const signal: unknown = options.signal
  if (signal !== undefined && !(signal instanceof AbortSignal)) refuse('signal', 'an AbortSignal', signal)
  return {
    places,
    heap: resolveHeap(options.heap, places.length),
    numTokens: integer(options.numTokens, 'numTokens', 1, 256, 16),
    config: options.config === undefined ? {} : plainObject(options.config, 'config', null),
    jvmOptions: textList(options.jvmOptions, 'jvmOptions', /^-./, "arguments such as '-Dname=value'"),
    version: text(options.version, 'version', /^[5-9]\.\d+[\w.-]*$/, "a release such as '5.0.6'", defaultVersion),
    port,
    storagePort,
    directory: directory === undefined ? null : resolve(directory),
    passwordAuthentication: boolean(options.passwordAuthentication, 'passwordAuthentication', false),
    tls: resolveTls(options.tls),
    startTimeoutMs: integer(options.startTimeoutMs, 'startTimeoutMs', 1, 3_600_000, 120_000),
    onProgress: onProgress === undefined ? null : (onProgress as (line: string) => void),
    signal,
  }
}

function resolvePlaces(options: EmbeddedCassandraOptions): NodePlace[] {
  const dataCenters = resolveDataCenters(options.datacenters)
  const racks = textList(options.racks, 'racks', name, 'rack names')
  const count = integer(options.nodes, 'nodes', 1, maxNodes, dataCenters.length || racks.length || 1)
  for (const [path, list] of Object.entries({ datacenters: dataCenters, racks })) {
    if (list.length === 0 || list.length === count) continue
    throw new InvalidOptionError(path, `${path} is for ${list.length} nodes, there are ${count}`)
  }
  if (count > maxNodes) refuse('datacenters', `${maxNodes} nodes at most`, options.datacenters)
  const first = text(options.firstAddress, 'firstAddress', /^[\d.]+$/, "an IPv4 address such as '127.0.0.1'", '127.0.0.1')
  const bytes = first.split('.').map(Number)
  const last = bytes[3] ?? 0
  if (!isIPv4(first) || last + count - 1 > 254) refuse('firstAddress', `an IPv4 address with ${count - 1} more after it`, first)
  return Array.from({ length: count }, (_, i) => ({
    address: [...bytes.slice(0, 3), last + i].join('.'),
    dataCenter: dataCenters[i] ?? 'dc1',
    rack: racks[i] ?? 'rack1',
  }))
}

/** One name for each node; none where the option is absent. */
function resolveDataCenters(given: EmbeddedCassandraOptions['datacenters']): readonly string[] {
  if (given === undefined || Array.isArray(given)) return textList(given, 'datacenters', name, 'names of data centres')
  const list = Object.entries(plainObject(given, 'datacenters', null)).flatMap(([key, count]) => {
    const path = `datacenters.${key}`
    if (!name.test(key)) refuse(path, 'a name of letters, digits, dots, hyphens and underscores', key)
    return new Array<string>(integer(count, path, 1, maxNodes, 1)).fill(key)
  })
  if (list.length === 0) refuse('datacenters', 'at least one data centre', given)
  return list
}

function resolveHeap(given: unknown, nodes: number): number {
  const value = text(given, 'heap', /^\d+[mg]$/i, "a size in MiB or GiB such as '600m' or '2g'", nodes === 1 ? '1g' : '600m')
  const size = parseInt(value, 10) * (value.toLowerCase().endsWith('g') ? 1024 : 1)
  if (size < 256) refuse('heap', 'at least 256m', value)
  return size
}

function resolveTls(given: unknown): { clientAuth: boolean } | null {
  if (typeof given !== 'object' || given === null) return boolean(given, 'tls', false) ? { clientAuth: false } : null
  const options = plainObject(given, 'tls', ['clientAuth'])
  return { clientAuth: boolean(options['clientAuth'], 'tls.clientAuth', false) }
}
