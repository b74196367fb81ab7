/** What a run leaves in the process: open resources, file descriptors, memory. */
import { existsSync, readdirSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

export interface Holdings {
  /** Kind → how many: sockets, timers that run, processes, workers, as Node counts what is open. */
  readonly resources: ReadonlyMap<string, number>
  /** Null where the system doesn't say. */
  readonly fileDescriptors: number | null
  /** Bytes in use on the heap after a full collection. */
  readonly heap: number
  /** Bytes outside of it: buffers. */
  readonly buffers: number
}

/** What lies on the heap after a run without a leak: code that was compiled on the way, and the libraries' own caches. */
const HEAP_ALLOWANCE = 8 * 1024 * 1024

export function openResources(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return counts
}

export function openFileDescriptors(): number | null {
  return existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : null
}

/** Runs the collector until nothing more is freed; `--expose-gc` must be on. */
async function heapAfterCollection(): Promise<number> {
  if (globalThis.gc === undefined) throw new Error('The heap is measured after a full collection: start Node with --expose-gc')
  let last = Infinity
  for (let round = 0; round < 8; round++) {
    globalThis.gc()
    await delay(20)
    const used = process.memoryUsage().heapUsed
    if (used >= last - 16 * 1024) return Math.min(used, last)
    last = used
  }
  return last
}

export async function takeHoldings(): Promise<Holdings> {
  const heap = await heapAfterCollection()
  return { resources: openResources(), fileDescriptors: openFileDescriptors(), heap, buffers: process.memoryUsage().arrayBuffers }
}

/** Waits for what is on its way out (a socket's last close takes a turn or two of the loop), then holds it against `before`. */
export async function residueSince(before: Holdings, waitMs = 5_000): Promise<{ after: Holdings; problems: string[] }> {
  const until = performance.now() + waitMs
  while (moreThan(before).length > 0 && performance.now() < until) await delay(50)
  const after = await takeHoldings()
  const problems = moreThan(before)
  const grown = after.heap + after.buffers - before.heap - before.buffers
  if (grown > HEAP_ALLOWANCE)
    problems.push(`memory: ${mebibytes(grown)} more than at the start, of which ${mebibytes(HEAP_ALLOWANCE)} are allowed`)
  return { after, problems }
}

function moreThan(before: Holdings): string[] {
  const problems: string[] = []
  for (const [kind, count] of openResources()) {
    const was = before.resources.get(kind) ?? 0
    if (count > was) problems.push(`${kind}: ${count} open, ${was} at the start`)
  }
  const files = openFileDescriptors()
  if (files !== null && before.fileDescriptors !== null && files > before.fileDescriptors) {
    problems.push(`file descriptors: ${files} open, ${before.fileDescriptors} at the start`)
  }
  return problems
}

export const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`
