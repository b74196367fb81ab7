/** Generated code and closures agree on random types, bytes and values: same results, or the same errors. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { compileBind } from '../../src/codec/bind.js'
import type { CodecRegistry } from '../../src/codec/codec.js'
import { compileColumns } from '../../src/codec/columns.js'
import type { ColumnSpec, DataType, NativeKind } from '../../src/codec/data-type.js'
import { EMPTY } from '../../src/codec/empty.js'
import { createCodecRegistry } from '../../src/codec/registry.js'
import { RowCursor } from '../../src/codec/rows-cursor.js'
import { compileRows } from '../../src/codec/rows.js'
import { TimeUuid } from '../../src/values/time-uuid.js'
import { Uuid } from '../../src/values/uuid.js'
import { byteBlock } from '../../src/wire/byte-block.js'
import { ByteWriter } from '../../src/wire/byte-writer.js'

const KINDS: readonly NativeKind[] = [
  ...(['ascii', 'bigint', 'blob', 'boolean', 'counter', 'date', 'decimal', 'double', 'duration', 'float', 'inet', 'int'] as const),
  ...(['smallint', 'text', 'time', 'timestamp', 'timeuuid', 'tinyint', 'uuid', 'varint'] as const),
]
const LENGTHS = [0, 1, 2, 4, 8, 16]

const native: fc.Arbitrary<DataType> = fc.constantFrom(...KINDS).map((kind) => ({ kind }))
const anyType: fc.Arbitrary<DataType> = fc.oneof(
  { weight: 6, arbitrary: native },
  { weight: 1, arbitrary: native.map((element) => ({ kind: 'list', element, frozen: false }) as const) },
  { weight: 1, arbitrary: fc.tuple(native, native).map(([key, value]) => ({ kind: 'map', key, value, frozen: true }) as const) },
  { weight: 1, arbitrary: fc.array(native, { minLength: 1, maxLength: 3 }).map((elements) => ({ kind: 'tuple', elements }) as const) },
  { weight: 1, arbitrary: native.map((element) => ({ kind: 'vector', element, dimensions: 2 }) as const) },
)
const name = fc.oneof(fc.constantFrom('id', '__proto__', 'constructor', 'a"b', '\u2028', '0'), fc.string({ unit: 'binary', maxLength: 8 }))
const columnSpecs: fc.Arbitrary<readonly ColumnSpec[]> = fc.array(
  fc.record({ keyspace: fc.constant('ks'), table: fc.constant('t'), name, type: anyType }),
  { minLength: 1, maxLength: 6 },
)
const registries: fc.Arbitrary<CodecRegistry> = fc
  .record({ bigint: fc.constantFrom('bigint', 'number', 'string' as const), emptyValues: fc.constantFrom('null', 'keep' as const) })
  .map(({ bigint, emptyValues }) => createCodecRegistry({ numbers: { bigint }, emptyValues }))

/** Everything there is to see of a value, as text: invalid Dates, which are equal to nothing, can be compared so. */
function shown(value: unknown): string {
  return inspect(value, { depth: Infinity, maxArrayLength: Infinity, maxStringLength: Infinity, breakLength: Infinity })
}

/** The result, or the error's class and message: what both ways must have in common. */
function outcome(run: () => unknown): unknown {
  try {
    return { result: run() }
  } catch (error) {
    assert.ok(error instanceof Error)
    return { error: error.name, message: error.message }
  }
}

/** Bytes that are often a value of the type: of a fitting length, or text. */
function cellBytes(type: DataType): fc.Arbitrary<Uint8Array | null> {
  const ofLength = fc.constantFrom(...LENGTHS).chain((length) => fc.uint8Array({ minLength: length, maxLength: length }))
  const text = fc.string({ unit: 'grapheme', maxLength: 40 }).map((each) => Buffer.from(each, 'utf8'))
  const lengths: Partial<Record<string, number>> = {
    bigint: 8,
    counter: 8,
    double: 8,
    timestamp: 8,
    int: 4,
    float: 4,
    smallint: 2,
    boolean: 1,
    tinyint: 1,
    uuid: 16,
    timeuuid: 16,
  }
  const length = lengths[type.kind]
  const fitting = length === undefined ? fc.oneof(text, ofLength) : fc.uint8Array({ minLength: length, maxLength: length })
  return fc.oneof({ weight: 12, arbitrary: fitting }, { weight: 2, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: ofLength })
}

function encode(cells: readonly (Uint8Array | null)[]): Buffer {
  const writer = new ByteWriter(16)
  for (const bytes of cells) writer.putBytes(bytes)
  return writer.toBuffer()
}

const ROWS = 3
const answers = columnSpecs.chain((columns) =>
  fc.record({
    columns: fc.constant(columns),
    registry: registries,
    bytes: fc
      .array(fc.tuple(...columns.map(({ type }) => cellBytes(type))), { minLength: ROWS, maxLength: ROWS })
      .map((rows) => encode(rows.flat())),
    // Usually whole
    cut: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(40) }),
  }),
)

