/** What every request of a session needs: its connections, routing, statements, and the queue for when all is busy. */
import { BusyError, CqlwireError, ShutdownError } from '../base/errors.js'
import { RingQueue } from '../base/ring-queue.js'
import { showInstead } from '../base/show-instead.js'
import { type TimerNode, timers } from '../base/timer-wheel.js'
import type { CodecRegistry } from '../codec/codec.js'
import type { ClusterCore } from '../cluster/cluster-core.js'
import type { PoolSet } from '../cluster/pool-set.js'
import type { Connection } from '../connection/connection.js'
import type { Host } from '../metadata/host.js'
import type { HostPool } from '../pool/host-pool.js'
import { Throttle } from '../policies/throttle.js'
import type { SchemaChange } from '../protocol/schema-change.js'
import type { Uuid } from '../values/uuid.js'
import { ByteWriter } from '../wire/byte-writer.js'
import { Execution } from './execution.js'
import { sendPrepare, shapeOf } from './prepare.js'
import type { PreparedCache } from './prepared-cache.js'
import type { PreparedStatement } from './prepared-statement.js'
import { type QueryTrace, readTrace } from './query-trace.js'
import type { Request } from './request.js'
import { nextTimestamp, putTimestamp, type Timestamped } from './policy-calls.js'
import { GENERATED, RequestSettings } from './request-options.js'
import type { ResultSet } from './result-set.js'
import type { RequestContext, RunningRequest } from './running-request.js'
import type { SchemaWatch } from './schema-watch.js'

const NO_REPLICAS: readonly Host[] = Object.freeze([])

/** The partition key of the request being routed; used and done with within one call. */
let keyWriter: ByteWriter | null = new ByteWriter(256)

/** The same of keys that are words: no code of a user runs while it is in use. */
const keyWords = new Int32Array(4)

/** So often a queue is looked at while no request ends, in milliseconds. */
const LOOK_MS = 20

/** The requests that all sessions of a cluster have started. */
export class RequestCount {
  total = 0
}

export class SessionCore implements RequestContext {
  static {
    showInstead(this.prototype, ({ keyspace, isShutdown, queued }) => ({ keyspace, isShutdown, queued }))
  }

  readonly cluster: ClusterCore
  readonly pools: PoolSet
  readonly prepared: PreparedCache
  readonly watch: SchemaWatch
  readonly registry: CodecRegistry
  readonly poolSlot: number
  keyspace: string | null
  isShutdown = false
  readonly throttle: Throttle | null
  readonly parked: Set<RunningRequest> = new Set<RunningRequest>()
  refusals = 0
  readonly #count: RequestCount
  readonly #queue = new RingQueue<RunningRequest>()
  readonly #maxQueued: number
  #draining = false
  /** The request that was taken out of the queue, and whether it found no room again. */
  #trying: RunningRequest | null = null
  #refused = false
  #look: TimerNode | null = null
  /** Who waits for an attempt to connect. */
  readonly #attemptWaiters: (() => void)[] = []

