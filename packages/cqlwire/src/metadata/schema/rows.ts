/** The rows of system_schema that the model is made of: what is asked for, and how they are brought together object by object. */
import type { SystemRow } from '../host-row.js'
import { checkSchemaRow } from './row-check.js'

/** What a refresh has read, as plain objects. Rows of one keyspace only make a refresh of that keyspace. */
export interface SchemaRows {
  /** `system_schema.keyspaces` */
  readonly keyspaces: readonly SystemRow[]
  /** `system_schema.tables` */
  readonly tables: readonly SystemRow[]
  /** `system_schema.columns`, of tables and of views */
  readonly columns: readonly SystemRow[]
  /** `system_schema.types` */
  readonly types: readonly SystemRow[]
  /** `system_schema.views` */
  readonly views?: readonly SystemRow[]
  /** `system_schema.indexes` */
  readonly indexes?: readonly SystemRow[]
  /** `system_schema.triggers` */
  readonly triggers?: readonly SystemRow[]
  /** `system_schema.functions` */
  readonly functions?: readonly SystemRow[]
  /** `system_schema.aggregates` */
  readonly aggregates?: readonly SystemRow[]
  /** `system_schema.column_masks`, Cassandra 5 and later */
  readonly masks?: readonly SystemRow[]
  /** `system_virtual_schema.keyspaces`, Cassandra 4 and later */
  readonly virtualKeyspaces?: readonly SystemRow[]
  /** `system_virtual_schema.tables` */
  readonly virtualTables?: readonly SystemRow[]
  /** `system_virtual_schema.columns` */
  readonly virtualColumns?: readonly SystemRow[]
}

export type SchemaPart = keyof SchemaRows

const COLUMNS = 'keyspace_name, table_name, column_name, clustering_order, kind, position, type'

/** The queries of a full refresh, in their order. Of columns only what is used: there are many. */
export const SCHEMA_QUERIES: Readonly<Record<SchemaPart, string>> = {
  keyspaces: 'SELECT * FROM system_schema.keyspaces',
  tables: 'SELECT * FROM system_schema.tables',
  columns: `SELECT ${COLUMNS} FROM system_schema.columns`,
  types: 'SELECT * FROM system_schema.types',
  views: 'SELECT * FROM system_schema.views',
  indexes: 'SELECT * FROM system_schema.indexes',
  triggers: 'SELECT * FROM system_schema.triggers',
  functions: 'SELECT * FROM system_schema.functions',
  aggregates: 'SELECT * FROM system_schema.aggregates',
  masks: 'SELECT * FROM system_schema.column_masks',
  virtualKeyspaces: 'SELECT * FROM system_virtual_schema.keyspaces',
  virtualTables: 'SELECT * FROM system_virtual_schema.tables',
  virtualColumns: `SELECT ${COLUMNS} FROM system_virtual_schema.columns`,
}

/** The rows about one table or view. */
export interface TableRows {
  /** Of system_schema.tables, or of system_schema.views. */
  readonly row: SystemRow
  readonly columns: readonly SystemRow[]
  readonly indexes: readonly SystemRow[]
  readonly triggers: readonly SystemRow[]
  readonly masks: readonly SystemRow[]
}

/** The rows about what a keyspace holds, by name. Functions and aggregates share their name with others of other arguments. */
export interface KeyspaceParts {
  readonly tables: ReadonlyMap<string, TableRows>
  readonly views: ReadonlyMap<string, TableRows>
  readonly types: ReadonlyMap<string, SystemRow>
  readonly functions: ReadonlyMap<string, readonly SystemRow[]>
  readonly aggregates: ReadonlyMap<string, readonly SystemRow[]>
}

/** The rows about one keyspace; those of one that is only read in part have no row of its own. */
export interface KeyspaceRows {
  readonly row: SystemRow | null
  readonly parts: KeyspaceParts
  readonly virtual: boolean
}

class TableCollector implements TableRows {
  row: SystemRow = {}
  readonly columns: SystemRow[] = []
  readonly indexes: SystemRow[] = []
  readonly triggers: SystemRow[] = []
  readonly masks: SystemRow[] = []
}

class KeyspaceCollector implements KeyspaceRows {
  row: SystemRow | null = null
  readonly virtual: boolean
  readonly parts = {
    tables: new Map<string, TableCollector>(),
    views: new Map<string, TableCollector>(),
    types: new Map<string, SystemRow>(),
    functions: new Map<string, SystemRow[]>(),
    aggregates: new Map<string, SystemRow[]>(),
  }

