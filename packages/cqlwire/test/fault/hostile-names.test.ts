/** Names that servers and users choose: none reaches the prototype of an object, becomes code, or ends the quotes that it stands in. */
import assert from 'node:assert/strict'
import { afterEach, describe, test } from 'node:test'
import { CqlwireError } from '../../src/base/errors.js'
import { ParameterOrder } from '../../src/codec/bind-parameters.js'
import { compileBind } from '../../src/codec/bind.js'
import { compileColumns } from '../../src/codec/columns.js'
import type { ColumnSpec } from '../../src/codec/data-type.js'
import { createCodecRegistry } from '../../src/codec/registry.js'
import { RowCursor } from '../../src/codec/rows-cursor.js'
import { compileRows } from '../../src/codec/rows.js'
import { decodeValue, encodeValue } from '../../src/codec/value.js'
import { quoteName } from '../../src/cluster/connection-factory.js'
import { cqlName, cqlText } from '../../src/metadata/schema/cql-text.js'
import { optionsOf } from '../../src/metadata/schema/table-options.js'
import { readSupported, writeSupported } from '../../src/protocol/startup.js'
import { Cluster } from '../../src/session/cluster.js'
import { textOfTemplate } from '../../src/session/query-template.js'
import { reply } from '../../src/testing/reply.js'
import { byteBlock } from '../../src/wire/byte-block.js'
import { ByteReader } from '../../src/wire/byte-reader.js'
import { ByteWriter } from '../../src/wire/byte-writer.js'
import { BY_ID, failure, Lab, within } from './support.js'

const INHERITED = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__'] as const
const CODE = [
  '"',
  "'",
  '`',
  '${process.exit(1)}',
  '\\',
  '\\"',
  '\n',
  '\r\n',
  '\u2028',
  '\u2029',
  '\0',
  '"]: 1 }; throw new Error("ran") //',
  '*/ throw new Error("ran") /*',
  '</script>',
  '',
  ' ',
  '0',
  'v0',
  'cursor',
  'return',
] as const
const HOSTILE: readonly string[] = [...INHERITED, ...CODE]

const registry = createCodecRegistry()
const before = Object.getOwnPropertyNames(Object.prototype).sort()

afterEach(() => {
  assert.deepEqual(Object.getOwnPropertyNames(Object.prototype).sort(), before)
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined)
})

function isOrdinary(object: object): void {
  assert.equal(Object.getPrototypeOf(object), Object.prototype)
}

function cursorOf(cells: readonly Uint8Array[]): RowCursor {
  const writer = new ByteWriter(64)
  for (const bytes of cells) writer.putBytes(bytes)
  const bytes = writer.toBuffer()
  return new RowCursor(byteBlock(bytes), 0, bytes.length)
}

describe('columns of hostile names', () => {
  const columns = HOSTILE.map((name): ColumnSpec => ({ keyspace: 'ks', table: 't', name, type: { kind: 'int' } }))
  const cells = HOSTILE.map((_, i) => encodeValue('int', i))

  for (const generate of [true, false]) {
    const how = generate ? 'generated code' : 'closures'

    test(`are own properties of rows, made by ${how}`, () => {
      const [row] = compileRows<Record<string, unknown>>(columns, registry, { rowFactory: 'object', generate }).rows(cursorOf(cells), 1)
      isOrdinary(row!)
      assert.deepEqual(Object.keys(row!).sort(), [...HOSTILE].sort())
      for (const [i, name] of HOSTILE.entries())
        assert.deepEqual(Object.getOwnPropertyDescriptor(row, name)?.value, i, JSON.stringify(name))
    })

    test(`are places of arrays, made by ${how}`, () => {
      const [row] = compileRows(columns, registry, { rowFactory: 'array', generate }).rows(cursorOf(cells), 1)
      assert.deepEqual(row, [...HOSTILE.keys()])
    })

    test(`are own properties of columns, made by ${how}`, () => {
      const byName = compileColumns(columns, registry, { generate }).decode(cursorOf(cells), 1)
      assert.equal(byName instanceof Object, false)
      for (const [i, name] of HOSTILE.entries()) assert.equal(byName[name]!.get(0), i, JSON.stringify(name))
    })

    test(`are bound by position, by ${how}`, () => {
      const writer = new ByteWriter(64)
      compileBind(columns, registry, { protocolVersion: 4, generate }).write(writer, [...HOSTILE.keys()])
      assert.equal(writer.view.getUint16(0), HOSTILE.length)
    })
  }

  test('hold an object where their type is one, which stays beside the row', () => {
    const type = { kind: 'udt', keyspace: 'ks', name: 'u', fieldNames: ['polluted'], fieldTypes: [{ kind: 'int' }], frozen: false } as const
    const specs: ColumnSpec[] = [{ keyspace: 'ks', table: 't', name: '__proto__', type }]
    const bytes = encodeValue(type, { polluted: 1 })
    for (const generate of [true, false]) {
      const [row] = compileRows<Record<string, unknown>>(specs, registry, { rowFactory: 'object', generate }).rows(cursorOf([bytes]), 1)
      isOrdinary(row!)
      assert.equal(row!['polluted'], undefined)
      assert.deepEqual(Object.getOwnPropertyDescriptor(row, '__proto__')?.value, { polluted: 1 })
    }
  })
})

