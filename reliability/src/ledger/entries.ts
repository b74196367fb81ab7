/** Unique writes that may be repeated: what the ledger knows of each entry, and what it says of the one that is read back. */
import type { Outcome } from './outcomes.js'

const PENDING = 0
const ACKNOWLEDGED = 1
const NOT_SENT = 2
const OPEN = 3

/**
 * How an entry that was read back fares. `right`: acknowledged and there. `carriedOut`, `absent`: its outcome was open, now it is known.
 * `lost`: acknowledged and not there. `wrong`: another value stands there. `phantom`: there, though the driver said that it was not sent.
 */
export type EntryVerdict = 'right' | 'carriedOut' | 'absent' | 'lost' | 'wrong' | 'phantom'

export class EntryLedger {
  readonly #seed: number
  /** A byte for each entry: at some 100 a second, ten minutes are 60 KB. */
  #states = new Uint8Array(4096)
  #count = 0
  /** Every acknowledged entry, for reads while the run goes on. */
  readonly #acknowledged: number[] = []

  constructor(seed: number) {
    this.#seed = seed
  }

  get count(): number {
    return this.#count
  }

  get acknowledged(): number {
    return this.#acknowledged.length
  }

  /** A new entry's id. */
  next(): number {
    if (this.#count === this.#states.length) {
      const grown = new Uint8Array(this.#states.length * 2)
      grown.set(this.#states)
      this.#states = grown
    }
    return this.#count++
  }

  /** What entry `id` has for a value: it can be told from every other one's. */
  valueOf(id: number): string {
    return `${this.#seed}:${id}:${Math.imul(id + 1, 0x9e3779b1) >>> 0}`
  }

  ended(id: number, outcome: Outcome | 'acknowledged'): void {
    this.#states[id] = outcome === 'acknowledged' ? ACKNOWLEDGED : outcome === 'notSent' ? NOT_SENT : OPEN
    if (outcome === 'acknowledged') this.#acknowledged.push(id)
  }

  /** One of the acknowledged entries, or null where there is none. `random`: from 0 to 1, without 1. */
  anyAcknowledged(random: number): number | null {
    return this.#acknowledged[Math.floor(random * this.#acknowledged.length)] ?? null
  }

  /** `found` is the entry's value in the database, or null. */
  judge(id: number, found: string | null): EntryVerdict {
    const state = this.#states[id] ?? PENDING
    if (found === null) return state === ACKNOWLEDGED ? 'lost' : 'absent'
    if (found !== this.valueOf(id)) return 'wrong'
    if (state === NOT_SENT) return 'phantom'
    return state === ACKNOWLEDGED ? 'right' : 'carriedOut'
  }
}
