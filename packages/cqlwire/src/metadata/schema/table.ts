/** Tables and their columns as the server has them. */
import type { ColumnSpec, DataType } from '../../codec/data-type.js'
import type { SystemRow } from '../host-row.js'

export type ColumnKind = 'partition_key' | 'clustering' | 'static' | 'regular'

export interface ColumnMetadata extends ColumnSpec {
  readonly kind: ColumnKind
  /** The place within the partition key or the clustering key, from 0; -1 for other columns. */
  readonly position: number
  /** Clustering columns only. */
  readonly clusteringOrder: 'asc' | 'desc' | null
  /** The type as the server writes it. */
  readonly typeText: string
}

const KINDS: readonly ColumnKind[] = ['partition_key', 'clustering', 'static', 'regular']

export class TableMetadata {
  readonly keyspace: string
  readonly name: string
  readonly virtual: boolean
  /** The row of system_schema.tables: id, flags and every option, by their names there. */
  readonly options: SystemRow
  readonly #rows: readonly SystemRow[]
  readonly #typeOf: (text: string) => DataType
  #columns: ReadonlyMap<string, ColumnMetadata> | null = null

  constructor(keyspace: string, row: SystemRow, columnRows: readonly SystemRow[], virtual: boolean, typeOf: (text: string) => DataType) {
    this.keyspace = keyspace
    this.name = String(row['table_name'])
    this.virtual = virtual
    this.options = row
    this.#rows = columnRows
    this.#typeOf = typeOf
  }

  /** All columns by name: partition key, clustering key, static ones, the rest by name, as `SELECT *` gives them. */
  get columns(): ReadonlyMap<string, ColumnMetadata> {
    if (this.#columns !== null) return this.#columns
    const columns = this.#rows.map((row) => this.#column(row))
    columns.sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || a.position - b.position || (a.name < b.name ? -1 : 1))
    this.#columns = new Map(columns.map((column) => [column.name, column]))
    return this.#columns
  }

  get partitionKey(): readonly ColumnMetadata[] {
    return this.#ofKind('partition_key')
  }

  get clusteringKey(): readonly ColumnMetadata[] {
    return this.#ofKind('clustering')
  }

  get primaryKey(): readonly ColumnMetadata[] {
    return [...this.partitionKey, ...this.clusteringKey]
  }

  #ofKind(kind: ColumnKind): readonly ColumnMetadata[] {
    return [...this.columns.values()].filter((column) => column.kind === kind)
  }

  #column(row: SystemRow): ColumnMetadata {
    const order = row['clustering_order']
    const typeText = String(row['type'])
    return {
      keyspace: this.keyspace,
      table: this.name,
      name: String(row['column_name']),
      type: this.#typeOf(typeText),
      kind: row['kind'] as ColumnKind,
      position: Number(row['position'] ?? -1),
      clusteringOrder: order === 'asc' || order === 'desc' ? order : null,
      typeText,
    }
  }
}
