/** Keyspaces as the server has them. What they hold is read from the rows when somebody asks for it. */
import type { DataType, UdtType } from '../../codec/data-type.js'
import type { SystemRow } from '../host-row.js'
import { parseReplication } from '../replication.js'
import type { ReplicationStrategy } from '../replication.js'
import { cqlName, cqlTextMap } from './cql-text.js'
import { AggregateMetadata, FunctionMetadata } from './function.js'
import type { IndexMetadata } from './index-metadata.js'
import type { KeyspaceParts, KeyspaceRows, SchemaPart, SchemaRows } from './rows.js'
import { SchemaCollector } from './rows.js'
import { TableMetadata } from './table.js'
import type { ParseType, UserTypeMetadata } from './user-type.js'
import { inOrderOfMaking, UserTypes } from './user-type.js'
import { MaterializedViewMetadata } from './view.js'

export type { ParseType } from './user-type.js'

/** Parsed objects that a change of other objects leaves as they are. */
interface Known {
  readonly types: UserTypes
  readonly tables: Map<string, TableMetadata>
  readonly views: Map<string, MaterializedViewMetadata>
}

/**
 * A keyspace as it was when it was read. A change of anything in it makes a new one, in which what did not change is the same object:
 * ask `cluster.metadata` again instead of keeping one.
 */
export class KeyspaceMetadata {
  readonly name: string
  readonly replication: ReplicationStrategy
  readonly durableWrites: boolean
  /** Made up by each node for itself; has no replicas. */
  readonly virtual: boolean
  readonly #row: SystemRow
  readonly #parts: KeyspaceParts
  readonly #parse: ParseType
  readonly #known: Known
  #tables: ReadonlyMap<string, TableMetadata> | null = null
  #views: ReadonlyMap<string, MaterializedViewMetadata> | null = null
  #functions: ReadonlyMap<string, FunctionMetadata> | null = null
  #aggregates: ReadonlyMap<string, AggregateMetadata> | null = null

  constructor(row: SystemRow, parts: KeyspaceParts, virtual: boolean, parse: ParseType, known?: Known) {
    this.name = String(row['keyspace_name'])
    this.replication = parseReplication(
      (row['replication'] as ReadonlyMap<string, string> | null | undefined) ?? { class: 'LocalStrategy' },
    )
    this.durableWrites = row['durable_writes'] !== false
    this.virtual = virtual
    this.#row = row
    this.#parts = parts
    this.#parse = parse
    this.#known = known ?? { types: new UserTypes(this.name, parts.types, parse), tables: new Map(), views: new Map() }
  }

