/** What stands behind `WITH` when a table or a view is made. */
import type { SystemRow } from '../host-row.js'
import { cqlText, cqlTextMap } from './cql-text.js'

/** Columns of system_schema.tables and system_schema.views that are no options. */
const NO_OPTIONS: ReadonlySet<string> = new Set([
  'keyspace_name',
  'table_name',
  'view_name',
  'id',
  'flags',
  'base_table_id',
  'base_table_name',
  'include_all_columns',
  'where_clause',
])

/** Left behind in the tables of 4.0 and later, where no statement takes them any more. They come with `read_repair`. */
const OF_OLD: readonly string[] = ['read_repair_chance', 'dclocal_read_repair_chance']

/** What null says: Cassandra leaves these out while they have their default. Null of others is not known (`cdc` where a node has it off). */
const DEFAULTS: Readonly<Record<string, unknown>> = { allow_auto_snapshot: true, incremental_backups: true, memtable: 'default' }

/** The options that a row has, by their names in CQL. */
export function optionsOf(row: SystemRow): Readonly<Record<string, unknown>> {
  const options: [name: string, value: unknown][] = []
  const isNew = 'read_repair' in row
  for (const [name, value] of Object.entries(row)) {
    if (NO_OPTIONS.has(name) || (isNew && OF_OLD.includes(name))) continue
    const known = value ?? (Object.hasOwn(DEFAULTS, name) ? DEFAULTS[name] : null) ?? null
    if (known !== null) options.push([name, known])
  }
  // Own properties, whatever their names.
  return Object.fromEntries(options)
}

/** `bloom_filter_fp_chance = 0.01`, one for each option, by name. */
export function optionClauses(options: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(options)
    .sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))
    .map((name) => `${name} = ${optionValue(name, options[name])}`)
}

/** Cassandra's own order: by name, but memtable stands with compression. */
function sortKey(name: string): string {
  return name === 'memtable' ? 'compression ' : name
}

function optionValue(name: string, value: unknown): string {
  if (value instanceof Map) return name === 'extensions' ? blobMap(value) : cqlTextMap(value as Map<string, string>)
  if (typeof value === 'number') return Number.isInteger(value) && isFloating(name) ? value.toFixed(1) : String(value)
  if (typeof value === 'string') return cqlText(value)
  if (value instanceof Uint8Array) return hex(value)
  // The rest is boolean, or an integer as a bigint.
  return String(value)
}

function isFloating(name: string): boolean {
  return name.endsWith('_chance')
}

function blobMap(entries: ReadonlyMap<string, Uint8Array>): string {
  return `{${Array.from(entries, ([key, value]) => `${cqlText(key)}: ${hex(value)}`).join(', ')}}`
}

function hex(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`
}
