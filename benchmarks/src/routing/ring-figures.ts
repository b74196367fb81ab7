/** What a token map costs: medians over its rounds. */
export interface RingFigures {
  readonly nodes: number
  readonly keyspaces: number
  /** CPU milliseconds until the map can be asked, the sorting of all tokens included. */
  readonly readyMs: number
  /** CPU milliseconds until every list of replicas of every keyspace was asked for. */
  readonly filledMs: number
  /** Held by the map then, MiB (heap and buffers after a full collection). */
  readonly heldMiB: number
}

export interface RingReport {
  /** Made-up nodes with their tokens as text, MiB: what the map is made from, and not counted in it. */
  readonly hostsMiB: number
  /** For each size of ring: one keyspace, then many. */
  readonly figures: readonly RingFigures[]
}

export const ringSizes: readonly number[] = [3, 1_000]
export const manyKeyspaces = 20
