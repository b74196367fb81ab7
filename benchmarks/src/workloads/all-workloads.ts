/** Every workload by its name. */
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
import { one, type AnyRow, type ValueForms, type Workload } from './workload.js'

const manyRequests = 10_000
const fewRequests = 1_000
const pages = 50

const shared = { rows: 0, warmRequests: manyRequests, batchOf: 1, readRow: () => 0 } as const

const insert: Workload = {
  ...shared,
  name: 'insert',
  cql: 'INSERT INTO bench.t (id, name, value, ts, tags) VALUES (?, ?, ?, ?, ?)',
  description: 'a prepared insert of 5 columns: bigint, text of 20, double, timestamp, list of 3 texts',
  parameters: (key, { bigint }) => [bigint(key % keys), nameOf(key), valueOf(key), new Date(timeOf(key)), tags],
}

const batched = 10

/** A select of one row by its key, and the insert of such a row. */
interface Pair {
  readonly table: string
  readonly columns: readonly string[]
  readonly what: string
  readonly warmRequests: number
  values(forms: ValueForms): unknown[]
  readRow(row: AnyRow): number
}

const largeKeys = 16

function pair({ table, columns, what, warmRequests, values, readRow }: Pair): [Workload, Workload] {
  const markers = columns.map(() => ', ?').join('')
  const select: Workload = {
    ...shared,
    name: `select-${table}`,
    cql: `SELECT * FROM bench.${table} WHERE id = ?`,
    description: `a prepared select of one row: ${what}`,
    rows: 1,
    warmRequests,
    parameters: (key, { bigint }) => [bigint(key % largeKeys)],
    readRow,
  }
  return [
    select,
    {
      ...shared,
      name: `insert-${table}`,
      cql: `INSERT INTO bench.${table} (id, ${columns.join(', ')}) VALUES (?${markers})`,
      description: `a prepared insert: ${what}`,
      warmRequests,
      parameters: (key, forms) => [forms.bigint(key % largeKeys), ...values(forms)],
    },
  ]
}

const blobPair = (size: keyof typeof blobs): [Workload, Workload] =>
  pair({
    table: `blob${size}`,
    columns: ['data'],
    what: `a blob of ${size === '1k' ? 'one KiB' : '100 KiB'}`,
    warmRequests: size === '1k' ? manyRequests : fewRequests,
    values: () => [blobs[size]],
    readRow: ({ data }) => one(data.length === blobs[size].length),
  })

const sizeOf = (value: object): number => {
  if (value instanceof Map || value instanceof Set) return value.size
  return Array.isArray(value) ? value.length : Object.keys(value).length
}

const list: readonly Workload[] = [
  insert,
  {
    ...shared,
    name: 'select1',
    cql: 'SELECT * FROM bench.t WHERE id = ?',
    description: 'a prepared select of one row of 5 columns: bigint, text of 20, list of 3 texts, timestamp, double',
    rows: 1,
    parameters: (key, { bigint }) => [bigint(key % keys)],
    readRow: ({ id, name, tags, ts, value }) => one(name.length + tags.length === 23 && value !== null && ts !== null && id !== null),
  },
  {
    ...shared,
    name: 'wide',
    cql: 'SELECT * FROM bench.wide WHERE id = ?',
    description: 'a page of 5,000 rows of 6 columns: int, bigint, text of 20, timestamp, uuid, double',
    rows: wideRows,
    warmRequests: pages,
    parameters: (key) => [key % wideKeys],
    readRow: ({ id, name, value, seq, ts, uid }) =>
      id + name.length + value + Number(seq === null) + Number(ts === null) + Number(uid === null),
  },
  {
    ...insert,
    name: 'batch',
    description: `an unlogged batch of ${batched} of the inserts`,
    warmRequests: fewRequests,
    batchOf: batched,
  },
  {
    ...shared,
    name: 'select-texts',
    cql: 'SELECT * FROM bench.texts WHERE id = ?',
    description: `a page of ${textRows} rows of 4 texts, of 16 to 420 characters, half of them with letters beyond ASCII`,
    rows: textRows,
    warmRequests: fewRequests,
    parameters: (key) => [key % wideKeys],
    readRow: ({ title, author, summary, body }) =>
      one(
        title.length === texts.title.length &&
          author.length === texts.author.length &&
          summary.length === texts.summary.length &&
          body.length === texts.body.length,
      ),
  },
  {
    ...shared,
    name: 'insert-texts',
    cql: 'INSERT INTO bench.texts (id, seq, author, body, summary, title) VALUES (?, ?, ?, ?, ?, ?)',
    description: 'a prepared insert of such a row',
    parameters: (key) => [key % wideKeys, key % textRows, texts.author, texts.body, texts.summary, texts.title],
  },
  ...blobPair('1k'),
  ...blobPair('100k'),
  ...pair({
    table: 'collections',
    columns: ['home', 'l', 'm', 's'],
    what: 'a user-defined type of 3 fields, a list, a map and a set of 5',
    warmRequests: manyRequests,
    values: ({ map }) => [address, colors, map(prices), levels],
    readRow: ({ home, l, m, s }) => one(home.city.length + l.length + sizeOf(m) + sizeOf(s) === 21),
  }),
  ...pair({
    table: 'vectors',
    columns: ['v'],
    what: `a vector of ${dimensions.toLocaleString('en-US')} floats`,
    warmRequests: manyRequests,
    values: ({ vector }) => [vector(embedding)],
    readRow: ({ v }) => one(v.length === dimensions),
  }),
]

export const workloads: Readonly<Record<string, Workload>> = Object.fromEntries(list.map((workload) => [workload.name, workload]))
