import { freemem } from 'node:os'
import { EmbeddedCassandraError } from './embedded-error.js'

/** What a node takes beside its heap, in MiB: code, threads, buffers (measured: 315 to 360 MiB after a start). */
const besideHeap = 360

/**
 * @param heap MiB for each node
 * @param available bytes; what the machine, or the container this process is in, can still give
 * @throws {EmbeddedCassandraError} says how much is there, how much is needed and what to change
 */
export function assertEnoughMemory(nodes: number, heap: number, available: number = availableMemory()): void {
  const needed = nodes * (heap + besideHeap)
  const free = Math.floor(available / 2 ** 20)
  if (free >= needed) return
  const what = nodes === 1 ? 'A node' : `${nodes} nodes`
  throw new EmbeddedCassandraError(
    `${what} with a heap of ${heap} MiB need ${needed} MiB of memory, ${free} MiB are free. Give a smaller \`heap\`, fewer \`nodes\`, or end other programs.`,
    { code: 'ERR_TOO_LITTLE_MEMORY' },
  )
}

function availableMemory(): number {
  // Knows of containers' limits; since Node 20.13 and 22.0.
  const measure = (process as { availableMemory?: () => number }).availableMemory
  return measure === undefined ? freemem() : Math.max(measure(), 0)
}