describe('values of hostile names', () => {
  test('fields of a user-defined type are own properties, and only own ones are written', () => {
    const fieldTypes = HOSTILE.map(() => ({ kind: 'int' }) as const)
    const type = { kind: 'udt', keyspace: 'ks', name: 'u', fieldNames: HOSTILE, fieldTypes, frozen: false } as const
    const read = decodeValue(type, encodeValue(type, Object.fromEntries(HOSTILE.map((name, i) => [name, i])))) as object
    isOrdinary(read)
    for (const [i, name] of HOSTILE.entries()) assert.equal(Object.getOwnPropertyDescriptor(read, name)?.value, i, JSON.stringify(name))
    // What every object inherits is no value of a field.
    const none = decodeValue(type, encodeValue(type, {})) as Record<string, unknown>
    for (const name of HOSTILE) assert.equal(Object.getOwnPropertyDescriptor(none, name)?.value, null, JSON.stringify(name))
  })

  test('keys of a map are keys of a Map, of an object as of JSON too', () => {
    const object = JSON.parse('{"__proto__": 1, "constructor": 2, "toString": 3}') as object
    const read = decodeValue('map<text, int>', encodeValue('map<text, int>', object)) as Map<string, number>
    assert.deepEqual(
      [...read],
      [
        ['__proto__', 1],
        ['constructor', 2],
        ['toString', 3],
      ],
    )
  })

  test('named parameters are own properties, and what every object inherits is none', () => {
    const order = new ParameterOrder(INHERITED.map((name) => ({ keyspace: 'ks', table: 't', name, type: { kind: 'int' } })))
    const given = Object.fromEntries(INHERITED.map((name, i) => [name, i]))
    assert.deepEqual(order.toArray(given), [...INHERITED.keys()])
    assert.throws(() => order.toArray({}), CqlwireError)
    assert.throws(() => order.toArray(JSON.parse('{"__proto__": {"constructor": 1}}') as Record<string, unknown>), CqlwireError)
  })

  test('options of tables and of the server are looked up as data', () => {
    const options = optionsOf(JSON.parse('{"__proto__": "x", "constructor": null, "comment": "c"}') as Record<string, unknown>)
    isOrdinary(options)
    assert.deepEqual(Object.entries(options), [
      ['__proto__', 'x'],
      ['comment', 'c'],
    ])
    const writer = new ByteWriter(64)
    writeSupported(writer, new Map(INHERITED.map((name) => [name, [name]])))
    assert.deepEqual([...readSupported(new ByteReader(writer.toBuffer())).keys()], [...INHERITED])
  })
})

