/** Where the items of a run stand: a ring of entries from the oldest that was not handed over to the newest that was taken. */
import type { Member } from './member.js'

/** One item's outcome; `index` is its place in the input, from 0. `success` says which of `result` and `error` is there. */
export type ParallelOutcome<R> =
  | { readonly success: true; readonly index: number; readonly result: R; readonly error?: undefined }
  | { readonly success: false; readonly index: number; readonly error: Error; readonly result?: undefined }

/** Taken, and not with a worker. */
export const WAITS = 0
/** With a worker. */
export const HANDED = 1
/** Its outcome is there. */
export const SETTLED = 2
/** Its outcome was handed over. */
const DONE = 3

export class Entry {
  state: number = DONE
  member: Member | null = null
  /** The item, where it may be wanted again: to be repeated, or for the next page. */
  item: unknown = undefined
  /** Workers that died of it, perhaps. */
  losses = 0
  outcome: ParallelOutcome<unknown> | null = null
}

export class Entries {
  #ring: Entry[] = Array.from({ length: 256 }, () => new Entry())
  /** The oldest that is not done. */
  base = 0
  /** The next index. */
  made = 0

  get open(): number {
    return this.made - this.base
  }

  at(index: number): Entry {
    return this.#ring[index & (this.#ring.length - 1)]!
  }

  /** An entry for the next item; its index is `made - 1` afterwards. */
  add(item: unknown): Entry {
    if (this.open === this.#ring.length) this.#grow()
    const entry = this.at(this.made++)
    entry.state = WAITS
    entry.member = null
    entry.item = item
    entry.losses = 0
    entry.outcome = null
    return entry
  }

  /** The outcome of the item, which is handed over by that. */
  finish(index: number): ParallelOutcome<unknown> {
    const entry = this.at(index)
    const outcome = entry.outcome!
    entry.state = DONE
    entry.outcome = null
    while (this.base < this.made && this.at(this.base).state === DONE) this.base++
    return outcome
  }

  #grow(): void {
    const { length } = this.#ring
    const next: Entry[] = Array.from({ length: length * 2 }, () => new Entry())
    for (let index = this.base; index < this.made; index++) next[index & (next.length - 1)] = this.at(index)
    this.#ring = next
  }
}
