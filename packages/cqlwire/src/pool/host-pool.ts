/**
 * The connections of one session to one node: a fixed number, the least loaded is picked, and lost ones are opened again
 * with a growing delay that never gives up.
 */
import type { Backoff } from '../base/backoff.js'
import { type ConnectionError, CqlwireError } from '../base/errors.js'
import type { Connection } from '../connection/connection.js'

/** What a pool needs to know of the world around it. */
export interface PoolContext {
  /** The node's name, for errors. */
  readonly name: string
  /** The session's; see `PoolSet.slot`. */
  readonly slot: number
  /** How many connections to keep. */
  readonly size: number
  /** Opens a connection that is ready for requests, in the session's keyspace. */
  open(): Promise<Connection>
  /** The waits of one series of attempts to reconnect. */
  newBackoff(): Backoff
  /** The first connection is there: the node can be used. */
  onAvailable?(): void
  /** The last connection is gone: the node can't be used. */
  onUnavailable?(error: Error): void
  /** An attempt to connect is over, whatever came of it. */
  onAttempt?(): void
}

/** A connection that lived shorter than this is not replaced at once. */
const STABLE_MS = 1_000
/** So long the last requests of a worn-out connection are waited for, in milliseconds. */
const WORN_OUT_MS = 10_000

export class HostPool {
  /** The session's that it is of. */
  readonly slot: number
  readonly #context: PoolContext
  readonly #connections: Connection[] = []
  #closed = false
  /** When the last connection was opened. */
  #openedAt = 0
  #opening = 0
  #backoff: Backoff | null = null
  #retry: NodeJS.Timeout | undefined
  /** Connections that are in use until others take their place. */
  readonly #worn = new Set<Connection>()
  readonly #closing = new Set<Connection>()
  #whenClosed: Promise<void> | null = null
  #allClosed: (() => void) | null = null
  /** Why the last attempt to connect failed; null where it did not. */
  lastError: Error | null = null

  constructor(context: PoolContext) {
    this.slot = context.slot
    this.#context = context
  }

  /** Connections that take requests. */
  get openConnections(): number {
    return this.#connections.length
  }

  get connections(): readonly Connection[] {
    return this.#connections
  }

  get isClosed(): boolean {
    return this.#closed
  }

  /** An attempt to connect is under way. */
  get isOpening(): boolean {
    return this.#opening > 0
  }

  /** Requests in flight over all connections. */
  get inFlight(): number {
    const connections = this.#connections
    if (connections.length === 1) return connections[0]!.inFlight
    let sum = 0
    for (let i = 0; i < connections.length; i++) sum += connections[i]!.inFlight
    return sum
  }

  /** Milliseconds, to about 20, without a byte over any connection. Says nothing while no request is in flight. */
  get silentMs(): number {
    const connections = this.#connections
    if (connections.length === 1) return connections[0]!.silentMs
    let least = connections.length === 0 ? 0 : Infinity
    for (let i = 0; i < connections.length; i++) least = Math.min(least, connections[i]!.silentMs)
    return least
  }

  /** The least loaded connection with room for a request, or null. */
  pick(): Connection | null {
    const connections = this.#connections
    const first = connections[0]
    if (first === undefined) return null
    if (connections.length === 1) return first.hasRoom ? first : null
    let best: Connection | null = null
    for (let i = 0; i < connections.length; i++) {
      const each = connections[i]!
      if (each.hasRoom && (best === null || each.inFlight < best.inFlight)) best = each
    }
    return best
  }

