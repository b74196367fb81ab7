/**
 * What decoding and binding cost by themselves, without sockets: run by hand after a build, `node benchmarks/dist/micro/rows.js [only]`.
 * Nothing is asserted.
 *
 * The page is that of the benchmark's `wide` workload: 5,000 rows of int, bigint, text (20 bytes), timestamp, uuid, double. The machine's
 * speed drifts, so the variants take turns over several rounds, and the median is shown.
 *
 * Node 20.20, two shared cores, November 2026, ns of CPU a value, generated code / closures:
 *
 *     objects, row by row                20.0 / 48.2
 *     objects, the page at once          22.2 / 53.5
 *     arrays, row by row                 19.9 / 34.7
 *     columns, scan alone                 1.9 / 8.0
 *     columns, every value asked for     21.6 / 38.7
 *     bind, 5 parameters by position     29.6 / 40.9
 *     bind, 5 parameters by name         50.4 / 64.6
 *     routing key, one bigint            25.2
 *
 * Tried, one value in a loop: an int by DataView 1.1 ns, from four bytes 2.3; a bigint by `getBigInt64` 9 to 13, from two halves 25 to 32
 * (into a BigInt64Array: 9.7, as two Int32 halves 2.5); a Date 50; four-integer Uuid 9.5. Text of 2 to 40 bytes: `utf8Slice` 55 to 66
 * whatever the length, `latin1Slice` 51 to 54; a loop of `+=` for 2, 6, 20, 40 bytes 11, 38, 125, 225; one `fromCharCode` of exactly so
 * many arguments for 2, 8, 20, 32 bytes 12, 18, 34, 51 (the same from 32-bit words 7 to 11 % less). Range check of a bigint
 * by `asIntN` 1.2, by two comparisons 3.5, by reading it back 10. Writing a text of 20: loop over `charCodeAt` 40, unrolled by four 31 to
 * 35, `latin1Write` 52, `utf8Write` 59, `Buffer.write` 65. A cache of repeated texts was not tried.
 */
import { compileBind, compileRoutingKey } from '../../../packages/cqlwire/dist/codec/bind.js'
import { compileColumns } from '../../../packages/cqlwire/dist/codec/columns.js'
import type { ColumnSpec, DataType } from '../../../packages/cqlwire/dist/codec/data-type.js'
import { createCodecRegistry } from '../../../packages/cqlwire/dist/codec/registry.js'
import { RowCursor } from '../../../packages/cqlwire/dist/codec/rows-cursor.js'
import { compileRows } from '../../../packages/cqlwire/dist/codec/rows.js'
import { Uuid } from '../../../packages/cqlwire/dist/values/uuid.js'
import { byteBlock } from '../../../packages/cqlwire/dist/wire/byte-block.js'
import { ByteWriter } from '../../../packages/cqlwire/dist/wire/byte-writer.js'

const ROWS = 5000
const ROUNDS = 15
const ROUND_MS = 60

const registry = createCodecRegistry()
const column = (name: string, type: DataType): ColumnSpec => ({ keyspace: 'bench', table: 'wide', name, type })
const wide: readonly ColumnSpec[] = [
  column('id', { kind: 'int' }),
  column('seq', { kind: 'bigint' }),
  column('name', { kind: 'text' }),
  column('ts', { kind: 'timestamp' }),
  column('uid', { kind: 'uuid' }),
  column('value', { kind: 'double' }),
]
const insert: readonly ColumnSpec[] = [
  column('id', { kind: 'bigint' }),
  column('name', { kind: 'text' }),
  column('value', { kind: 'double' }),
  column('ts', { kind: 'timestamp' }),
  column('tags', { kind: 'list', element: { kind: 'text' }, frozen: false }),
]

function makePage(): ReturnType<typeof byteBlock> {
  const writer = new ByteWriter(1 << 20)
  const bind = compileBind(wide, registry, { protocolVersion: 4 })
  const row = new ByteWriter()
  for (let i = 0; i < ROWS; i++) {
    row.reset()
    bind.write(row, [1, BigInt(i), `benchmark row ${String(i).padStart(6, '0')}`, new Date(1.7e12 + i), Uuid.random(), i * 0.5])
    writer.putRaw(row.buffer.subarray(2, row.position))
  }
  return byteBlock(writer.toBuffer())
}

const page = makePage()
const cursor = (): RowCursor => new RowCursor(page, 0, page.buffer.length)

interface WideRow {
  readonly id: number
  readonly seq: bigint | null
  readonly name: string
  readonly ts: Date | null
  readonly uid: Uuid | null
  readonly value: number
}

let sink = 0
const use = (row: WideRow): number =>
  row.id + row.name.length + row.value + Number(row.seq === null) + Number(row.ts === null) + Number(row.uid === null)

