/**
 * How long the metadata of large clusters hold up the event loop, and what memory they take: run by hand after a build,
 * `node --expose-gc benchmarks/dist/micro/schema.js [tables] [nodes]`. Nothing is asserted.
 *
 * The answers of a node with so many tables of ten columns each, in pages as the driver asks for them, are made first; then they are read
 * over a connection that is none. The ring has 256 tokens for each node.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { refreshSchema } from '../../../packages/cqlwire/dist/cluster/schema-refresh.js'
import type { DataType } from '../../../packages/cqlwire/dist/codec/data-type.js'
import { createCodecRegistry } from '../../../packages/cqlwire/dist/codec/registry.js'
import { parseType } from '../../../packages/cqlwire/dist/codec/parse-type.js'
import type { Connection } from '../../../packages/cqlwire/dist/connection/connection.js'
import { Host } from '../../../packages/cqlwire/dist/metadata/host.js'
import { Metadata } from '../../../packages/cqlwire/dist/metadata/metadata.js'
import { Opcode } from '../../../packages/cqlwire/dist/protocol/constants.js'
import { writeRowsResult } from '../../../packages/cqlwire/dist/protocol/result.js'
import { byteBlock } from '../../../packages/cqlwire/dist/wire/byte-block.js'
import { ByteWriter } from '../../../packages/cqlwire/dist/wire/byte-writer.js'

const tables = Number(process.argv[2] ?? 10_000)
const nodes = Number(process.argv[3] ?? 1_000)
const PAGE = 1_000
const ROUNDS = 9
const registry = createCodecRegistry()

type Row = Readonly<Record<string, unknown>>

const TYPES: Readonly<Record<string, string>> = {
  replication: 'map<text, text>',
  caching: 'map<text, text>',
  compaction: 'map<text, text>',
  compression: 'map<text, text>',
  flags: 'set<text>',
  id: 'uuid',
  position: 'int',
  gc_grace_seconds: 'int',
  bloom_filter_fp_chance: 'double',
}

function encode(type: DataType, value: unknown): Buffer {
  const writer = new ByteWriter(64)
  registry.codecFor(type).write(writer, value)
  return Buffer.from(writer.toBuffer())
}

/** Rows as the answers that bring them. The place of the next page is its number. */
function pagesOf(rows: readonly Row[]): Buffer[] {
  const columns = Object.keys(rows[0] ?? { keyspace_name: '' }).map((name) => ({
    keyspace: 'system_schema',
    table: 't',
    name,
    type: parseType(TYPES[name] ?? 'text'),
  }))
  const pages: Buffer[] = []
  for (let start = 0; start === 0 || start < rows.length; start += PAGE) {
    const writer = new ByteWriter(1 << 16)
    const cells = rows.slice(start, start + PAGE).map((row) => columns.map((column) => encode(column.type, row[column.name])))
    const pageState = start + PAGE < rows.length ? Buffer.from([1]) : null
    writeRowsResult(writer, { columns, rows: cells, pageState })
    pages.push(Buffer.from(writer.toBuffer()))
  }
  return pages
}

function makeSchema(): Map<string, Buffer[]> {
  const names = Array.from({ length: tables }, (_, i) => `table_${String(i).padStart(5, '0')}`)
  const text = (entries: Readonly<Record<string, string>>): Map<string, string> => new Map(Object.entries(entries))
  const tableRow = (name: string): Row => ({
    keyspace_name: 'ks',
    table_name: name,
    id: '11111111-1111-4111-8111-111111111111',
    flags: new Set(['compound']),
    comment: '',
    gc_grace_seconds: 864000,
    bloom_filter_fp_chance: 0.01,
    caching: text({ keys: 'ALL', rows_per_partition: 'NONE' }),
    compaction: text({ class: 'org.apache.cassandra.db.compaction.SizeTieredCompactionStrategy', max_threshold: '32', min_threshold: '4' }),
    compression: text({ chunk_length_in_kb: '16', class: 'org.apache.cassandra.io.compress.LZ4Compressor' }),
  })
  const columnRow = (table: string, i: number): Row => ({
    keyspace_name: 'ks',
    table_name: table,
    column_name: `column_${i}`,
    clustering_order: 'none',
    kind: i === 0 ? 'partition_key' : 'regular',
    position: i === 0 ? 0 : -1,
    type: i % 2 === 0 ? 'int' : 'text',
  })
  return new Map([
    [
      'system_schema.keyspaces',
      pagesOf([{ keyspace_name: 'ks', replication: text({ class: 'SimpleStrategy', replication_factor: '3' }) }]),
    ],
    ['system_schema.tables', pagesOf(names.map(tableRow))],
    ['system_schema.columns', pagesOf(names.flatMap((name) => Array.from({ length: 10 }, (_, i) => columnRow(name, i))))],
  ])
}

