/** Reads system_schema into the metadata: all of it, a keyspace, or single objects of one. */
import { InvalidRequestError, ServerError } from '../base/server-errors.js'
import { parseType } from '../codec/parse-type.js'
import type { Connection } from '../connection/connection.js'
import type { Metadata } from '../metadata/metadata.js'
import { type KeyspaceChanges, keyspacesOf, type ParseType } from '../metadata/schema/keyspace.js'
import { type KeyspaceRows, SCHEMA_QUERIES, SchemaCollector, type SchemaPart } from '../metadata/schema/rows.js'
import type { ObjectKind, SchemaTargets } from './schema-targets.js'
import { eachSystemRow, quoteText, type SystemQueryOptions } from './system-query.js'

/** What every server has. A refresh that can't read them fails. */
const NEEDED: readonly SchemaPart[] = ['keyspaces', 'tables', 'columns', 'types']
/** What older servers lack, or what a user may lack the right to read. */
const OPTIONAL: readonly SchemaPart[] = ['views', 'indexes', 'triggers', 'functions', 'aggregates', 'masks']
const VIRTUAL: readonly SchemaPart[] = ['virtualKeyspaces', 'virtualTables', 'virtualColumns']

/** Where the rows of an object stand, and in which column its name does. */
const PLACES: Readonly<Record<ObjectKind, readonly (readonly [part: SchemaPart, column: string])[]>> = {
  tables: [
    ['tables', 'table_name'],
    ['columns', 'table_name'],
    ['views', 'view_name'],
    ['indexes', 'table_name'],
    ['triggers', 'table_name'],
    ['masks', 'table_name'],
  ],
  types: [['types', 'type_name']],
  functions: [['functions', 'function_name']],
  aggregates: [['aggregates', 'aggregate_name']],
}

const parse: ParseType = (text, keyspace, userType) =>
  parseType(text, (name, other) => (other === null || other === keyspace ? (userType(name) ?? undefined) : undefined))

/** One reading of the schema over one connection. */
class Reading {
  readonly collector: SchemaCollector = new SchemaCollector()
  readonly #connection: Connection
  readonly #options: SystemQueryOptions

  constructor(connection: Connection, options: SystemQueryOptions) {
    this.#connection = connection
    this.#options = options
  }

  async read(parts: readonly SchemaPart[], where = ''): Promise<void> {
    for (const part of parts) await this.#read(part, where)
  }

  /** What can't be read is taken for empty. */
  async readOptional(parts: readonly SchemaPart[], where = ''): Promise<void> {
    for (const part of parts) {
      try {
        await this.#read(part, where)
      } catch (error) {
        if (!isSchemaRefused(error)) throw error
      }
    }
  }

  #read(part: SchemaPart, where: string): Promise<void> {
    return eachSystemRow(this.#connection, SCHEMA_QUERIES[part] + where, this.#options, (row) => this.collector.add(part, row))
  }
}

/** Reads all keyspaces. What they hold is made of the rows only when somebody asks for it. */
export async function refreshSchema(connection: Connection, metadata: Metadata, options: SystemQueryOptions): Promise<void> {
  const reading = new Reading(connection, options)
  await reading.read(NEEDED)
  await reading.readOptional(OPTIONAL)
  try {
    await reading.read(VIRTUAL)
  } catch (error) {
    // Cassandra before 4.0 has none, and users may lack the right to read them.
    if (!(error instanceof ServerError)) throw error
  }
  metadata.setKeyspaces(keyspacesOf(reading.collector.keyspaces, parse))
}

/** Reads one keyspace; one that is gone is dropped. */
async function refreshKeyspace(connection: Connection, metadata: Metadata, name: string, options: SystemQueryOptions): Promise<void> {
  const reading = new Reading(connection, options)
  const where = ` WHERE keyspace_name = ${quoteText(name)}`
  await reading.read(NEEDED, where)
  await reading.readOptional(OPTIONAL, where)
  const keyspace = keyspacesOf(reading.collector.keyspaces, parse).get(name)
  if (keyspace !== undefined) metadata.setKeyspace(keyspace)
  // A virtual keyspace isn't in system_schema, and doesn't change while its node runs.
  else if (metadata.getKeyspace(name)?.virtual !== true) metadata.dropKeyspace(name)
}

/** Reads what is wanted, and no more. */
export async function refreshTargets(
  connection: Connection,
  metadata: Metadata,
  targets: SchemaTargets,
  options: SystemQueryOptions,
): Promise<void> {
  if (targets.isEverything) return await refreshSchema(connection, metadata, options)
  for (const [keyspace, objects] of targets.keyspaces) {
    // Objects of a keyspace that isn't known can't be added to it.
    if (objects === null || metadata.getKeyspace(keyspace) === null) await refreshKeyspace(connection, metadata, keyspace, options)
    else await refreshObjects(connection, metadata, keyspace, objects, options)
  }
}

async function refreshObjects(
  connection: Connection,
  metadata: Metadata,
  keyspace: string,
  objects: ReadonlyMap<ObjectKind, ReadonlySet<string>>,
  options: SystemQueryOptions,
): Promise<void> {
  const reading = new Reading(connection, options)
  for (const [kind, names] of objects) {
    for (const name of names) {
      for (const [part, column] of PLACES[kind]) {
        const where = ` WHERE keyspace_name = ${quoteText(keyspace)} AND ${column} = ${quoteText(name)}`
        await (NEEDED.includes(part) ? reading.read([part], where) : reading.readOptional([part], where))
      }
    }
  }
  // It may have been dropped, or read anew over another connection, since the beginning.
  const now = metadata.getKeyspace(keyspace)
  if (now !== null) metadata.setKeyspace(now.with(changesOf(objects, reading.collector.keyspaces.get(keyspace))))
}

/** What was found of what was looked for; the rest is gone. */
function changesOf(objects: ReadonlyMap<ObjectKind, ReadonlySet<string>>, rows: KeyspaceRows | undefined): KeyspaceChanges {
  const parts = rows?.parts
  const found = <R>(kind: ObjectKind, all: ReadonlyMap<string, R> | undefined): ReadonlyMap<string, R | null> | undefined => {
    const names = objects.get(kind)
    return names === undefined ? undefined : new Map(Array.from(names, (name) => [name, all?.get(name) ?? null]))
  }
  return {
    tables: found('tables', parts?.tables),
    // Views are tables to events and to those who ask.
    views: found('tables', parts?.views),
    types: found('types', parts?.types),
    functions: found('functions', parts?.functions),
    aggregates: found('aggregates', parts?.aggregates),
  }
}

/** Whether the schema can't be read because of the node's answer, which is the same wherever one asks: no reason to leave the node. */
export function isSchemaRefused(error: unknown): boolean {
  return error instanceof ServerError && (error instanceof InvalidRequestError || error.protocolCode === 0x2100)
}
