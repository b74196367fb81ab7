/** Keeps the schema metadata right: read once, then again what events name, several events at a time. */
import type { Connection } from '../connection/connection.js'
import type { Metadata } from '../metadata/metadata.js'
import type { SchemaChange } from '../protocol/schema-change.js'
import { Debouncer } from './debouncer.js'
import type { Notices } from './notices.js'
import { isSchemaRefused, PendingChanges, refreshKeyspace, refreshSchema } from './schema-refresh.js'
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
  readonly #pending = new PendingChanges()
  readonly #debouncer: Debouncer

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

  /** Reads everything now, whether events have come or not. */
  refresh(): Promise<void> {
    return this.#over((connection) => refreshSchema(connection, this.#context.metadata, this.#context.query))
  }

  refreshKeyspace(name: string): Promise<void> {
    return this.#over((connection) => refreshKeyspace(connection, this.#context.metadata, name, this.#context.query))
  }

  onEvent(change: SchemaChange): void {
    this.#pending.add(change)
    this.#debouncer.trigger()
  }

  close(): void {
    this.#debouncer.close()
  }

  async #refreshPending(): Promise<void> {
    const { keyspaces, changes } = this.#pending.take()
    try {
      if (this.isEnabled) for (const keyspace of keyspaces) await this.refreshKeyspace(keyspace)
    } finally {
      // Also where it could not be read: the change is a fact.
      for (const change of changes) this.#context.notices.events.emit('schemaChange', change)
    }
  }

  async #over(read: (connection: Connection) => Promise<void>): Promise<void> {
    const connection = await this.#context.ready()
    try {
      await read(connection)
    } catch (error) {
      if (!isSchemaRefused(error)) this.#context.abandon(connection, error as Error)
      throw error
    }
  }
}
