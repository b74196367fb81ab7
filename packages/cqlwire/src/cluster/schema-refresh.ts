/** Reads system_schema into the metadata: all of it, or a keyspace at a time. */
import { InvalidRequestError, ServerError } from '../base/server-errors.js'
import { parseType } from '../codec/parse-type.js'
import type { Connection } from '../connection/connection.js'
import type { SystemRow } from '../metadata/host-row.js'
import type { Metadata } from '../metadata/metadata.js'
import { type ParseType, readKeyspaces } from '../metadata/schema/keyspace.js'
import { SCHEMA_QUERIES, type SchemaRows } from '../metadata/schema/rows.js'
import type { SchemaChange } from '../protocol/schema-change.js'
import { querySystem, quoteText, type SystemQueryOptions } from './system-query.js'

const VIRTUAL = ['virtualKeyspaces', 'virtualTables', 'virtualColumns'] as const
const REAL = ['keyspaces', 'tables', 'columns', 'types'] as const

const parse: ParseType = (text, keyspace, userType) =>
  parseType(text, (name, other) => (other === null || other === keyspace ? (userType(name) ?? undefined) : undefined))

/** Reads all keyspaces. Their tables are made of the rows only when somebody asks for them. */
export async function refreshSchema(connection: Connection, metadata: Metadata, options: SystemQueryOptions): Promise<void> {
  const rows: Partial<Record<keyof SchemaRows, readonly SystemRow[]>> = {}
  for (const part of REAL) rows[part] = await querySystem(connection, SCHEMA_QUERIES[part], options)
  try {
    for (const part of VIRTUAL) rows[part] = await querySystem(connection, SCHEMA_QUERIES[part], options)
  } catch (error) {
    // Cassandra before 4.0 has none, and users may lack the right to read them.
    if (!(error instanceof ServerError)) throw error
    for (const part of VIRTUAL) rows[part] = []
  }
  metadata.setKeyspaces(readKeyspaces(rows as SchemaRows, parse))
}

/** Reads one keyspace; one that is gone is dropped. */
export async function refreshKeyspace(
  connection: Connection,
  metadata: Metadata,
  name: string,
  options: SystemQueryOptions,
): Promise<void> {
  const rows: Partial<Record<keyof SchemaRows, readonly SystemRow[]>> = {}
  const where = ` WHERE keyspace_name = ${quoteText(name)}`
  await Promise.all(
    REAL.map(async (part) => {
      rows[part] = await querySystem(connection, SCHEMA_QUERIES[part] + where, options)
    }),
  )
  const keyspace = readKeyspaces(rows as SchemaRows, parse).get(name)
  if (keyspace !== undefined) metadata.setKeyspace(keyspace)
  // A virtual keyspace isn't in system_schema, and doesn't change while its node runs.
  else if (metadata.getKeyspace(name)?.virtual !== true) metadata.dropKeyspace(name)
}

/** Keyspaces that events named, until they are read. */
export class PendingChanges {
  #keyspaces = new Set<string>()
  #changes: SchemaChange[] = []

  add(change: SchemaChange): void {
    this.#keyspaces.add(change.keyspace)
    this.#changes.push(change)
  }

  /** Empties it. */
  take(): { readonly keyspaces: readonly string[]; readonly changes: readonly SchemaChange[] } {
    const taken = { keyspaces: [...this.#keyspaces], changes: this.#changes }
    this.#keyspaces = new Set()
    this.#changes = []
    return taken
  }
}

/** Whether the schema can't be read because of the node's answer, which is the same wherever one asks: no reason to leave the node. */
export function isSchemaRefused(error: unknown): boolean {
  return error instanceof ServerError && (error instanceof InvalidRequestError || error.protocolCode === 0x2100)
}
