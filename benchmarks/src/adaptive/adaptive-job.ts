import type { Target } from '../clients/client.js'
import type { WindowResult } from '../measuring/load.js'

export type Level = number | 'auto'

export interface AdaptiveJob {
  readonly target: Target
  readonly level: Level
  readonly warmUpMs: number
  readonly measureMs: number
}

export interface AdaptiveReport extends WindowResult {
  /** Requests that failed in the end because the server refused them, over the whole run. */
  readonly refused: number
  /** In flight, the median of looks in the window. */
  readonly inFlight: number
}
