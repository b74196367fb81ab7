/**
 * Which code has run, as V8 counts it block by block. It counts only in modules that are loaded after this has begun, and costs
 * next to nothing: counters are looked at once for many inputs.
 */
import { Session } from 'node:inspector'
import type { Profiler } from 'node:inspector'

/** A piece of a function's text that has not run: offsets in its file, `[from, to)`. */
type Gap = readonly [from: number, to: number]

export class Coverage {
  readonly #session = new Session()
  readonly #counts: (url: string) => boolean
  /** Of each function that has run, what of it has not. */
  #gaps = new Map<string, readonly Gap[]>()
  /** Functions entered, and pieces of them that ran after all. */
  blocks = 0

  /** `counts` says of a module's URL whether its code counts. Begins at once; one per thread. */
  constructor(counts: (url: string) => boolean) {
    this.#counts = counts
    this.#session.connect()
    this.#session.post('Profiler.enable')
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  }

  /** Forgets what was reached, for another target; what ran in between does not count. */
  begin(): void {
    this.#take()
    this.#gaps = new Map()
    this.blocks = 0
  }

  /** Whether anything ran since the last look that never had before. It is reached from now on, unless `keep` is false. */
  reachedNew(keep = true): boolean {
    let isNew = false
    for (const { url, functions } of this.#take()) {
      if (!this.#counts(url)) continue
      for (const { ranges } of functions) {
        const [whole] = ranges
        if (whole === undefined || whole.count === 0) continue
        isNew = this.#look(`${url}:${whole.startOffset}:${whole.endOffset}`, gapsOf(ranges), keep) || isNew
      }
    }
    return isNew
  }

  #look(name: string, gaps: readonly Gap[], keep: boolean): boolean {
    const known = this.#gaps.get(name)
    if (known === undefined) {
      if (keep) {
        this.#gaps.set(name, gaps)
        this.blocks++
      }
      return true
    }
    if (known.length === 0) return false
    const left = intersection(known, gaps)
    if (total(left) === total(known)) return false
    if (keep) {
      this.#gaps.set(name, left)
      this.blocks++
    }
    return true
  }

  #take(): readonly Profiler.ScriptCoverage[] {
    let taken: readonly Profiler.ScriptCoverage[] = []
    // A session within its own thread answers before `post` returns.
    this.#session.post('Profiler.takePreciseCoverage', (error, { result }) => {
      if (error !== null) throw error
      taken = result
    })
    return taken
  }
}

/** Ranges come outermost first, and an inner one says more: what stands in a range of count 0 has not run, but for ranges within it. */
function gapsOf(ranges: readonly Profiler.CoverageRange[]): readonly Gap[] {
  let gaps: Gap[] = []
  for (const { startOffset, endOffset, count } of ranges) {
    if (count === 0) gaps.push([startOffset, endOffset])
    else if (gaps.length > 0) gaps = gaps.flatMap((gap) => without(gap, startOffset, endOffset))
  }
  return gaps
}

function without([from, to]: Gap, start: number, end: number): Gap[] {
  const left: Gap[] = []
  if (from < Math.min(to, start)) left.push([from, Math.min(to, start)])
  if (Math.max(from, end) < to) left.push([Math.max(from, end), to])
  return left
}

function intersection(ours: readonly Gap[], others: readonly Gap[]): Gap[] {
  const both: Gap[] = []
  for (const [from, to] of ours) {
    for (const [start, end] of others) if (Math.max(from, start) < Math.min(to, end)) both.push([Math.max(from, start), Math.min(to, end)])
  }
  return both
}

function total(gaps: readonly Gap[]): number {
  return gaps.reduce((sum, [from, to]) => sum + to - from, 0)
}
