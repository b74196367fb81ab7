/** The ring in ranges, and who has which of them. */
import type { Host } from './host.js'
import type { Partitioner } from './partitioner.js'
import type { ReplicaTable } from './token-map.js'
import { TokenRange } from './token-range.js'
import type { TokenRing } from './token-ring.js'

/** The replicas of a partition by what they are. Each list is in the order of the ring. */
export interface ReplicaSet {
  /** The first of `full`; null where there is none. */
  readonly primary: Host | null
  /** Those that hold all data: the ones that requests are sent to. */
  readonly full: readonly Host[]
  /** Those that hold only what has not been repaired yet (transient replication, `'3/1'`): known, but no request is routed to them. */
  readonly transient: readonly Host[]
}

export function replicaSetAt(table: ReplicaTable | null, position: number): ReplicaSet {
  if (table === null) return { primary: null, full: [], transient: [] }
  const full = table.at(position)
  return { primary: full[0] ?? null, full: [...full], transient: table.allAt(position).filter((host) => !full.includes(host)) }
}

export class RingRanges {
  readonly #ring: TokenRing
  readonly #partitioner: Partitioner
  #all: readonly TokenRange[] | null = null
  /** For each range the position of its end. */
  readonly #positions: number[] = []

  constructor(ring: TokenRing, partitioner: Partitioner) {
    this.#ring = ring
    this.#partitioner = partitioner
  }

  get all(): readonly TokenRange[] {
    return (this.#all ??= this.#cut())
  }

  of(table: ReplicaTable, host: Host, as: 'primary' | 'full' | 'any'): TokenRange[] {
    return this.all.filter((_, i) => {
      const position = this.#positions[i]!
      if (as === 'any') return table.allAt(position).includes(host)
      const replicas = table.at(position)
      return as === 'primary' ? replicas[0] === host : replicas.includes(host)
    })
  }

  #cut(): TokenRange[] {
    const { size } = this.#ring
    if (size === 0) return []
    const ranges: TokenRange[] = []
    for (let position = 0; position < size; position++) {
      const start = this.#ring.tokenAt((position || size) - 1)
      const range = new TokenRange(start, this.#ring.tokenAt(position), this.#partitioner)
      // The same token twice is a fault of the cluster.
      if (range.isEmpty) continue
      ranges.push(range)
      this.#positions.push(position)
    }
    const { minToken } = this.#partitioner
    // One token alone has the whole ring.
    return ranges.length > 0 ? ranges : (this.#positions.push(0), [new TokenRange(minToken, minToken, this.#partitioner)])
  }
}
