/** The plan of the default policy: groups of hosts one after another, the slow ones of each group at its end. */
import type { Host } from '../metadata/host.js'
import type { QueryPlan } from './load-balancing.js'

/** Groups may overlap: a host of an earlier one isn't named again. The last group keeps its order, the others begin at a turn. */
export class DefaultPlan implements QueryPlan {
  readonly #groups: readonly (readonly Host[])[]
  readonly #turn: number
  readonly #isSlow: ((host: Host) => boolean) | null
  readonly #named = new Set<Host>()
  #group = 0
  #seen = 0
  readonly #slow: Host[] = []

  /** `isSlow`: null where the order must be the same for everybody. */
  constructor(groups: readonly (readonly Host[])[], turn: number, isSlow: ((host: Host) => boolean) | null) {
    this.#groups = groups
    this.#turn = turn
    this.#isSlow = isSlow
  }

  next(): Host | null {
    while (this.#group < this.#groups.length) {
      const hosts = this.#groups[this.#group]!
      const turn = this.#group === this.#groups.length - 1 ? 0 : this.#turn
      while (this.#seen < hosts.length) {
        const host = hosts[(turn + this.#seen++) % hosts.length]!
        if (!host.isConnected || this.#named.has(host)) continue
        this.#named.add(host)
        if (this.#isSlow === null || !this.#isSlow(host)) return host
        this.#slow.push(host)
      }
      const slow = this.#slow.shift()
      if (slow !== undefined) return slow
      this.#group++
      this.#seen = 0
    }
    return null
  }
}