  /** A connection for a request of the driver's own, which goes where there is no room for others: the least loaded one, or null. */
  pickOwn(): Connection | null {
    let best: Connection | null = null
    for (const each of this.#connections) if (each.isUsable && (best === null || each.inFlight < best.inFlight)) best = each
    return best
  }

  /** Opens all connections; resolves when the first attempts are over. Where all fail, the pool goes on trying by itself. */
  async start(): Promise<void> {
    const attempts: Promise<void>[] = []
    for (let i = this.#missing - this.#opening; i > 0; i--) attempts.push(this.#openOne())
    await Promise.all(attempts)
    this.#repair()
  }

  /** There is reason to believe that the node is back: tries at once. */
  wake(): void {
    if (this.#closed) return
    clearTimeout(this.#retry)
    this.#retry = undefined
    this.#backoff = null
    void this.start()
  }

  /** Closes all connections, at once or when their requests are answered. Resolves when they are closed. */
  close(graceful = false): Promise<void> {
    this.#closed = true
    clearTimeout(this.#retry)
    this.#retry = undefined
    this.#worn.clear()
    for (const connection of this.#connections.splice(0)) {
      this.#closing.add(connection)
      if (graceful) connection.closeWhenIdle()
    }
    if (!graceful) for (const connection of [...this.#closing]) connection.close()
    if (this.#closing.size === 0) return Promise.resolve()
    this.#whenClosed ??= new Promise((resolve) => (this.#allClosed = resolve))
    return this.#whenClosed
  }

  async #openOne(): Promise<void> {
    this.#opening++
    try {
      const connection = await this.#context.open()
      if (this.#closed) connection.close()
      else if (connection.isClosed) throw new CqlwireError(`${this.#context.name} closed a new connection at once`)
      else this.#adopt(connection)
    } catch (error) {
      this.lastError = error as Error
    } finally {
      this.#opening--
    }
    this.#context.onAttempt?.()
  }

  #adopt(connection: Connection): void {
    connection.listener = {
      onClose: (closed, error) => this.#onClose(closed, error),
      onWornOut: (worn) => this.#replace(worn),
    }
    this.#connections.push(connection)
    this.#openedAt = performance.now()
    this.#backoff = null
    this.lastError = null
    if (this.#connections.length === 1) this.#context.onAvailable?.()
    for (const worn of this.#worn) if (this.#connections.length > this.#context.size) this.#retire(worn)
  }

  /** Connections to open, the successors of worn-out ones among them. */
  get #missing(): number {
    return this.#context.size - (this.#connections.length - this.#worn.size)
  }

  /** A connection with too many orphaned stream ids: another takes its place. Until that one is there, it serves with what it has left. */
  #replace(connection: Connection): void {
    if (this.#closed || !this.#connections.includes(connection)) return
    this.#worn.add(connection)
    if (this.#retry === undefined) void this.start()
  }

  /** Closes it once its requests are answered. */
  #retire(connection: Connection): void {
    this.#remove(connection)
    this.#closing.add(connection)
    connection.closeWhenIdle()
    // Answers that never come must not keep it for ever.
    setTimeout(() => connection.close(), WORN_OUT_MS).unref()
  }

  #onClose(connection: Connection, error: ConnectionError | null): void {
    if (this.#closing.delete(connection) && this.#closing.size === 0) this.#allClosed?.()
    const held = this.#remove(connection)
    if (this.#closed || !held) return
    if (error !== null) this.lastError = error
    if (this.#connections.length === 0)
      this.#context.onUnavailable?.(error ?? new CqlwireError(`The connection to ${this.#context.name} was closed`))
    // One that had stood a while is opened again at once; a node that closes what it has just taken is given time.
    if (this.#retry === undefined && performance.now() - this.#openedAt > STABLE_MS) void this.start()
    else this.#repair()
  }

  #remove(connection: Connection): boolean {
    const index = this.#connections.indexOf(connection)
    if (index < 0) return false
    this.#connections.splice(index, 1)
    this.#worn.delete(connection)
    return true
  }

  /** Plans the next attempt where connections are missing. */
  #repair(): void {
    if (this.#closed || this.#retry !== undefined || this.#opening > 0 || this.#missing <= 0) return
    this.#backoff ??= this.#context.newBackoff()
    this.#retry = setTimeout(() => {
      this.#retry = undefined
      void this.start()
    }, this.#backoff.nextDelayMs())
    if (this.#connections.length > 0) this.#retry.unref()
  }
}
