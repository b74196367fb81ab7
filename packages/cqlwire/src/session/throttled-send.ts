/** Sends an attempt of a request where the limits of the session (option `throttle`) allow it, or when its turn comes. */
import { BusyError } from '../base/errors.js'
import type { Throttle, Throttled } from '../policies/throttle.js'

interface Sending extends Throttled {
  /** Attempts that were sent. */
  readonly attempts: number
  readonly request: { describe(): string }
  fail(error: Error): void
  cancel(error: Error): void
}

/** Errors of `send` are thrown where it is called at once; later ones end the request. */
export function sendThrottled(throttle: Throttle, running: Sending, send: () => void): void {
  if (throttle.tryEnter()) return sendWithin(throttle, running, send)
  const waits = throttle.wait(running, () => {
    try {
      sendWithin(throttle, running, send)
    } catch (error) {
      running.cancel(error as Error)
    }
  })
  if (!waits) running.fail(queueFull(throttle, running))
}

/** A place was taken: each attempt that has no answer yet holds one, so that it is given back where none was sent. */
function sendWithin(throttle: Throttle, running: Sending, send: () => void): void {
  const { attempts } = running
  try {
    send()
  } finally {
    if (running.attempts === attempts) throttle.leave()
  }
}

function queueFull(throttle: Throttle, running: Sending): BusyError {
  const sent = running.attempts > 0 ? 'was not sent once more' : 'was not sent'
  return new BusyError(
    `${running.request.describe()} ${sent}: ${throttle.queued} requests wait for their turn already (throttle.maxQueueSize). Send fewer at once, e.g. with executeConcurrent`,
  )
}