  constructor(
    cluster: ClusterCore,
    pools: PoolSet,
    prepared: PreparedCache,
    watch: SchemaWatch,
    keyspace: string | null,
    count: RequestCount,
  ) {
    this.cluster = cluster
    this.pools = pools
    this.prepared = prepared
    this.watch = watch
    this.registry = cluster.registry
    this.poolSlot = pools.slot
    this.keyspace = keyspace
    pools.onAttempt = () => {
      for (const resolve of this.#attemptWaiters.splice(0)) resolve()
      this.requestDone()
    }
    const { throttle } = cluster.settings
    this.throttle = throttle === null ? null : new Throttle(throttle)
    this.#count = count
    this.#maxQueued = cluster.settings.pool.maxQueuedRequests
  }

  get protocolVersion(): number {
    return this.cluster.protocolVersion
  }

  get queued(): number {
    return this.#queue.length + (this.throttle?.queued ?? 0)
  }

  get requests(): number {
    return this.#count.total
  }

  // --- routing

  /** The replicas of the request's partition; none where it isn't known. Errors of the key's values are thrown. */
  replicasOf(request: Request): readonly Host[] {
    const { routed } = request
    if (routed === null || routed.routing === null || request.params === null || request.params === undefined) return NO_REPLICAS
    const { tokenMap, hosts } = this.cluster.metadata
    if (tokenMap === null || hosts.size === 1) return NO_REPLICAS
    const table = routed.replicasIn(tokenMap, this.keyspace)
    if (table === null) return NO_REPLICAS
    const words = routed.routing.words(keyWords, request.params)
    if (words > 0) return table.ofWords(keyWords, words)
    // While it is in use it isn't there: a codec that executes a request would write into the same key.
    const key = keyWriter ?? new ByteWriter(256)
    keyWriter = null
    key.reset()
    const isKnown = routed.routing.write(key, request.params)
    const replicas = isKnown ? table.ofKey(key.buffer, 0, key.position) : NO_REPLICAS
    keyWriter = key
    return replicas
  }

  hostByName(endpoint: string): Host | null {
    return this.cluster.metadata.hosts.get(endpoint) ?? null
  }

  poolOf(host: Host): HostPool | undefined {
    return this.pools.get(host)
  }

  get isConnecting(): boolean {
    return this.pools.isConnecting
  }

  /** Resolves when the next attempt to connect to a node is over, or the session is shut down. */
  connectAttempt(): Promise<void> {
    return this.isShutdown ? Promise.resolve() : new Promise((resolve) => this.#attemptWaiters.push(resolve))
  }

  *connectErrors(): Iterable<[string, Error]> {
    for (const [host, pool] of this.pools.entries())
      if (pool.openConnections === 0 && pool.lastError !== null) yield [host.endpoint, pool.lastError]
  }

  stamp(running: { readonly settings: RequestSettings } & Timestamped): boolean {
    const { timestamp } = running.settings
    if (timestamp !== GENERATED) return putTimestamp(timestamp, running)
    return nextTimestamp(this.cluster.settings.timestampGenerator, running)
  }

  // --- running requests

  /** Starts a request; the returned promise is its outcome. */
  run(request: Request, settings: RequestSettings): Promise<ResultSet> {
    return new Promise((resolve, reject) => this.submit(request, settings, resolve, reject))
  }

  /**
   * Starts a request whose outcome goes to one of the two functions. Throws what is wrong at once. `spentMs` of its deadline are gone
   * already.
   */
  submit(
    request: Request,
    settings: RequestSettings,
    resolve: (result: ResultSet) => void,
    reject: (error: Error) => void,
    spentMs = 0,
  ): Execution {
    if (this.isShutdown) throw this.shutdownError()
    this.#count.total++
    const execution = new Execution(this, request, settings, resolve, reject)
    execution.start(spentMs)
    return execution
  }

  shutdownError(): ShutdownError {
    return new ShutdownError('The session is shut down; nothing was sent. Make a new one with cluster.connect()')
  }

  /** Waits for room on a connection. The queue is bounded: past it, the request fails. */
  enqueue(execution: RunningRequest): void {
    if (execution === this.#trying) {
      this.#refused = true
      return
    }
    if (this.#queue.length >= this.#maxQueued) {
      return execution.fail(
        new BusyError(
          `${execution.request.describe()} was not sent: every connection is at its limit, and ${this.#queue.length} requests wait already (pool.maxQueuedRequests). Send fewer at once, e.g. with executeConcurrent`,
        ),
      )
    }
    this.#queue.push(execution)
    this.#lookAgain()
  }

  /** Room comes back without the end of a request, too: late answers to given-up requests free stream ids, sockets drain. */
  #lookAgain(): void {
    this.#look ??= timers.after(LOOK_MS, () => {
      this.#look = null
      this.requestDone()
      if (this.#queue.length > 0) this.#lookAgain()
    })
  }

