import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MalformedFrameError } from '../../../src/base/errors.js'
import {
  readAuthChallenge,
  readAuthenticate,
  readAuthSuccess,
  writeAuthChallenge,
  writeAuthenticate,
  writeAuthSuccess,
} from '../../../src/protocol/auth.js'
import { FrameFlag, ResultKind } from '../../../src/protocol/constants.js'
import { envelopeFlags, readEnvelope, writeEnvelope } from '../../../src/protocol/envelope.js'
import { readPrepared, writePrepared } from '../../../src/protocol/prepare.js'
import { readEvent, writeEvent } from '../../../src/protocol/register.js'
import type { ServerEvent } from '../../../src/protocol/register.js'
import {
  readResultKind,
  readSetKeyspace,
  writeRowsResult,
  writeSchemaChangeResult,
  writeSetKeyspaceResult,
  writeVoidResult,
} from '../../../src/protocol/result.js'
import { readRowsHeader } from '../../../src/protocol/rows-header.js'
import type { RowsHeader } from '../../../src/protocol/rows-header.js'
import { readSchemaChange } from '../../../src/protocol/schema-change.js'
import { readSupported, writeSupported } from '../../../src/protocol/startup.js'
import { byteBlock } from '../../../src/wire/byte-block.js'
import { bytes, reader, written } from './support.js'

const INT = { kind: 'int' } as const
const TEXT = { kind: 'text' } as const
const hex = (text: string): string => bytes(text).toString('hex')

describe('opening a connection', () => {
  test('SUPPORTED', () => {
    const body = "0002 0011 'PROTOCOL_VERSIONS' 0002 0004 '4/v4' 0004 '5/v5' 000b 'COMPRESSION' 0000"
    const options = new Map([
      ['PROTOCOL_VERSIONS', ['4/v4', '5/v5']],
      ['COMPRESSION', []],
    ])
    assert.deepEqual(readSupported(reader(body)), options)
    assert.equal(
      written((w) => writeSupported(w, options)),
      hex(body),
    )
  })

  test('AUTHENTICATE, AUTH_CHALLENGE, AUTH_SUCCESS', () => {
    const name = 'org.apache.cassandra.auth.PasswordAuthenticator'
    assert.equal(readAuthenticate(reader(`002f '${name}'`)), name)
    assert.equal(
      written((w) => writeAuthenticate(w, name)),
      hex(`002f '${name}'`),
    )
    assert.deepEqual(readAuthChallenge(reader('00000002 0102')), bytes('0102'))
    assert.equal(readAuthSuccess(reader('ffffffff')), null)
    assert.equal(
      written((w) => (writeAuthChallenge(w, bytes('0102')), writeAuthSuccess(w, null))),
      '000000020102ffffffff',
    )
  })
})

describe('the envelope of a response', () => {
  const traceId = '5e5d8b50a5d311eeb9620242ac120002'
  const all = FrameFlag.TRACING | FrameFlag.WARNING | FrameFlag.CUSTOM_PAYLOAD
  const body = `${traceId} 0001 0005 'large' 0001 0001 'k' 00000001 ff 'rest'`

  test('holds tracing id, warnings and custom payload, in this order', () => {
    const input = reader(body)
    const envelope = readEnvelope(input, 4, all)
    assert.deepEqual(envelope, { traceId: bytes(traceId), warnings: ['large'], customPayload: new Map([['k', bytes('ff')]]) })
    assert.equal(input.remaining, 4)
    assert.equal(envelopeFlags(envelope), all)
    assert.equal(
      written((w) => writeEnvelope(w, envelope)),
      hex(body).slice(0, -8),
    )
  })

  test('holds no more than a tracing id in v3, whose other flags have no meaning', () => {
    const input = reader(body)
    assert.deepEqual(readEnvelope(input, 3, all), { traceId: bytes(traceId), warnings: [], customPayload: null })
    assert.equal(input.position, 16)
  })

  test('is empty without flags', () => {
    const input = reader("'rest'")
    assert.deepEqual(readEnvelope(input, 5, FrameFlag.COMPRESSED), { traceId: null, warnings: [], customPayload: null })
    assert.equal(input.position, 0)
  })
})

describe('results without rows', () => {
  const kindOf = (text: string): number => {
    const { buffer, view } = byteBlock(bytes(text))
    return readResultKind(view, 0, buffer.length)
  }

  test('Void', () => {
    assert.equal(kindOf('00000001'), ResultKind.VOID)
    assert.equal(written(writeVoidResult), '00000001')
  })

  test('Set_keyspace', () => {
    assert.equal(kindOf("00000003 0002 'ks'"), ResultKind.SET_KEYSPACE)
    assert.equal(readSetKeyspace(reader("0002 'ks'")), 'ks')
    assert.equal(
      written((w) => writeSetKeyspaceResult(w, 'ks')),
      hex("00000003 0002 'ks'"),
    )
  })

  test('Schema_change', () => {
    const body = "0007 'CREATED' 0005 'TABLE' 0002 'ks' 0001 't'"
    const change = { change: 'CREATED', target: 'TABLE', keyspace: 'ks', name: 't', argTypes: null } as const
    assert.deepEqual(readSchemaChange(reader(body)), change)
    assert.equal(
      written((w) => writeSchemaChangeResult(w, change)),
      hex(`00000005 ${body}`),
    )
  })

  test('a kind that the protocol does not have, or none', () => {
    assert.throws(() => kindOf('00000006'), /of the kind 6/)
    assert.throws(() => kindOf('00000000'), MalformedFrameError)
    assert.throws(() => kindOf('0000'), /too short/)
  })
})

