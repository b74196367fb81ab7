/**
 * The caller's own lines in the stack of an error that came from the network.
 *
 * An error made while an answer is received knows only the receive loop. V8 can tell who awaits a promise, but only from within a
 * microtask of a promise that is chained to it. So a failure resolves the caller's promise with a chain of three: by the time the last
 * of them runs, the caller's promise hangs on it, and a stack captured there ends in `at async` lines of the awaiting code.
 * Success pays nothing for it.
 */

import { InvalidArgumentError, InvalidOptionError } from '../base/errors.js'

const nothing = (): void => {}

/** Rejects the promise behind `resolve` with the error, with the lines of the code that awaits it added to the error's stack. */
export function rejectWithStack(resolve: (value: never) => void, error: Error): void {
  const chain = Promise.resolve()
    .then(nothing)
    .then(() => {
      addAwaitingLines(error)
      throw error
    })
  resolve(chain as never)
}

/** A promise of its own that is rejected so. */
export function rejectedWithStack(error: Error): Promise<never> {
  return new Promise((resolve) => rejectWithStack(resolve, error))
}

/** The same within an async function that has caught the error after an `await`: `throw withAwaitingLines(error)`. */
export function withAwaitingLines(error: unknown): unknown {
  if (error instanceof Error) addAwaitingLines(error)
  return error
}

/**
 * What was wrong with the call itself was found many lines deep in the driver, and stacks are cut at ten: this one begins where the
 * user called the function.
 */
export function beginAtCall(error: Error, called: (...args: never[]) => unknown): Error {
  if (error instanceof InvalidArgumentError || error instanceof InvalidOptionError) Error.captureStackTrace(error, called)
  return error
}

function addAwaitingLines(error: Error): void {
  const here: { stack?: string } = {}
  Error.captureStackTrace(here)
  const lines = (here.stack ?? '').split('\n').filter((line) => line.startsWith('    at async '))
  if (lines.length === 0 || Object.isFrozen(error)) return
  const stack = error.stack ?? `${error.name}: ${error.message}`
  // The same error may be given to several callers (a lost connection): the first one's lines stay.
  if (stack.includes('    at async ')) return
  error.stack = `${stack}\n${lines.join('\n')}`
}
