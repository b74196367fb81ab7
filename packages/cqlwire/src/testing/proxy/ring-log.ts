/** The last entries of a log, as many as it was made for. */
export class RingLog<T> {
  readonly #size: number
  readonly #entries: T[] = []
  #next = 0

  constructor(size: number) {
    this.#size = size
  }

  add(entry: T): void {
    if (this.#size === 0) return
    this.#entries[this.#next] = entry
    this.#next = (this.#next + 1) % this.#size
  }

  /** The oldest first. */
  toArray(): T[] {
    return this.#entries.length < this.#size
      ? this.#entries.slice()
      : [...this.#entries.slice(this.#next), ...this.#entries.slice(0, this.#next)]
  }
}
