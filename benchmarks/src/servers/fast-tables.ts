/** The tables of the fast server, in the form of its file (fast-server/src/tables.rs): those of the workloads, and as much of the system as drivers ask for. */
import { encodeValue, parseType, type DataType } from 'cqlwire'
import { writeTypeOption } from '../../../packages/cqlwire/dist/protocol/type-option.js'
import { ByteWriter } from '../../../packages/cqlwire/dist/wire/byte-writer.js'
import { keyspace, tables } from '../workloads/tables.js'
import type { Table } from '../workloads/workload.js'

export interface FastCluster {
  readonly nodes: number
  readonly port: number
  readonly localDataCenter: string
}

/** Its answers never change: the first partition stands for all of them. */
export function fastTables(cluster: FastCluster): string {
  return [...systemTables(cluster), ...tables.map(workloadTable)].join('\n') + '\n'
}

const address: DataType = {
  kind: 'udt',
  keyspace,
  name: 'address',
  fieldNames: ['street', 'number', 'city'],
  fieldTypes: [parseType('text'), parseType('int'), parseType('text')],
  frozen: true,
}

const typeOf = (text: string): DataType => (text === 'frozen<address>' ? address : parseType(text))

function workloadTable(table: Table): string {
  const rows: Readonly<Record<string, unknown>>[] = []
  for (const row of table.rows()) {
    if (rows.length > 0 && (table.clusteringKey === null || row[table.partitionKey] !== rows[0]![table.partitionKey])) break
    rows.push(row)
  }
  return tableText(`${keyspace}.${table.name}`, table.columns, table.partitionKey, [{ node: '*', rows }])
}

interface RowsOfNode {
  /** A number from 0, or * for all nodes. */
  readonly node: string
  readonly rows: readonly Readonly<Record<string, unknown>>[]
}

function tableText(name: string, columns: Readonly<Record<string, string>>, partitionKey: string, byNode: readonly RowsOfNode[]): string {
  const types = Object.entries(columns).map(([column, type]) => [column, typeOf(type)] as const)
  const cell = (type: DataType, value: unknown): string =>
    value === undefined || value === null ? '-' : Buffer.from(encodeValue(type, value, 4)).toString('hex')
  return [
    `table ${name}`,
    ...types.map(([column, type]) => `${column === partitionKey ? 'partition' : 'column'} ${column} ${optionOf(type)}`),
    ...byNode.flatMap(({ node, rows }) =>
      rows.map((row) => `row ${node} ${types.map(([column, type]) => cell(type, row[column])).join('|')}`),
    ),
  ].join('\n')
}

function optionOf(type: DataType): string {
  const writer = new ByteWriter()
  writeTypeOption(writer, type)
  return writer.toBuffer().toString('hex')
}

const shared = {
  data_center: 'text',
  host_id: 'uuid',
  rack: 'text',
  release_version: 'text',
  schema_version: 'uuid',
  tokens: 'set<text>',
} as const

const local = {
  key: 'text',
  bootstrapped: 'text',
  broadcast_address: 'inet',
  broadcast_port: 'int',
  cluster_name: 'text',
  cql_version: 'text',
  listen_address: 'inet',
  listen_port: 'int',
  native_protocol_version: 'text',
  partitioner: 'text',
  rpc_address: 'inet',
  rpc_port: 'int',
  ...shared,
}
const peers = { peer: 'inet', preferred_ip: 'inet', rpc_address: 'inet', ...shared }
const peersV2 = {
  peer: 'inet',
  peer_port: 'int',
  native_address: 'inet',
  native_port: 'int',
  preferred_ip: 'inet',
  preferred_port: 'int',
  ...shared,
}

/** Of the schema, only the keyspace is told: nobody here needs more. */
const keyspaces = { keyspace_name: 'text', durable_writes: 'boolean', replication: 'map<text, text>' }
/** The one table of the schema that the driver doesn't ask for all columns of. */
const columns = {
  ...{ keyspace_name: 'text', table_name: 'text', column_name: 'text', clustering_order: 'text', kind: 'text' },
  ...{ position: 'int', type: 'text' },
}
const withoutRows: Readonly<Record<string, readonly string[]>> = {
  system_schema: [
    'tables',
    'columns',
    'views',
    'types',
    'functions',
    'aggregates',
    'indexes',
    'triggers',
    'column_masks',
    'dropped_columns',
  ],
  system_virtual_schema: ['keyspaces', 'tables', 'columns'],
}

const tokensPerNode = 8

/** 2^64 over the golden ratio: its multiples lie evenly on the ring. */
const tokenStep = 0x9e37_79b9_7f4a_7c15n

function tokensOf(node: number): Set<string> {
  const tokens = Array.from({ length: tokensPerNode }, (_, at) => BigInt.asIntN(64, BigInt(node * tokensPerNode + at + 1) * tokenStep))
  return new Set(tokens.map(String))
}

function nodeRow(node: number, { port, localDataCenter }: FastCluster): Readonly<Record<string, unknown>> {
  const own = `127.0.0.${node + 1}`
  return {
    ...{ key: 'local', bootstrapped: 'COMPLETED', cluster_name: 'Fast Server', cql_version: '3.4.7', native_protocol_version: '5' },
    ...{ broadcast_address: own, listen_address: own, rpc_address: own, native_address: own, peer: own },
    ...{ broadcast_port: 7000, listen_port: 7000, peer_port: 7000, rpc_port: port, native_port: port },
    partitioner: 'org.apache.cassandra.dht.Murmur3Partitioner',
    data_center: localDataCenter,
    host_id: `00000000-0000-4000-8000-00000000000${node + 1}`,
    rack: 'rack1',
    release_version: '5.0.0',
    schema_version: '00000000-0000-4000-8000-000000000000',
    tokens: tokensOf(node),
  }
}

function systemTables(cluster: FastCluster): string[] {
  const rows = Array.from({ length: cluster.nodes }, (_, node) => nodeRow(node, cluster))
  const own = rows.map((row, node) => ({ node: String(node), rows: [row] }))
  const others = rows.map((row, node) => ({ node: String(node), rows: rows.filter((other) => other !== row) }))
  const replication = { class: 'org.apache.cassandra.locator.SimpleStrategy', replication_factor: '1' }
  const known = [{ keyspace_name: keyspace, durable_writes: true, replication: new Map(Object.entries(replication)) }]
  return [
    tableText('system.local', local, 'key', own),
    tableText('system.peers', peers, 'peer', others),
    tableText('system.peers_v2', peersV2, 'peer', others),
    tableText('system_schema.keyspaces', keyspaces, 'keyspace_name', [{ node: '*', rows: known }]),
    ...Object.entries(withoutRows).flatMap(([schema, names]) =>
      names.map((name) => tableText(`${schema}.${name}`, name === 'columns' ? columns : { keyspace_name: 'text' }, 'keyspace_name', [])),
    ),
  ]
}
