/** The connections of one session: a pool for each node that the load-balancing policies allow. */
import { CqlwireError, ShutdownError } from '../base/errors.js'
import { InvalidRequestError } from '../base/server-errors.js'
import type { Backoff } from '../base/backoff.js'
import type { Connection } from '../connection/connection.js'
import type { Endpoint } from '../connection/dial.js'
import type { Host } from '../metadata/host.js'
import { HostPool } from '../pool/host-pool.js'
import { connectionFailure } from './connect-error.js'
import { type ConnectionFactory, newController, useKeyspace } from './connection-factory.js'
import { setHostPool } from './host-pools.js'

/** What a pool set needs of its cluster. */
export interface PoolSetContext {
  readonly factory: ConnectionFactory
  readonly connectionsPerHost: { readonly local: number; readonly remote: number }
  /** Milliseconds for the answer to USE. */
  readonly timeoutMs: number
  /** Milliseconds that requests in flight are waited for when the set is closed gracefully. */
  readonly drainMs: number
  hosts(): Iterable<Host>
  endpointOf(host: Host): Endpoint
  newBackoff(): Backoff
  /** A node's first connection is there. */
  onAvailable(host: Host): void
  /** A connection to the node was lost, or could not be made. */
  onFailure(host: Host, error: Error): void
  /** The set is closed, its slot free. */
  onClosed(set: PoolSet): void
}

interface Entry {
  readonly pool: HostPool
  readonly endpoint: string
  readonly size: number
}

/** Once one node can be used, slow first attempts to others are waited for so many milliseconds only. */
const GRACE_MS = 1_000

export class PoolSet {
  /** Where the session's pool stands in `host.pools`: a small number, unique among the cluster's live sessions. */
  readonly slot: number
  /** Told when an attempt to connect to a node is over: requests that waited for it go on. Set by the session. */
  onAttempt: () => void = () => {}
  readonly #context: PoolSetContext
  readonly #controller = newController()
  readonly #entries = new Map<Host, Entry>()
  /** Pools of nodes that are gone, until their requests are answered. */
  readonly #leaving = new Set<HostPool>()
  #keyspace: string | null
  #closing: Promise<void> | null = null

  constructor(slot: number, keyspace: string | null, context: PoolSetContext) {
    this.slot = slot
    this.#keyspace = keyspace
    this.#context = context
  }

  /** The keyspace of all connections. */
  get keyspace(): string | null {
    return this.#keyspace
  }

  get isClosed(): boolean {
    return this.#closing !== null
  }

  /** Aborts when the set is closed, gracefully or not. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** The pool of a node; undefined where the policies ignore it. */
  get(host: Host): HostPool | undefined {
    const { pool } = host
    // In a cluster of many nodes each further look at a node's own objects is a wait for memory.
    return pool?.slot === this.slot ? (pool as HostPool) : host.pools[this.slot]
  }