describe('options of hostile names', () => {
  const withProto = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>

  test('of a cluster are unknown, wherever they stand', () => {
    for (const text of ['{"__proto__": {"polluted": 1}}', '{"constructor": 1}', '{"pool": {"__proto__": {}}}', '{"toString": 1}']) {
      const options = { contactPoints: ['127.0.0.1'], ...withProto(text) }
      // A spread defines own properties, as JSON.parse does.
      assert.throws(() => new Cluster(options), /There is no option|unknown|no option/i, text)
    }
  })

  test('of a request are unknown, and profiles have only the names that they were given', async () => {
    await using lab = await Lab.open()
    for (const text of ['{"__proto__": {"consistency": "ALL"}}', '{"constructor": 1}']) {
      const error = await failure(lab.session.execute(BY_ID, [1], withProto(text)), CqlwireError)
      assert.equal(error.code, 'ERR_INVALID_OPTION', text)
    }
    for (const name of INHERITED) {
      const error = await failure(lab.session.execute(BY_ID, [1], { executionProfile: name }), CqlwireError)
      assert.match(error.message, /There is no execution profile/)
    }
    await lab.works()
  })

  test('names of a custom payload travel as they are, both ways', async () => {
    await using lab = await Lab.open({ protocolVersion: 4 })
    const payload = new Map(INHERITED.map((name) => [name, Buffer.from(name)]))
    await within(lab.session.execute('SELECT payload', [], { customPayload: payload, prepare: false }).catch(() => null))
    const asked = lab.fake.requests.find(({ query }) => query === 'SELECT payload')!
    assert.deepEqual([...asked.customPayload!.keys()], [...INHERITED])
  })
})

describe('texts of statements', () => {
  const ESCAPES = [
    'x"; DROP KEYSPACE y; --',
    '"',
    '""',
    "'",
    "'; DROP TABLE t; --",
    '\\',
    '\n',
    '\u2028',
    '$$',
    '*/',
    'Ünicode',
    'select',
    '',
  ]

  test('quote every name: the quotes within are doubled, and nothing else ends them', () => {
    for (const name of ESCAPES) {
      for (const quoted of [quoteName(name), cqlName(name)].filter((text) => text.startsWith('"'))) {
        assert.equal(quoted.slice(1, -1).replaceAll('""', '"'), name)
        assert.ok(!quoted.slice(1, -1).replaceAll('""', '').includes('"'), quoted)
      }
      // A name without quotes is one that CQL reads as itself.
      if (!cqlName(name).startsWith('"')) assert.match(name, /^[a-z][a-z0-9_]*$/)
      const text = cqlText(name)
      assert.ok(!text.slice(1, -1).replaceAll("''", '').includes("'"), text)
    }
  })

  test('USE goes out with the keyspace quoted, of an option and of setKeyspace', async () => {
    const name = 'a"; DROP KEYSPACE b; --'
    const use = `USE "a""; DROP KEYSPACE b; --"`
    await using lab = await Lab.open({ keyspace: name })
    const uses = (): (string | null)[] => lab.fake.requests.map(({ query }) => query).filter((query) => query?.startsWith('USE ') === true)
    assert.deepEqual([...new Set(uses())], [use])
    await within(lab.session.setKeyspace("it's"))
    assert.ok(uses().includes(`USE "it's"`))
  })

  test('the cql template binds whatever stands in it, even what looks like CQL', async () => {
    const tag = (strings: TemplateStringsArray, ..._values: unknown[]): string => textOfTemplate(strings)
    const evil = "'; DROP TABLE users; --"
    assert.equal(tag`SELECT * FROM users WHERE id = ${evil} AND name = ${'?'}`, 'SELECT * FROM users WHERE id = ? AND name = ?')
    await using lab = await Lab.open()
    const text = 'SELECT name FROM users WHERE name = ?'
    lab.fake.when(text, reply.rows({ name: 'text' }, [['Ada']]), { parameters: { name: 'text' } })
    await within(lab.session.cql`SELECT name FROM users WHERE name = ${evil}`)
    const asked = lab.fake.requests.filter(({ query }) => query?.includes('users') === true)
    assert.ok(
      asked.every(({ query }) => query === text),
      'the value is in no text',
    )
    assert.equal(String(asked.find(({ opcode }) => opcode === 'EXECUTE')!.parameters!.values[0]), evil)
    await assert.rejects(async () => await lab.session.cql(`SELECT '${evil}'` as never), /template tag/)
  })
})
