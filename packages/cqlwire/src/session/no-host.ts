/** What a request fails with when no host is left to ask. */
import { type CqlwireError, NoHostAvailableError } from '../base/errors.js'
import { ServerError } from '../base/server-errors.js'

/**
 * Where every host that was tried has answered, its error is the caller's, the last one's: an UnavailableError is one whether the cluster
 * has one node or five. Else a NoHostAvailableError with every host's reason.
 *
 * @param what the request, in a message
 * @param errors why hosts were left, by endpoint
 * @param connectErrors why there are no connections to others
 */
export function noHostLeft(what: string, errors: ReadonlyMap<string, Error>, connectErrors: Iterable<[string, Error]>): CqlwireError {
  const answer = [...errors.values()].at(-1)
  if (answer instanceof ServerError && [...errors.values()].every((error) => error instanceof ServerError)) return answer
  const all = new Map([...connectErrors, ...errors])
  const reasons = [...all].map(([endpoint, error]) => `${endpoint}: ${error.message}`)
  const why = reasons.length === 0 ? 'the query plan is empty (is localDataCenter right, and its nodes up?)' : reasons.join('; ')
  return new NoHostAvailableError(`${what} found no host to answer it: ${why}`, all)
}
