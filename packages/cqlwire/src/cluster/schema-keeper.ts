/** Keeps the schema metadata right: read once, then again what events name, several events at a time. */
import { ShutdownError } from '../base/errors.js'
import type { Connection } from '../connection/connection.js'
import type { Metadata } from '../metadata/metadata.js'
import type { SchemaChange } from '../protocol/schema-change.js'
import { Debouncer } from './debouncer.js'
import type { Notices } from './notices.js'
import { isSchemaRefused, refreshSchema, refreshTargets } from './schema-refresh.js'
import { SchemaTargets } from './schema-targets.js'
import type { SystemQueryOptions } from './system-query.js'

export interface SchemaKeeperContext {
  readonly metadata: Metadata
  readonly notices: Notices
  readonly query: SystemQueryOptions
  readonly refreshWindowMs: number
  /** The control connection, once there is one. */
  ready(): Promise<Connection>
  /** A refresh failed over this connection: another node is to be used. What was missed is read again then. */
  abandon(connection: Connection, error: Error): void
}

export class SchemaKeeper {
  isEnabled: boolean
  readonly #context: SchemaKeeperContext
  readonly #debouncer: Debouncer
  #targets = new SchemaTargets()
  /** Events that listeners are told of once what they name has been read. */
  #changes: SchemaChange[] = []
  #isClosed = false

  constructor(isEnabled: boolean, context: SchemaKeeperContext) {
    this.isEnabled = isEnabled
    this.#context = context
    const warn = (error: Error): void => context.notices.warn(`The schema could not be read again after a change: ${error.message}`)
    this.#debouncer = new Debouncer(context.refreshWindowMs, () => this.#refreshPending(), warn)
  }

  /** Reads everything over a new control connection. A node that won't show its schema is no reason to leave it. */
  async load(connection: Connection, signal: AbortSignal): Promise<void> {
    if (!this.isEnabled) return
    const { metadata, notices, query } = this.#context
    try {
      await refreshSchema(connection, metadata, { ...query, signal })
    } catch (error) {
      if (!isSchemaRefused(error)) throw error
      notices.warn(
        `${connection.name} does not show its schema, so metadata and routing by partition are without it: ${(error as Error).message}`,
        true,
      )
    }
  }

  /**
   * Reads what `want` adds, whether events have come or not, and whether it is enabled or not. One reading runs at a time, so that a later
   * one never gives way to an earlier one; what is asked for while one runs is read together afterwards.
   */
  async refresh(want: (targets: SchemaTargets) => void): Promise<void> {
    want(this.#targets)
    if (!this.#isClosed) await this.#debouncer.flush()
    if (this.#isClosed)
      throw new ShutdownError('The cluster is shut down; its schema was not read again. Make a new one: new Cluster(options)')
  }

  onEvent(change: SchemaChange): void {
    if (this.isEnabled) this.#targets.addChange(change)
    this.#changes.push(change)
    this.#debouncer.trigger()
  }

  close(): void {
    this.#isClosed = true
    this.#debouncer.close()
  }

  async #refreshPending(): Promise<void> {
    const targets = this.#targets
    const changes = this.#changes
    this.#targets = new SchemaTargets()
    this.#changes = []
    try {
      if (!targets.isEmpty) await this.#read(targets)
    } finally {
      // Also where it could not be read: the change is a fact.
      for (const change of changes) this.#context.notices.events.emit('schemaChange', change)
    }
  }

  async #read(targets: SchemaTargets): Promise<void> {
    const connection = await this.#context.ready()
    try {
      await refreshTargets(connection, this.#context.metadata, targets, this.#context.query)
    } catch (error) {
      if (!isSchemaRefused(error)) this.#context.abandon(connection, error as Error)
      throw error
    }
  }
}
