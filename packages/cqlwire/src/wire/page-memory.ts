/**
 * Memory of large answers, used again by those that come after.
 *
 * A page of 440 kB in fresh memory costs its page faults and, as V8 counts it, brings the next full collection nearer. Memory is kept here only
 * when whoever gives it back knows that nothing else refers to it: see `ResultSet`. Memory that is not given back is collected as any other.
 */

/** Bytes, from where on an answer is a large one. Below, answers share slabs, or are collected young. */
export const LARGE_PAGE: number = 128 * 1024
/** A larger piece is not kept. */
const MOST_LENGTH = 1024 * 1024
/** Bytes that lie here unused at most. */
const MOST_KEPT = 2 * 1024 * 1024
/** Lengths are rounded up to multiples of this, so that pages of nearly one length fit each other's memory. */
const UNIT = 64 * 1024

const kept: ArrayBufferLike[] = []
let keptBytes = 0
/** What may come back: nothing else is taken, and nothing twice. */
const lent = new WeakSet<ArrayBufferLike>()

/** A buffer of that length, whose bytes may be anything. */
export function takeMemory(length: number): Buffer {
  if (length < LARGE_PAGE || length > MOST_LENGTH) return Buffer.allocUnsafeSlow(length)
  const memory = takeKept(length) ?? Buffer.allocUnsafeSlow(Math.ceil(length / UNIT) * UNIT).buffer
  lent.add(memory)
  return Buffer.from(memory, 0, length)
}

/** The latest that is long enough, unless half of it would be wasted. */
function takeKept(length: number): ArrayBufferLike | undefined {
  for (let i = kept.length - 1; i >= 0; i--) {
    const memory = kept[i]!
    if (memory.byteLength < length || memory.byteLength > 2 * length) continue
    kept.splice(i, 1)
    keptBytes -= memory.byteLength
    return memory
  }
  return undefined
}

/** Takes back what `takeMemory` gave: nobody may look at it any more. Other buffers are left alone. */
export function giveBackMemory({ buffer: memory }: Buffer): void {
  if (!lent.delete(memory)) return
  kept.push(memory)
  keptBytes += memory.byteLength
  // The oldest go: they may be of a length that is not asked for any more.
  while (keptBytes > MOST_KEPT) keptBytes -= kept.shift()!.byteLength
}
