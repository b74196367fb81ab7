/** What a pattern is given to do, and what it is. */
import type { PreparedStatement, Session } from 'cqlwire'
import type { BlockingSession } from 'cqlwire/sync'

/** What a pattern hands back of an answer: a `ResultSet`, or that of a blocking session. */
export interface Answer {
  one(): Readonly<Record<string, unknown>> | null
}

/** A number of requests of one statement. A pattern sends them all in its own way, and hands back each result. */
export interface Work {
  readonly session: Session
  readonly statement: PreparedStatement
  /** The statement's text, for sessions of another thread: a prepared statement belongs to its session. */
  readonly cql: string
  readonly requests: number
  /** How many requests may be in flight at once. */
  readonly concurrency: number
  /** Aborted when the user stops the demo: no further request is sent then. */
  readonly signal: AbortSignal
  /** The parameters of the request of this index, 0 to `requests` - 1. */
  params(index: number): unknown[]
  /** Hands back the answer to one request, that was sent at `sentAt` (`performance.now()`). */
  done(index: number, result: Answer, sentAt: number): void
  /** A session that blocks this thread; opened at the first call, before anything is measured. */
  blocking(): BlockingSession
}

/** One way to send requests. */
export interface Pattern {
  /** Short and stable, for machines and for the table's name. */
  readonly name: string
  readonly title: string
  /** Sends one request after the other, so that it gets only a part of the rows. */
  readonly sequential: boolean
  /** The gist, as a reader would type it. */
  readonly code: string
  /** Resolves when every request of the work has its answer; rejects with the first error. */
  run(work: Work): Promise<void>
}
