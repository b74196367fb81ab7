/** Rows of the system tables as Cassandra 5.0 has them: the type and a value of each column. */
import type { SchemaPart } from '../../../../src/metadata/schema/rows.js'
import { InetAddress } from '../../../../src/values/inet-address.js'
import { Uuid } from '../../../../src/values/uuid.js'

export type Table = Readonly<Record<string, readonly [type: string, value: unknown]>>

const ID = Uuid.fromString('123e4567-e89b-42d3-a456-426614174000')
const TEXTS = 'frozen<map<text, text>>'
const text = (value: string): readonly [string, string] => ['text', value]

const OPTIONS: Table = {
  additional_write_policy: text('99p'),
  bloom_filter_fp_chance: ['double', 0.01],
  caching: [TEXTS, new Map([['keys', 'ALL']])],
  cdc: ['boolean', null],
  comment: text("it's"),
  compaction: [TEXTS, new Map([['class', 'org.apache.cassandra.db.compaction.SizeTieredCompactionStrategy']])],
  compression: [TEXTS, new Map([['chunk_length_in_kb', '16']])],
  crc_check_chance: ['double', 1],
  default_time_to_live: ['int', 0],
  extensions: ['frozen<map<text, blob>>', new Map([['e', Buffer.from('x')]])],
  gc_grace_seconds: ['int', 864000],
  id: ['uuid', ID],
  memtable: ['text', null],
  read_repair: text('BLOCKING'),
  speculative_retry: text('99p'),
}

const COLUMN: Table = {
  keyspace_name: text('ks'),
  table_name: text('t'),
  column_name: text('k'),
  clustering_order: text('none'),
  kind: text('partition_key'),
  position: ['int', 0],
  type: text('frozen<map<text, frozen<address>>>'),
}

const FUNCTION: Table = {
  keyspace_name: text('ks'),
  argument_types: ['frozen<list<text>>', ['int', 'frozen<address>']],
  return_type: text('int'),
}

export const SCHEMA: Readonly<Record<SchemaPart, Table>> = {
  keyspaces: {
    keyspace_name: text('ks'),
    durable_writes: ['boolean', true],
    replication: [
      TEXTS,
      new Map([
        ['class', 'org.apache.cassandra.locator.NetworkTopologyStrategy'],
        ['dc1', '3'],
      ]),
    ],
  },
  tables: { keyspace_name: text('ks'), table_name: text('t'), ...OPTIONS, flags: ['frozen<set<text>>', new Set(['compound'])] },
  columns: COLUMN,
  types: {
    keyspace_name: text('ks'),
    type_name: text('address'),
    field_names: ['frozen<list<text>>', ['street', 'next']],
    field_types: ['frozen<list<text>>', ['text', 'frozen<list<int>>']],
  },
  views: {
    keyspace_name: text('ks'),
    view_name: text('v'),
    ...OPTIONS,
    base_table_id: ['uuid', ID],
    base_table_name: text('t'),
    include_all_columns: ['boolean', true],
    where_clause: text('k IS NOT NULL'),
  },
  indexes: {
    keyspace_name: text('ks'),
    table_name: text('t'),
    index_name: text('i'),
    kind: text('CUSTOM'),
    options: [
      TEXTS,
      new Map([
        ['target', 'values(v)'],
        ['class_name', 'sai'],
      ]),
    ],
  },
  triggers: {
    keyspace_name: text('ks'),
    table_name: text('t'),
    trigger_name: text('tr'),
    options: [TEXTS, new Map([['class', 'org.Tr']])],
  },
  functions: {
    ...FUNCTION,
    function_name: text('f'),
    argument_names: ['frozen<list<text>>', ['a', 'b']],
    body: text('return 1;'),
    called_on_null_input: ['boolean', true],
    language: text('java'),
  },
  aggregates: {
    ...FUNCTION,
    aggregate_name: text('a'),
    final_func: ['text', null],
    initcond: text('0'),
    state_func: text('f'),
    state_type: text('int'),
  },
  masks: {
    keyspace_name: text('ks'),
    table_name: text('t'),
    column_name: text('k'),
    function_keyspace: text('system'),
    function_name: text('mask_inner'),
    function_argument_types: ['frozen<list<text>>', ['int', 'int']],
    function_argument_values: ['frozen<list<text>>', ['1', '2']],
    function_argument_nulls: ['frozen<list<boolean>>', [false, true]],
  },
  virtualKeyspaces: { keyspace_name: text('system_views') },
  virtualTables: { keyspace_name: text('system_views'), table_name: text('t'), comment: text('virtual') },
  virtualColumns: { ...COLUMN, keyspace_name: text('system_views') },
}

const NODE: Table = {
  data_center: text('dc1'),
  host_id: ['uuid', ID],
  rack: text('r1'),
  release_version: text('5.0.2'),
  schema_version: ['uuid', ID],
  tokens: ['set<text>', new Set(['-9223372036854775808', '42', '7'])],
}

export const LOCAL: Table = {
  ...NODE,
  key: text('local'),
  broadcast_address: ['inet', InetAddress.fromString('127.0.0.1')],
  broadcast_port: ['int', 7000],
  cluster_name: text('c'),
  listen_address: ['inet', InetAddress.fromString('127.0.0.1')],
  listen_port: ['int', 7000],
  partitioner: text('org.apache.cassandra.dht.Murmur3Partitioner'),
  rpc_address: ['inet', InetAddress.fromString('0.0.0.0')],
  rpc_port: ['int', 9042],
}

export const PEER: Table = {
  ...NODE,
  peer: ['inet', InetAddress.fromString('127.0.0.2')],
  peer_port: ['int', 7000],
  native_address: ['inet', InetAddress.fromString('127.0.0.2')],
  native_port: ['int', 9042],
  tokens: ['set<text>', new Set(['9', '-8'])],
}