interface Variant {
  readonly name: string
  /** How many values one run handles. */
  readonly values: number
  readonly run: () => void
}

function rowVariants(generate: boolean): Variant[] {
  const how = generate ? 'generated' : 'closures'
  const objects = compileRows<WideRow>(wide, registry, { rowFactory: 'object', generate })
  const arrays = compileRows<unknown[]>(wide, registry, { rowFactory: 'array', generate })
  const columns = compileColumns(wide, registry, { generate })
  return [
    {
      name: `objects, row by row (${how})`,
      values: ROWS * wide.length,
      run() {
        const at = cursor()
        for (let i = 0; i < ROWS; i++) sink += use(objects.row(at))
      },
    },
    {
      name: `objects, the page at once (${how})`,
      values: ROWS * wide.length,
      run() {
        for (const row of objects.rows(cursor(), ROWS)) sink += use(row)
      },
    },
    {
      name: `arrays, row by row (${how})`,
      values: ROWS * wide.length,
      run() {
        const at = cursor()
        for (let i = 0; i < ROWS; i++) sink += arrays.row(at).length
      },
    },
    {
      name: `columns, scan alone (${how})`,
      values: ROWS * wide.length,
      run() {
        sink += columns.decode(cursor(), ROWS)['id']!.length
      },
    },
    {
      name: `columns, and every value asked for (${how})`,
      values: ROWS * wide.length,
      run() {
        const decoded = columns.decode(cursor(), ROWS)
        const [id, seq, name, ts, uid, value] = ['id', 'seq', 'name', 'ts', 'uid', 'value'].map((each) => decoded[each]!)
        for (let i = 0; i < ROWS; i++) {
          sink += (id!.get(i) as number) + (name!.get(i) as string).length + (value!.get(i) as number)
          sink += Number(seq!.get(i) === null) + Number(ts!.get(i) === null) + Number(uid!.get(i) === null)
        }
      },
    },
  ]
}

function bindVariants(generate: boolean): Variant[] {
  const how = generate ? 'generated' : 'closures'
  const encoder = compileBind(insert, registry, { protocolVersion: 4, generate })
  const writer = new ByteWriter(1 << 16)
  const tags = ['alpha', 'beta', 'gamma']
  const byPosition = Array.from({ length: ROWS }, (_, i) => [
    BigInt(i),
    `benchmark row ${String(i).padStart(6, '0')}`,
    i * 0.5,
    new Date(1.7e12 + i),
    tags,
  ])
  const byName = byPosition.map(([id, name, value, ts]) => ({ id, name, value, ts, tags }))
  const binding = (name: string, all: readonly (readonly unknown[] | Record<string, unknown>)[]): Variant => ({
    name: `bind, 5 parameters ${name} (${how})`,
    values: ROWS * insert.length,
    run() {
      for (const params of all) {
        writer.reset()
        encoder.write(writer, params)
      }
      sink += writer.position
    },
  })
  return [binding('by position', byPosition), binding('by name', byName)]
}

function routingVariant(): Variant {
  const routing = compileRoutingKey(insert, [0], registry)
  const params = Array.from({ length: ROWS }, (_, i) => [BigInt(i), '', 0, null, null])
  const writer = new ByteWriter()
  return {
    name: 'routing key, one bigint',
    values: ROWS,
    run() {
      for (const each of params) {
        writer.reset()
        routing.write(writer, each)
      }
      sink += writer.position
    },
  }
}

/** Nanoseconds of CPU per value over one round: other processes on the machine don't count, garbage collection does. */
function round({ run, values }: Variant): number {
  const until = performance.now() + ROUND_MS
  const start = process.cpuUsage()
  let runs = 0
  for (; performance.now() < until; runs++) run()
  const { user, system } = process.cpuUsage(start)
  return ((user + system) * 1000) / runs / values
}

const only = process.argv[2] ?? ''
const variants = [...rowVariants(true), ...rowVariants(false), ...bindVariants(true), ...bindVariants(false), routingVariant()].filter(
  ({ name }) => name.includes(only),
)
const figures = variants.map((): number[] => [])
for (const variant of variants) round(variant)
for (let i = 0; i < ROUNDS; i++) variants.forEach((variant, at) => figures[at]!.push(round(variant)))

console.log(`node ${process.versions.node}, ${ROUNDS} rounds of ${ROUND_MS} ms each, ns of CPU per value: median (least)`)
variants.forEach(({ name, values }, at) => {
  const sorted = figures[at]!.sort((a, b) => a - b)
  const median = sorted[sorted.length >> 1]!
  console.log(
    `${name.padEnd(48)} ${median.toFixed(1).padStart(7)} (${sorted[0]!.toFixed(1)})   ${((median * values) / 1000).toFixed(0)} us a run`,
  )
})
if (Number.isNaN(sink)) console.log('')
