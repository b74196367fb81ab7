/** From keyspace and partition key to replicas: what token-aware routing asks for every request. */
import type { Host } from './host.js'
import type { Placement, ReplicationStrategy } from './replication.js'
import type { Token, TokenRing } from './token-ring.js'
import { Murmur3Ring } from './token-ring.js'

const NOBODY: readonly Host[] = []

/** Rings with more positions than that keep numbers instead of lists: about a hundred nodes of 256 tokens. */
const MANY_POSITIONS = 1 << 14

/** Longer lists are kept as they are: a few are shared by all positions, or keyspaces are replicated beyond what is usual. */
const MOST_NUMBERS = 8

/**
 * The replicas of every position of a ring, for one way of replication. Each list is worked out when it is first asked for and then kept:
 * a ring of a quarter of a million tokens costs nothing until it is used.
 *
 * On a small ring a request allocates nothing. A large one keeps the numbers of the hosts, side by side: a quarter of a million
 * lists would lie all over the memory, and to fetch one from there takes far longer than to make it anew.
 */
export class ReplicaTable {
  readonly #ring: TokenRing
  readonly #strategy: ReplicationStrategy
  readonly #place: Placement
  /** Made with the first list; on a large ring only for lists that are longer or shorter than that one. */
  #lists: (readonly Host[] | undefined)[] | null = null
  /** For each position `#width` numbers of hosts, counted from 1; 0 where they are not worked out yet. */
  #numbers: Uint16Array | null = null
  #width = 0
  #numberOf: ReadonlyMap<Host, number> | null = null

  constructor(ring: TokenRing, strategy: ReplicationStrategy) {
    this.#ring = ring
    this.#strategy = strategy
    this.#place = strategy.placeOn(ring)
  }

  /** The replicas of the serialized partition key in `bytes` from `start` (inclusive) to `end` (exclusive), primary first. Never change it. */
  ofKey(bytes: Uint8Array, start: number, end: number): readonly Host[] {
    return this.at(this.#ring.locateKey(bytes, start, end))
  }

  /** -1, the position on an empty ring, has no replicas. */
  at(position: number): readonly Host[] {
    if (position < 0) return NOBODY
    const numbers = this.#numbers
    if (numbers === null) return this.#lists?.[position] ?? this.#make(position)
    const { hosts } = this.#ring
    const at = position * this.#width
    if (numbers[at] === 0) return this.#lists?.[position] ?? this.#make(position)
    if (this.#width === 3) return [hosts[numbers[at]! - 1]!, hosts[numbers[at + 1]! - 1]!, hosts[numbers[at + 2]! - 1]!]
    return Array.from({ length: this.#width }, (_, index) => hosts[numbers[at + index]! - 1]!)
  }

  #make(position: number): readonly Host[] {
    const list = this.#place(position)
    const { size, hosts } = this.#ring
    if (this.#numbers === null && this.#lists === null && size > MANY_POSITIONS && hosts.length <= 0xffff) {
      if (list.length > 0 && list.length <= MOST_NUMBERS) {
        this.#width = list.length
        this.#numbers = new Uint16Array(size * list.length)
        this.#numberOf = new Map(hosts.map((host, index) => [host, index + 1]))
      }
    }
    if (this.#numbers !== null && list.length === this.#width) {
      for (const [index, host] of list.entries()) this.#numbers[position * this.#width + index] = this.#numberOf!.get(host)!
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
