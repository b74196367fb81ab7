/** The rows of system_schema that the model is made of, as plain objects. */
import type { SystemRow } from '../host-row.js'

/** What a refresh has read. Rows of one keyspace only make a refresh of that keyspace. */
export interface SchemaRows {
  /** `system_schema.keyspaces` */
  readonly keyspaces: readonly SystemRow[]
  /** `system_schema.tables` */
  readonly tables: readonly SystemRow[]
  /** `system_schema.columns`, of tables (and of views, which are ignored for now) */
  readonly columns: readonly SystemRow[]
  /** `system_schema.types` */
  readonly types: readonly SystemRow[]
  /** `system_virtual_schema.keyspaces`, Cassandra 4 and later */
  readonly virtualKeyspaces?: readonly SystemRow[]
  /** `system_virtual_schema.tables` */
  readonly virtualTables?: readonly SystemRow[]
  /** `system_virtual_schema.columns` */
  readonly virtualColumns?: readonly SystemRow[]
}

/** The queries of a full refresh. Those on system_virtual_schema are for Cassandra 4 and later only. */
export const SCHEMA_QUERIES: Readonly<Record<keyof SchemaRows, string>> = {
  keyspaces: 'SELECT * FROM system_schema.keyspaces',
  tables: 'SELECT * FROM system_schema.tables',
  columns: 'SELECT * FROM system_schema.columns',
  types: 'SELECT * FROM system_schema.types',
  virtualKeyspaces: 'SELECT * FROM system_virtual_schema.keyspaces',
  virtualTables: 'SELECT * FROM system_virtual_schema.tables',
  virtualColumns: 'SELECT * FROM system_virtual_schema.columns',
}

/** Rows by the text in one of their columns, in their order. */
export function groupRows(rows: readonly SystemRow[], column: string): ReadonlyMap<string, readonly SystemRow[]> {
  const groups = new Map<string, SystemRow[]>()
  for (const row of rows) {
    const key = String(row[column])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [row])
    else group.push(row)
  }
  return groups
}
