/** Columns of tables and views. */
import type { ColumnSpec, DataType } from '../../codec/data-type.js'
import type { SystemRow } from '../host-row.js'
import { cqlName, cqlText } from './cql-text.js'
import { maskArgument } from './mask-argument.js'

export type ColumnKind = 'partition_key' | 'clustering' | 'static' | 'regular'

export interface ColumnMetadata extends ColumnSpec {
  readonly kind: ColumnKind
  /** The place within the partition key or the clustering key, from 0; -1 for other columns. */
  readonly position: number
  /** Clustering columns only. */
  readonly clusteringOrder: 'asc' | 'desc' | null
  /** The type as the server writes it. */
  readonly typeText: string
  /** The call that masks it from who may not see it (Cassandra 5): `system.mask_inner(1, null)`; null for none. */
  readonly mask: string | null
}

/** What CQL takes for the type that the server calls `empty`: what is left of a dense table once its compact storage is dropped. */
const EMPTY_TYPE = cqlText('org.apache.cassandra.db.marshal.EmptyType')

const KINDS: readonly ColumnKind[] = ['partition_key', 'clustering', 'static', 'regular']

/** The columns of a table or a view, in the order of `SELECT *`: partition key, clustering key, static ones, the rest by name. */
export function readColumns(
  owner: { readonly keyspace: string; readonly name: string },
  rows: readonly SystemRow[],
  masks: readonly SystemRow[],
  typeOf: (text: string) => DataType,
): ReadonlyMap<string, ColumnMetadata> {
  const maskOf = new Map(masks.map((mask) => [String(mask['column_name']), mask]))
  const columns = rows.map((row): ColumnMetadata => {
    const order = row['clustering_order']
    const typeText = String(row['type'])
    const name = String(row['column_name'])
    const mask = maskOf.get(name)
    return {
      keyspace: owner.keyspace,
      table: owner.name,
      name,
      type: typeOf(typeText),
      kind: row['kind'] as ColumnKind,
      position: Number(row['position'] ?? -1),
      clusteringOrder: order === 'asc' || order === 'desc' ? order : null,
      typeText,
      // Only who exports the table asks for it: routing must not depend on it.
      get mask() {
        return mask === undefined ? null : maskCall(mask, typeOf)
      },
    }
  })
  columns.sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || a.position - b.position || (a.name < b.name ? -1 : 1))
  return new Map(columns.map((column) => [column.name, column]))
}

/** Whether the column's parts are cells of their own: collections and user types that aren't frozen. */
function isMultiCell({ type }: ColumnMetadata): boolean {
  return (type.kind === 'list' || type.kind === 'set' || type.kind === 'map' || type.kind === 'udt') && !type.frozen
}

/** As Cassandra writes them in a CREATE TABLE: among static and among regular ones, those of many cells come last. */
export function inCreateOrder(columns: Iterable<ColumnMetadata>): ColumnMetadata[] {
  const rank = (column: ColumnMetadata): number => KINDS.indexOf(column.kind) * 2 + (column.position < 0 && isMultiCell(column) ? 1 : 0)
  // The order of names is kept, as the sort is stable.
  return [...columns].sort((a, b) => rank(a) - rank(b))
}

/** `name type [STATIC] [MASKED WITH ...]`, and PRIMARY KEY where it is all of it. */
export function columnClause(column: ColumnMetadata, isWholeKey: boolean): string {
  const parts = [cqlName(column.name), column.type.kind === 'empty' ? EMPTY_TYPE : column.typeText]
  if (column.kind === 'static') parts.push('static')
  if (column.mask !== null) parts.push(`MASKED WITH ${column.mask}`)
  if (isWholeKey) parts.push('PRIMARY KEY')
  return parts.join(' ')
}

/** `PRIMARY KEY ((a, b), c)` */
export function primaryKeyClause(partitionKey: readonly ColumnMetadata[], clusteringKey: readonly ColumnMetadata[]): string {
  const partition = partitionKey.map((column) => cqlName(column.name)).join(', ')
  const key = [partitionKey.length > 1 ? `(${partition})` : partition, ...clusteringKey.map((column) => cqlName(column.name))]
  return `PRIMARY KEY (${key.join(', ')})`
}

/** `CLUSTERING ORDER BY (c DESC)`; none where there is no clustering key. */
export function clusteringOrderClauses(clusteringKey: readonly ColumnMetadata[]): string[] {
  if (clusteringKey.length === 0) return []
  const orders = clusteringKey.map((column) => `${cqlName(column.name)} ${column.clusteringOrder === 'desc' ? 'DESC' : 'ASC'}`)
  return [`CLUSTERING ORDER BY (${orders.join(', ')})`]
}

/** The call of a row of system_schema.column_masks. The first argument of the function is the column, which isn't written. */
function maskCall(row: SystemRow, typeOf: (text: string) => DataType): string {
  const types = list(row['function_argument_types'])
  const values = list(row['function_argument_values'])
  const nulls = Array.from((row['function_argument_nulls'] as Iterable<unknown> | null) ?? [])
  const args = values.map((value, i) => (nulls[i] === true ? 'null' : maskArgument(value, typeOf(types[i] ?? 'text'))))
  return `${cqlName(String(row['function_keyspace']))}.${cqlName(String(row['function_name']))}(${args.join(', ')})`
}

function list(value: unknown): string[] {
  return Array.from((value as Iterable<unknown> | null) ?? [], String)
}
