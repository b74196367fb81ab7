/**
 * One request from call to completion: plan → attempt → answer → decide.
 *
 * It is itself what waits in a connection's in-flight table, what hangs on the timer wheel, and what policies see as the
 * routing request: the common case makes no other object. Who is asked stands in `next-host.ts`, what happens when things go wrong
 * in `recover.ts`.
 */
import { AbortError, BusyError, ConnectionError, CqlwireError, type MalformedFrameError } from '../base/errors.js'
import { showInstead } from '../base/show-instead.js'
import { fineTimers, type TimerNode, timers } from '../base/timer-wheel.js'
import type { Connection } from '../connection/connection.js'
import type { InFlight } from '../connection/in-flight.js'
import type { Host } from '../metadata/host.js'
import type { ByteBlock } from '../wire/byte-block.js'
import type { Uuid } from '../values/uuid.js'
import { doubtColumns, handleAnswer } from './answer.js'
import type { HostWalk } from './host-walk.js'
import { forgetPlan, nextHost, type Planned } from './next-host.js'
import { noHostLeft } from './no-host.js'
import { sampleLatency, speculativeDelay, tellLatency } from './policy-calls.js'
import type { PreparedStatement } from './prepared-statement.js'
import type { QueryTrace } from './query-trace.js'
import { connectionLost } from './recover.js'
import { notConnected, timedOut, unreadableRows, wasAnswered } from './request-errors.js'
import type { Request } from './request.js'
import type { RequestSettings } from './request-options.js'
import type { ResultSet } from './result-set.js'
import type { ResultShape } from './result-shape.js'
import type { RequestContext, RunningRequest } from './running-request.js'
import { tell } from './tell.js'
import { sendThrottled } from './throttled-send.js'

/** An attempt of the same request that runs beside the latest one. */
interface OtherAttempt {
  readonly host: Host
  readonly connection: Connection
  readonly stream: number
  readonly shape: ResultShape | null
}

/** Where the timestamp of a write comes from. */
const Stamp = { MISSING: 0, OWN: 1, SERVER: 2 } as const
type Stamp = (typeof Stamp)[keyof typeof Stamp]

const NO_REPLICAS: readonly Host[] = []

/** One class: with a base class, V8 makes the object by a call instead of in place. */
export class Execution implements InFlight, TimerNode, RunningRequest, Planned {
  static {
    showInstead(this.prototype, ({ request, keyspace, table, consistency, idempotent }) => ({
      statement: request.describe(),
      keyspace,
      table,
      consistency,
      idempotent,
    }))
  }

  timerPrevious: TimerNode | null = null
  timerNext: TimerNode | null = null
  timerDeadline = 0

  readonly session: RequestContext
  readonly request: Request
  readonly settings: RequestSettings
  readonly resolve: (result: ResultSet) => void
  readonly reject: (error: Error) => void
  isDone = false

  // Who may be asked.
  replicas: readonly Host[] = NO_REPLICAS
  askedFirst = false
  firstHost: Host | null = null
  walk: HostWalk | null = null
  /** Why hosts were left, by endpoint; null as long as nothing went wrong. */
  errors: Map<string, Error> | null = null
  /** The consistency level that a retry policy put in place of the settings' one. */
  downgraded: string | null = null

  // The attempt that was started last.
  host: Host | null = null
  connection: Connection | null = null
  stream = -1
  /** The columns that the attempt expects its answer to have; null where the answer says them itself. */
  shape: ResultShape | null = null

  attempts = 0
  retries = 0
  /** How often nodes did not know the prepared statement. */
  unprepared = 0
  speculative = 0
  /** Attempts that have no answer yet. */
  running = 0
  #others: OtherAttempt[] | null = null
  #speculation: TimerNode | null = null
  /** When the request was sent, where its latency is to be told; else 0. See `sampleLatency`. */
  #sampledAt = 0
  // The write's timestamp.
  timestampHigh = 0
  timestampLow = 0
  #stamped: Stamp = Stamp.MISSING
  #onAbort: (() => void) | null = null

  constructor(
    session: RequestContext,
    request: Request,
    settings: RequestSettings,
    resolve: (result: ResultSet) => void,
    reject: (error: Error) => void,
  ) {
    this.session = session
    this.request = request
    this.settings = settings
    this.resolve = resolve
    this.reject = reject
  }

  // --- what policies ask

  get poolSlot(): number {
    return this.session.poolSlot
  }

  get keyspace(): string | null {
    return this.request.keyspace ?? this.session.keyspace
  }

  get table(): string | null {
    return this.request.table
  }

