import type { Target } from '../clients/client.js'

/** What streams through the process. */
export type Stream = 'inserts' | 'iterate'

export interface MemoryJob {
  readonly stream: Stream
  readonly target: Target
  readonly rows: number
  /** The server holds no table of as many rows: pages of bench.wide are read again and again. */
  readonly answersFromMemory: boolean
}

/** A look at the process, while it streams. */
export interface Sample {
  readonly rows: number
  readonly seconds: number
  readonly rssMiB: number
  readonly heapMiB: number
}

export interface MemoryReport {
  readonly stream: Stream
  readonly rows: number
  readonly seconds: number
  readonly samples: readonly Sample[]
  /** Memory in use right after a full collection, MiB (heap and buffers): what is really held, not what waits to be collected. */
  readonly heldAtQuarterMiB: number
  readonly heldAtEndMiB: number
}
