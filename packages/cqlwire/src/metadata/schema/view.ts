/** Materialized views as the server has them. */
import { clusteringOrderClauses, inCreateOrder, primaryKeyClause } from './column.js'
import { cqlName, layoutOf, qualifiedName } from './cql-text.js'
import { optionClauses } from './table-options.js'
import { RelationMetadata, withClause } from './table.js'

export class MaterializedViewMetadata extends RelationMetadata {
  /** The name of the table that it is a view of. */
  get baseTable(): string {
    return String(this.rows.row['base_table_name'])
  }

  /** Whether it was made with `SELECT *`, and so gets the columns that are added to its table. */
  get includesAllColumns(): boolean {
    return this.rows.row['include_all_columns'] === true
  }

  /** What stands behind `WHERE`. */
  get whereClause(): string {
    return (this.rows.row['where_clause'] as string | null | undefined) ?? ''
  }

  asCql(formatted = false): string {
    const layout = layoutOf(formatted)
    const { partitionKey, clusteringKey } = this
    const names = inCreateOrder(this.columns.values()).map((column) => cqlName(column.name))
    const { default_time_to_live: _, ...options } = this.options
    const lines = [
      `CREATE MATERIALIZED VIEW ${qualifiedName(this.keyspace, this.name)} AS`,
      `SELECT ${this.includesAllColumns ? '*' : names.join(', ')}`,
      `FROM ${qualifiedName(this.keyspace, this.baseTable)}`,
      `WHERE ${this.whereClause}`,
      primaryKeyClause(partitionKey, clusteringKey),
    ]
    const clauses = [...clusteringOrderClauses(clusteringKey), ...optionClauses(options)]
    return `${lines.join(layout.line)}${layout.end}${withClause(clauses, layout)};`
  }
}