/** Answers each query with its next page, a turn later. */
function connectionTo(schema: ReadonlyMap<string, Buffer[]>): Connection {
  const empty = pagesOf([])
  const next = new Map<string, number>()
  return {
    protocolVersion: 4,
    name: 'made up',
    request: async (_opcode: number, _write: unknown, { what }: { what: string }) => {
      await new Promise<void>((resolve) => setImmediate(resolve))
      const pages = schema.get(/ FROM ([\w.]+)/.exec(what)?.[1] ?? '') ?? empty
      const page = next.get(what) ?? 0
      next.set(what, (page + 1) % pages.length)
      const bytes = pages[page]!
      return { opcode: Opcode.RESULT, block: byteBlock(bytes), start: 0, end: bytes.length }
    },
  } as unknown as Connection
}

/** Of each kind of work, for each round: milliseconds in all, and the longest that nothing else got its turn. */
const figures = new Map<string, { readonly took: number; readonly held: number }[]>()

async function measured(what: string, work: () => Promise<unknown>): Promise<void> {
  globalThis.gc?.()
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  await sleep(20)
  delay.reset()
  const started = performance.now()
  await work()
  const took = performance.now() - started
  await sleep(20)
  delay.disable()
  const rounds = figures.get(what) ?? []
  rounds.push({ took, held: delay.max / 1e6 })
  figures.set(what, rounds)
}

function makeHosts(): Map<string, Host> {
  const hosts = Array.from({ length: nodes }, (_, i) => {
    const tokens = Array.from({ length: 256 }, (__, j) => String(BigInt.asIntN(64, BigInt(i * 256 + j + 1) * 0x9e37_79b9_7f4a_7c15n)))
    return new Host({ address: `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, port: 9042, dataCenter: 'dc1', rack: `r${i % 3}`, tokens })
  })
  return new Map(hosts.map((host) => [host.endpoint, host]))
}

const metadata = new Metadata(makeHosts(), registry)
const connection = connectionTo(makeSchema())
const options = { registry, timeoutMs: 1_000, pageSize: PAGE }
metadata.setCluster('made up', 'Murmur3Partitioner')
console.log(`${tables} tables of 10 columns, ${nodes} nodes of 256 tokens; Node ${process.version}`)
const memory = (): number => (globalThis.gc?.(), process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers) / 2 ** 20
const before = memory()
for (let round = 0; round < ROUNDS; round++) {
  await measured('the ring', () => metadata.updateTokenMap())
  await measured('the schema', () => refreshSchema(connection, metadata, options))
  await measured('the objects of all tables', () => Promise.resolve(metadata.getKeyspace('ks')?.tables.size))
}
for (const [what, rounds] of figures) {
  const median = (values: readonly number[]): string => values.toSorted((a, b) => a - b)[values.length >> 1]!.toFixed(1)
  const took = rounds.map((round) => round.took)
  const held = rounds.map((round) => round.held)
  console.log(
    `${what.padEnd(28)} ${median(took)} ms, held up the event loop ${median(held)} ms (at best ${Math.min(...held).toFixed(1)}) at a time`,
  )
}
console.log(`memory of both: ${(memory() - before).toFixed(1)} MB`)
