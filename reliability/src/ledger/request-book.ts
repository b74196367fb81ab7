/** The book of one kind of request: how many were sent, and how each of them ended. */
import { nameOf, outcomeOf, type Outcome } from './outcomes.js'

/** How a request ended. */
export type Ending<T> = { readonly outcome: 'acknowledged'; readonly value: T } | { readonly outcome: Outcome; readonly error: unknown }

/** Hears when each request began and ended, in milliseconds of `performance.now()`. */
export interface RequestWatch {
  ended(kind: string, beganMs: number, endedMs: number): void
}

export interface BookFigures {
  readonly kind: string
  readonly sent: number
  readonly acknowledged: number
  /** Ended in an error that says that nothing was done. */
  readonly failed: number
  /** Ended in an error that leaves it open. */
  readonly unknown: number
  /** Not ended. */
  readonly pending: number
  readonly errors: ReadonlyMap<string, number>
}

export class RequestBook {
  readonly kind: string
  readonly #certain: boolean
  readonly #watch: RequestWatch
  readonly #errors = new Map<string, number>()
  #sent = 0
  #acknowledged = 0
  #failed = 0
  #unknown = 0

  /** `certain`: whether a refusal by a node means that nothing was done; see `outcomeOf`. */
  constructor(kind: string, certain: boolean, watch: RequestWatch) {
    this.kind = kind
    this.#certain = certain
    this.#watch = watch
  }

  /** Enters a request, waits for its end, and enters that. Never rejects. */
  async enter<T>(request: () => Promise<T>): Promise<Ending<T>> {
    this.#sent++
    const began = performance.now()
    try {
      const value = await request()
      this.#acknowledged++
      return { outcome: 'acknowledged', value }
    } catch (error) {
      const outcome = outcomeOf(error, this.#certain)
      if (outcome === 'unknown') this.#unknown++
      else this.#failed++
      const name = nameOf(error)
      this.#errors.set(name, (this.#errors.get(name) ?? 0) + 1)
      return { outcome, error }
    } finally {
      this.#watch.ended(this.kind, began, performance.now())
    }
  }

  get pending(): number {
    return this.#sent - this.#acknowledged - this.#failed - this.#unknown
  }

  get figures(): BookFigures {
    return {
      kind: this.kind,
      sent: this.#sent,
      acknowledged: this.#acknowledged,
      failed: this.#failed,
      unknown: this.#unknown,
      pending: this.pending,
      errors: new Map(this.#errors),
    }
  }
}
