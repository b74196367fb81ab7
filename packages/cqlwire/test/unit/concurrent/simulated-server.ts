/** A server in simulated time, and a client that keeps as many requests in flight as it is told: what a limit makes of a run, exactly. */
import type { AdaptiveLimit } from '../../../src/concurrent/adaptive-limit.js'

/** How many are in flight: a fixed number, or what the samples make of it. */
export type Limiter = number | AdaptiveLimit

export interface ServerModel {
  /** So many are worked on at once; the others wait in a line. */
  readonly slots: number
  /** Milliseconds of work on the request that starts at `now`. */
  readonly service: (now: number, random: () => number) => number
  /** Milliseconds on the way, there and back. */
  readonly network: number
  /** More than so many in the server are answered OVERLOADED. */
  readonly most?: number
  /** All that wait are taken together, and answered together after `service + each × their number`. */
  readonly batch?: { readonly each: number }
}

/** A line of numbers from 0 to 1, always the same (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

interface Request {
  readonly isLookedAt: boolean
  readonly startedAt: number
  readonly epoch: number
  readonly level: number
}

interface Event {
  readonly at: number
  readonly run: () => void
}

/** Events by time, of those of one time the earlier first: a binary heap would be faster, a list that is mostly appended to is enough. */
class Agenda {
  readonly #events: Event[] = []
  now = 0

  add(at: number, run: () => void): void {
    const events = this.#events
    let low = 0
    let high = events.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (events[middle]!.at > at) low = middle + 1
      else high = middle
    }
    events.splice(low, 0, { at, run })
  }

  /** False where nothing is left to happen. */
  step(): boolean {
    const next = this.#events.pop()
    if (next === undefined) return false
    this.now = next.at
    next.run()
    return true
  }
}

export interface Outcome {
  /** Simulated milliseconds from the first request to the last answer. */
  readonly ms: number
  readonly refused: number
  readonly limits: readonly number[]
}

/** Runs until `count` requests were answered without an error; refused ones are sent again at the end of the line. */
export function simulate(model: ServerModel, limiter: Limiter, count: number): Outcome {
  const random = randomNumbers(42)
  const agenda = new Agenda()
  const line: Request[] = []
  const limits: number[] = []
  let working = 0
  let inServer = 0
  let inFlight = 0
  let toSend = count
  let refused = 0

  const limitNow = (): number => (typeof limiter === 'number' ? limiter : limiter.limit)
  const fill = (): void => {
    while (toSend > 0 && inFlight < limitNow()) {
      toSend--
      inFlight++
      const isLookedAt = typeof limiter !== 'number' && limiter.looksAt(toSend)
      const request = { isLookedAt, startedAt: agenda.now, epoch: typeof limiter === 'number' ? 0 : limiter.epoch, level: limitNow() }
      agenda.add(agenda.now + model.network / 2, () => arrive(request))
    }
  }
  const arrive = (request: Request): void => {
    if (inServer >= (model.most ?? Infinity)) return void agenda.add(agenda.now + model.network / 2, () => answered(request, false))
    inServer++
    line.push(request)
    work()
  }
  const work = (): void => {
    while (working < model.slots && line.length > 0) {
      working++
      const taken = line.splice(0, model.batch === undefined ? 1 : line.length)
      const done = agenda.now + model.service(agenda.now, random) + (model.batch?.each ?? 0) * taken.length
      agenda.add(done, () => {
        working--
        inServer -= taken.length
        for (const each of taken) agenda.add(agenda.now + model.network / 2, () => answered(each, true))
        work()
      })
    }
  }
  const answered = (request: Request, success: boolean): void => {
    const isFull = inFlight >= limitNow()
    inFlight--
    if (!success) {
      refused++
      toSend++
    }
    if (typeof limiter !== 'number') {
      if (!success) limiter.refused(request.epoch, request.level)
      else if (request.isLookedAt) limiter.sample(request.epoch, agenda.now - request.startedAt, agenda.now, isFull, 0)
      if (limits.at(-1) !== limiter.limit) limits.push(limiter.limit)
    }
    fill()
  }
  fill()
  while (agenda.step());
  return { ms: agenda.now, refused, limits }
}

/** The least time of all fixed numbers in flight that are not refused for ever. */
export function bestFixed(model: ServerModel, count: number): { readonly ms: number; readonly level: number } {
  const levels = [1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 80, 96, 100, 128, 192, 256, 512, 1024]
  const runs = levels.filter((level) => level <= (model.most ?? Infinity)).map((level) => ({ level, ms: simulate(model, level, count).ms }))
  return runs.reduce((best, each) => (each.ms < best.ms ? each : best))
}
