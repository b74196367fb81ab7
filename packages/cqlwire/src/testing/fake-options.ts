/** The options of a fake cluster, and the nodes that they describe. */
import { randomUUID } from 'node:crypto'
import type { TlsOptions } from 'node:tls'
import { custom, integer, listOf, nested, oneOf, optional, resolveOptions, string } from '../base/options.js'
import { SUPPORTED_VERSIONS } from '../protocol/features.js'
import type { ProtocolVersion } from '../protocol/features.js'
import type { FakeSchema } from './fake-schema.js'
import type { NodeDescription } from './system-tables.js'

export interface FakeClusterOptions {
  /** How many, on 127.0.0.1, 127.0.0.2 and so on; 1 by default. (On macOS addresses beyond the first must be made with ifconfig.) */
  readonly nodes?: number
  /** The versions that are spoken; 3, 4 and 5 by default. */
  readonly protocolVersions?: readonly ProtocolVersion[]
  /** The same for all nodes; a free one by default. */
  readonly port?: number
  /** Of each node in turn; `dc1` for all by default. */
  readonly dataCenters?: readonly string[]
  /** Of each node in turn; `rack1` for all by default. */
  readonly racks?: readonly string[]
  /** What nodes say to be their version; `'5.0.0'` by default. */
  readonly releaseVersion?: string
  /** Keyspaces with their tables and types, for the driver's metadata; none by default. */
  readonly schema?: FakeSchema
  /** Asked for with password authentication; nobody is asked where it is left out. */
  readonly credentials?: { readonly username: string; readonly password: string }
  /** TLS is spoken, with this key and certificate (and whatever else `tls.createServer` takes); no TLS by default. */
  readonly tls?: TlsOptions
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)
const MOST_NODES = 254

const SPEC = {
  nodes: integer({ min: 1, max: MOST_NODES, default: 1 }),
  protocolVersions: listOf(oneOf(SUPPORTED_VERSIONS), { default: SUPPORTED_VERSIONS }),
  port: optional(integer({ min: 1, max: 65_535 })),
  dataCenters: listOf(string({ takes: "a data center's name" }), { default: ['dc1'] }),
  racks: listOf(string({ takes: "a rack's name" }), { default: ['rack1'] }),
  releaseVersion: string({ default: '5.0.0' }),
  schema: custom<FakeSchema>('an object of keyspaces', isObject, { default: {} }),
  credentials: optional(nested({ username: string(), password: string() })),
  tls: optional(custom<TlsOptions>('an object with key and cert', isObject)),
}

/** The same with their defaults. */
export type FakeSettings = Required<Omit<FakeClusterOptions, 'port' | 'credentials' | 'tls'>> & {
  readonly port: number | undefined
  readonly credentials: { readonly username: string; readonly password: string } | undefined
  readonly tls: TlsOptions | undefined
}

/** Throws an InvalidOptionError. */
export function readFakeOptions(options: FakeClusterOptions): FakeSettings {
  return resolveOptions(SPEC, options)
}

/** The n-th node, from 0 on; tokens at equal distances around the ring of `count`. */
export function describeNode(index: number, count: number, port: number, { dataCenters, racks }: FakeSettings): NodeDescription {
  return {
    address: `127.0.0.${index + 1}`,
    port,
    hostId: randomUUID(),
    dataCenter: dataCenters[index % dataCenters.length]!,
    rack: racks[index % racks.length]!,
    tokens: [String(-(2n ** 63n) + (2n ** 64n * BigInt(index)) / BigInt(count))],
  }
}

export function describeNodes(port: number, settings: FakeSettings): NodeDescription[] {
  return Array.from({ length: settings.nodes }, (_, i) => describeNode(i, settings.nodes, port, settings))
}
