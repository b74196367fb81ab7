/** What a fake node answers to queries on the system tables: its cluster, and a schema without tables. */
import { InvalidRequestError } from '../base/server-errors.js'
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

const SELECT = /^\s*select\s+(.+?)\s+from\s+(system\w*)\s*\.\s*(\w+)/is

/** The answer to a query on a system table by the node; null for any other query. */
export function answerSystemQuery(query: string, self: NodeDescription, cluster: ClusterDescription): Reply | null {
  const match = SELECT.exec(query)
  if (match === null) return null
  const [, selected, keyspace, table] = match as unknown as [string, string, string, string]
  const others = cluster.nodes.filter((node) => node !== self)
  switch (`${keyspace}.${table}`.toLowerCase()) {
    case 'system.local':
      return project(selected, 'local', LOCAL, [self], cluster)
    case 'system.peers':
      return project(selected, 'peers', PEERS, others, cluster)
    case 'system.peers_v2':
      return project(selected, 'peers_v2', PEERS_V2, others, cluster)
    default:
      // system_schema, system_virtual_schema, system_traces: tables that hold nothing.
      return reply.rows({ keyspace_name: 'text' }, [], { keyspace, table })
  }
}

function project(selected: string, name: string, table: Table, nodes: readonly NodeDescription[], cluster: ClusterDescription): Reply {
  const names = selected.trim() === '*' ? Object.keys(table) : selected.split(',').map((column) => column.trim().toLowerCase())
  const unknown = names.find((column) => !Object.hasOwn(table, column))
  if (unknown !== undefined) return reply.error(new InvalidRequestError(`Undefined column name ${unknown} in table system.${name}`))
  const columns = Object.fromEntries(names.map((column) => [column, table[column]![0]]))
  const rows = nodes.map((node) => names.map((column) => table[column]![1](node, cluster)))
  return reply.rows(columns, rows, { keyspace: 'system', table: name })
}
