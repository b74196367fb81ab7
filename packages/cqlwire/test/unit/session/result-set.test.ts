import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { CodecRegistry } from '../../../src/codec/codec.js'
import type { ColumnEncryptionPolicy } from '../../../src/codec/column-encryption.js'
import type { ColumnSpec } from '../../../src/codec/data-type.js'
import { createCodecRegistry } from '../../../src/codec/registry.js'
import type { RowFactory } from '../../../src/session/request-options.js'
import { ResultSet, type ResultSource } from '../../../src/session/result-set.js'
import { ResultShape } from '../../../src/session/result-shape.js'
import { byteBlock } from '../../../src/wire/byte-block.js'
import { takeMemory } from '../../../src/wire/page-memory.js'

const LARGE = 20_000
const SMALL = 1_000
/** A value of an int: its length in four bytes, then its own four (native protocol, sections 4.2.5.2 and 6.11). */
const BYTES = 8

const column = (name: string, type: ColumnSpec['type']): ColumnSpec => ({ keyspace: 'ks', table: 't', name, type })
const int = column('n', { kind: 'int' })

interface PageOptions {
  readonly rowFactory?: RowFactory
  readonly columns?: readonly ColumnSpec[]
  readonly registry?: CodecRegistry
}

/** A page with the rows 0, 1, 2 … of one int, in memory that can be used again. */
function pageIn(rows: number, { rowFactory = 'object', columns = [int], registry = createCodecRegistry() }: PageOptions = {}): Page {
  const memory = takeMemory(rows * BYTES)
  for (let i = 0; i < rows; i++) {
    memory.writeInt32BE(4, i * BYTES)
    memory.writeInt32BE(i, i * BYTES + 4)
  }
  const source = { settings: { rowFactory }, host: null, attempts: 1, unreadable: (error: Error) => error } as unknown as ResultSource
  const shape = new ResultShape(columns, null, registry, true)
  return { result: new ResultSet(source, null, shape, byteBlock(memory), 0, memory.length, rows, null), memory }
}

interface Page {
  readonly result: ResultSet<Record<string, unknown>>
  readonly memory: Buffer
}

const page = (rows: number, options?: PageOptions): Page['result'] => pageIn(rows, options).result

const numbers = (rows: Iterable<Record<string, unknown>>): unknown[] => Array.from(rows, ({ n }) => n)
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

describe('the rows of a page', () => {
  test('can be read one by one as often as one likes, and be taken as an array afterwards', () => {
    for (const size of [SMALL, LARGE]) {
      const { result, memory } = pageIn(size)
      for (let i = 0; i < 3; i++) {
        assert.deepEqual(numbers(result), upTo(size))
        assert.notEqual(takeMemory(memory.length).buffer, memory.buffer)
      }
      assert.deepEqual(numbers(result.rows), upTo(size))
    }
  })

  test('are kept by `rows`, which leave the memory of their page to others', () => {
    const { result, memory } = pageIn(LARGE)
    const { rows } = result
    const next = takeMemory(LARGE * BYTES)
    assert.equal(next.buffer, memory.buffer)
    next.fill(0xff)
    for (const again of [rows, result, result.consume(), result]) assert.deepEqual(numbers(again), upTo(LARGE))
    assert.equal(result.rows, rows)
  })
})

describe('the rows of a page that is consumed', () => {
  test('can be read to the end once; then every way to them says so', () => {
    for (const size of [SMALL, LARGE]) {
      const result = page(size)
      assert.deepEqual(numbers(result.consume()), upTo(size))
      const consumed = { code: 'ERR_INVALID_ARGUMENT', message: new RegExp(`${size} rows of this page were consumed.*result\\.rows`) }
      assert.throws(() => numbers(result), consumed)
      assert.throws(() => result.consume(), consumed)
      assert.throws(() => result.rows, consumed)
      assert.throws(() => result.one(), consumed)
      assert.throws(() => result.rawRows(), consumed)
      assert.equal(result.length, size)
      assert.equal(result.wasApplied, true)
    }
  })

  test('can be read again where they were not read to the end', () => {
    const result = page(LARGE)
    for (const row of result.consume()) if (row['n'] === LARGE - 1) break
    assert.deepEqual(result.one(), { n: 0 })
    assert.deepEqual(numbers(result.consume()), upTo(LARGE))
  })

  test('are right for a second reader that is not done when they were consumed', () => {
    const result = page(LARGE)
    const slow = result[Symbol.iterator]()
    assert.deepEqual(slow.next().value, { n: 0 })
    assert.deepEqual(numbers(result.consume()), upTo(LARGE))
    overwriteFreeMemory(LARGE * BYTES)
    assert.deepEqual(numbers(slow), upTo(LARGE).slice(1))
  })

  test('are right for who took them as bytes, when somebody else has consumed them', () => {
    const result = page(LARGE)
    const { block } = result.rawRows()
    assert.deepEqual(numbers(result.consume()), upTo(LARGE))
    overwriteFreeMemory(LARGE * BYTES)
    assert.equal(block?.view.getInt32(LARGE * BYTES - 4), LARGE - 1)
  })

  test('stay what they are when the memory of their page is used again', () => {
    const { result, memory } = pageIn(LARGE)
    const rows = [...result.consume()]
    const next = takeMemory(LARGE * BYTES)
    assert.equal(next.buffer, memory.buffer)
    next.fill(0xff)
    assert.deepEqual(numbers(rows), upTo(LARGE))
  })

  test('leave that memory alone where code of the user’s was shown it, which may have kept it', () => {
    const encryption: ColumnEncryptionPolicy = {
      containsColumn: () => true,
      columnType: () => 'blob',
      encrypt: (_column, bytes) => bytes,
      decrypt: (_column, bytes) => (shown.push(bytes), bytes),
    }
    const shown: Uint8Array[] = []
    const registry = createCodecRegistry({ columnEncryption: encryption })
    const { result, memory } = pageIn(LARGE, { registry, columns: [column('n', { kind: 'blob' })] })
    assert.equal([...result.consume()].length, LARGE)
    assert.equal(shown.at(-1)!.buffer, memory.buffer)
    overwriteFreeMemory(LARGE * BYTES)
    assert.deepEqual([...shown.at(-1)!], [0, 0, (LARGE - 1) >> 8, (LARGE - 1) & 255])
  })

  test('of a conditional statement stay, as they say whether it was applied', () => {
    const result = page(LARGE, { columns: [column('[applied]', { kind: 'int' })] })
    assert.equal([...result.consume()].length, LARGE)
    assert.equal([...result.consume()].length, LARGE)
  })
})

/** What the next answers of that length do to memory that was given back. */
function overwriteFreeMemory(length: number): void {
  for (let i = 0; i < 8; i++) takeMemory(length).fill(0xff)
}
