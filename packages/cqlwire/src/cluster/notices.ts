/** Events and log lines of a cluster. */
import { TypedEmitter } from '../base/typed-emitter.js'
import type { ClusterEvents } from './cluster-events.js'
import { log, type Logger } from './logger.js'

export class Notices {
  readonly events: TypedEmitter<ClusterEvents> = new TypedEmitter()
  readonly #logger: Logger | null
  readonly #said = new Set<string>()
  #closed = false

  constructor(logger: Logger | null) {
    this.#logger = logger
    this.events.onListenerError = (error, event) => {
      const text = error instanceof Error ? error.message : String(error)
      // A listener for warnings that throws must not be told of itself.
      if (event === 'warning') log(this.#logger, 'warn', `A listener for 'warning' failed: ${text}`)
      else this.warn(`A listener for '${event}' failed, the driver goes on: ${text}`)
    }
  }

  /** To the listeners and the logger; where there are neither, a warning of the process. `once`: not again for this cluster. */
  warn(message: string, once = false): void {
    if (this.#closed || (once && this.#said.has(message))) return
    if (once) this.#said.add(message)
    const heard = this.events.emit('warning', message)
    log(this.#logger, 'warn', message)
    if (!heard && this.#logger === null) process.emitWarning(message, 'CqlwireWarning')
  }

  info(message: string): void {
    if (!this.#closed) log(this.#logger, 'info', message)
  }

  debug(message: string): void {
    if (!this.#closed) log(this.#logger, 'debug', message)
  }

  /** No listener hears anything any more. */
  close(): void {
    this.#closed = true
    this.events.removeAllListeners()
  }
}
