/** What the driver knows of a cluster: its nodes, who holds which data, its schema. */
import { compileRoutingKey } from '../codec/bind-routing-key.js'
import type { CodecRegistry } from '../codec/codec.js'
import { InvalidArgumentError } from '../base/errors.js'
import { nearestName } from '../base/nearest-name.js'
import { ByteWriter } from '../wire/byte-writer.js'
import type { Host } from './host.js'
import { partitionerFor } from './partitioner.js'
import type { Partitioner } from './partitioner.js'
import type { ReplicaSet } from './ring-ranges.js'
import { replicaSetAt, RingRanges } from './ring-ranges.js'
import type { KeyspaceMetadata } from './schema/keyspace.js'
import type { TableMetadata } from './schema/table.js'
import { runInSlices, runThrough } from './slices.js'
import { TokenMap } from './token-map.js'
import { TokenRange } from './token-range.js'
import type { Token, TokenRing } from './token-ring.js'

/** What Cassandra makes for itself. */
const SYSTEM_KEYSPACES: ReadonlySet<string> = new Set([
  'system',
  'system_auth',
  'system_cluster_metadata',
  'system_distributed',
  'system_schema',
  'system_traces',
])

/**
 * Users read it. The cluster fills it: `setCluster`, `setKeyspaces` and the like are its own, and a change of nodes reaches the token map
 * through `rebuildTokenMap`.
 */
export class Metadata {
  /** Every known node by `address:port`. */
  readonly hosts: ReadonlyMap<string, Host>
  readonly #codecs: CodecRegistry
  #keyspaces: ReadonlyMap<string, KeyspaceMetadata> = new Map()
  #clusterName: string | null = null
  #partitioner: Partitioner | null = null
  #partitionerClass: string | null = null
  #tokenMap: TokenMap | null = null
  #ringRanges: RingRanges | null = null
  #updates = 0

  constructor(hosts: ReadonlyMap<string, Host>, codecs: CodecRegistry) {
    this.hosts = hosts
    this.#codecs = codecs
  }

  /** Null until connected. */
  get clusterName(): string | null {
    return this.#clusterName
  }

  /** The class name of the partitioner, as the server gives it; null until connected. */
  get partitioner(): string | null {
    return this.#partitionerClass
  }

  get keyspaces(): ReadonlyMap<string, KeyspaceMetadata> {
    return this.#keyspaces
  }

  /** For routing; null without token metadata, or with a partitioner that the driver doesn't know. */
  get tokenMap(): TokenMap | null {
    return this.#tokenMap
  }

  getHost(endpoint: string): Host | null {
    return this.hosts.get(endpoint) ?? null
  }

  allHosts(): Host[] {
    return [...this.hosts.values()]
  }

  getKeyspace(name: string): KeyspaceMetadata | null {
    return this.#keyspaces.get(name) ?? null
  }

  getTable(keyspace: string, table: string): TableMetadata | null {
    return this.#keyspaces.get(keyspace)?.table(table) ?? null
  }

