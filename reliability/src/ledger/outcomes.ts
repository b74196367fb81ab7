/** What an error says of the request that it ended: was nothing done, or can nobody know. */
import {
  BusyError,
  ConnectionError,
  InvalidArgumentError,
  IsBootstrappingError,
  NoHostAvailableError,
  OperationTimedOutError,
  OverloadedError,
  ShutdownError,
  UnavailableError,
} from 'cqlwire'

/**
 * `notSent`: the driver says that no node was asked. `refused`: a node was asked and says that it did nothing.
 * `unknown`: the request may have been carried out, or may yet be.
 */
export type Outcome = 'notSent' | 'refused' | 'unknown'

/**
 * `certain`: false for what may have been sent before the attempt that ended in this error (requests that the driver repeats), and for
 * conditional writes, which Cassandra may find unavailable at the commit of what was agreed on already.
 */
export function outcomeOf(error: unknown, certain: boolean): Outcome {
  if (error instanceof OperationTimedOutError || error instanceof ConnectionError) return error.sent ? 'unknown' : 'notSent'
  if (error instanceof BusyError || error instanceof InvalidArgumentError || error instanceof ShutdownError) return 'notSent'
  if (error instanceof NoHostAvailableError) return worstOf([...error.errors.values()].map((each) => outcomeOf(each, certain)))
  const refusal = error instanceof UnavailableError || error instanceof OverloadedError || error instanceof IsBootstrappingError
  return refusal && certain ? 'refused' : 'unknown'
}

function worstOf(outcomes: readonly Outcome[]): Outcome {
  if (outcomes.includes('unknown')) return 'unknown'
  return outcomes.includes('refused') ? 'refused' : 'notSent'
}

/** The name that an error is counted under. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error
}