  get tables(): ReadonlyMap<string, TableMetadata> {
    return (this.#tables ??= new Map(Array.from(this.#parts.tables.keys(), (name) => [name, this.table(name)!])))
  }

  /** Materialized views by name. */
  get views(): ReadonlyMap<string, MaterializedViewMetadata> {
    return (this.#views ??= new Map(Array.from(this.#parts.views.keys(), (name) => [name, this.view(name)!])))
  }

  /** The indexes of all tables, by name, which is unique in a keyspace. */
  get indexes(): ReadonlyMap<string, IndexMetadata> {
    return new Map(Array.from(this.tables.values(), (table) => [...table.indexes]).flat())
  }

  /** User-defined types by name. */
  get userTypes(): ReadonlyMap<string, UserTypeMetadata> {
    return this.#known.types.all
  }

  /** User-defined functions by signature: `plus(int, int)`. */
  get functions(): ReadonlyMap<string, FunctionMetadata> {
    const make = (row: SystemRow): FunctionMetadata => new FunctionMetadata(row, this.#known.types)
    return (this.#functions ??= bySignature([...this.#parts.functions.values()].flat().map(make)))
  }

  /** User-defined aggregates by signature: `average(int)`. */
  get aggregates(): ReadonlyMap<string, AggregateMetadata> {
    const make = (row: SystemRow): AggregateMetadata => new AggregateMetadata(row, this.#known.types)
    return (this.#aggregates ??= bySignature([...this.#parts.aggregates.values()].flat().map(make)))
  }

  /** A table by its name as the server has it, or null. Reads no other table. */
  table(name: string): TableMetadata | null {
    const { tables, types } = this.#known
    return lookUp(tables, name, this.#parts.tables, (rows) => new TableMetadata(name, rows, this.virtual, types))
  }

  /** A materialized view by its name as the server has it, or null. */
  view(name: string): MaterializedViewMetadata | null {
    const { views, types } = this.#known
    return lookUp(views, name, this.#parts.views, (rows) => new MaterializedViewMetadata(name, rows, this.virtual, types))
  }

  /** The materialized views of a table. */
  viewsOf(table: string): readonly MaterializedViewMetadata[] {
    return [...this.views.values()].filter((view) => view.baseTable === table)
  }

  /** The names of its user-defined types. */
  get userTypeNames(): readonly string[] {
    return [...this.#parts.types.keys()]
  }

  /** A user-defined type by its name as the server has it, as codecs take it, or null. */
  userType(name: string): UdtType | null {
    return this.#known.types.get(name)
  }

  /** The type that a text names: `frozen<list<my_type>>`. */
  parseType(text: string): DataType {
    return this.#known.types.parse(text)
  }

  /** The statement that makes the keyspace, without what it holds; in a comment for a virtual one. */
  asCql(_formatted = false): string {
    const { replication } = this
    const settings = [['class', replication.className], ...Object.entries(replication.options)] as [string, string][]
    const statement = `CREATE KEYSPACE ${cqlName(this.name)} WITH replication = ${cqlTextMap(settings)} AND durable_writes = ${this.durableWrites};`
    return this.virtual ? `/* A virtual keyspace, which no statement makes: ${cqlName(this.name)} */` : statement
  }

  /**
   * The statements that make the keyspace and all that it holds, in an order that a server takes: types after those that they are made
   * of, functions, aggregates, each table with its indexes and triggers, then views.
   */
  exportStatements(formatted = true): string[] {
    const objects = [
      this,
      ...inOrderOfMaking(this.userTypes),
      ...sorted(this.functions),
      ...sorted(this.aggregates),
      ...sorted(this.tables).flatMap((table) => [table, ...sorted(table.indexes), ...sorted(table.triggers)]),
      ...sorted(this.views),
    ]
    return objects.map((each) => each.asCql(formatted))
  }

  /** The same as one text. */
  exportSchema(formatted = true): string {
    return this.exportStatements(formatted).join('\n\n')
  }

  /** As it is after some of it was read again; null instead of rows for what is gone. */
  with(changes: KeyspaceChanges): KeyspaceMetadata {
    const { tables, views, types, functions, aggregates } = this.#parts
    const parts: KeyspaceParts = {
      tables: changed(tables, changes.tables),
      views: changed(views, changes.views),
      types: changed(types, changes.types),
      functions: changed(functions, changes.functions),
      aggregates: changed(aggregates, changes.aggregates),
    }
    const known = changes.types === undefined ? this.#knownWithout(changes) : undefined
    return new KeyspaceMetadata(this.#row, parts, this.virtual, this.#parse, known)
  }

  #knownWithout({ tables, views }: KeyspaceChanges): Known {
    const { types } = this.#known
    return { types, tables: without(this.#known.tables, tables), views: without(this.#known.views, views) }
  }
}

/** What was read again, by name; null for what is gone. */
export type KeyspaceChanges = {
  readonly [P in keyof KeyspaceParts]?: KeyspaceParts[P] extends ReadonlyMap<string, infer R>
    ? ReadonlyMap<string, R | null> | undefined
    : never
}

function changed<R>(old: ReadonlyMap<string, R>, changes: ReadonlyMap<string, R | null> | undefined): ReadonlyMap<string, R> {
  if (changes === undefined) return old
  const now = new Map(old)
  for (const [name, rows] of changes) {
    if (rows === null) now.delete(name)
    else now.set(name, rows)
  }
  return now
}

function without<T>(known: ReadonlyMap<string, T>, changes: ReadonlyMap<string, unknown> = new Map()): Map<string, T> {
  const left = new Map(known)
  for (const name of changes.keys()) left.delete(name)
  return left
}

function lookUp<T, R>(known: Map<string, T>, name: string, rows: ReadonlyMap<string, R>, make: (rows: R) => T): T | null {
  const old = known.get(name)
  if (old !== undefined) return old
  const own = rows.get(name)
  if (own === undefined) return null
  const made = make(own)
  known.set(name, made)
  return made
}

function bySignature<T extends { readonly signature: string }>(objects: readonly T[]): ReadonlyMap<string, T> {
  return new Map(objects.map((each) => [each.signature, each]))
}

function sorted<T>(objects: ReadonlyMap<string, T>): T[] {
  return [...objects].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object)
}

/** The keyspaces that collected rows describe, by name. */
export function keyspacesOf(rows: ReadonlyMap<string, KeyspaceRows>, parse: ParseType): ReadonlyMap<string, KeyspaceMetadata> {
  const keyspaces = new Map<string, KeyspaceMetadata>()
  for (const [name, { row, parts, virtual }] of rows)
    if (row !== null) keyspaces.set(name, new KeyspaceMetadata(row, parts, virtual, parse))
  return keyspaces
}

/** The keyspaces that rows describe, by name. */
export function readKeyspaces(rows: SchemaRows, parse: ParseType): ReadonlyMap<string, KeyspaceMetadata> {
  const collector = new SchemaCollector()
  for (const part of Object.keys(rows) as SchemaPart[]) for (const row of rows[part] ?? []) collector.add(part, row)
  return keyspacesOf(collector.keyspaces, parse)
}
