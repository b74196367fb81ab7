/** Keyspaces as the server has them. Their tables and types are read from the rows when somebody asks for them. */
import type { DataType, UdtType } from '../../codec/data-type.js'
import type { SystemRow } from '../host-row.js'
import { parseReplication } from '../replication.js'
import type { ReplicationStrategy } from '../replication.js'
import { groupRows } from './rows.js'
import type { SchemaRows } from './rows.js'
import { TableMetadata } from './table.js'

/** Reads a type as system_schema writes it (`frozen<list<int>>`); `userType` finds a user-defined type of the same keyspace. */
export type ParseType = (text: string, keyspace: string, userType: (name: string) => UdtType | null) => DataType

export interface KeyspaceParts {
  readonly tables: readonly SystemRow[]
  readonly columns: readonly SystemRow[]
  readonly types: readonly SystemRow[]
}

export class KeyspaceMetadata {
  readonly name: string
  readonly replication: ReplicationStrategy
  readonly durableWrites: boolean
  /** Made up by each node for itself; has no replicas. */
  readonly virtual: boolean
  readonly #parts: KeyspaceParts
  readonly #parse: ParseType
  readonly #userTypes = new Map<string, UdtType>()
  #tables: ReadonlyMap<string, TableMetadata> | null = null

  constructor(row: SystemRow, parts: KeyspaceParts, virtual: boolean, parse: ParseType) {
    this.name = String(row['keyspace_name'])
    this.replication = parseReplication(
      (row['replication'] as ReadonlyMap<string, string> | null | undefined) ?? { class: 'LocalStrategy' },
    )
    this.durableWrites = row['durable_writes'] !== false
    this.virtual = virtual
    this.#parts = parts
    this.#parse = parse
  }

  get tables(): ReadonlyMap<string, TableMetadata> {
    if (this.#tables !== null) return this.#tables
    const columns = groupRows(this.#parts.columns, 'table_name')
    const typeOf = (text: string): DataType => this.parseType(text)
    this.#tables = new Map(
      this.#parts.tables.map((row) => {
        const name = String(row['table_name'])
        return [name, new TableMetadata(this.name, row, columns.get(name) ?? [], this.virtual, typeOf)]
      }),
    )
    return this.#tables
  }

  /** The names of its user-defined types. */
  get userTypeNames(): readonly string[] {
    return this.#parts.types.map((row) => String(row['type_name']))
  }

  /** A user-defined type by its name as the server has it, or null. */
  userType(name: string): UdtType | null {
    const known = this.#userTypes.get(name)
    if (known !== undefined) return known
    const row = this.#parts.types.find((each) => each['type_name'] === name)
    if (row === undefined) return null
    const type: UdtType = {
      kind: 'udt',
      keyspace: this.name,
      name,
      fieldNames: Array.from(row['field_names'] as Iterable<string>),
      // A type can't hold itself, so this ends.
      fieldTypes: Array.from(row['field_types'] as Iterable<string>, (text) => this.parseType(text)),
      frozen: false,
    }
    this.#userTypes.set(name, type)
    return type
  }

  parseType(text: string): DataType {
    return this.#parse(text, this.name, (name) => this.userType(name))
  }
}

/** The keyspaces that rows describe, by name. */
export function readKeyspaces(rows: SchemaRows, parse: ParseType): ReadonlyMap<string, KeyspaceMetadata> {
  const keyspaces = new Map<string, KeyspaceMetadata>()
  const read = (heads: readonly SystemRow[], parts: KeyspaceParts, virtual: boolean): void => {
    const tables = groupRows(parts.tables, 'keyspace_name')
    const columns = groupRows(parts.columns, 'keyspace_name')
    const types = groupRows(parts.types, 'keyspace_name')
    for (const row of heads) {
      const name = String(row['keyspace_name'])
      const own = { tables: tables.get(name) ?? [], columns: columns.get(name) ?? [], types: types.get(name) ?? [] }
      keyspaces.set(name, new KeyspaceMetadata(row, own, virtual, parse))
    }
  }
  read(rows.keyspaces, rows, false)
  read(rows.virtualKeyspaces ?? [], { tables: rows.virtualTables ?? [], columns: rows.virtualColumns ?? [], types: [] }, true)
  return keyspaces
}
