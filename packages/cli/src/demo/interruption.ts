/** Ctrl-C and SIGTERM as an AbortSignal, so that everything that was opened is closed in order. */

/** Why a run ended early. */
export class Interrupted extends Error {
  readonly signalName: 'SIGINT' | 'SIGTERM'

  constructor(signalName: 'SIGINT' | 'SIGTERM') {
    super(`Stopped by ${signalName}`)
    this.name = 'Interrupted'
    this.signalName = signalName
  }

  /** As a shell reports a program that a signal ended. */
  get exitCode(): number {
    return this.signalName === 'SIGINT' ? 130 : 143
  }
}

export interface Interruption extends Disposable {
  readonly signal: AbortSignal
}

/** One press of Ctrl-C can arrive twice: from the terminal, and from a script around this process that passes it on. */
const oneKeyPressMs = 1_000

/** The first signal aborts; one that comes a while after it ends the process at once, as somebody doesn't want to wait. */
export function watchInterruption(): Interruption {
  const controller = new AbortController()
  let firstAt = 0
  const stop = (name: NodeJS.Signals): void => {
    const reason = new Interrupted(name === 'SIGTERM' ? 'SIGTERM' : 'SIGINT')
    if (!controller.signal.aborted) {
      firstAt = performance.now()
      controller.abort(reason)
    } else if (performance.now() - firstAt > oneKeyPressMs) process.exit(reason.exitCode)
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  return {
    signal: controller.signal,
    [Symbol.dispose](): void {
      process.off('SIGINT', stop)
      process.off('SIGTERM', stop)
    },
  }
}