describe('a Prepared result', () => {
  const markers = "0002 'ks' 0001 't' 0002 'id' 0009 0004 'name' 000d"
  const v4 = `0002 aabb 00000001 00000002 00000001 0000 ${markers} 00000001 00000001 0002 'ks' 0001 't' 0004 'name' 000d`
  const id = bytes('aabb')
  const parameters = [
    { keyspace: 'ks', table: 't', name: 'id', type: INT },
    { keyspace: 'ks', table: 't', name: 'name', type: TEXT },
  ]
  const resultColumns = [{ keyspace: 'ks', table: 't', name: 'name', type: TEXT }]

  test('of v3 has no partition key indexes', () => {
    const body = v4.replace('00000001 0000 0002', '0002')
    const expected = { id, resultMetadataId: null, partitionKeyIndexes: [], parameters, resultColumns }
    assert.deepEqual(readPrepared(reader(body), 3), expected)
    assert.equal(
      written((w) => writePrepared(w, 3, expected)),
      hex(`00000004 ${body}`),
    )
  })

  test('of v4 has them', () => {
    const expected = { id, resultMetadataId: null, partitionKeyIndexes: [0], parameters, resultColumns }
    assert.deepEqual(readPrepared(reader(v4), 4), expected)
    assert.equal(
      written((w) => writePrepared(w, 4, expected)),
      hex(`00000004 ${v4}`),
    )
  })

  test('of v5 has the id of the result metadata too', () => {
    const body = v4.replace('0002 aabb', '0002 aabb 0003 010203')
    const expected = { id, resultMetadataId: bytes('010203'), partitionKeyIndexes: [0], parameters, resultColumns }
    assert.deepEqual(readPrepared(reader(body), 5), expected)
    assert.equal(
      written((w) => writePrepared(w, 5, expected)),
      hex(`00000004 ${body}`),
    )
  })

  test('of a statement without markers and rows', () => {
    const body = '0002 aabb 00000000 00000000 00000000 00000004 00000000'
    const expected = { id, resultMetadataId: null, partitionKeyIndexes: [], parameters: [], resultColumns: null }
    assert.deepEqual(readPrepared(reader(body), 4), expected)
    assert.equal(
      written((w) => writePrepared(w, 4, expected)),
      hex(`00000004 ${body}`),
    )
  })

  test('with a partition key index beyond its markers is refused', () => {
    assert.throws(() => readPrepared(reader(v4.replace('00000001 0000 0002', '00000001 0002 0002')), 4), /index is 2/)
  })
})