  constructor(virtual: boolean) {
    this.virtual = virtual
  }
}

/** Where the rows of a part go. */
const KIND_OF: Readonly<Partial<Record<SchemaPart, 'columns' | 'indexes' | 'triggers' | 'masks'>>> = {
  columns: 'columns',
  virtualColumns: 'columns',
  indexes: 'indexes',
  triggers: 'triggers',
  masks: 'masks',
}

/** Brings rows together as they come: a row costs its share at once, and nothing is left to do for all of them in the end. */
export class SchemaCollector {
  readonly keyspaces: ReadonlyMap<string, KeyspaceRows>
  readonly #keyspaces = new Map<string, KeyspaceCollector>()
  /** Rows of tables may come before or after the row of their table. */
  readonly #loose = new Map<string, Map<string, TableCollector>>()
  readonly #texts = new Map<string, string>()
  /** Maps and sets by their content. */
  readonly #groups = new Map<string, unknown>()

  constructor() {
    this.keyspaces = this.#keyspaces
  }

  /** Throws a MalformedFrameError where the row can't be one of that part. */
  add(part: SchemaPart, row: SystemRow): void {
    checkSchemaRow(part, row)
    const virtual = part.startsWith('virtual')
    const keyspace = this.#shared(row['keyspace_name'])
    const kind = KIND_OF[part]
    if (kind !== undefined) this.#table(keyspace, this.#shared(row['table_name']))[kind].push(kind === 'columns' ? this.#column(row) : row)
    else this.#addObject(part, row, this.#keyspace(keyspace, virtual))
  }

  #addObject(part: SchemaPart, row: SystemRow, collector: KeyspaceCollector): void {
    const { parts } = collector
    const keyspace = String(row['keyspace_name'])
    switch (part) {
      case 'keyspaces':
      case 'virtualKeyspaces':
        collector.row = row
        return
      case 'types':
        return void parts.types.set(String(row['type_name']), row)
      case 'functions':
        return append(parts.functions, String(row['function_name']), row)
      case 'aggregates':
        return append(parts.aggregates, String(row['aggregate_name']), row)
      default: {
        const name = this.#shared(part === 'views' ? row['view_name'] : row['table_name'])
        const table = this.#table(keyspace, name)
        table.row = this.#relation(row)
        ;(part === 'views' ? parts.views : parts.tables).set(name, table)
      }
    }
  }

  #keyspace(name: string, virtual: boolean): KeyspaceCollector {
    let keyspace = this.#keyspaces.get(name)
    if (keyspace === undefined) this.#keyspaces.set(name, (keyspace = new KeyspaceCollector(virtual)))
    return keyspace
  }

  #table(keyspace: string, name: string): TableCollector {
    const tables = this.#loose.get(keyspace) ?? new Map<string, TableCollector>()
    const table = tables.get(name) ?? new TableCollector()
    if (!tables.has(name)) tables.set(name, table)
    if (!this.#loose.has(keyspace)) this.#loose.set(keyspace, tables)
    return table
  }

  /** Columns are by far the most rows, and nearly all of their texts are the same: kept once, they take a third of the memory. */
  #column(row: SystemRow): SystemRow {
    return {
      column_name: this.#shared(row['column_name']),
      clustering_order: this.#shared(row['clustering_order']),
      kind: this.#shared(row['kind']),
      position: row['position'],
      type: this.#shared(row['type']),
    }
  }

  /** Most tables have the same options as others: kept once, they take a tenth of the memory, and of the time to collect garbage around them. */
  #relation(row: SystemRow): SystemRow {
    return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, this.#sharedValue(value)]))
  }

  #sharedValue(value: unknown): unknown {
    if (typeof value === 'string') return this.#shared(value)
    return value instanceof Map || value instanceof Set ? this.#sharedGroup(value) : value
  }

  #sharedGroup(value: Map<unknown, unknown> | Set<unknown>): unknown {
    const key = (value instanceof Map ? 'm' : 's') + JSON.stringify([...value])
    const known = this.#groups.get(key)
    if (known !== undefined) return known
    this.#groups.set(key, value)
    return value
  }

  #shared(value: unknown): string {
    const text = typeof value === 'string' ? value : String(value)
    const known = this.#texts.get(text)
    if (known !== undefined) return known
    this.#texts.set(text, text)
    return text
  }
}

function append(groups: Map<string, SystemRow[]>, name: string, row: SystemRow): void {
  const group = groups.get(name)
  if (group === undefined) groups.set(name, [row])
  else group.push(row)
}
