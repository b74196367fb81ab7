/** Errors of a ParallelSession itself. */
import { CqlwireError, type CqlwireErrorOptions } from '../base/errors.js'

/** A worker, as messages and events name it. */
export interface WorkerInfo {
  /** Its place, from 0: a replacement has the place of the one it replaces. */
  readonly id: number
  readonly kind: 'process' | 'thread'
  /** The process's id, or the thread's within this process. */
  readonly pid: number
}

/**
 * A worker died, or could not be had any more, while it had this request. The request may or may not have been applied (`maybeApplied`).
 * Requests with `idempotent: true` are repeated by another worker instead.
 */
export class WorkerLostError extends CqlwireError {
  readonly worker: WorkerInfo | null
  /** False where the request surely was not sent. */
  readonly maybeApplied: boolean

  constructor(message: string, options: CqlwireErrorOptions & { readonly worker: WorkerInfo | null; readonly maybeApplied: boolean }) {
    super(message, { code: 'ERR_WORKER_LOST', ...options })
    this.worker = options.worker
    this.maybeApplied = options.maybeApplied
  }
}

export function describeWorker({ id, kind, pid }: WorkerInfo): string {
  return `Worker ${id} (${kind} ${pid})`
}
