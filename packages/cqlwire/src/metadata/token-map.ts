/** From keyspace and partition key to replicas: what token-aware routing asks for every request. */
import type { Host } from './host.js'
import { murmur3Into, murmur3OfWords, type TokenHalves } from './murmur3.js'
import { ReplicaRecords } from './replica-records.js'
import type { Placement, ReplicationStrategy } from './replication.js'
import type { Token, TokenRing } from './token-ring.js'
import { Murmur3Ring } from './token-ring.js'

const NOBODY: readonly Host[] = []

/** The token of the key that is being looked up. */
const token: TokenHalves = { high: 0, low: 0 }

/** Rings with more positions than that keep numbers instead of lists: about a hundred nodes of 256 tokens. */
const MANY_POSITIONS = 1 << 14

/**
 * The replicas of every position of a ring, for one way of replication. Each list is worked out when it is first asked for and then kept:
 * a ring of a quarter of a million tokens costs nothing until it is used. On a small ring a request allocates nothing.
 */
export class ReplicaTable {
  readonly #ring: TokenRing
  readonly #murmur3: Murmur3Ring | null
  readonly #strategy: ReplicationStrategy
  readonly #place: Placement
  /** Made with the first list; on a large ring only for lists that are longer or shorter than that one. */
  #lists: (readonly Host[] | undefined)[] | null = null
  /** On a large ring. */
  #records: ReplicaRecords | null = null

  constructor(ring: TokenRing, strategy: ReplicationStrategy) {
    this.#ring = ring
    this.#murmur3 = ring instanceof Murmur3Ring ? ring : null
    this.#strategy = strategy
    this.#place = strategy.placeOn(ring)
  }

  /** The replicas of the serialized partition key in `bytes` from `start` (inclusive) to `end` (exclusive), primary first. Never change it. */
  ofKey(bytes: Uint8Array, start: number, end: number): readonly Host[] {
    if (this.#records === null) return this.at(this.#ring.locateKey(bytes, start, end))
    murmur3Into(bytes, start, end, token)
    return this.at(this.#records.locate(token.high, token.low))
  }

  /** The same of a key of 4, 8 or 16 bytes that is given as its 1, 2 or 4 big-endian words. */
  ofWords(words: Int32Array, count: number): readonly Host[] {
    if (this.#records === null) return this.at(this.#ring.locateWords(words, count))
    murmur3OfWords(words, count, token)
    return this.at(this.#records.locate(token.high, token.low))
  }

  /** -1, the position on an empty ring, has no replicas. */
  at(position: number): readonly Host[] {
    if (position < 0) return NOBODY
    return this.#records?.listAt(position) ?? this.#lists?.[position] ?? this.#make(position)
  }

  #make(position: number): readonly Host[] {
    const list = this.#place(position)
    const { size, hosts } = this.#ring
    const ring = this.#murmur3
    if (
      this.#records === null &&
      this.#lists === null &&
      size > MANY_POSITIONS &&
      ring !== null &&
      ReplicaRecords.serves(ring, list.length)
    )
      this.#records = new ReplicaRecords(ring, list.length)
    if (this.#records?.width === list.length) {
      this.#records.set(position, list)
      return list
    }
    this.#lists ??= new Array<readonly Host[] | undefined>(size).fill(undefined)
    // One that is all hosts is the same everywhere. The others were pushed together, and an array that grows takes room for seventeen.
    return (this.#lists[position] = list === hosts ? list : list.slice())
  }

  /** Transient replicas among them. Made anew for each call. */
  allAt(position: number): readonly Host[] {
    return position < 0 ? NOBODY : this.#strategy.placeOn(this.#ring, true)(position)
  }
}

/** Keyspaces that are replicated in the same way share their table. A changed ring is a new token map. */
export class TokenMap {
  readonly ring: TokenRing
  /** Goes up when a keyspace comes, goes or is replicated otherwise: what `tableOf` gave before may be another table now. */
  version = 0
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
    this.version++
    if (old !== undefined) this.#dropUnused(old.key)
  }

  dropKeyspace(name: string): void {
    const old = this.#keyspaces.get(name)
    if (old === undefined) return
    this.#keyspaces.delete(name)
    this.version++
    this.#dropUnused(old.key)
  }

  /** The table of a keyspace, for who keeps it with a statement; null where the keyspace isn't known. */
  tableOf(keyspace: string): ReplicaTable | null {
    return this.#keyspaces.get(keyspace)?.table ?? null
  }

  /**
   * The replicas of a Murmur3 token given as its two 32-bit halves, primary first; empty where the keyspace isn't known, or with another
   * partitioner. The array is shared: never change it.
   */
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
