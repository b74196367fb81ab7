/** What is said when no node could be connected to. */
import { AuthenticationError, NoHostAvailableError } from '../base/errors.js'

/** AuthenticationError where every node refuses the credentials, else a NoHostAvailableError with each node's error in its message. */
export function connectionFailure(errors: ReadonlyMap<string, Error>): Error {
  const all = [...errors.values()]
  const first = all[0]
  if (first instanceof AuthenticationError && all.every((error) => error instanceof AuthenticationError)) return first
  if (first === undefined) return new NoHostAvailableError('No node could be connected to: there is no address to try', errors)
  const list = [...errors].map(([name, error]) => `\n  ${name}: ${error.message}`)
  const what = errors.size === 1 ? 'The node' : `None of ${errors.size} nodes`
  return new NoHostAvailableError(`${what} could ${errors.size === 1 ? 'not ' : ''}be used:${list.join('')}`, errors, { cause: first })
}
