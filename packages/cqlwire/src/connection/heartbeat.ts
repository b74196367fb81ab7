/** Asks a silent connection with OPTIONS, and closes it where no answer comes (a node that died without a FIN, a dropped NAT entry). */
import { Opcode } from '../protocol/constants.js'

/** What a heartbeat needs of its connection. */
interface Beating {
  readonly name: string
  readonly isClosed: boolean
  /** Bytes were received since this was last set to false. */
  heard: boolean
  request(opcode: number, writeBody: null, options: { readonly timeoutMs: number; readonly what: string }): Promise<unknown>
  destroy(reason: string, cause?: unknown): void
}

export class Heartbeat {
  readonly #connection: Beating
  readonly #timer: NodeJS.Timeout
  readonly #timeoutMs: number
  #asking = false

  constructor(connection: Beating, intervalMs: number, timeoutMs: number) {
    this.#connection = connection
    this.#timeoutMs = timeoutMs
    this.#timer = setInterval(() => void this.#beat(), intervalMs)
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  async #beat(): Promise<void> {
    const connection = this.#connection
    // While a heartbeat is out, what is heard must not be forgotten: it is looked at when the heartbeat's time is over.
    if (this.#asking) return
    if (connection.heard) {
      connection.heard = false
      return
    }
    this.#asking = true
    try {
      await connection.request(Opcode.OPTIONS, null, { timeoutMs: this.#timeoutMs, what: 'a heartbeat (OPTIONS)' })
    } catch (error) {
      // Any answer shows life, an error too; only silence closes. Bytes of other answers meanwhile show life as well.
      if (!connection.isClosed && !connection.heard)
        connection.destroy(
          `${connection.name} is silent: no answer to a heartbeat in ${this.#timeoutMs} ms (pool.heartbeatTimeoutMs)`,
          error,
        )
    } finally {
      this.#asking = false
      connection.heard = false
    }
  }
}
