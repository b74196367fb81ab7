/** What a caller is told when no answer came: which host, was it sent, what now. */
import { ConnectionError, MalformedFrameError, NoHostAvailableError, OperationTimedOutError } from '../base/errors.js'
import { ServerError } from '../base/server-errors.js'
import type { Host } from '../metadata/host.js'

/** What is said of a request that got no answer. */
interface Unanswered {
  readonly host: Host | null
  readonly connection: object | null
  readonly attempts: number
  /** Attempts that have no answer yet. */
  readonly running: number
  /** Why hosts were left, the latest reason last. */
  readonly errors: ReadonlyMap<string, Error> | null
  readonly settings: { readonly timeoutMs: number }
  readonly request: { describe(): string }
}

export function timedOut(running: Unanswered): OperationTimedOutError {
  const { timeoutMs } = running.settings
  const host = running.host?.endpoint ?? null
  const sent = running.connection !== null
  const attempts = `${running.attempts} attempt${running.attempts === 1 ? '' : 's'}`
  const last = [...(running.errors ?? [])].at(-1)
  const waited = sent && running.running === 0 && last !== undefined
  const where = waited
    ? `it waited to be tried again after ${last[0]} answered: ${last[1].message}; nothing came`
    : sent
      ? `${host} did not answer`
      : 'no node could be asked'
  const next = sent
    ? 'It was sent and may still be carried out; raise timeoutMs, or look at the node'
    : 'It was not sent: the connections are all busy, or lost (fewer requests at once, or more connections per host?)'
  return new OperationTimedOutError(
    `${running.request.describe()} timed out: ${where} within ${timeoutMs} ms (timeoutMs), ${attempts}. ${next}`,
    { timeoutMs, host, sent, ...(waited ? { cause: last[1] } : {}) },
  )
}

/** What is said of rows that turn out to be none when they are read, after the request is over. */
export function unreadableRows(name: string, request: { describe(): string }, error: MalformedFrameError): MalformedFrameError {
  return new MalformedFrameError(
    `${name} answered ${request.describe()} with rows that can't be read: ${error.message}. The request itself was carried out. ` +
      'Its connection is replaced; where the table was altered, execute it again: the columns are asked for anew',
    { cause: error },
  )
}

export function notConnected(host: Host): Error {
  return new ConnectionError(`There is no connection to ${host.endpoint}`, { host: host.endpoint })
}

export function noSuchHost(target: unknown): NoHostAvailableError {
  return new NoHostAvailableError(
    `The request option host names ${String(target)}, which is no host of this cluster. Nothing was sent`,
    new Map(),
  )
}

/** A node took the request and answered it with an error. */
export function wasAnswered(errors: ReadonlyMap<string, Error> | null): boolean {
  return errors !== null && [...errors.values()].some((error) => error instanceof ServerError)
}
