import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MalformedFrameError } from '../../../../src/base/errors.js'
import { parseType } from '../../../../src/codec/parse-type.js'
import { readKeyspaces } from '../../../../src/metadata/schema/keyspace.js'
import { checkSchemaRow } from '../../../../src/metadata/schema/row-check.js'

const column = {
  keyspace_name: 'ks',
  table_name: 't',
  column_name: 'c',
  clustering_order: 'none',
  kind: 'regular',
  position: -1,
  type: 'int',
}

describe('a row of the schema', () => {
  test('that is right is taken, with columns that are missing or null as older servers have it', () => {
    checkSchemaRow('columns', column)
    checkSchemaRow('columns', { ...column, clustering_order: null, position: undefined })
    checkSchemaRow('tables', { keyspace_name: 'ks', table_name: 't', comment: '', caching: new Map([['keys', 'ALL']]), newer: ['a'] })
  })

  for (const [part, row, says] of [
    ['columns', { ...column, column_name: null }, /a row of columns has null in its column column_name, where name must stand/],
    ['columns', { ...column, position: 1.5 }, /in its column position, where integer must stand/],
    ['columns', { ...column, type: Buffer.from('int') }, /a Buffer of 3 bytes in its column type/],
    [
      'types',
      { keyspace_name: 'ks', type_name: 'u', field_names: ['a'], field_types: [] },
      /field_types, where as many texts as field_names/,
    ],
    ['types', { keyspace_name: 'ks', type_name: 'u', field_names: [1], field_types: ['int'] }, /field_names, where texts must stand/],
    ['tables', { keyspace_name: 'ks', table_name: 't', compaction: new Map([['class', 5]]) }, /in its column compaction/],
    ['tables', { keyspace_name: 'ks', table_name: 't', comment: { toString: 5 } }, /in its column comment/],
  ] as const) {
    test(`is refused: ${says.source.slice(0, 60)}`, () => {
      assert.throws(
        () => checkSchemaRow(part, row),
        (error) => error instanceof MalformedFrameError && says.test(error.message),
      )
    })
  }
})

test('user-defined types that hold each other are refused when they are asked for, without an end that is never reached', () => {
  const type = (name: string, holds: string) => ({ keyspace_name: 'ks', type_name: name, field_names: ['f'], field_types: [holds] })
  const keyspace = readKeyspaces(
    { keyspaces: [{ keyspace_name: 'ks' }], tables: [], columns: [], types: [type('a', 'frozen<b>'), type('b', 'frozen<a>')] },
    (text, _, userType) => parseType(text, (name) => userType(name) ?? undefined),
  ).get('ks')!
  assert.throws(() => keyspace.userType('a'), /ks\.a holds itself/)
  assert.throws(() => keyspace.exportSchema(), MalformedFrameError)
})
