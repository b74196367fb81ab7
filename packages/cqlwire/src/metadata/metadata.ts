/** What the driver knows of a cluster: its nodes, who holds which data, its schema. */
import { compileRoutingKey } from '../codec/bind-routing-key.js'
import type { CodecRegistry } from '../codec/codec.js'
import { InvalidArgumentError } from '../base/errors.js'
import { nearestName } from '../base/nearest-name.js'
import { ByteWriter } from '../wire/byte-writer.js'
import type { Host } from './host.js'
import { partitionerFor } from './partitioner.js'
import type { Partitioner } from './partitioner.js'
import type { KeyspaceMetadata } from './schema/keyspace.js'
import type { TableMetadata } from './schema/table.js'
import type { Token } from './token-ring.js'
import { TokenMap } from './token-map.js'

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
    return this.#keyspaces.get(keyspace)?.tables.get(table) ?? null
  }

  /**
   * The token of a partition. `key` is its serialized bytes, the one value of the partition key, an array of its values in order, or an
   * object of them by column. Throws an InvalidArgumentError where keyspace, table or key don't fit. A `bigint`, or bytes with the
   * ByteOrderedPartitioner.
   */
  tokenOf(keyspace: string, table: string, key: unknown): Token {
    const partitioner = this.#partitioner
    if (partitioner === null) {
      const what =
        this.#partitionerClass === null ? 'before the cluster is connected' : `of ${this.#partitionerClass}, which is unknown here`
      throw new InvalidArgumentError(`Tokens can't be computed ${what}`)
    }
    return partitioner.tokenOf(this.#serializeKey(this.#tableFor(keyspace, table), key))
  }

  /**
   * The nodes that hold a partition, the primary replica first: by its token, or by the serialized bytes of its key. Empty where the
   * keyspace isn't known, or has no replicas of its own (LocalStrategy).
   */
  getReplicas(keyspace: string, keyOrToken: Token): Host[] {
    const map = this.#tokenMap
    if (map === null) return []
    return typeof keyOrToken === 'bigint'
      ? [...map.replicasOf(keyspace, keyOrToken)]
      : [...map.replicasOfKey(keyspace, keyOrToken, 0, keyOrToken.length)]
  }

  /** What system.local says. */
  setCluster(name: string | null, partitionerClass: string | null): void {
    this.#clusterName = name
    this.#partitionerClass = partitionerClass
    this.#partitioner = partitionerClass === null ? null : partitionerFor(partitionerClass)
  }

  /** After nodes came, went, or moved. */
  rebuildTokenMap(): void {
    this.#tokenMap = this.#partitioner === null ? null : new TokenMap(this.#partitioner.ringOf(this.allHosts()))
    for (const keyspace of this.#keyspaces.values()) this.#mapKeyspace(keyspace)
  }

  /** Without token metadata. */
  clearTokenMap(): void {
    this.#tokenMap = null
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

  #mapKeyspace(keyspace: KeyspaceMetadata): void {
    if (!keyspace.virtual) this.#tokenMap?.setKeyspace(keyspace.name, keyspace.replication)
  }

  #tableFor(keyspaceName: string, tableName: string): TableMetadata {
    const keyspace = this.#keyspaces.get(keyspaceName)
    if (keyspace === undefined) throw unknownName('keyspace', keyspaceName, this.#keyspaces.keys())
    const table = keyspace.tables.get(tableName)
    if (table === undefined) throw unknownName(`table of ${keyspaceName}`, tableName, keyspace.tables.keys())
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
