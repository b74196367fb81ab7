/** What the clients are measured against. */
import type { Target } from '../clients/client.js'

/** Disposing it ends what was started for the run, and nothing else. */
export interface BenchServer extends AsyncDisposable {
  readonly target: Omit<Target, 'protocol'>
  readonly description: string
  /** It answers from bytes made beforehand: nothing to create, nothing to load, nothing to warm up. */
  readonly answersFromMemory: boolean
  /** Processes to keep on the server's core; empty where they are not ours. */
  readonly pids: readonly number[]
}
