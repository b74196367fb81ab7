import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { hasIndexNames, newRecord, setOwn } from '../../../src/codec/new-record.js'
import { createCodecRegistry } from '../../../src/codec/registry.js'
import { compileRows } from '../../../src/codec/rows.js'
import { decodeValue } from '../../../src/codec/value.js'
import { BOTH_WAYS, cell, column, cursorOver } from './rows-support.js'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Bytes that each of `count` things keeps. */
function bytesEach(count: number, make: () => unknown): number {
  const kept: unknown[] = new Array(count).fill(null)
  collect()
  const before = process.memoryUsage().heapUsed
  for (let i = 0; i < count; i++) kept[i] = make()
  collect()
  const bytes = (process.memoryUsage().heapUsed - before) / count
  assert.equal(kept.length, count)
  return bytes
}

const NAMES = ['1000', '2000', '3000', '4000', '4900']

describe('objects whose names a server chose', () => {
  test('have them as own properties, whatever they are', () => {
    for (const names of [
      ['a', '__proto__', 'constructor'],
      [...NAMES, 'a'],
      ['0', '4294967294', '4294967295', '-1', '007'],
    ]) {
      const record = newRecord(hasIndexNames(names))
      for (const name of names) setOwn(record, name, name)
      assert.equal(Object.getPrototypeOf(record), Object.prototype)
      assert.deepEqual(Object.keys(record).sort(), [...names].sort())
      for (const name of names) assert.equal(Object.getOwnPropertyDescriptor(record, name)?.value, name)
    }
  })

  test('are told apart by whether engines take a name for an index', () => {
    assert.equal(hasIndexNames(['a', '-1', '1.5', '007', '', '1e3', '12345678901']), false)
    for (const name of ['10', '1000', '4294967294']) assert.equal(hasIndexNames(['a', name]), true)
  })

  test('take little memory where the names are large integers', () => {
    const udt = {
      kind: 'udt',
      keyspace: 'ks',
      name: 'u',
      fieldNames: NAMES,
      fieldTypes: NAMES.map(() => ({ kind: 'int' }) as const),
      frozen: false,
    } as const
    assert.ok(bytesEach(1_000, () => decodeValue(udt, Buffer.from('ffffffff', 'hex'))) < 1_024)
    const columns = NAMES.map((name) => column(name, 'int'))
    for (const { generate } of BOTH_WAYS) {
      const decoder = compileRows(columns, createCodecRegistry(), { rowFactory: 'object', generate })
      const row = NAMES.map(() => cell(null))
      assert.deepEqual(decoder.row(cursorOver(...row)), Object.fromEntries(NAMES.map((name) => [name, null])))
      assert.ok(bytesEach(1_000, () => decoder.row(cursorOver(...row))) < 1_024)
    }
  })
})
