/** Tells whoever waits for a request what came of it. */

/**
 * Calls a function of the user with an outcome. What it throws must reach neither the receive loop, where it would end the connection, nor
 * the requests that come after: it becomes a warning of the process.
 */
export function tell<T>(callback: (outcome: T) => void, outcome: T): void {
  try {
    callback(outcome)
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    process.emitWarning(`A callback of a request failed; the driver goes on without it. ${text}`, 'CqlwireWarning')
  }
}
