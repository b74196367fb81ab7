/** Values that leave out elements: few bytes that stand for many nulls. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MalformedFrameError } from '../../../src/base/errors.js'
import { compileColumns } from '../../../src/codec/columns.js'
import type { DataType } from '../../../src/codec/data-type.js'
import { createCodecRegistry } from '../../../src/codec/registry.js'
import { compileRows } from '../../../src/codec/rows.js'
import { decodeValue } from '../../../src/codec/value.js'
import { BOTH_WAYS, cell, column, cursorOver } from './rows-support.js'

const INT: DataType = { kind: 'int' }
const tupleOf = (count: number, first: DataType = INT): DataType => ({
  kind: 'tuple',
  elements: Array.from({ length: count }, (_, i) => (i === 0 ? first : INT)),
})
const udtOf = (count: number): DataType => {
  const fieldNames = Array.from({ length: count }, (_, i) => `f${i}`)
  return { kind: 'udt', keyspace: 'ks', name: 'wide', fieldNames, fieldTypes: fieldNames.map(() => INT), frozen: false }
}
const listOf = (element: DataType): DataType => ({ kind: 'list', element, frozen: false })

/** The values of a list: its count, and each with its length. */
function listBytes(count: number, element: string): Buffer {
  const head = Buffer.alloc(4)
  head.writeInt32BE(count)
  return Buffer.concat([head, ...Array.from({ length: count }, () => cell(element))])
}

const registry = createCodecRegistry()
const OUT_OF_PROPORTION = /leaves out \d+ elements, and with those before it more than 131072 .*read fewer rows at a time \(pageSize\)/

describe('a tuple or user type that ends early', () => {
  test('is filled up with nulls, however many one value leaves out', () => {
    const tuple = decodeValue(tupleOf(60_000), Buffer.from('00000004 00000007'.replace(' ', ''), 'hex')) as unknown[]
    assert.equal(tuple.length, 60_000)
    assert.deepEqual(tuple.slice(0, 3), [7, null, null])
    const udt = decodeValue(udtOf(2_000), Buffer.from('ffffffff', 'hex')) as Record<string, unknown>
    assert.equal(Object.keys(udt).length, 2_000)
    assert.equal(udt['f1999'], null)
  })

  for (const { name, generate } of BOTH_WAYS) {
    test(`is refused where the values of an answer leave out more than their bytes account for (${name})`, () => {
      for (const type of [tupleOf(60_000), udtOf(60_000)]) {
        const rows = compileRows([column('c', type)], registry, { rowFactory: 'object', generate })
        const cells = Array.from({ length: 3 }, () => cell('ffffffff'))
        assert.equal(rows.rows(cursorOver(...cells.slice(1)), 2).length, 2)
        assert.throws(() => rows.rows(cursorOver(...cells), 3), { name: MalformedFrameError.name, message: OUT_OF_PROPORTION })
      }
    })
  }

  test('counts within other values, and where an outer one ends with it', () => {
    for (const type of [listOf(tupleOf(1_000)), listOf(tupleOf(1_000, tupleOf(100))), listOf(udtOf(1_000))]) {
      const bytes = listBytes(200, type.kind === 'list' && type.element.kind === 'tuple' ? '00000000' : 'ffffffff')
      assert.throws(() => decodeValue(type, bytes), { name: MalformedFrameError.name, message: OUT_OF_PROPORTION })
    }
  })

  test('never counts where fields were added to a type of usual size', () => {
    // Ten fields were there when the values were written, and 80 more were added since.
    const rows = compileRows([column('c', udtOf(90))], registry, { rowFactory: 'object' })
    const old = cell('ffffffff'.repeat(10))
    assert.equal(rows.rows(cursorOver(...Array.from({ length: 20_000 }, () => old)), 20_000).length, 20_000)
  })

  test('is counted once in columns, whose values are read again at each look', () => {
    const { c } = compileColumns([column('c', tupleOf(1_000))], registry).decode(
      cursorOver(...Array.from({ length: 100 }, () => cell('ffffffff'))),
      100,
    )
    for (let look = 0; look < 5; look++) {
      assert.equal([...c!].length, 100)
      assert.equal((c!.get(99) as unknown[]).length, 1_000)
    }
    const { many } = compileColumns([column('many', tupleOf(1_000))], registry).decode(
      cursorOver(...Array.from({ length: 200 }, () => cell('ffffffff'))),
      200,
    )
    assert.throws(() => [...many!], { name: MalformedFrameError.name, message: OUT_OF_PROPORTION })
  })
})
