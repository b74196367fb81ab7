/**
 * One coarse timer for all that waits: a request hangs itself on a wheel and takes itself off again, at the price of a few pointers.
 *
 * The contract: never early; late by at most two ticks, plus whatever the event loop was held up.
 *
 * - `schedule` reads no clock: a node joins the list of new ones, and its delay starts to count at the wheel's next tick, which is
 *   after the call, so that it can't fire early. Most requests are answered before that tick, and never reach a slot.
 * - Expired nodes fire from `setImmediate`, that is after the poll phase: when the event loop was held up, the answers that already
 *   lie in the kernel are delivered first, and take their requests off the list of expired ones.
 * - The interval runs only while something is scheduled, and doesn't keep the process alive: sockets do.
 */
import { AsyncResource } from 'node:async_hooks'

/** What hangs on a wheel: a link of a doubly linked ring, its own node. */
export interface TimerNode {
  /** null where the node isn't scheduled. Set and read by the wheel only; start with null. */
  timerPrevious: TimerNode | null
  /** null where the node isn't scheduled. Set and read by the wheel only; start with null. */
  timerNext: TimerNode | null
  /** Milliseconds of delay for a new node, then the tick that it fires at. Set and read by the wheel only; start with 0. */
  timerDeadline: number
  /** Called once, after the delay, when the node has been taken off the wheel. It may schedule itself again. */
  onTimer(): void
}

/** Where the wheel's time comes from; tests put their own here. */
export interface TimerSource {
  /** Milliseconds from any origin, never going back. */
  now(): number
  /** Calls back about every `ms`, until the returned function is called. */
  every(ms: number, callback: () => void): () => void
  /** Calls back after the sockets that are ready were read. */
  afterPoll(callback: () => void): void
}

class Sentinel implements TimerNode {
  timerPrevious: TimerNode | null = this
  timerNext: TimerNode | null = this
  timerDeadline = 0
  onTimer(): void {}
}

class CallbackTimer implements TimerNode {
  timerPrevious: TimerNode | null = null
  timerNext: TimerNode | null = null
  timerDeadline = 0
  readonly onTimer: () => void
  constructor(callback: () => void) {
    this.onTimer = callback
  }
}

const SLOTS = 512

// Timers start in the context of whoever schedules first: the scope of the module keeps that request's context from living on in them.
let ownScope: AsyncResource | undefined

const systemSource: TimerSource = {
  now: () => performance.now(),
  every(ms, callback) {
    ownScope ??= new AsyncResource('CqlwireTimers')
    const interval = ownScope.runInAsyncScope(setInterval, null, callback, ms)
    interval.unref()
    return () => clearInterval(interval)
  },
  afterPoll: (callback) => void setImmediate(callback),
}

function link(list: TimerNode, node: TimerNode): void {
  const last = list.timerPrevious!
  node.timerPrevious = last
  node.timerNext = list
  last.timerNext = node
  list.timerPrevious = node
}

function unlink(node: TimerNode): void {
  node.timerPrevious!.timerNext = node.timerNext
  node.timerNext!.timerPrevious = node.timerPrevious
  node.timerPrevious = null
  node.timerNext = null
}

export class TimerWheel {
  /** Milliseconds between two ticks: how coarse the wheel is. */
  readonly tickMs: number
  /** The time as of the last tick: costs nothing to read, and stands still while nothing is scheduled. */
  coarseNow: number
  private readonly source: TimerSource
  private readonly slots: TimerNode[]
  /** Scheduled since the last tick; the delay hasn't begun to count. */
  private readonly fresh: TimerNode
  /** Expired, and about to fire. */
  private readonly due: TimerNode
  private count: number
  /** The last tick that was worked off. */
  private tick: number
  private firing: boolean
  private scheduledSinceTick: boolean
  private stop: (() => void) | null

