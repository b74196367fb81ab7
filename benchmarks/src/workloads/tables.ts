/** The tables of the workloads and their rows, as cqlwire takes them: what a real server is loaded with, and the fast one answers. */
import { Uuid } from 'cqlwire'
import {
  address,
  blobs,
  colors,
  dimensions,
  embedding,
  keys,
  levels,
  nameOf,
  prices,
  tags,
  textRows,
  texts,
  timeOf,
  valueOf,
  wideKeys,
  wideRows,
} from './data.js'
import type { Table } from './workload.js'

const single = { id: 'bigint', name: 'text', tags: 'list<text>', ts: 'timestamp', value: 'double' } as const

const largeKeys = 16

/** The same row under a few keys. */
function* copies(row: Readonly<Record<string, unknown>>): Iterable<Readonly<Record<string, unknown>>> {
  for (let key = 0; key < largeKeys; key++) yield { id: BigInt(key), ...row }
}

const keyed = (name: string, columns: Readonly<Record<string, string>>, row: Readonly<Record<string, unknown>>): Table => ({
  name,
  columns: { id: 'bigint', ...columns },
  partitionKey: 'id',
  clusteringKey: null,
  rows: () => copies(row),
})

export const keyspace = 'bench'

const userTypes: readonly string[] = ['CREATE TYPE IF NOT EXISTS bench.address (street text, number int, city text)']

export const tables: readonly Table[] = [
  {
    name: 't',
    columns: single,
    partitionKey: 'id',
    clusteringKey: null,
    *rows() {
      for (let key = 0; key < keys; key++)
        yield { id: BigInt(key), name: nameOf(key), tags, ts: new Date(timeOf(key)), value: valueOf(key) }
    },
  },
  {
    name: 'wide',
    columns: { id: 'int', seq: 'bigint', name: 'text', ts: 'timestamp', uid: 'uuid', value: 'double' },
    partitionKey: 'id',
    clusteringKey: 'seq',
    *rows() {
      for (let id = 0; id < wideKeys; id++)
        for (let seq = 0; seq < wideRows; seq++)
          yield { id, seq: BigInt(seq), name: nameOf(seq), ts: new Date(timeOf(seq)), uid: Uuid.random(), value: valueOf(seq) }
    },
  },
  { name: 'stream', columns: single, partitionKey: 'id', clusteringKey: null, rows: () => [] },
  keyed('blob1k', { data: 'blob' }, { data: blobs['1k'] }),
  keyed('blob100k', { data: 'blob' }, { data: blobs['100k'] }),
  {
    name: 'texts',
    columns: { id: 'int', seq: 'int', author: 'text', body: 'text', summary: 'text', title: 'text' },
    partitionKey: 'id',
    clusteringKey: 'seq',
    *rows() {
      for (let id = 0; id < wideKeys; id++) for (let seq = 0; seq < textRows; seq++) yield { id, seq, ...texts }
    },
  },
  keyed(
    'collections',
    { home: 'frozen<address>', l: 'list<text>', m: 'map<text, double>', s: 'set<int>' },
    { home: address, l: colors, m: prices, s: new Set(levels) },
  ),
  keyed('vectors', { v: `vector<float, ${dimensions}>` }, { v: embedding }),
]

/** The statements that make the keyspace and its tables. */
export const schema: readonly string[] = [
  `CREATE KEYSPACE IF NOT EXISTS ${keyspace} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`,
  ...userTypes,
  ...tables.map(({ name, columns, partitionKey, clusteringKey }) => {
    const typed = Object.entries(columns).map(([column, type]) => `${column} ${type.replace('<address>', `<${keyspace}.address>`)}`)
    const key = [partitionKey, ...(clusteringKey === null ? [] : [clusteringKey])].join(', ')
    return `CREATE TABLE IF NOT EXISTS ${keyspace}.${name} (${typed.join(', ')}, PRIMARY KEY (${key}))`
  }),
]
