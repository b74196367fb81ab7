/**
 * The one connection that a cluster keeps for itself: events come by it, nodes and schema are read over it.
 *
 * When it is lost, it is made anew to any known node, then to the contact points, which are resolved again; with growing waits that never
 * end, until it is closed. What happened meanwhile is made up for: `prepare` reads everything again before a connection counts.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { Backoff } from '../base/backoff.js'
import { ConnectionError, CqlwireError, ShutdownError } from '../base/errors.js'
import type { Connection } from '../connection/connection.js'
import { type Endpoint, endpointName } from '../connection/dial.js'
import { EventType, Opcode } from '../protocol/constants.js'
import { readEvent, type ServerEvent, writeRegister } from '../protocol/register.js'
import type { ByteBlock } from '../wire/byte-block.js'
import { ByteReader } from '../wire/byte-reader.js'
import { bounded } from '../base/bounded.js'
import { newController } from './connection-factory.js'
import { connectionFailure } from './connect-error.js'

/** What the control connection needs of its cluster. */
export interface ControlContext {
  /** Where to try, best first. Asked for every round of attempts. */
  candidates(): Promise<readonly Endpoint[]>
  /** A connection that takes requests. */
  open(endpoint: Endpoint, signal: AbortSignal): Promise<Connection>
  /** Reads nodes and schema over a new connection. Where it fails, the next candidate is tried. */
  prepare(connection: Connection, signal: AbortSignal): Promise<void>
  onEvent(event: ServerEvent): void
  /** For logs. */
  onLost(error: Error): void
  onRestored(connection: Connection): void
  newBackoff(): Backoff
  /** Milliseconds for the answer to REGISTER. */
  readonly timeoutMs: number
}

/** A connection that lives shorter than this is not replaced at once. */
const STABLE_MS = 1_000

const EVENTS = [EventType.TOPOLOGY_CHANGE, EventType.STATUS_CHANGE, EventType.SCHEMA_CHANGE] as const

export class ControlConnection {
  readonly #context: ControlContext
  readonly #controller = newController()
  #connection: Connection | null = null
  /** Settles when the connection stands again. */
  #reconnecting: Promise<void> | null = null
  /** When the present connection, or the last one, was there. */
  #since = 0

  constructor(context: ControlContext) {
    this.#context = context
  }

  /** Null while there is none. */
  get connection(): Connection | null {
    return this.#connection
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /**
   * Connects for the first time: one round over the candidates.
   *
   * @throws {NoHostAvailableError} none could be used; {AuthenticationError} each says that the credentials are wrong
   */
  async connect(): Promise<void> {
    const errors = await this.#round()
    if (errors !== null) throw connectionFailure(errors)
  }

  /** The connection, once there is one. @throws {ShutdownError} closed meanwhile */
  async ready(): Promise<Connection> {
    for (;;) {
      if (this.signal.aborted) throw new ShutdownError('The cluster is shut down')
      if (this.#connection !== null) return this.#connection
      if (this.#reconnecting === null) throw new CqlwireError('The cluster is not connected')
      await this.#reconnecting
    }
  }

  /** The present connection is of no use: another node is looked for. */
  abandon(connection: Connection, error: Error): void {
    if (connection === this.#connection) connection.destroy(`the control connection leaves this node: ${error.message}`, error)
  }

  close(): void {
    this.#controller.abort(new ShutdownError('The cluster is shut down'))
    this.#connection?.close()
    this.#connection = null
  }

  /** One attempt per candidate. Null where one succeeded, else why each failed. */
  async #round(): Promise<ReadonlyMap<string, Error> | null> {
    const errors = new Map<string, Error>()
    const candidates = await bounded(this.#context.candidates(), { signal: this.signal, what: 'the resolution of the contact points' })
    for (const endpoint of candidates) {
      if (this.signal.aborted) throw new ShutdownError('The cluster was shut down while it connected')
      try {
        await this.#attempt(endpoint)
        return null
      } catch (error) {
        if (this.signal.aborted) throw new ShutdownError('The cluster was shut down while it connected', { cause: error })
        // What the user has to mend is the same with every node.
        if (isFatal(error)) throw error
        errors.set(endpointName(endpoint), error as Error)
      }
    }
    return errors
  }

  async #attempt(endpoint: Endpoint): Promise<void> {
    const { signal } = this
    const connection = await this.#context.open(endpoint, signal)
    let closed: Error | null = null
    let adopted = false
    connection.listener = {
      onClose: (_, error) => {
        closed = error ?? new ConnectionError(`The control connection to ${connection.name} was closed`, { host: connection.name })
        if (adopted) this.#lost(connection, closed)
      },
      onEvent: (_, block, start, end) => this.#onEvent(block, start, end),
    }
    const giveUp = (): void => connection.close()
    signal.addEventListener('abort', giveUp, { once: true })
    try {
      if (signal.aborted) connection.close()
      // Registered first: what changes while the rest is read comes as an event.
      const write = (writer: Connection['writer']): void => writeRegister(writer, EVENTS)
      await connection.request(Opcode.REGISTER, write, { timeoutMs: this.#context.timeoutMs, what: 'REGISTER' })
      await this.#context.prepare(connection, signal)
      if (connection.isClosed)
        throw closed ?? new ConnectionError(`The connection to ${connection.name} was closed`, { host: connection.name })
    } catch (error) {
      connection.close()
      throw error
    } finally {
      signal.removeEventListener('abort', giveUp)
    }
    adopted = true
    this.#connection = connection
    this.#since = performance.now()
  }

  #onEvent(block: ByteBlock, start: number, end: number): void {
    const event = readEvent(new ByteReader(block.buffer, start, end))
    if (event !== null && !this.signal.aborted) this.#context.onEvent(event)
  }

  #lost(connection: Connection, error: Error): void {
    if (this.#connection !== connection || this.signal.aborted) return
    this.#connection = null
    this.#context.onLost(error)
    // Never rejects: its errors are what the next round is for. One that runs goes on by itself.
    this.#reconnecting ??= this.#reconnect()
  }

  async #reconnect(): Promise<void> {
    const backoff = this.#context.newBackoff()
    // A node that takes a connection and closes it again must not be asked without a pause.
    if (performance.now() - this.#since < STABLE_MS) await this.#pause(backoff)
    while (this.#connection === null && !this.signal.aborted) {
      try {
        const errors = await this.#round()
        if (errors !== null) this.#context.onLost(connectionFailure(errors))
      } catch (error) {
        if (!this.signal.aborted) this.#context.onLost(error as Error)
      }
      if (this.#connection === null) await this.#pause(backoff)
    }
    this.#reconnecting = null
    if (this.#connection !== null) this.#context.onRestored(this.#connection)
  }

  async #pause(backoff: Backoff): Promise<void> {
    await wait(backoff.nextDelayMs(), undefined, { signal: this.signal }).catch(() => {})
  }
}

/** Wrong options: no other node takes them either. */
function isFatal(error: unknown): boolean {
  return error instanceof CqlwireError && error.code === 'ERR_INVALID_OPTION'
}
