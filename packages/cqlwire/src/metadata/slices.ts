/** Work that would hold up the event loop, done a slice at a time. */

/** Milliseconds until other work gets its turn: well below what a request would notice. */
const SLICE_MS = 5

/**
 * Does work that yields about every tenth of a millisecond, or at least every millisecond, and lets other work in when a slice is over.
 * Work that fits into one slice is done when this returns.
 */
export async function runInSlices<T>(work: Iterator<undefined, T>): Promise<T> {
  for (;;) {
    const until = performance.now() + SLICE_MS
    for (;;) {
      const step = work.next()
      if (step.done === true) return step.value
      if (performance.now() >= until) break
    }
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
}

/** Does it all at once. */
export function runThrough<T>(work: Iterator<undefined, T>): T {
  for (;;) {
    const step = work.next()
    if (step.done === true) return step.value
  }
}
