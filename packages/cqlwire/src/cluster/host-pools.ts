/** Hangs a session's connections on their host: at the session's slot, and in the view over all sessions that policies look at. */
import type { Host, HostPool as PoolView } from '../metadata/host.js'
import type { HostPool } from '../pool/host-pool.js'

/** The connections of several sessions to one node. */
class SharedView implements PoolView {
  readonly #pools: readonly HostPool[]

  constructor(pools: readonly HostPool[]) {
    this.#pools = pools
  }

  get openConnections(): number {
    let sum = 0
    for (const pool of this.#pools) sum += pool.openConnections
    return sum
  }

  get inFlight(): number {
    let sum = 0
    for (const pool of this.#pools) sum += pool.inFlight
    return sum
  }

  get silentMs(): number {
    return Math.min(...this.#pools.map((pool) => pool.silentMs))
  }
}

/** Sets, or with `undefined` takes away, the pool of the session with this slot. */
export function setHostPool(host: Host, slot: number, pool: HostPool | undefined): void {
  const { pools } = host
  // No holes: an array with holes is slower to read.
  while (pools.length <= slot) pools.push(undefined)
  pools[slot] = pool
  const present = pools.filter((each) => each !== undefined)
  host.pool = present.length === 0 ? null : present.length === 1 ? present[0]! : new SharedView(present)
}
