/** Triggers of a table. */
import type { SystemRow } from '../host-row.js'
import { cqlName, cqlText, qualifiedName } from './cql-text.js'

export class TriggerMetadata {
  readonly keyspace: string
  readonly table: string
  readonly name: string
  /** The class that runs. */
  readonly className: string
  readonly options: Readonly<Record<string, string>>

  constructor(keyspace: string, table: string, row: SystemRow) {
    this.keyspace = keyspace
    this.table = table
    this.name = String(row['trigger_name'])
    this.options = Object.fromEntries((row['options'] as ReadonlyMap<string, string> | null) ?? [])
    this.className = this.options['class'] ?? ''
  }

  /** The statement that makes it. It is one line, formatted or not. */
  asCql(_formatted = false): string {
    return `CREATE TRIGGER ${cqlName(this.name)} ON ${qualifiedName(this.keyspace, this.table)} USING ${cqlText(this.className)};`
  }
}