  /**
   * The statements that make all keyspaces and what they hold again, in an order that a server takes; see
   * {@link KeyspaceMetadata.exportStatements}. Virtual keyspaces are never among them, those of Cassandra itself only with `system`.
   */
  exportStatements(options: { readonly formatted?: boolean; readonly system?: boolean } = {}): string[] {
    const { formatted = true, system = false } = options
    const keyspaces = [...this.#keyspaces.values()].filter((each) => !each.virtual && (system || !SYSTEM_KEYSPACES.has(each.name)))
    keyspaces.sort((a, b) => (a.name < b.name ? -1 : 1))
    return keyspaces.flatMap((keyspace) => keyspace.exportStatements(formatted))
  }

  /** The same as one text. */
  exportSchema(options: { readonly formatted?: boolean; readonly system?: boolean } = {}): string {
    return this.exportStatements(options).join('\n\n')
  }

  /**
   * The token of a partition. `key` is its serialized bytes, the one value of the partition key, an array of its values in order, or an
   * object of them by column. Throws an InvalidArgumentError where keyspace, table or key don't fit. A `bigint`, or bytes with the
   * ByteOrderedPartitioner.
   */
  tokenOf(keyspace: string, table: string, key: unknown): Token {
    return this.#knownPartitioner().tokenOf(this.#serializeKey(this.#tableFor(keyspace, table), key))
  }

  /**
   * The nodes that hold a partition, the primary replica first: by its token, or by the serialized bytes of its key. Of a range as the ring
   * is cut into (see {@link tokenRanges}), those that hold all of it. Transient replicas are left out: they have only what isn't repaired
   * yet. Empty where the keyspace isn't known, or has no replicas of its own (LocalStrategy).
   */
  getReplicas(keyspace: string, keyOrToken: Token | TokenRange): Host[] {
    return [...(this.#tokenMap?.tableOf(keyspace)?.at(this.#positionOf(keyOrToken)) ?? [])]
  }

  /** The same with what each of them is: see {@link ReplicaSet}. */
  getReplicaSet(keyspace: string, keyOrToken: Token | TokenRange): ReplicaSet {
    return replicaSetAt(this.#tokenMap?.tableOf(keyspace) ?? null, this.#positionOf(keyOrToken))
  }

  /**
   * All ranges of the ring, one after the other: each belongs to the node whose token is its `end`. Empty where there is no token map.
   * Made when it is first asked for, and kept until nodes change.
   */
  get tokenRanges(): readonly TokenRange[] {
    return this.#ranges()?.all ?? []
  }

  /**
   * The ranges that a node has of a keyspace: those it is a full replica of (the default), is the primary replica of, or is any replica
   * of, transient ones among them. Looks at every range of the ring, which takes a second where there are hundreds of thousands.
   */
  getTokenRanges(keyspace: string, host: Host, as: 'primary' | 'full' | 'any' = 'full'): TokenRange[] {
    const table = this.#tokenMap?.tableOf(keyspace) ?? null
    return table === null ? [] : (this.#ranges()?.of(table, host, as) ?? [])
  }

  /** A range from one token to another, as `token()` gives them. Throws an InvalidArgumentError before the cluster is connected. */
  newTokenRange(start: Token, end: Token): TokenRange {
    return new TokenRange(start, end, this.#knownPartitioner())
  }

  /** What system.local says. */
  setCluster(name: string | null, partitionerClass: string | null): void {
    this.#clusterName = name
    this.#partitionerClass = partitionerClass
    this.#partitioner = partitionerClass === null ? null : partitionerFor(partitionerClass)
  }

  /** After nodes came, went, or moved, all at once: see {@link updateTokenMap}. */
  rebuildTokenMap(): void {
    this.#takeRing(this.#partitioner === null ? null : runThrough(this.#partitioner.ringOf(this.allHosts())))
  }

  /** The same in slices of some milliseconds, between which the old map is used. The last call wins. */
  async updateTokenMap(): Promise<void> {
    const update = ++this.#updates
    const ring = this.#partitioner === null ? null : await runInSlices(this.#partitioner.ringOf(this.allHosts()))
    if (update === this.#updates) this.#takeRing(ring)
  }

  #takeRing(ring: TokenRing | null): void {
    this.#tokenMap = ring === null ? null : new TokenMap(ring)
    this.#ringRanges = null
    for (const keyspace of this.#keyspaces.values()) this.#mapKeyspace(keyspace)
  }

  /** Without token metadata. */
  clearTokenMap(): void {
    this.#updates++
    this.#takeRing(null)
  }

  /** All keyspaces, after a full refresh. */
  setKeyspaces(keyspaces: ReadonlyMap<string, KeyspaceMetadata>): void {
    const old = this.#keyspaces
    this.#keyspaces = keyspaces
    for (const name of old.keys()) if (!keyspaces.has(name)) this.#tokenMap?.dropKeyspace(name)
    for (const keyspace of keyspaces.values()) this.#mapKeyspace(keyspace)
  }

  /** One keyspace that was made or altered. */
  setKeyspace(keyspace: KeyspaceMetadata): void {
    this.#keyspaces = new Map(this.#keyspaces).set(keyspace.name, keyspace)
    this.#mapKeyspace(keyspace)
  }

  dropKeyspace(name: string): void {
    const keyspaces = new Map(this.#keyspaces)
    keyspaces.delete(name)
    this.#keyspaces = keyspaces
    this.#tokenMap?.dropKeyspace(name)
  }

  #knownPartitioner(): Partitioner {
    if (this.#partitioner !== null) return this.#partitioner
    const what = this.#partitionerClass === null ? 'before the cluster is connected' : `of ${this.#partitionerClass}, which is unknown here`
    throw new InvalidArgumentError(`Tokens can't be computed ${what}`)
  }

  /** On an empty ring, and where there is none, -1. */
  #positionOf(keyOrToken: Token | TokenRange): number {
    const ring = this.#tokenMap?.ring
    if (ring === undefined) return -1
    if (typeof keyOrToken === 'bigint') return ring.locate(keyOrToken)
    if (keyOrToken instanceof Uint8Array) return ring.locateKey(keyOrToken, 0, keyOrToken.length)
    return ring.locate(keyOrToken.end)
  }

  #ranges(): RingRanges | null {
    const ring = this.#tokenMap?.ring
    if (ring === undefined || this.#partitioner === null) return null
    return (this.#ringRanges ??= new RingRanges(ring, this.#partitioner))
  }

  #mapKeyspace(keyspace: KeyspaceMetadata): void {
    if (!keyspace.virtual) this.#tokenMap?.setKeyspace(keyspace.name, keyspace.replication)
  }

  #tableFor(keyspaceName: string, tableName: string): TableMetadata {
    const keyspace = this.#keyspaces.get(keyspaceName)
    if (keyspace === undefined) throw unknownName('keyspace', keyspaceName, this.#keyspaces.keys())
    const table = keyspace.table(tableName)
    if (table === null) throw unknownName(`table of ${keyspaceName}`, tableName, keyspace.tables.keys())
    return table
  }

  #serializeKey(table: TableMetadata, key: unknown): Uint8Array {
    if (key instanceof Uint8Array) return key
    const columns = table.partitionKey
    const encoder = compileRoutingKey(
      columns,
      columns.map((_, index) => index),
      this.#codecs,
    )
    const writer = new ByteWriter(64)
    const byName = isPlainObject(key) && columns.some((column) => column.name in key)
    const params = Array.isArray(key) || byName ? (key as readonly unknown[]) : [key]
    if (!encoder.write(writer, params)) {
      const names = columns.map((column) => column.name).join(', ')
      throw new InvalidArgumentError(`The partition key of ${table.keyspace}.${table.name} (${names}) has a part that is null or missing`)
    }
    return writer.toBuffer()
  }
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

function unknownName(what: string, name: string, known: Iterable<string>): InvalidArgumentError {
  const near = nearestName(name, known)
  return new InvalidArgumentError(`There is no ${what} named "${name}"${near === null ? '' : `: did you mean "${near}"?`}`)
}
