/** A request on its way, as those see it who handle its answers; and the session, as the request sees it. */
import type { CodecRegistry } from '../codec/codec.js'
import type { Connection } from '../connection/connection.js'
import type { Host } from '../metadata/host.js'
import type { HostPool } from '../pool/host-pool.js'
import type { RetryRequest } from '../policies/retry.js'
import type { Throttle } from '../policies/throttle.js'
import type { SchemaChange } from '../protocol/schema-change.js'
import type { Uuid } from '../values/uuid.js'
import type { Timestamped } from './policy-calls.js'
import type { PreparedStatement } from './prepared-statement.js'
import type { QueryTrace } from './query-trace.js'
import type { Attempt, Request } from './request.js'
import type { RequestSettings } from './request-options.js'
import type { ResultSet, ResultSource } from './result-set.js'
import type { ResultShape } from './result-shape.js'
import type { SchemaWatch } from './schema-watch.js'

export interface RunningRequest extends ResultSource, RetryRequest, Attempt {
  readonly settings: RequestSettings
  readonly session: RequestContext
  readonly request: Request
  readonly isDone: boolean
  /** The columns that the answer is expected to have; null where it says them itself. */
  readonly shape: ResultShape | null
  readonly consistency: string
  downgraded: string | null
  retries: number
  /** How often nodes did not know the prepared statement. */
  unprepared: number
  complete(result: ResultSet): void
  fail(error: Error): void
  /** Remembers why a host was left. */
  note(host: Host, error: Error): void
  /** Goes to the next host of the plan; `anew`: or, at its end, to the first of a new one. */
  nextAttempt(anew?: boolean): void
  /** Sends once more on this connection, where it has room; else as `nextAttempt`. */
  sendAgain(connection: Connection | null, anew?: boolean): void
}

/** What a request needs of its session. */
export interface RequestContext {
  readonly poolSlot: number
  readonly keyspace: string | null
  readonly isShutdown: boolean
  readonly registry: CodecRegistry
  readonly watch: SchemaWatch
  /** Limits of the session; null where there are none. */
  readonly throttle: Throttle | null
  /** Requests that all sessions of the cluster have started so far. */
  readonly requests: number
  /** Requests that wait for something other than an answer or room: a policy's decision, the time of a retry. */
  readonly parked: Set<RunningRequest>
  /** OVERLOADED answers so far. */
  refusals: number
  poolOf(host: Host): HostPool | undefined
  /** A node without a connection is being connected to right now. */
  readonly isConnecting: boolean
  /** Why nodes have no connection, by endpoint. */
  connectErrors(): Iterable<[string, Error]>
  hostByName(endpoint: string): Host | null
  replicasOf(request: Request): readonly Host[]
  /** Leaves the timestamp of a write in it; false where the server's clock is to give it. */
  stamp(running: RunningRequest & Timestamped): boolean
  /** Every connection is busy: `nextAttempt` is called again when one has room. */
  enqueue(running: RunningRequest): void
  requestDone(): void
  keyspaceSet(running: RunningRequest, connection: Connection, keyspace: string, result: ResultSet): Promise<void>
  schemaChanged(running: RunningRequest, connection: Connection, change: SchemaChange, result: ResultSet): Promise<void>
  preparedById(request: Request, id: Uint8Array): PreparedStatement | null
  prepareOn(connection: Connection, prepared: PreparedStatement): Promise<void>
  nextPage(running: RunningRequest, pageState: Uint8Array): Promise<ResultSet>
  readTrace(id: Uuid, maxWaitMs?: number): Promise<QueryTrace>
}