function cursorOver(bytes: Buffer, cut: number): RowCursor {
  return new RowCursor(byteBlock(bytes), 0, Math.max(0, bytes.length - cut))
}

describe('generated code and closures', () => {
  it('read the same rows from any bytes, or refuse them with the same error', () => {
    fc.assert(
      fc.property(answers, fc.constantFrom('object', 'array' as const), ({ columns, registry, bytes, cut }, rowFactory) => {
        const read = (generate: boolean): unknown => {
          const cursor = cursorOver(bytes, cut)
          return outcome(() => [compileRows(columns, registry, { rowFactory, generate }).rows(cursor, ROWS), cursor.position])
        }
        assert.equal(shown(read(true)), shown(read(false)))
      }),
      { numRuns: 1000 },
    )
  })

  it('read the same columns as rows hold', () => {
    fc.assert(
      fc.property(answers, ({ columns, registry, bytes, cut }) => {
        const read = (generate: boolean): unknown =>
          outcome(() => {
            const decoded = compileColumns(columns, registry, { generate }).decode(cursorOver(bytes, cut), ROWS)
            return Object.entries(decoded).map(([key, column]) => [
              key,
              [0, 1, 2].map((i) => outcome(() => [column.get(i), column.isNull(i)])),
              column.values,
            ])
          })
        const byCode = read(true)
        assert.equal(shown(byCode), shown(read(false)))
        const decoder = compileRows<Record<string, unknown>>(columns, registry, { rowFactory: 'object', generate: false })
        const rows = outcome(() => decoder.rows(cursorOver(bytes, cut), ROWS)) as { result?: Record<string, unknown>[] }
        // Lazy columns tell of bad bytes only when asked, so columns may be read where rows can't be
        if (rows.result === undefined) return
        const decoded = compileColumns(columns, registry).decode(cursorOver(bytes, cut), ROWS)
        for (const key of Object.keys(decoded)) assert.equal(shown([...decoded[key]!]), shown(rows.result.map((row) => row[key])))
      }),
      { numRuns: 1000 },
    )
  })

  it('write the same bytes for any values, or refuse them with the same error', () => {
    const value = fc.oneof(
      fc.constantFrom<unknown>(
        null,
        undefined,
        EMPTY,
        true,
        NaN,
        -0,
        Infinity,
        2 ** 31,
        2 ** 53,
        1n,
        2n ** 63n,
        new Date(5),
        new Date(NaN),
        [],
        new Map(),
        {},
      ),
      fc.constantFrom<unknown>(
        Uuid.random(),
        TimeUuid.now(),
        '123e4567-e89b-42d3-a456-426614174000',
        '\ud800',
        'ü'.repeat(20),
        '127.0.0.1',
        [1, 2],
        ['a'],
      ),
      fc.integer({ min: -40_000, max: 40_000 }),
      fc.double(),
      fc.bigInt(),
      fc.date({ noInvalidDate: false }),
      fc.string({ unit: 'binary' }),
      fc.uint8Array({ maxLength: 20 }),
    )
    const bindings = columnSpecs.chain((columns) =>
      fc.tuple(fc.constant(columns), fc.tuple(...columns.map(({ type }) => valueOf(type, value))), fc.constantFrom(3, 4)),
    )
    fc.assert(
      fc.property(bindings, ([columns, values, protocolVersion]) => {
        const registry = createCodecRegistry()
        const write = (generate: boolean): unknown =>
          outcome(() => {
            const writer = new ByteWriter(4)
            compileBind(columns, registry, { protocolVersion, generate }).write(writer, values)
            return writer.toBuffer().toString('hex')
          })
        assert.deepStrictEqual(write(true), write(false))
      }),
      { numRuns: 1000 },
    )
  })
})

/** Usually a value that the type takes, so that the parameters behind it are written too. */
function valueOf(type: DataType, any: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const fitting: Partial<Record<string, fc.Arbitrary<unknown>>> = {
    tinyint: fc.integer({ min: -128, max: 127 }),
    smallint: fc.integer({ min: -32768, max: 32767 }),
    int: fc.integer(),
    bigint: fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.maxSafeInteger()),
    counter: fc.maxSafeInteger(),
    float: fc.float(),
    double: fc.double(),
    boolean: fc.boolean(),
    timestamp: fc.oneof(fc.date(), fc.maxSafeInteger()),
    text: fc.string({ unit: 'grapheme', maxLength: 40 }),
    ascii: fc.string({ unit: 'binary-ascii' }),
    uuid: fc.uuid().map((text) => Uuid.fromString(text)),
    timeuuid: fc.constant(TimeUuid.now()),
    blob: fc.uint8Array(),
  }
  const one = fitting[type.kind] ?? fc.constant(null)
  return fc.oneof({ weight: 5, arbitrary: one }, { weight: 1, arbitrary: any })
}
