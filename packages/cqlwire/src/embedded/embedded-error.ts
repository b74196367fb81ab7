import { CqlwireError } from '../base/errors.js'

/** What went wrong with an embedded Cassandra, beside the message. */
export interface EmbeddedCassandraErrorOptions {
  readonly code?: string
  readonly cause?: unknown
  /** The address of the node, where one node is to blame. */
  readonly address?: string
  /** The last lines of that node's log; shown at the end of the message. */
  readonly log?: readonly string[]
}

/**
 * An embedded Cassandra could not be started, stopped or reached: a tool is missing, a port is taken, memory is too little,
 * the JVM died or did not answer in time. Nothing is left running when a start fails with it.
 */
export class EmbeddedCassandraError extends CqlwireError {
  /** The address of the node, or null where no one node is to blame. */
  readonly address: string | null
  /** The last lines of the node's log, oldest first; empty where there is none. */
  readonly log: readonly string[]

  constructor(message: string, options: EmbeddedCassandraErrorOptions = {}) {
    const log = options.log ?? []
    super(log.length === 0 ? message : `${message}\nThe last lines of its log:\n  ${log.join('\n  ')}`, {
      code: options.code ?? 'ERR_EMBEDDED_CASSANDRA',
      ...(options.cause === undefined ? {} : { cause: options.cause }),
    })
    this.address = options.address ?? null
    this.log = log
  }
}
