/** From keyspace and partition key to replicas: what token-aware routing asks for every request. */
import type { Host } from './host.js'
import type { Placement, ReplicationStrategy } from './replication.js'
import type { Token, TokenRing } from './token-ring.js'
import { Murmur3Ring } from './token-ring.js'

const NOBODY: readonly Host[] = []

/**
 * The replicas of every position of a ring, for one way of replication. Each list is made when it is first asked for and then kept:
 * a ring of a quarter of a million tokens costs nothing until it is used, and a request allocates nothing.
 */
export class ReplicaTable {
  readonly #ring: TokenRing
  readonly #strategy: ReplicationStrategy
  readonly #place: Placement
  readonly #lists: (readonly Host[] | undefined)[]

  constructor(ring: TokenRing, strategy: ReplicationStrategy) {
    this.#ring = ring
    this.#strategy = strategy
    this.#place = strategy.placeOn(ring)
    this.#lists = new Array<readonly Host[] | undefined>(ring.size).fill(undefined)
  }

  /** -1, the position on an empty ring, has no replicas. */
  at(position: number): readonly Host[] {
    if (position < 0) return NOBODY
    return (this.#lists[position] ??= this.#place(position))
  }

  /** Transient replicas among them. Made anew for each call. */
  allAt(position: number): readonly Host[] {
    return position < 0 ? NOBODY : this.#strategy.placeOn(this.#ring, true)(position)
  }
}

/** Keyspaces that are replicated in the same way share their table. A changed ring is a new token map. */
export class TokenMap {
  readonly ring: TokenRing
  readonly #tables = new Map<string, ReplicaTable>()
  readonly #keyspaces = new Map<string, { readonly key: string; readonly table: ReplicaTable }>()
  readonly #murmur3: Murmur3Ring | null

  constructor(ring: TokenRing) {
    this.ring = ring
    this.#murmur3 = ring instanceof Murmur3Ring ? ring : null
  }

  /** Adds a keyspace, or takes over its changed replication. */
  setKeyspace(name: string, strategy: ReplicationStrategy): void {
    const old = this.#keyspaces.get(name)
    if (old?.key === strategy.key) return
    let table = this.#tables.get(strategy.key)
    if (table === undefined) this.#tables.set(strategy.key, (table = new ReplicaTable(this.ring, strategy)))
    this.#keyspaces.set(name, { key: strategy.key, table })
    if (old !== undefined) this.#dropUnused(old.key)
  }

  dropKeyspace(name: string): void {
    const old = this.#keyspaces.get(name)
    if (old === undefined) return
    this.#keyspaces.delete(name)
    this.#dropUnused(old.key)
  }

  /** The table of a keyspace, for who keeps it with a statement; null where the keyspace isn't known. */
  tableOf(keyspace: string): ReplicaTable | null {
    return this.#keyspaces.get(keyspace)?.table ?? null
  }

  /**
   * The replicas of the serialized partition key in `bytes` from `start` (inclusive) to `end` (exclusive), primary first; empty where
   * the keyspace isn't known. The array is shared: never change it.
   */
  replicasOfKey(keyspace: string, bytes: Uint8Array, start: number, end: number): readonly Host[] {
    const table = this.#keyspaces.get(keyspace)?.table
    return table === undefined ? NOBODY : table.at(this.ring.locateKey(bytes, start, end))
  }

  /** The same for a Murmur3 token given as its two 32-bit halves; empty with another partitioner. */
  getReplicas(keyspace: string, high: number, low: number): readonly Host[] {
    const table = this.#keyspaces.get(keyspace)?.table
    if (table === undefined || this.#murmur3 === null) return NOBODY
    return table.at(this.#murmur3.locateHalves(high, low))
  }

  /** The same for a token. */
  replicasOf(keyspace: string, token: Token): readonly Host[] {
    return this.tableOf(keyspace)?.at(this.ring.locate(token)) ?? NOBODY
  }

  #dropUnused(key: string): void {
    for (const keyspace of this.#keyspaces.values()) if (keyspace.key === key) return
    this.#tables.delete(key)
  }
}