  /** A node without a connection is being connected to right now. */
  get isConnecting(): boolean {
    for (const { pool } of this.#entries.values()) if (pool.openConnections === 0 && pool.isOpening) return true
    return false
  }

  *entries(): IterableIterator<[Host, HostPool]> {
    for (const [host, { pool }] of this.#entries) yield [host, pool]
  }

  /**
   * Opens the pools. Resolves when a node can be used and the first attempts to the others are over (or take long); nodes that failed
   * are tried again in the background.
   *
   * @throws {NoHostAvailableError} no node could be connected to; {AuthenticationError}; {InvalidRequestError} there is no such keyspace
   */
  async start(): Promise<void> {
    const attempts: Promise<void>[] = []
    for (const host of this.#context.hosts()) {
      const pool = this.#make(host)
      if (pool !== null) attempts.push(pool.start())
    }
    const all = Promise.all(attempts)
    await this.#firstOf(attempts, all)
    if (this.isClosed) throw new ShutdownError('The session was shut down while it connected')
    if (![...this.#entries.values()].some(({ pool }) => pool.openConnections > 0)) throw this.#startError()
  }

  /** All attempts, or a grace after the first that gave a connection to a local node. */
  async #firstOf(attempts: readonly Promise<void>[], all: Promise<unknown>): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    let isOver = false
    const grace = new Promise<void>((resolve) => {
      const onAttempt = (): void => {
        const isUsable = [...this.#entries].some(([host, { pool }]) => host.distance === 'local' && pool.openConnections > 0)
        if (isUsable && !isOver) timer ??= setTimeout(resolve, GRACE_MS)
      }
      for (const attempt of attempts) void attempt.then(onAttempt)
    })
    await Promise.race([all, grace])
    isOver = true
    clearTimeout(timer)
  }

  #startError(): Error {
    const errors = new Map<string, Error>()
    for (const [host, { pool }] of this.#entries) {
      const error = pool.lastError ?? new CqlwireError('no connection was made')
      if (error instanceof InvalidRequestError) return error
      errors.set(host.endpoint, error)
    }
    if (errors.size > 0) return connectionFailure(errors)
    const hosts = [...this.#context.hosts()].map(
      (host) => [host.endpoint, new CqlwireError('ignored by the load-balancing policy')] as const,
    )
    return connectionFailure(new Map(hosts))
  }

  // --- the cluster changes

  /** A node came, its distance or its address changed, or it is back: brings its pool in step. */
  update(host: Host): void {
    if (this.isClosed) return
    const entry = this.#entries.get(host)
    if (entry !== undefined && entry.endpoint === host.endpoint && entry.size === this.#sizeFor(host)) return
    if (entry !== undefined) this.remove(host)
    void this.#make(host)?.start()
  }

  remove(host: Host): void {
    const entry = this.#entries.get(host)
    if (entry === undefined) return
    this.#entries.delete(host)
    setHostPool(host, this.slot, undefined)
    this.#leaving.add(entry.pool)
    void entry.pool.close(true).then(() => this.#leaving.delete(entry.pool))
  }

  /** There is reason to believe that the node can be connected to again. */
  wake(host: Host): void {
    this.#entries.get(host)?.pool.wake()
  }

  #sizeFor(host: Host): number {
    const { local, remote } = this.#context.connectionsPerHost
    return host.distance === 'ignored' ? 0 : host.distance === 'local' ? local : remote
  }

  #make(host: Host): HostPool | null {
    const size = this.#sizeFor(host)
    if (size === 0) return null
    const context = this.#context
    const pool = new HostPool({
      slot: this.slot,
      name: host.endpoint,
      size,
      open: () => this.#open(host),
      newBackoff: () => context.newBackoff(),
      onAvailable: () => context.onAvailable(host),
      onUnavailable: (error) => context.onFailure(host, error),
      onAttempt: () => this.onAttempt(),
    })
    this.#entries.set(host, { pool, endpoint: host.endpoint, size })
    setHostPool(host, this.slot, pool)
    return pool
  }

  async #open(host: Host): Promise<Connection> {
    const context = this.#context
    const { signal } = this.#controller
    let connection: Connection | null = null
    try {
      connection = await context.factory.open(context.endpointOf(host), { keyspace: this.#keyspace, signal })
      // The session may have changed its keyspace meanwhile.
      while (this.#keyspace !== null && connection.keyspace !== this.#keyspace)
        await useKeyspace(connection, this.#keyspace, context.timeoutMs)
      return connection
    } catch (error) {
      connection?.close()
      // A node that says there is no such keyspace is up.
      if (!signal.aborted && !(error instanceof InvalidRequestError)) context.onFailure(host, error as Error)
      throw error
    }
  }

  // --- keyspace

  /**
   * Moves every connection to a keyspace, and those that are opened later.
   *
   * @throws {InvalidRequestError} there is none of this name: nothing has changed then
   */
  async setKeyspace(keyspace: string): Promise<void> {
    if (this.isClosed) throw new ShutdownError('The session is shut down')
    const connections = [...this.#entries.values()].flatMap(({ pool }) => [...pool.connections])
    const others = connections.filter((connection) => connection.keyspace !== keyspace)
    const first = others.shift()
    // One is asked before the others, so that a wrong name leaves all of them where they were.
    if (first !== undefined && others.length + 1 === connections.length) await this.#tryFirst(first, keyspace)
    else if (first !== undefined) others.push(first)
    this.#keyspace = keyspace
    await Promise.all(others.map((connection) => this.#follow(connection, keyspace)))
  }

  async #tryFirst(connection: Connection, keyspace: string): Promise<void> {
    try {
      await this.#use(connection, keyspace)
    } catch (error) {
      if (error instanceof InvalidRequestError) throw error
      // Lost, or silent: it is opened again in the new keyspace.
      connection.destroy(`it could not be moved to the keyspace ${keyspace}`, error)
    }
  }

  /** A connection that doesn't follow is replaced by one that is opened in the new keyspace. */
  async #follow(connection: Connection, keyspace: string): Promise<void> {
    try {
      await this.#use(connection, keyspace)
    } catch (error) {
      connection.destroy(`it could not be moved to the keyspace ${keyspace}`, error)
    }
  }

  #use(connection: Connection, keyspace: string): Promise<void> {
    return useKeyspace(connection, keyspace, this.#context.timeoutMs)
  }

  // --- life

  /** Closes all connections: at once, or when the requests in flight are answered. Resolves when they are closed. */
  close(graceful = false): Promise<void> {
    if (this.#closing === null) {
      this.#controller.abort(new ShutdownError('The session is shut down'))
      this.#closing = this.#closeAll(graceful)
    } else if (!graceful) this.#closeNow()
    return this.#closing
  }

  async #closeAll(graceful: boolean): Promise<void> {
    const closed = this.#allPools().map((pool) => pool.close(graceful))
    const timer = setTimeout(() => this.#closeNow(), this.#context.drainMs)
    await Promise.all(closed)
    clearTimeout(timer)
    for (const host of this.#entries.keys()) setHostPool(host, this.slot, undefined)
    this.#entries.clear()
    this.#context.onClosed(this)
  }

  #closeNow(): void {
    for (const pool of this.#allPools()) void pool.close()
  }

  #allPools(): HostPool[] {
    return [...[...this.#entries.values()].map(({ pool }) => pool), ...this.#leaving]
  }
}