  constructor(tickMs = 20, source: TimerSource = systemSource) {
    this.tickMs = tickMs
    this.coarseNow = 0
    this.source = source
    this.slots = Array.from({ length: SLOTS }, () => new Sentinel())
    this.fresh = new Sentinel()
    this.due = new Sentinel()
    this.count = 0
    this.tick = 0
    this.firing = false
    this.scheduledSinceTick = false
    this.stop = null
  }

  /** How many nodes are scheduled. */
  get size(): number {
    return this.count
  }

  /** Calls `node.onTimer()` once, `delayMs` from now or a little later. A node that is scheduled already starts anew. */
  schedule(node: TimerNode, delayMs: number): void {
    if (node.timerNext !== null) unlink(node)
    else this.count++
    node.timerDeadline = delayMs
    link(this.fresh, node)
    this.scheduledSinceTick = true
    if (this.stop === null) this.start()
  }

  /** Takes a node off. Does nothing where it isn't scheduled. */
  cancel(node: TimerNode): void {
    if (node.timerNext === null) return
    unlink(node)
    this.count--
  }

  /** A timer for a plain callback, where an object per call is no matter. Give the returned node to `cancel`. */
  after(delayMs: number, callback: () => void): TimerNode {
    const node = new CallbackTimer(callback)
    this.schedule(node, delayMs)
    return node
  }

  private start(): void {
    this.coarseNow = this.source.now()
    this.tick = this.tickAt(this.coarseNow)
    this.stop = this.source.every(this.tickMs, () => this.onTick())
  }

  private tickAt(now: number): number {
    return Math.floor(now / this.tickMs)
  }

  private onTick(): void {
    const now = this.source.now()
    this.coarseNow = now
    const reached = this.tickAt(now)
    // After a long hold-up every slot is walked once, not once per tick that was missed.
    const from = Math.max(this.tick + 1, reached - SLOTS + 1)
    for (let tick = from; tick <= reached; tick++) this.collect(this.slots[tick & (SLOTS - 1)]!, reached)
    this.tick = Math.max(this.tick, reached)
    this.placeFresh(now)
    if (this.due.timerNext !== this.due && !this.firing) {
      this.firing = true
      this.source.afterPoll(() => this.fire())
    }
    // One idle tick passes before the interval stops, or one request after another would start and stop it each time.
    if (this.count === 0 && !this.scheduledSinceTick) {
      this.stop?.()
      this.stop = null
    }
    this.scheduledSinceTick = false
  }

  /** Moves what has expired in a slot to the due list; the rest belongs to later rounds of the wheel. */
  private collect(slot: TimerNode, reached: number): void {
    let node = slot.timerNext!
    while (node !== slot) {
      const next = node.timerNext!
      if (node.timerDeadline <= reached) {
        unlink(node)
        link(this.due, node)
      }
      node = next
    }
  }

  private placeFresh(now: number): void {
    const { fresh } = this
    while (fresh.timerNext !== fresh) {
      const node = fresh.timerNext!
      unlink(node)
      // Ticks that were worked off don't come again; and a delay of nothing still waits for the next tick.
      node.timerDeadline = Math.max(Math.ceil((now + node.timerDeadline) / this.tickMs), this.tick + 1)
      link(this.slots[node.timerDeadline & (SLOTS - 1)]!, node)
    }
  }

  private fire(): void {
    const { due } = this
    try {
      while (due.timerNext !== due) {
        const node = due.timerNext!
        unlink(node)
        this.count--
        node.onTimer()
      }
    } finally {
      this.firing = false
      // Only where onTimer threw: that error goes its way, the others still fire.
      if (due.timerNext !== due) {
        this.firing = true
        this.source.afterPoll(() => this.fire())
      }
    }
  }
}

/** The process's wheel for requests, heartbeats and the like. */
export const timers: TimerWheel = new TimerWheel(20)

/** A finer wheel for what is measured in single milliseconds: speculative executions. */
export const fineTimers: TimerWheel = new TimerWheel(2)
