/** What a fake node answers to queries on the system tables: its cluster, and the schema that the cluster was given. */
import { InvalidRequestError } from '../base/server-errors.js'
import { SCHEMA_COLUMNS } from './fake-schema.js'
import type { SchemaRow, SchemaTables } from './fake-schema.js'
import { reply } from './reply.js'
import type { Reply } from './reply.js'

/** A node as its cluster describes it. */
export interface NodeDescription {
  readonly address: string
  readonly port: number
  readonly hostId: string
  readonly dataCenter: string
  readonly rack: string
  readonly tokens: readonly string[]
}

export interface ClusterDescription {
  readonly nodes: readonly NodeDescription[]
  readonly schemaVersion: string
  readonly releaseVersion: string
  readonly protocolVersions: readonly number[]
  /** Rows of system_schema; none where it is left out. */
  readonly schema?: SchemaTables
}

type Table = Readonly<Record<string, readonly [type: string, valueOf: (node: NodeDescription, cluster: ClusterDescription) => unknown]>>

const shared: Table = {
  data_center: ['text', (node) => node.dataCenter],
  host_id: ['uuid', (node) => node.hostId],
  rack: ['text', (node) => node.rack],
  release_version: ['text', (_, cluster) => cluster.releaseVersion],
  schema_version: ['uuid', (_, cluster) => cluster.schemaVersion],
  tokens: ['set<text>', (node) => new Set(node.tokens)],
}

const LOCAL: Table = {
  key: ['text', () => 'local'],
  bootstrapped: ['text', () => 'COMPLETED'],
  broadcast_address: ['inet', (node) => node.address],
  broadcast_port: ['int', () => 7000],
  cluster_name: ['text', () => 'Fake Cluster'],
  cql_version: ['text', () => '3.4.7'],
  listen_address: ['inet', (node) => node.address],
  listen_port: ['int', () => 7000],
  native_protocol_version: ['text', (_, cluster) => String(Math.max(...cluster.protocolVersions))],
  partitioner: ['text', () => 'org.apache.cassandra.dht.Murmur3Partitioner'],
  rpc_address: ['inet', (node) => node.address],
  rpc_port: ['int', (node) => node.port],
  ...shared,
}

const PEERS: Table = { peer: ['inet', (node) => node.address], rpc_address: ['inet', (node) => node.address], ...shared }

const PEERS_V2: Table = {
  peer: ['inet', (node) => node.address],
  peer_port: ['int', () => 7000],
  native_address: ['inet', (node) => node.address],
  native_port: ['int', (node) => node.port],
  ...shared,
}

const SELECT = /^\s*select\s+(.+?)\s+from\s+(system\w*)\s*\.\s*(\w+)(?:\s+where\s+(.+?))?\s*;?\s*$/is
const EQUALS_TEXT = /^(\w+)\s*=\s*'((?:[^']|'')*)'$/

/** The answer to a query on a system table by the node; null for any other query. */
export function answerSystemQuery(query: string, self: NodeDescription, cluster: ClusterDescription): Reply | null {
  const match = SELECT.exec(query)
  if (match === null) return null
  const [, selected, keyspace, table, where] = match as unknown as [string, string, string, string, string?]
  const others = cluster.nodes.filter((node) => node.hostId !== self.hostId)
  const name = `${keyspace}.${table}`.toLowerCase()
  switch (name) {
    case 'system.local':
      return project(selected, 'local', LOCAL, [self], cluster)
    case 'system.peers':
      return project(selected, 'peers', PEERS, others, cluster)
    case 'system.peers_v2':
      return project(selected, 'peers_v2', PEERS_V2, others, cluster)
    default: {
      const columns = keyspace.toLowerCase() === 'system_schema' ? SCHEMA_COLUMNS[table.toLowerCase()] : undefined
      if (columns !== undefined) return answerSchemaQuery(selected, table.toLowerCase(), columns, where, cluster.schema ?? {})
      // system_virtual_schema, system_traces, indexes, functions: tables that hold nothing.
      return reply.rows({ keyspace_name: 'text' }, [], { keyspace, table })
    }
  }
}

function project(selected: string, name: string, table: Table, nodes: readonly NodeDescription[], cluster: ClusterDescription): Reply {
  const names = namesOf(selected, table)
  const unknown = names.find((column) => !Object.hasOwn(table, column))
  if (unknown !== undefined) return undefinedColumn(unknown, `system.${name}`)
  const columns = Object.fromEntries(names.map((column) => [column, table[column]![0]]))
  const rows = nodes.map((node) => names.map((column) => table[column]![1](node, cluster)))
  return reply.rows(columns, rows, { keyspace: 'system', table: name })
}

function answerSchemaQuery(
  selected: string,
  table: string,
  types: Readonly<Record<string, string>>,
  where: string | undefined,
  schema: SchemaTables,
): Reply {
  const names = namesOf(selected, types)
  const unknown = names.find((column) => !Object.hasOwn(types, column))
  if (unknown !== undefined) return undefinedColumn(unknown, `system_schema.${table}`)
  const columns = Object.fromEntries(names.map((column) => [column, types[column]!]))
  const rows = (schema[table] ?? []).filter((row) => where === undefined || fitsWhere(row, where))
  return reply.rows(columns, rows, { keyspace: 'system_schema', table })
}

function namesOf(selected: string, table: object): string[] {
  return selected.trim() === '*' ? Object.keys(table) : selected.split(',').map((column) => column.trim().toLowerCase())
}

/** `a = 'x' AND b = 'y'`, which is all that drivers ask for. */
function fitsWhere(row: SchemaRow, where: string): boolean {
  return where.split(/\s+and\s+/i).every((relation) => {
    const [, column, text] = EQUALS_TEXT.exec(relation.trim()) ?? []
    return column === undefined || row[column.toLowerCase()] === text!.replaceAll("''", "'")
  })
}

function undefinedColumn(name: string, table: string): Reply {
  return reply.error(new InvalidRequestError(`Undefined column name ${name} in table ${table}`))
}
