/** What is done about an attempt that failed: prepare again, ask the retry policy, go on to another host, or tell the caller. */
import { type ConnectionError, CqlwireError } from '../base/errors.js'
import {
  IsBootstrappingError,
  OverloadedError,
  ReadFailureError,
  ReadTimeoutError,
  ServerError,
  TruncateError,
  UnavailableError,
  UnpreparedError,
  WriteFailureError,
  WriteTimeoutError,
} from '../base/server-errors.js'
import { timers } from '../base/timer-wheel.js'
import type { Connection } from '../connection/connection.js'
import type { RetryAnswer, RetryDecision, RetryPolicy } from '../policies/retry.js'
import { isOfTheNode } from './prepare.js'
import { BatchRequest } from './request.js'
import type { RunningRequest } from './running-request.js'
import { ResultSet } from './result-set.js'
import { checkDecision, policyFailed } from './retry-decision.js'

/** A node that forgets a statement as soon as it is prepared would be asked for ever. */
const MAX_UNPREPARED = 10
/** No policy may retry one request more often than this. */
const MAX_RETRIES = 100

/** An ERROR answer. */
export function recover(execution: RunningRequest, connection: Connection, error: ServerError): void {
  if (error instanceof UnpreparedError) return prepareAgain(execution, connection, error)
  if (error instanceof OverloadedError) execution.session.refusals++
  const decide = decisionFor(error)
  // Syntax, authorisation, wrong values: the same everywhere and always.
  if (decide === null) return execution.fail(error)
  carryOut(execution, connection, error, (policy) => decide(policy, execution))
}

/** The connection closed before the answer came. */
export function connectionLost(execution: RunningRequest, connection: Connection, error: ConnectionError): void {
  if (execution.session.isShutdown) return execution.fail(error)
  carryOut(execution, connection, error, (policy) => policy.onRequestError(error, execution, error.sent))
}

type Decide = (policy: RetryPolicy, execution: RunningRequest) => RetryAnswer

/** Which hook of a policy an error goes to; null for errors that no retry mends. */
function decisionFor(error: ServerError): Decide | null {
  if (error instanceof ReadTimeoutError) return (policy, execution) => policy.onReadTimeout(error, execution)
  if (error instanceof WriteTimeoutError) return (policy, execution) => policy.onWriteTimeout(error, execution)
  if (error instanceof UnavailableError) return (policy, execution) => policy.onUnavailable(error, execution)
  const worthAsking =
    error instanceof OverloadedError ||
    error instanceof IsBootstrappingError ||
    error instanceof TruncateError ||
    error instanceof ReadFailureError ||
    error instanceof WriteFailureError ||
    error.protocolCode === 0x0000
  return worthAsking ? (policy, execution) => policy.onRequestError(error, execution, true) : null
}

function carryOut(execution: RunningRequest, connection: Connection, error: CqlwireError, ask: (policy: RetryPolicy) => RetryAnswer): void {
  const policy = execution.settings.retry
  let answer: RetryAnswer
  try {
    answer = ask(policy)
  } catch (cause) {
    return execution.fail(policyFailed(policy, error, cause))
  }
  if (!isPromise(answer)) return decide(execution, connection, error, answer)
  const { parked } = execution.session
  parked.add(execution)
  Promise.resolve(answer).then(
    (decision) => {
      parked.delete(execution)
      decide(execution, connection, error, decision)
    },
    (cause: unknown) => {
      parked.delete(execution)
      execution.fail(policyFailed(policy, error, cause))
    },
  )
}

function isPromise(answer: RetryAnswer): answer is PromiseLike<RetryDecision> {
  return typeof (answer as Partial<PromiseLike<RetryDecision>> | null | undefined)?.then === 'function'
}

function decide(execution: RunningRequest, connection: Connection, error: CqlwireError, decision: RetryDecision): void {
  if (execution.isDone) return
  try {
    checkDecision(execution.settings.retry, decision, error)
  } catch (wrong) {
    return execution.fail(wrong as Error)
  }
  if (decision.kind === 'rethrow' || execution.retries >= MAX_RETRIES) return execution.fail(error)
  if (decision.kind === 'ignore') return execution.complete(new ResultSet(execution, null, null, null, 0, 0, 0, null))
  execution.note(execution.host!, error)
  execution.retries++
  if (decision.consistency !== undefined) execution.downgraded = decision.consistency
  const same = decision.kind === 'retry' ? connection : null
  const { delayMs = 0 } = decision
  if (delayMs === 0) return attempt(execution, () => execution.sendAgain(same))
  const { parked } = execution.session
  parked.add(execution)
  timers.after(delayMs, () => {
    parked.delete(execution)
    if (!execution.isDone) attempt(execution, () => execution.sendAgain(same, true))
  })
}

/** The node doesn't know the statement (it was restarted, or its cache was full): tells it, then asks again. */
function prepareAgain(execution: RunningRequest, connection: Connection, error: UnpreparedError): void {
  const { request, session } = execution
  const prepared = session.preparedById(request, error.id)
  if (prepared === null) return execution.fail(error)
  if (++execution.unprepared > MAX_UNPREPARED) {
    return execution.fail(
      new CqlwireError(
        `${connection.name} forgot a statement ${MAX_UNPREPARED} times in a row right after it was prepared: ${request.describe()}`,
        { code: error.code, cause: error },
      ),
    )
  }
  // A node that forgot one statement of a batch has most likely forgotten the others as well: they are told together.
  const forgotten = request instanceof BatchRequest ? [...new Set(request.prepared)] : [prepared]
  Promise.all(forgotten.map((each) => session.prepareOn(connection, each))).then(
    () => {
      if (execution.isDone) return
      attempt(execution, () => execution.sendAgain(connection))
    },
    (cause: unknown) => {
      if (execution.isDone) return
      if (cause instanceof ServerError && !isOfTheNode(cause)) return execution.fail(cause)
      // The connection was lost meanwhile, or the node is overloaded. The request itself was refused, so that it can go elsewhere.
      execution.note(execution.host!, cause as Error)
      attempt(execution, () => execution.nextAttempt())
    },
  )
}

/** Sends once more; what goes wrong with that goes to the caller. */
function attempt(execution: RunningRequest, send: () => void): void {
  try {
    send()
  } catch (error) {
    execution.fail(error as Error)
  }
}
