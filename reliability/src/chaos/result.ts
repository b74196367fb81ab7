/** What a run of chaos found. */
import type { LinkFaultKind, NodeFaultKind } from '../faults/schedule.js'
import type { CasFigures } from '../ledger/cas-row.js'
import type { ReadBack } from '../ledger/read-back.js'
import type { BookFigures } from '../ledger/request-book.js'
import type { Holdings } from '../watch/residue.js'
import type { TwoLostFigures } from './two-lost.js'

export interface ChaosResult {
  readonly interrupted: boolean
  readonly seconds: number
  readonly faults: ReadonlyMap<NodeFaultKind | LinkFaultKind, number>
  readonly books: readonly BookFigures[]
  readonly cas: readonly CasFigures[]
  readonly increments: readonly { readonly acknowledged: number; readonly unknown: number }[]
  readonly twoLost: TwoLostFigures
  /** Null where the run was interrupted before. */
  readonly back: ReadBack | null
  readonly deadline: {
    readonly timeoutMs: number
    readonly allowanceMs: number
    readonly slowestMs: number
    readonly longestPauseMs: number
    readonly pausedMs: number
  }
  /** The driver's warnings, numbers left out → how often. */
  readonly warnings: ReadonlyMap<string, number>
  /** What was lost, or wrong, or late. */
  readonly problems: readonly string[]
  readonly before: Holdings
  readonly after: Holdings
  /** What was left open. */
  readonly left: readonly string[]
}

/** Requests that never ended. */
export const pendingIn = ({ books }: ChaosResult): number => books.reduce((sum, { pending }) => sum + pending, 0)

export function isWell(result: ChaosResult): boolean {
  return result.back !== null && pendingIn(result) === 0 && result.problems.length === 0 && result.left.length === 0
}
