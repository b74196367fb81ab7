/** Statements that were prepared, by keyspace and text; the least recently used one leaves when there are too many. */
import type { Request } from './request.js'
import { BatchRequest } from './request.js'
import type { PreparedStatement } from './prepared-statement.js'

export class PreparedCache {
  readonly #byText = new Map<string, PreparedStatement>()
  /** PREPARE requests under way: a text is prepared once, however many wait for it. */
  readonly #pending = new Map<string, Promise<PreparedStatement>>()
  readonly #capacity: number
  readonly #onEvict: (capacity: number) => void

  /** `onEvict` is told when a statement leaves: where that happens often, texts have values in them that should be parameters. */
  constructor(capacity: number, onEvict: (capacity: number) => void) {
    this.#capacity = capacity
    this.#onEvict = onEvict
  }

  get size(): number {
    return this.#byText.size
  }

  /** The statement if it is here. */
  get(keyspace: string | null, query: string): PreparedStatement | undefined {
    const key = keyOf(keyspace, query)
    const found = this.#byText.get(key)
    // Re-inserting keeps the order of use, which only matters near the bound.
    if (found !== undefined && this.#byText.size * 2 > this.#capacity) {
      this.#byText.delete(key)
      this.#byText.set(key, found)
    }
    return found
  }

  /** The statement if it is here, else what `prepare` makes; one call for all who ask meanwhile. */
  getOrPrepare(keyspace: string | null, query: string, prepare: () => Promise<PreparedStatement>): Promise<PreparedStatement> {
    const found = this.get(keyspace, query)
    if (found !== undefined) return Promise.resolve(found)
    const key = keyOf(keyspace, query)
    const pending = this.#pending.get(key)
    if (pending !== undefined) return pending
    const made = prepare().then(
      (statement) => {
        this.#pending.delete(key)
        this.#put(key, statement)
        return statement
      },
      (error: unknown) => {
        this.#pending.delete(key)
        throw error
      },
    )
    this.#pending.set(key, made)
    return made
  }

  /** Forgets all: texts are prepared anew when they are used again. */
  clear(): void {
    this.#byText.clear()
  }

  /** Every statement, the least recently used first. */
  all(): IterableIterator<PreparedStatement> {
    return this.#byText.values()
  }

  /** The statement of a request that a node calls by this id. */
  ofRequest(request: Request, id: Uint8Array): PreparedStatement | null {
    if (request.routed !== null && request.routed.id.equals(id)) return request.routed
    if (request instanceof BatchRequest) return request.prepared.find((each) => each.id.equals(id)) ?? null
    return null
  }

  #put(key: string, statement: PreparedStatement): void {
    this.#byText.set(key, statement)
    if (this.#byText.size <= this.#capacity) return
    for (const oldest of this.#byText.keys()) {
      this.#byText.delete(oldest)
      break
    }
    this.#onEvict(this.#capacity)
  }
}

function keyOf(keyspace: string | null, query: string): string {
  return keyspace === null ? query : `${keyspace}\0${query}`
}
