/** The schema that a fake cluster says it has: keyspaces given as plain objects, told of as Cassandra does, in rows of system_schema. */
import { createHash } from 'node:crypto'
import { InvalidOptionError } from '../base/errors.js'
import { oneOf, optional, recordOf, resolveOptions, string, listOf, anyOf, boolean } from '../base/options.js'
import { parseType } from '../codec/parse-type.js'

export interface FakeTable {
  /** Name → CQL type: `{ id: 'uuid', name: 'text' }`. */
  readonly columns: Readonly<Record<string, string>>
  /** The columns of the partition key, in their order. */
  readonly partitionKey: string | readonly string[]
  /** The clustering columns, in their order; or as an object with the order of each: `{ at: 'desc' }`. */
  readonly clusteringKey?: readonly string[] | Readonly<Record<string, 'asc' | 'desc'>>
  readonly staticColumns?: readonly string[]
}

export interface FakeKeyspace {
  /** `{ class: 'SimpleStrategy', replication_factor: '1' }` by default. */
  readonly replication?: Readonly<Record<string, string>>
  readonly durableWrites?: boolean
  /** User-defined types: name → field → CQL type. */
  readonly types?: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly tables?: Readonly<Record<string, FakeTable>>
}

/** Keyspaces by name. */
export type FakeSchema = Readonly<Record<string, FakeKeyspace>>

const columnTypes = recordOf(string({ takes: 'a CQL type' }), 'an object of columns and their CQL types')

const TABLE = {
  columns: columnTypes,
  partitionKey: anyOf([string({ takes: "a column's name" }), listOf(string())]),
  clusteringKey: optional(anyOf([listOf(string(), { allowEmpty: true }), recordOf(oneOf(['asc', 'desc']))])),
  staticColumns: listOf(string(), { allowEmpty: true, default: [] }),
}

const KEYSPACE = {
  replication: optional(recordOf(string())),
  durableWrites: boolean({ default: true }),
  types: recordOf(recordOf(string({ takes: 'a CQL type' }))),
  tables: recordOf({ takes: 'a table', suits: isObject, read: (value, path) => readTable(value, path), absent: unused }),
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

function unused(): never {
  throw new TypeError('a table is never absent')
}

/** A row by the names of its columns. */
export type SchemaRow = Readonly<Record<string, unknown>>
export type SchemaTables = Readonly<Record<string, readonly SchemaRow[]>>

interface Column {
  readonly name: string
  readonly type: string
  readonly kind: 'partition_key' | 'clustering' | 'static' | 'regular'
  readonly position: number
  readonly order: 'asc' | 'desc' | 'none'
}

/** Throws an InvalidOptionError, which names the place, where a key is no column or a type is none. */
function readTable(given: unknown, path: string): readonly Column[] {
  const table = resolveOptions(TABLE, given, path)
  const partition = typeof table.partitionKey === 'string' ? [table.partitionKey] : table.partitionKey
  const clustering = Array.isArray(table.clusteringKey)
    ? (table.clusteringKey as readonly string[]).map((name) => [name, 'asc'] as const)
    : Object.entries((table.clusteringKey ?? {}) as Readonly<Record<string, 'asc' | 'desc'>>)
  for (const name of [...partition, ...clustering.map(([column]) => column), ...table.staticColumns]) {
    if (Object.hasOwn(table.columns, name)) continue
    const known = Object.keys(table.columns).join(', ')
    throw new InvalidOptionError(path, `${path} has no column ${JSON.stringify(name)} for its key: its columns are ${known || 'none'}`)
  }
  return Object.entries(table.columns).map(([name, type]): Column => {
    const inPartition = partition.indexOf(name)
    const inClustering = clustering.findIndex(([column]) => column === name)
    if (inPartition !== -1) return { name, type, kind: 'partition_key', position: inPartition, order: 'none' }
    if (inClustering !== -1) return { name, type, kind: 'clustering', position: inClustering, order: clustering[inClustering]![1] }
    return { name, type, kind: table.staticColumns.includes(name) ? 'static' : 'regular', position: -1, order: 'none' }
  })
}

/** The columns of the tables of system_schema that say something; the others have no rows. */
export const SCHEMA_COLUMNS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  keyspaces: { keyspace_name: 'text', durable_writes: 'boolean', replication: 'frozen<map<text, text>>' },
  tables: { keyspace_name: 'text', table_name: 'text', comment: 'text', flags: 'frozen<set<text>>', id: 'uuid' },
  columns: {
    keyspace_name: 'text',
    table_name: 'text',
    column_name: 'text',
    clustering_order: 'text',
    kind: 'text',
    position: 'int',
    type: 'text',
  },
  types: { keyspace_name: 'text', type_name: 'text', field_names: 'frozen<list<text>>', field_types: 'frozen<list<text>>' },
}

/**
 * The rows of system_schema that say this.
 *
 * @throws {InvalidOptionError} it is no schema: `schema.shop.tables.users` says where
 */
export function schemaRows(schema: FakeSchema): SchemaTables {
  const rows = { keyspaces: [] as SchemaRow[], tables: [] as SchemaRow[], columns: [] as SchemaRow[], types: [] as SchemaRow[] }
  for (const [keyspace, given] of Object.entries(schema)) {
    const path = `schema.${keyspace}`
    const { replication, durableWrites, types, tables } = resolveOptions(KEYSPACE, given, path)
    const at = { keyspace_name: keyspace }
    const strategy = replication ?? { class: 'SimpleStrategy', replication_factor: '1' }
    rows.keyspaces.push({ ...at, durable_writes: durableWrites, replication: new Map(Object.entries(strategy)) })
    for (const [name, fields] of Object.entries(types)) {
      checkTypes(fields, `${path}.types.${name}`, types)
      rows.types.push({ ...at, type_name: name, field_names: Object.keys(fields), field_types: Object.values(fields) })
    }
    for (const [name, columns] of Object.entries(tables)) {
      checkTypes(Object.fromEntries(columns.map((column) => [column.name, column.type])), `${path}.tables.${name}`, types)
      const table = { ...at, table_name: name }
      rows.tables.push({ ...table, comment: '', flags: new Set(['compound']), id: idOf(`${keyspace}.${name}`) })
      for (const { name: column, type, kind, position, order } of columns)
        rows.columns.push({ ...table, column_name: column, clustering_order: order, kind, position, type })
    }
  }
  return rows
}

/** Types that are not the protocol's own must be user-defined ones of the keyspace. */
function checkTypes(columns: Readonly<Record<string, string>>, path: string, userTypes: object): void {
  for (const [name, type] of Object.entries(columns)) {
    // A user-defined type stands for any type here: whether the rest reads as a type is what is asked.
    const plain = type.replaceAll(/[a-z_]\w*/gi, (word) => (Object.hasOwn(userTypes, word) ? 'int' : word))
    try {
      parseType(plain)
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      throw new InvalidOptionError(`${path}.${name}`, `${path}.${name} is of the type ${JSON.stringify(type)}: ${why}`, { cause })
    }
  }
}

/** The same for the same name, as a UUID of version 4 by its bits. */
function idOf(name: string): string {
  const hex = createHash('md5').update(name).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`
}
