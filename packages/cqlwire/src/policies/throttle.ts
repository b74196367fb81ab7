/**
 * How many requests a session sends at once, and how many a second. Every attempt counts: the first one, retries, and speculative ones.
 */
import { InvalidOptionError } from '../base/errors.js'
import { RingQueue } from '../base/ring-queue.js'
import { type TimerNode, timers } from '../base/timer-wheel.js'

/** Limits of one session. At least one of the first two is given. */
export interface ThrottleOptions {
  /** Requests that have been sent and are not yet answered, over all nodes. Default: no limit but that of the connections. */
  readonly maxConcurrentRequests?: number
  /** Requests that are sent in a second. Default: no limit. */
  readonly maxRequestsPerSecond?: number
  /** Requests that wait for their turn, first come, first served; one more fails with a `BusyError`. Default: 65,536. */
  readonly maxQueueSize?: number
}

/** A request that waits for its turn. */
export interface Throttled {
  /** It was given up meanwhile: its turn goes to the next. */
  readonly isDone: boolean
}

interface Waiting {
  readonly request: Throttled
  readonly go: () => void
}

const DEFAULT_QUEUE = 65_536
/** How often the queue is looked at for the sake of the rate. */
const LOOK_MS = 20
/** After a pause so many seconds' worth of requests may leave at once: as much as two looks apart. */
const BURST_SECONDS = 0.04

export class Throttle {
  readonly maxConcurrent: number
  readonly maxPerSecond: number
  readonly maxQueue: number
  readonly #now: () => number
  readonly #queue = new RingQueue<Waiting>()
  #inUse = 0
  /** Requests that may leave now as far as the rate goes. */
  #allowance: number
  #countedAt: number
  #draining = false
  #look: TimerNode | null = null

  constructor(options: ThrottleOptions, now: () => number = () => performance.now()) {
    this.maxConcurrent = options.maxConcurrentRequests ?? Infinity
    this.maxPerSecond = options.maxRequestsPerSecond ?? Infinity
    this.maxQueue = options.maxQueueSize ?? DEFAULT_QUEUE
    this.#now = now
    this.#allowance = this.#burst
    this.#countedAt = now()
  }

  /** Requests that wait, those that were given up included until their turn comes. */
  get queued(): number {
    return this.#queue.length
  }

  /** Requests that have a place. */
  get inUse(): number {
    return this.#inUse
  }

  /** A request would be sent at once. */
  get hasRoom(): boolean {
    return this.#queue.length === 0 && this.#inUse < this.maxConcurrent && this.#allowed() >= 1
  }

  /** Takes a place, where one is free and nobody waits for it. */
  tryEnter(): boolean {
    return this.#queue.length === 0 && this.#take()
  }

  /** Has `go` called when a place was taken for the request. False where the queue is full. */
  wait(request: Throttled, go: () => void): boolean {
    if (this.#queue.length >= this.maxQueue) this.#forgetDone()
    if (this.#queue.length >= this.maxQueue) return false
    this.#queue.push({ request, go })
    this.#lookLater()
    return true
  }

  /** Gives places back; those who wait may go. */
  leave(places = 1): void {
    this.#inUse -= places
    if (this.#queue.length > 0) this.#drain()
  }

  /** Nobody waits any more; each who does is told. */
  close(onWaiting: (request: Throttled) => void): void {
    if (this.#look !== null) timers.cancel(this.#look)
    this.#look = null
    for (let waiting = this.#queue.shift(); waiting !== undefined; waiting = this.#queue.shift()) onWaiting(waiting.request)
  }

  #take(): boolean {
    if (this.#inUse >= this.maxConcurrent || !this.#mayLeaveNow()) return false
    this.#inUse++
    return true
  }

  #mayLeaveNow(): boolean {
    if (this.maxPerSecond === Infinity) return true
    if (this.#allowed() < 1) return false
    this.#allowance--
    return true
  }

  #allowed(): number {
    if (this.maxPerSecond === Infinity) return Infinity
    const now = this.#now()
    this.#allowance = Math.min(this.#allowance + ((now - this.#countedAt) / 1_000) * this.maxPerSecond, this.#burst)
    this.#countedAt = now
    return this.#allowance
  }

  get #burst(): number {
    return Math.max(1, this.maxPerSecond * BURST_SECONDS)
  }

  #drain(): void {
    if (this.#draining) return
    this.#draining = true
    for (let first = this.#queue.peek(); first !== undefined; first = this.#queue.peek()) {
      if (!first.request.isDone && !this.#take()) break
      this.#queue.shift()
      if (!first.request.isDone) first.go()
    }
    this.#draining = false
  }

  /** The rate gives places without the end of a request. */
  #lookLater(): void {
    if (this.maxPerSecond === Infinity) return
    this.#look ??= timers.after(LOOK_MS, () => {
      this.#look = null
      this.#drain()
      if (this.#queue.length > 0) this.#lookLater()
    })
  }

  #forgetDone(): void {
    for (let left = this.#queue.length; left > 0; left--) {
      const waiting = this.#queue.shift()!
      if (!waiting.request.isDone) this.#queue.push(waiting)
    }
  }
}

/** @throws {InvalidOptionError} a throttle without a limit limits nothing */
export function checkThrottle(options: ThrottleOptions): void {
  if (options.maxConcurrentRequests !== undefined || options.maxRequestsPerSecond !== undefined) return
  throw new InvalidOptionError('throttle', 'Option throttle takes maxConcurrentRequests, maxRequestsPerSecond, or both; neither was given')
}
