/**
 * The stream ids of one connection and who waits on each (native protocol, section 2.3 "stream").
 *
 * Ids are taken and given back in O(1), lowest and latest first, so that the table stays small and warm. A request that
 * nobody waits for any more keeps its id, as an orphan, until the late answer comes: the id must not be used twice.
 */
import type { InFlight } from './in-flight.js'

/** The protocol has 2^15 stream ids for requests; negative ones are the server's. */
const MAX_STREAM_IDS = 32_768

/** Stands in the slot of a stream whose request was abandoned. */
const ORPHAN: unique symbol = Symbol('orphan')

export class InFlightTable {
  readonly #slots: (InFlight | typeof ORPHAN | null)[] = []
  readonly #free: number[] = []
  readonly #capacity: number
  /** Ids in use, orphans included. */
  size = 0
  /** Ids whose request was abandoned and whose answer has not come. */
  orphans = 0

  constructor(capacity: number) {
    this.#capacity = Math.min(capacity, MAX_STREAM_IDS)
  }

  get capacity(): number {
    return this.#capacity
  }

  get isFull(): boolean {
    return this.size >= this.#capacity
  }

  /**
   * Takes an id for the request, or returns -1 where none is free. The capacity is for users' requests: the driver's `own` (a heartbeat,
   * USE, PREPARE) go beyond it, for without them a connection that is merely busy would count as dead.
   */
  acquire(request: InFlight, own = false): number {
    const free = this.#free
    if (this.size >= this.#capacity && !own) return -1
    let stream: number
    if (free.length > 0) stream = free.pop()!
    else if (this.#slots.length < MAX_STREAM_IDS) {
      stream = this.#slots.length
      this.#slots.push(null)
    } else return -1
    this.#slots[stream] = request
    this.size++
    return stream
  }

  /** True while the id belongs to a request or an orphan. */
  isUsed(stream: number): boolean {
    return stream < this.#slots.length && this.#slots[stream] !== null
  }

  /** Gives the id back as its answer arrives; null where the request was abandoned. Ask `isUsed` first. */
  release(stream: number): InFlight | null {
    const request = this.#slots[stream]!
    this.#slots[stream] = null
    this.#free.push(stream)
    this.size--
    if (request === ORPHAN) {
      this.orphans--
      return null
    }
    return request
  }

  /** Makes the id an orphan if it is still held by this request. */
  abandon(stream: number, request: InFlight): boolean {
    if (this.#slots[stream] !== request) return false
    this.#slots[stream] = ORPHAN
    this.orphans++
    return true
  }

  /** Empties the table and returns the requests that waited. */
  drain(): InFlight[] {
    const waiting: InFlight[] = []
    for (const slot of this.#slots) if (slot !== null && slot !== ORPHAN) waiting.push(slot)
    this.#slots.length = 0
    this.#free.length = 0
    this.size = 0
    this.orphans = 0
    return waiting
  }
}
