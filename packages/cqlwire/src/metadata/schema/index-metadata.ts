/** Secondary indexes of a table. */
import type { SystemRow } from '../host-row.js'
import { cqlName, cqlText, cqlTextMap, qualifiedName } from './cql-text.js'

/** `COMPOSITES` and `KEYS` are Cassandra's own of old; storage-attached ones (SAI) are `CUSTOM`, as all that name their class. */
export type IndexKind = 'KEYS' | 'COMPOSITES' | 'CUSTOM'

export class IndexMetadata {
  readonly keyspace: string
  readonly table: string
  readonly name: string
  readonly kind: IndexKind
  /** What it is on, in CQL: a column, or `keys(c)`, `values(c)`, `entries(c)`, `full(c)`. */
  readonly target: string
  /** The class of a custom index as it was given: `StorageAttachedIndex`, `sai`; else null. */
  readonly className: string | null
  /** Settings of a custom index: `similarity_function`, `case_sensitive`, ... */
  readonly options: Readonly<Record<string, string>>

  constructor(keyspace: string, table: string, row: SystemRow) {
    const { target, class_name: className, ...options } = Object.fromEntries((row['options'] as ReadonlyMap<string, string> | null) ?? [])
    this.keyspace = keyspace
    this.table = table
    this.name = String(row['index_name'])
    this.kind = row['kind'] as IndexKind
    this.target = target ?? ''
    this.className = className ?? null
    this.options = options
  }

  /** Whether it is a storage-attached index. */
  get isStorageAttached(): boolean {
    return this.className !== null && /^sai$|(^|\.)StorageAttachedIndex$/i.test(this.className)
  }

  /** The statement that makes it. It is one line, formatted or not. */
  asCql(_formatted = false): string {
    const custom = this.className === null ? '' : 'CUSTOM '
    const head = `CREATE ${custom}INDEX ${cqlName(this.name)} ON ${qualifiedName(this.keyspace, this.table)} (${this.target})`
    const using = this.className === null ? '' : ` USING ${cqlText(this.className)}`
    const options = Object.entries(this.options)
    return `${head}${using}${options.length === 0 ? '' : ` WITH OPTIONS = ${cqlTextMap(options)}`};`
  }
}
