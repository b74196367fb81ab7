/** Tables as the server has them. Columns, indexes and triggers are read from the rows when somebody asks for them. */
import type { SystemRow } from '../host-row.js'
import type { ColumnKind, ColumnMetadata } from './column.js'
import { clusteringOrderClauses, columnClause, inCreateOrder, primaryKeyClause, readColumns } from './column.js'
import type { Layout } from './cql-text.js'
import { layoutOf, parenthesized, qualifiedName } from './cql-text.js'
import { IndexMetadata } from './index-metadata.js'
import type { TableRows } from './rows.js'
import { optionClauses, optionsOf } from './table-options.js'
import { TriggerMetadata } from './trigger.js'
import type { UserTypes } from './user-type.js'

/** What tables and materialized views share. */
export abstract class RelationMetadata {
  readonly keyspace: string
  readonly name: string
  /** Made up by each node for itself. */
  readonly virtual: boolean
  readonly #rows: TableRows
  readonly #types: UserTypes
  #columns: ReadonlyMap<string, ColumnMetadata> | null = null
  #options: Readonly<Record<string, unknown>> | null = null

  constructor(name: string, rows: TableRows, virtual: boolean, types: UserTypes) {
    this.keyspace = types.keyspace
    this.name = name
    this.virtual = virtual
    this.#rows = rows
    this.#types = types
  }

  /** A UUID as text that the server gave it when it was made; null for virtual tables. */
  get id(): string | null {
    const id = this.#rows.row['id'] as { toString(): string } | null | undefined
    return id?.toString() ?? null
  }

  /**
   * Every option that is known, by its name in CQL and with its value as in a result: numbers, texts, booleans, and `Map`s of texts
   * (caching, compaction, compression) or of bytes (extensions).
   */
  get options(): Readonly<Record<string, unknown>> {
    return (this.#options ??= optionsOf(this.#rows.row))
  }

  get comment(): string {
    return (this.options['comment'] as string | undefined) ?? ''
  }

  /** All columns by name: partition key, clustering key, static ones, the rest by name, as `SELECT *` gives them. */
  get columns(): ReadonlyMap<string, ColumnMetadata> {
    return (this.#columns ??= readColumns(this, this.#rows.columns, this.#rows.masks, this.#types.parse))
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

  /** The statement that makes it, without indexes and triggers; in a comment for what no statement makes: virtual tables. */
  abstract asCql(formatted?: boolean): string

  /** The rows of system_schema that it was made of. */
  protected get rows(): TableRows {
    return this.#rows
  }

  #ofKind(kind: ColumnKind): readonly ColumnMetadata[] {
    return [...this.columns.values()].filter((column) => column.kind === kind)
  }
}

/** What stands behind `WITH`, or nothing. */
export function withClause(clauses: readonly string[], layout: Layout): string {
  return clauses.length === 0 ? '' : ` WITH ${clauses.join(`${layout.line}AND `)}`
}

export class TableMetadata extends RelationMetadata {
  #indexes: ReadonlyMap<string, IndexMetadata> | null = null
  #triggers: ReadonlyMap<string, TriggerMetadata> | null = null

  /** Secondary indexes, storage-attached ones among them, by name. */
  get indexes(): ReadonlyMap<string, IndexMetadata> {
    const make = (row: SystemRow): IndexMetadata => new IndexMetadata(this.keyspace, this.name, row)
    return (this.#indexes ??= new Map(this.rows.indexes.map((row) => [String(row['index_name']), make(row)])))
  }

  get triggers(): ReadonlyMap<string, TriggerMetadata> {
    const make = (row: SystemRow): TriggerMetadata => new TriggerMetadata(this.keyspace, this.name, row)
    return (this.#triggers ??= new Map(this.rows.triggers.map((row) => [String(row['trigger_name']), make(row)])))
  }

  /** Made for the Thrift protocol of old, or `WITH COMPACT STORAGE`: before Cassandra 4.0 only. */
  get isCompactStorage(): boolean {
    const flags = this.#flags()
    return flags !== null && (flags.has('dense') || flags.has('super') || !flags.has('compound'))
  }

  asCql(formatted = false): string {
    const layout = layoutOf(formatted)
    const { partitionKey, clusteringKey, columns } = this.#declared()
    const isWholeKey = partitionKey.length === 1 && clusteringKey.length === 0
    const items = columns.map((column) => columnClause(column, isWholeKey && column.kind === 'partition_key'))
    if (!isWholeKey) items.push(primaryKeyClause(partitionKey, clusteringKey))
    const clauses = [...clusteringOrderClauses(clusteringKey), ...optionClauses(this.options)]
    if (this.isCompactStorage) clauses.unshift('COMPACT STORAGE')
    const head = `CREATE TABLE ${qualifiedName(this.keyspace, this.name)} `
    const statement = `${head}${parenthesized(items, layout)}${withClause(clauses, layout)};`
    return this.virtual ? `/* A virtual table, which no statement makes: ${statement.replaceAll('*/', '* /')} */` : statement
  }

  /** The columns that a statement names: tables of Thrift have some besides that only the server sees. */
  #declared(): Pick<TableMetadata, 'partitionKey' | 'clusteringKey'> & { readonly columns: readonly ColumnMetadata[] } {
    const { partitionKey } = this
    const columns = inCreateOrder(this.columns.values())
    const flags = this.#flags()
    if (flags === null || flags.has('super')) return { partitionKey, clusteringKey: this.clusteringKey, columns }
    if (flags.has('dense'))
      return { partitionKey, clusteringKey: this.clusteringKey, columns: columns.filter((column) => column.type.kind !== 'empty') }
    if (flags.has('compound')) return { partitionKey, clusteringKey: this.clusteringKey, columns }
    // Its declared columns are kept as static ones.
    const declared = columns.filter((column) => column.kind === 'partition_key' || column.kind === 'static')
    return {
      partitionKey,
      clusteringKey: [],
      columns: declared.map((column) => (column.kind === 'static' ? { ...column, kind: 'regular' } : column)),
    }
  }

  /** Null for virtual tables, which have none. */
  #flags(): ReadonlySet<string> | null {
    const flags = this.rows.row['flags'] as Iterable<string> | null | undefined
    return flags === null || flags === undefined ? null : new Set(flags)
  }
}
