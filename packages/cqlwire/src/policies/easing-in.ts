/**
 * Nodes that came up lately: their caches and their JVM are cold, and the replicas' hints come in as well. Their share of the requests
 * grows with their time.
 */
import { InvalidOptionError } from '../base/errors.js'
import type { Host } from '../metadata/host.js'

/** The share that a node has at once: without requests it would never warm up. */
const LEAST_SHARE = 0.05

export class EasingIn {
  /** When they came up. */
  readonly #since = new Map<Host, number>()
  readonly #durationMs: number
  readonly #now: () => number

  constructor(durationMs: number, now: () => number) {
    if (!(Number.isFinite(durationMs) && durationMs >= 0))
      throw new InvalidOptionError('easeInMs', `easeInMs takes milliseconds of at least 0, got ${String(durationMs)}`)
    this.#durationMs = durationMs
    this.#now = now
  }

  get size(): number {
    return this.#since.size
  }

  add(host: Host): void {
    if (this.#durationMs > 0) this.#since.set(host, this.#now())
  }

  delete(host: Host): void {
    this.#since.delete(host)
  }

  /** Whether the host takes a request; `chance` is from 0 (inclusive) to 1 (exclusive). */
  takes(host: Host, chance: number): boolean {
    const since = this.#since.get(host)
    if (since === undefined) return true
    const share = (this.#now() - since) / this.#durationMs
    if (share >= 1) {
      this.#since.delete(host)
      return true
    }
    return chance < Math.max(share, LEAST_SHARE)
  }
}