describe('the head of Rows', () => {
  const read = (text: string, version: number): RowsHeader => {
    const { buffer, view } = byteBlock(bytes(`ffff ${text}`))
    return readRowsHeader(buffer, view, 2, buffer.length, version)
  }

  test('without metadata is flags, column count and row count', () => {
    const head = read('00000004 00000002 00000001 00000001 61 ffffffff', 4)
    assert.deepEqual(
      { ...head },
      { flags: 4, columnCount: 2, rowCount: 1, rowsStart: 14, pageState: null, newMetadataId: null, columns: null },
    )
    assert.equal(head.hasMorePages, false)
  })

  test('without metadata on a page that is not the last', () => {
    const head = read('00000006 00000001 00000002 beef 00000001 00000001 61', 4)
    assert.deepEqual(head.pageState, bytes('beef'))
    assert.equal(head.hasMorePages, true)
    assert.equal(head.columns, null)
    assert.equal(head.rowsStart, 2 + 18)
  })

  test('with columns of one table, and of several', () => {
    const one = read("00000001 00000002 0002 'ks' 0001 't' 0001 'a' 0009 0001 'b' 000d 00000000", 3)
    assert.deepEqual(one.columns, [
      { keyspace: 'ks', table: 't', name: 'a', type: INT },
      { keyspace: 'ks', table: 't', name: 'b', type: TEXT },
    ])
    const several = read("00000000 00000002 0002 'ks' 0001 't' 0001 'a' 0009 0002 'ks' 0001 'u' 0001 'b' 000d 00000000", 3)
    assert.deepEqual(
      several.columns?.map((column) => column.table),
      ['t', 'u'],
    )
    assert.equal(several.rowCount, 0)
  })

  test('with changed metadata has their new id, in v5', () => {
    const body = "00000009 00000001 0002 cafe 0002 'ks' 0001 't' 0001 'a' 0009 00000001 00000004 00000007"
    const head = read(body, 5)
    assert.deepEqual(head.newMetadataId, bytes('cafe'))
    assert.equal(head.columns?.[0]?.name, 'a')
    const columns = [{ keyspace: 'ks', table: 't', name: 'a', type: INT }]
    assert.equal(
      written((w) => writeRowsResult(w, { columns, rows: [[bytes('00000007')]], newMetadataId: bytes('cafe'), skipMetadata: true })),
      hex(`00000002 ${body}`),
    )
  })

  test('what a server writes', () => {
    const columns = [
      { keyspace: 'ks', table: 't', name: 'a', type: INT },
      { keyspace: 'ks', table: 't', name: 'b', type: TEXT },
    ]
    const rows = [[bytes('00000007'), null]]
    assert.equal(
      written((w) => writeRowsResult(w, { columns, rows })),
      hex("00000002 00000001 00000002 0002 'ks' 0001 't' 0001 'a' 0009 0001 'b' 000d 00000001 00000004 00000007 ffffffff"),
    )
    assert.equal(
      written((w) => writeRowsResult(w, { columns, rows, pageState: bytes('beef'), skipMetadata: true })),
      hex('00000002 00000006 00000002 00000002 beef 00000001 00000004 00000007 ffffffff'),
    )
  })

  test('keeps copies of what outlives the receive buffer', () => {
    const { buffer, view } = byteBlock(bytes('00000006 00000001 00000002 beef 00000000'))
    const head = readRowsHeader(buffer, view, 0, buffer.length, 4)
    buffer.fill(0)
    assert.deepEqual(head.pageState, bytes('beef'))
  })

  for (const [what, body] of [
    ['more rows than its bytes can hold', '00000004 00000002 00000002 ffffffff ffffffff ffffffff'],
    ['a row count near the largest integer', '00000004 00000002 7fffffff ffffffff'],
    ['a negative row count', '00000004 00000002 ffffffff'],
    ['a negative column count', '00000004 ffffffff 00000000'],
    ['rows without columns', '00000004 00000000 00000005'],
    ['more columns than its bytes can describe', "00000001 00010000 0002 'ks' 0001 't'"],
    ['an end within its metadata', '00000004 00000002'],
    ['an end within its paging state', '00000006 00000002 00000009 beef'],
    ['an end before its row count', '00000006 00000002 00000002 beef'],
  ] as const) {
    test(`is refused with ${what}`, () => {
      assert.throws(() => read(body, 4), MalformedFrameError)
    })
  }
})

describe('events', () => {
  const cases: readonly (readonly [string, ServerEvent])[] = [
    [
      "000f 'TOPOLOGY_CHANGE' 0008 'NEW_NODE' 04 7f000001 00002352",
      { type: 'TOPOLOGY_CHANGE', change: 'NEW_NODE', address: '127.0.0.1', port: 9042 },
    ],
    [
      "000d 'STATUS_CHANGE' 0004 'DOWN' 10 20010db8000000000000000000000001 00002352",
      { type: 'STATUS_CHANGE', change: 'DOWN', address: '2001:db8::1', port: 9042 },
    ],
    [
      "000d 'SCHEMA_CHANGE' 0007 'DROPPED' 0008 'KEYSPACE' 0002 'ks'",
      { type: 'SCHEMA_CHANGE', change: 'DROPPED', target: 'KEYSPACE', keyspace: 'ks', name: null, argTypes: null },
    ],
    [
      "000d 'SCHEMA_CHANGE' 0007 'UPDATED' 0004 'TYPE' 0002 'ks' 0003 'udt'",
      { type: 'SCHEMA_CHANGE', change: 'UPDATED', target: 'TYPE', keyspace: 'ks', name: 'udt', argTypes: null },
    ],
    [
      "000d 'SCHEMA_CHANGE' 0007 'CREATED' 0008 'FUNCTION' 0002 'ks' 0001 'f' 0002 0003 'int' 0004 'text'",
      { type: 'SCHEMA_CHANGE', change: 'CREATED', target: 'FUNCTION', keyspace: 'ks', name: 'f', argTypes: ['int', 'text'] },
    ],
    [
      "000d 'SCHEMA_CHANGE' 0007 'CREATED' 0009 'AGGREGATE' 0002 'ks' 0001 'g' 0000",
      { type: 'SCHEMA_CHANGE', change: 'CREATED', target: 'AGGREGATE', keyspace: 'ks', name: 'g', argTypes: [] },
    ],
  ]
  for (const [body, event] of cases) {
    test(`${event.type} ${event.change}${'target' in event ? ` of a ${event.target}` : ''}`, () => {
      assert.deepEqual(readEvent(reader(body)), event)
      assert.equal(
        written((w) => writeEvent(w, event)),
        hex(body),
      )
    })
  }

  test('of a type that nobody registered for are null', () => {
    assert.equal(readEvent(reader("0007 'GOSSIPS' 0001")), null)
  })

  test('with an address of a wrong length, or an unknown target, are refused', () => {
    assert.throws(() => readEvent(reader("000d 'STATUS_CHANGE' 0002 'UP' 05 0102030405 00002352")), /address of 5 bytes/)
    assert.throws(() => readEvent(reader("000d 'SCHEMA_CHANGE' 0007 'CREATED' 0004 'VIEW' 0002 'ks' 0001 'v'")), /target "VIEW"/)
  })
})
