/** What the server wrote down about a traced request (tables system_traces.sessions and .events). */
import { CqlwireError } from '../base/errors.js'
import type { ClusterCore } from '../cluster/cluster-core.js'
import { TimeUuid } from '../values/time-uuid.js'
import type { InetAddress } from '../values/inet-address.js'
import type { Uuid } from '../values/uuid.js'

export interface TraceEvent {
  readonly description: string
  readonly timestamp: Date | null
  /** The node that did it. */
  readonly source: string | null
  /** Microseconds since the node began. */
  readonly sourceElapsed: number | null
  readonly threadName: string | null
}

export interface QueryTrace {
  readonly id: Uuid
  readonly requestType: string
  readonly coordinator: string | null
  readonly client: string | null
  readonly parameters: ReadonlyMap<string, string>
  readonly startedAt: Date | null
  /** Microseconds from beginning to end; null where it isn't written yet. */
  readonly durationMicros: number | null
  readonly events: readonly TraceEvent[]
}

/** The server writes a trace after it answers: it is asked for again, with growing pauses of at most half a second. */
const FIRST_PAUSE_MS = 10
const LONGEST_PAUSE_MS = 500

/** @throws {CqlwireError} code ERR_TRACE_UNAVAILABLE where the trace isn't complete after `maxWaitMs` */
export async function readTrace(cluster: ClusterCore, id: Uuid, maxWaitMs = 2_000): Promise<QueryTrace> {
  const deadline = performance.now() + maxWaitMs
  const key = id.toString()
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const [session] = await cluster.query(`SELECT * FROM system_traces.sessions WHERE session_id = ${key}`)
    // The duration is written last.
    if (session !== undefined && session['duration'] !== null)
      return traceOf(id, session, await cluster.query(`SELECT * FROM system_traces.events WHERE session_id = ${key}`))
    if (performance.now() + pause > deadline) {
      throw new CqlwireError(
        `The trace ${key} was not complete after ${maxWaitMs} ms: give getTrace a longer maxWaitMs, or read system_traces later`,
        { code: 'ERR_TRACE_UNAVAILABLE' },
      )
    }
    await new Promise((resolve) => setTimeout(resolve, pause))
  }
}

type SystemRow = Readonly<Record<string, unknown>>

function traceOf(id: Uuid, session: SystemRow, events: readonly SystemRow[]): QueryTrace {
  const text = (value: unknown): string | null => (value === null || value === undefined ? null : (value as InetAddress).toString())
  return {
    id,
    requestType: (session['request'] as string | null) ?? '',
    coordinator: text(session['coordinator']),
    client: text(session['client']),
    parameters: (session['parameters'] as ReadonlyMap<string, string> | null) ?? new Map(),
    startedAt: session['started_at'] as Date | null,
    durationMicros: session['duration'] as number | null,
    events: events.map((event) => ({
      description: (event['activity'] as string | null) ?? '',
      timestamp: event['event_id'] instanceof TimeUuid ? event['event_id'].getDate() : null,
      source: text(event['source']),
      sourceElapsed: event['source_elapsed'] as number | null,
      threadName: event['thread'] as string | null,
    })),
  }
}