  /** A request is over: one that waits may go. */
  requestDone(): void {
    if (this.#queue.length > 0 && !this.#draining) this.#drain()
  }

  #drain(): void {
    this.#draining = true
    for (let execution = this.#queue.shift(); execution !== undefined; execution = this.#queue.shift()) {
      if (execution.isDone) continue
      this.#refused = false
      this.#trying = execution
      try {
        execution.nextAttempt()
      } catch (error) {
        execution.fail(error as Error)
      }
      this.#trying = null
      if (!this.#refused) continue
      this.#queue.unshift(execution)
      break
    }
    this.#draining = false
  }

  // --- answers that change more than their request

  /** `USE` was executed: every connection of the session follows. */
  async keyspaceSet(execution: RunningRequest, connection: Connection, keyspace: string, result: ResultSet): Promise<void> {
    connection.keyspace = keyspace
    try {
      this.keyspace = keyspace
      await this.pools.setKeyspace(keyspace)
      execution.complete(result)
    } catch (error) {
      execution.fail(error as Error)
    }
  }

  /** The schema changed by this request: it is over when the nodes agree and the metadata are read again. */
  async schemaChanged(execution: RunningRequest, connection: Connection, change: SchemaChange, result: ResultSet): Promise<void> {
    this.watch.hear(change)
    try {
      result.schemaAgreed = await this.cluster.afterSchemaChange(change, { connection, signal: this.pools.signal })
    } catch {
      result.schemaAgreed = false // the change itself was carried out
    }
    execution.complete(result)
  }

  // --- prepared statements

  preparedById(request: Request, id: Uint8Array): PreparedStatement | null {
    return this.prepared.ofRequest(request, id)
  }

  /** Tells one node about a statement again. What it says of the columns is news where the table was altered. */
  async prepareOn(connection: Connection, prepared: PreparedStatement): Promise<void> {
    const keyspace = connection.protocolVersion >= 5 && prepared.keyspace !== connection.keyspace ? prepared.keyspace : null
    const result = await sendPrepare(connection, prepared.query, {
      timeoutMs: this.cluster.settings.requestDefaults.timeoutMs || 10_000,
      keyspace,
      customPayload: null,
    })
    if (!result.id.equals(prepared.id)) {
      throw new CqlwireError(
        `${connection.name} gives the statement another id than before: it was prepared in the keyspace ${JSON.stringify(prepared.keyspace)}, and the session is in ${JSON.stringify(this.keyspace)} now. Prepare it again, or qualify its tables`,
        { code: 'ERR_UNPREPARED' },
      )
    }
    prepared.shape = shapeOf(result, this.registry)
  }

  // --- results

  /** The page after one that ended with `pageState`: the same request once more. */
  nextPage(execution: RunningRequest, pageState: Uint8Array): Promise<ResultSet> {
    const settings = new RequestSettings(execution.settings)
    settings.pageState = pageState
    return this.run(execution.request, settings)
  }

  readTrace(id: Uuid, maxWaitMs?: number): Promise<QueryTrace> {
    return readTrace(this.cluster, id, maxWaitMs)
  }

  /** Fails what waits, closes the connections when what was sent is answered. */
  async close(): Promise<void> {
    this.isShutdown = true
    if (this.#look !== null) timers.cancel(this.#look)
    for (const resolve of this.#attemptWaiters.splice(0)) resolve()
    for (let execution = this.#queue.shift(); execution !== undefined; execution = this.#queue.shift()) execution.fail(this.shutdownError())
    for (const execution of this.parked) execution.fail(this.shutdownError())
    this.parked.clear()
    this.throttle?.close((waiting) => (waiting as RunningRequest).fail(this.shutdownError()))
    await this.pools.close(true)
  }
}