  get isLwt(): boolean {
    return this.settings.consistencyCode === 8 || this.settings.consistencyCode === 9 || this.request.isConditional
  }

  get consistency(): string {
    return this.downgraded ?? this.settings.consistency
  }

  get idempotent(): boolean {
    return this.settings.idempotent
  }

  get requests(): number {
    return this.session.requests
  }

  // --- what the request and its results ask

  stamp(): boolean {
    // A retry is the same write, and must not overtake one that was made after it.
    if (this.#stamped === Stamp.MISSING) this.#stamped = this.session.stamp(this) ? Stamp.OWN : Stamp.SERVER
    return this.#stamped === Stamp.OWN
  }

  suspects(prepared: PreparedStatement): boolean {
    return this.session.watch.suspects(prepared)
  }

  nextPage(pageState: Uint8Array): Promise<ResultSet> {
    return this.session.nextPage(this, pageState)
  }

  readTrace(id: Uuid, maxWaitMs: number | undefined): Promise<QueryTrace> {
    return this.session.readTrace(id, maxWaitMs)
  }

  unreadable(error: MalformedFrameError): MalformedFrameError {
    const { connection, request } = this
    if (connection === null) return error
    doubtColumns(this.session, request)
    connection.destroy(`rows of an answer of ${connection.name} can't be read: ${error.message}`, error)
    return unreadableRows(connection.name, request, error)
  }

  // --- life

  /**
   * Sends the request. Errors that are known at once are thrown; the execution is over then. `spentMs` of its deadline are gone already,
   * for what came before it.
   */
  start(spentMs: number): void {
    const { signal, timeoutMs } = this.settings
    if (signal !== null) this.#listen(signal)
    try {
      this.replicas = this.session.replicasOf(this.request)
      if (timeoutMs > 0) timers.schedule(this, Math.max(1, timeoutMs - spentMs))
      this.nextAttempt()
      if (this.settings.idempotent) {
        this.#sampledAt = sampleLatency(this.settings.speculativeExecution)
        this.#planSpeculation()
      }
    } catch (error) {
      this.#abandonAll()
      this.#finish()
      throw error
    }
  }

  complete(result: ResultSet): void {
    if (this.isDone) return
    this.#finish()
    if (this.#sampledAt !== 0) tellLatency(this.settings.speculativeExecution, this.#sampledAt)
    // Who waits for room goes first: a callback that sends the next request must not overtake it for ever.
    this.session.requestDone()
    tell(this.resolve, result)
  }

  fail(error: Error): void {
    if (this.isDone) return
    this.#finish()
    this.session.requestDone()
    tell(this.reject, error)
  }

  /** Gives up: the stream ids stay orphans until their answers come. */
  cancel(error: Error): void {
    if (this.isDone) return
    this.#abandonAll()
    this.fail(error)
  }

  onTimer(): void {
    this.cancel(timedOut(this))
  }

  #finish(): void {
    this.isDone = true
    timers.cancel(this)
    if (this.#onAbort !== null) {
      this.settings.signal!.removeEventListener('abort', this.#onAbort)
      this.#onAbort = null
    }
    if (this.#speculation !== null) fineTimers.cancel(this.#speculation)
    if (this.#others !== null) this.#abandonAll()
    if (this.session.throttle !== null && this.running > 0) this.session.throttle.leave(this.running)
  }

  #abandonAll(): void {
    this.connection?.abandon(this.stream, this)
    for (const other of this.#others ?? []) other.connection.abandon(other.stream, this)
    this.#others = null
  }

  #listen(signal: AbortSignal): void {
    const error = (): AbortError => new AbortError(`${this.request.describe()} was aborted by its signal`, { cause: signal.reason })
    if (signal.aborted) throw error()
    this.#onAbort = () => this.cancel(error())
    signal.addEventListener('abort', this.#onAbort, { once: true })
  }

  // --- attempts

  /** Goes to the next host of the plan; `anew`: or, at its end, to the first of a new one. Throws where the request itself is wrong. */
  nextAttempt(anew = false): void {
    this.sendAgain(null, anew)
  }

  /** Sends on this connection, where it has room; else as `nextAttempt`. Waits its turn where requests are throttled. */
  sendAgain(connection: Connection | null, anew = false): void {
    const { throttle } = this.session
    if (throttle === null) this.#send(connection, anew)
    else sendThrottled(throttle, this, () => this.#send(connection, anew))
  }

  #send(connection: Connection | null, anew: boolean): void {
    if (connection?.hasRoom !== true || !this.#sendOn(connection)) this.#walkPlan(anew)
  }

  /**
   * Tries the hosts of the plan from the next one on, until one takes the request. Of a busy one nothing is noted: while a session is at its
   * limit that happens to every request, and an error costs more than the request itself.
   */
  #walkPlan(anew: boolean): void {
    let busy = false
    for (;;) {
      const host = nextHost(this, anew)
      if (host === null) break
      const pool = this.session.poolOf(host)
      const connection = pool?.pick() ?? null
      if (connection !== null) {
        const { host: before } = this
        this.host = host
        if (this.#sendOn(connection)) return
        this.host = before
      } else if (pool !== undefined && pool.openConnections > 0) busy = true
      else this.note(host, pool?.lastError ?? notConnected(host))
      anew = false
    }
    if (this.running > 0) return // a speculative attempt may still be answered
    // A connection that is being opened again is waited for: it takes milliseconds, or fails and is tried no more than now and then.
    if (busy || (this.session.isConnecting && !wasAnswered(this.errors))) return this.#wait()
    this.fail(noHostLeft(this.request.describe(), this.errors ?? new Map(), this.session.connectErrors()))
  }

  /** Remembers why a host was left. */
  note(host: Host, error: Error): void {
    this.errors ??= new Map()
    this.errors.delete(host.endpoint) // the latest comes last
    this.errors.set(host.endpoint, error)
  }

  /** Encodes the request into the connection's outgoing buffer. False where the connection can't take it after all. */
  #sendOn(connection: Connection): boolean {
    const { request, settings } = this
    const mark = connection.begin(request.opcode, request.frameFlags(settings))
    try {
      this.shape = request.write(connection.writer, connection.protocolVersion, this)
    } catch (error) {
      connection.discard(mark)
      throw error
    }
    try {
      this.stream = connection.send(mark, this)
    } catch (error) {
      if (!(error instanceof BusyError || error instanceof ConnectionError)) throw error
      this.note(this.host!, error)
      return false
    }
    this.connection = connection
    this.attempts++
    this.running++
    return true
  }

  // --- speculation

  /** Has another node asked as well if no answer comes for as long as the policy says. */
  #planSpeculation(): void {
    if (this.isDone || this.settings.host !== null) return
    const delayMs = speculativeDelay(this.settings.speculativeExecution, this.speculative, this)
    if (delayMs >= 0) this.#speculation = fineTimers.after(delayMs, () => this.#speculate())
  }

  #speculate(): void {
    const { connection, host, shape, stream } = this
    if (this.isDone || this.running === 0 || connection === null || host === null) return
    // One that would have to wait for its turn does nothing but harm.
    if (this.session.throttle?.hasRoom === false) return this.#planSpeculation()
    const others = (this.#others ??= [])
    others.push({ host, connection, stream, shape })
    const { attempts } = this
    try {
      this.nextAttempt()
      if (this.attempts === attempts) return void others.pop() // no further host
      this.speculative++
      this.#planSpeculation()
    } catch (error) {
      this.cancel(error as Error)
    }
  }

  /** An answer of one of several attempts: that one and the latest change places, so that what is said of the latest is said of it. */
  #isOf(connection: Connection): void {
    const others = this.#others!
    const at = connection === this.connection ? -1 : others.findIndex((each) => each.connection === connection)
    if (at < 0) return
    const attempt = others[at]!
    others[at] = { host: this.host!, connection: this.connection!, stream: this.stream, shape: this.shape }
    this.host = attempt.host
    this.connection = attempt.connection
    this.stream = attempt.stream
    this.shape = attempt.shape
  }

  /** Every connection is busy, or not there yet: waits in the session's queue, which is bounded. */
  #wait(): void {
    forgetPlan(this)
    this.session.enqueue(this)
  }

  // --- answers

  onAnswer(connection: Connection, flags: number, opcode: number, block: ByteBlock, start: number, end: number, owned: boolean): void {
    if (this.isDone) return
    this.running--
    this.session.throttle?.leave()
    if (this.#others !== null) this.#isOf(connection)
    try {
      handleAnswer(this, connection, flags, opcode, block, start, end, owned)
    } catch (error) {
      const failure = error as Error
      this.fail(failure)
      // Bytes that can't be read make the whole connection suspect; an answer that only this request can't use does not.
      if (failure instanceof CqlwireError && failure.code !== 'ERR_MALFORMED_FRAME') return
      throw error
    }
  }

  onConnectionLost(connection: Connection, error: ConnectionError): void {
    if (this.isDone) return
    this.running--
    this.session.throttle?.leave()
    if (this.#others !== null) this.#isOf(connection)
    connectionLost(this, connection, error)
  }
}
