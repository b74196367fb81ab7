import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { InvalidArgumentError, MalformedFrameError } from '../../../src/base/errors.js'
import { readAuthResponse, writeAuthResponse } from '../../../src/protocol/auth.js'
import { readBatch, writeBatch } from '../../../src/protocol/batch.js'
import type { BatchRequest } from '../../../src/protocol/batch.js'
import { BatchType, Consistency, FrameFlag, Opcode } from '../../../src/protocol/constants.js'
import { readRequestPayload, writeCustomPayload } from '../../../src/protocol/envelope.js'
import { readExecute, writeExecute } from '../../../src/protocol/execute.js'
import { SUPPORTED_VERSIONS } from '../../../src/protocol/features.js'
import { readPrepare, writePrepare } from '../../../src/protocol/prepare.js'
import { readQuery, writeQuery } from '../../../src/protocol/query.js'
import { QueryParameters } from '../../../src/protocol/query-parameters.js'
import { readRegister, writeRegister } from '../../../src/protocol/register.js'
import { readStartup, writeStartup } from '../../../src/protocol/startup.js'
import { ByteReader } from '../../../src/wire/byte-reader.js'
import { ByteWriter } from '../../../src/wire/byte-writer.js'
import { bytes, frame, rawValues, reader, vectors, written } from './support.js'

const ID = bytes('a9f0b4c35e0d4a6b8c7d1e2f30415263')
const METADATA_ID = bytes('00112233445566778899aabbccddeeff')
const STATE = Buffer.from(Array.from({ length: 19 }, (_, i) => i + 1))
const TIMESTAMP = 1_700_000_000_123_456n

function parameters(fields: Partial<QueryParameters>): QueryParameters {
  return Object.assign(new QueryParameters(), fields)
}

const timestamp = { hasTimestamp: true, timestampHigh: Number(TIMESTAMP >> 32n), timestampLow: Number(TIMESTAMP & 0xffffffffn) }

function values(version: number): (Uint8Array | null | undefined)[] {
  const some = [bytes('00000007'), null, bytes("'zoë'"), bytes('')]
  return version >= 4 ? [...some, undefined] : some
}

function batch(version: number): BatchRequest {
  return {
    type: BatchType.UNLOGGED,
    statements: [
      { query: 'INSERT INTO t (a) VALUES (1)', id: null, values: null, params: null },
      { query: null, id: ID, values: rawValues, params: [bytes('2a'), null] },
    ],
    consistency: Consistency.ALL,
    serialConsistency: Consistency.SERIAL,
    ...timestamp,
    keyspace: version >= 5 ? 'ks' : null,
    nowInSeconds: null,
  }
}

const fullQuery = (version: number): QueryParameters =>
  parameters({
    consistency: Consistency.EACH_QUORUM,
    serialConsistency: Consistency.LOCAL_SERIAL,
    pageSize: 5000,
    pageState: STATE,
    ...timestamp,
    keyspace: version >= 5 ? 'ks' : null,
  })

const execution = (version: number): QueryParameters =>
  parameters({
    consistency: Consistency.QUORUM,
    pageSize: 100,
    ...timestamp,
    values: rawValues,
    params: values(version),
  })

for (const version of SUPPORTED_VERSIONS) {
  const expected = vectors.requests[`${version}`]
  const keyspace = version >= 5 ? 'ks' : null

  describe(`requests of protocol v${version} are the bytes that the Python driver sends`, () => {
    test('STARTUP', () => {
      const options = { COMPRESSION: 'lz4', DRIVER_NAME: 'x', DRIVER_VERSION: undefined, CQL_VERSION: '3.0.0' }
      assert.equal(
        frame(version, 0, 0, Opcode.STARTUP, (w) => writeStartup(w, options)),
        expected['startup'],
      )
    })

    test('OPTIONS', () => {
      assert.equal(
        frame(version, 0, 1, Opcode.OPTIONS, () => {}),
        expected['options'],
      )
    })

    test('AUTH_RESPONSE', () => {
      assert.equal(
        frame(version, 0, 2, Opcode.AUTH_RESPONSE, (w) => writeAuthResponse(w, Buffer.from('\0user\0pass'))),
        expected['authResponse'],
      )
    })

    test('REGISTER', () => {
      assert.equal(
        frame(version, 0, 3, Opcode.REGISTER, (w) => writeRegister(w, ['TOPOLOGY_CHANGE', 'STATUS_CHANGE', 'SCHEMA_CHANGE'])),
        expected['register'],
      )
    })

    test('QUERY with a consistency alone', () => {
      const plain = parameters({ consistency: Consistency.LOCAL_QUORUM })
      assert.equal(
        frame(version, 0, 4, Opcode.QUERY, (w) => writeQuery(w, version, 'SELECT * FROM system.local', plain)),
        expected['queryPlain'],
      )
    })

    test('QUERY with every parameter, text beyond ASCII, on the highest stream', () => {
      assert.equal(
        frame(version, 0, 32767, Opcode.QUERY, (w) => writeQuery(w, version, 'SELECT ☃', fullQuery(version))),
        expected['queryFull'],
      )
    })

    test('QUERY that asks for a trace', () => {
      const one = parameters({ consistency: Consistency.ONE })
      assert.equal(
        frame(version, FrameFlag.TRACING, 256, Opcode.QUERY, (w) => writeQuery(w, version, 'SELECT 1', one)),
        expected['queryTraced'],
      )
    })

    test('PREPARE', () => {
      assert.equal(
        frame(version, 0, 5, Opcode.PREPARE, (w) => writePrepare(w, version, 'SELECT ?', keyspace)),
        expected['prepare'],
      )
    })

    test('EXECUTE with values that are given, null, empty and not set', () => {
      assert.equal(
        frame(version, 0, 6, Opcode.EXECUTE, (w) => writeExecute(w, version, ID, METADATA_ID, execution(version))),
        expected['execute'],
      )
    })

    test('BATCH of a text and a prepared statement', () => {
      assert.equal(
        frame(version, 0, 7, Opcode.BATCH, (w) => writeBatch(w, version, batch(version))),
        expected['batch'],
      )
    })
  })

  describe(`a server reads the requests of protocol v${version}`, () => {
    const body = (name: string): ByteReader => new ByteReader(bytes(expected[name]!), 9)

    test('STARTUP, AUTH_RESPONSE, REGISTER, PREPARE', () => {
      assert.deepEqual(
        [...readStartup(body('startup'))],
        [
          ['COMPRESSION', 'lz4'],
          ['DRIVER_NAME', 'x'],
          ['CQL_VERSION', '3.0.0'],
        ],
      )
      assert.deepEqual(readAuthResponse(body('authResponse')), Buffer.from('\0user\0pass'))
      assert.deepEqual(readRegister(body('register')), ['TOPOLOGY_CHANGE', 'STATUS_CHANGE', 'SCHEMA_CHANGE'])
      assert.deepEqual(readPrepare(body('prepare'), version), { query: 'SELECT ?', keyspace })
    })

    test('QUERY', () => {
      assert.deepEqual(readQuery(body('queryFull'), version), {
        query: 'SELECT ☃',
        parameters: {
          consistency: Consistency.EACH_QUORUM,
          serialConsistency: Consistency.LOCAL_SERIAL,
          skipMetadata: false,
          pageSize: 5000,
          pageState: STATE,
          timestamp: TIMESTAMP,
          keyspace,
          nowInSeconds: null,
          values: [],
          names: null,
        },
      })
    })

    test('EXECUTE', () => {
      const read = readExecute(body('execute'), version)
      assert.deepEqual(read.id, ID)
      assert.deepEqual(read.resultMetadataId, version >= 5 ? METADATA_ID : null)
      assert.deepEqual(read.parameters.values, values(version))
      assert.equal(read.parameters.skipMetadata, false)
      assert.equal(read.parameters.pageSize, 100)
      assert.equal(read.parameters.timestamp, TIMESTAMP)
    })

    test('BATCH', () => {
      assert.deepEqual(readBatch(body('batch'), version), {
        type: BatchType.UNLOGGED,
        statements: [
          { query: 'INSERT INTO t (a) VALUES (1)', id: null, values: [] },
          { query: null, id: ID, values: [bytes('2a'), null] },
        ],
        consistency: Consistency.ALL,
        serialConsistency: Consistency.SERIAL,
        timestamp: TIMESTAMP,
        keyspace,
        nowInSeconds: null,
      })
    })
  })
}

for (const version of [4, 5] as const) {
  test(`a custom payload stands before the message (v${version})`, () => {
    const payload = new Map([
      ['key', bytes('0102')],
      ['empty', bytes('')],
    ])
    const one = parameters({ consistency: Consistency.ONE })
    const sent = frame(version, FrameFlag.CUSTOM_PAYLOAD, 8, Opcode.QUERY, (w) => {
      writeCustomPayload(w, version, payload)
      writeQuery(w, version, 'SELECT 1', one)
    })
    assert.equal(sent, vectors.requests[`${version}`]['queryWithPayload'])
    const received = new ByteReader(bytes(sent), 9)
    assert.deepEqual(readRequestPayload(received, version, FrameFlag.CUSTOM_PAYLOAD), payload)
    assert.equal(readQuery(received, version).query, 'SELECT 1')
  })
}

test('a custom payload is refused before v4, in which it is part of the protocol', () => {
  assert.throws(() => writeCustomPayload(new ByteWriter(16), 3, new Map()), /needs protocol v4 or later, this connection speaks v3/)
})

test('nowInSeconds is the last parameter of QUERY and BATCH in v5, after the keyspace', () => {
  const now = parameters({ consistency: Consistency.ONE, keyspace: 'ks', nowInSeconds: 1_700_000_000 })
  assert.equal(
    written((w) => writeQuery(w, 5, 'X', now)),
    bytes("00000001 'X' 0001 00000180 0002 'ks' 6553f100").toString('hex'),
  )
  const empty = { ...batch(5), statements: [], serialConsistency: -1, hasTimestamp: false, nowInSeconds: 1_700_000_000 }
  assert.equal(
    written((w) => writeBatch(w, 5, empty)),
    bytes("01 0000 0005 00000180 0002 'ks' 6553f100").toString('hex'),
  )
})

test('EXECUTE asks for no metadata where the statement has them (the Python driver never does)', () => {
  const skip = parameters({ consistency: Consistency.ONE, skipMetadata: true })
  assert.equal(
    written((w) => writeExecute(w, 4, bytes('abcd'), null, skip)),
    '0002abcd000102',
  )
  assert.equal(
    written((w) => writeExecute(w, 5, bytes('abcd'), bytes('ef'), skip)),
    '0002abcd0001ef000100000002',
  )
  assert.equal(readExecute(reader('0002abcd000102'), 4).parameters.skipMetadata, true)
})

test('EXECUTE of v5 without a metadata id sends an empty one, which no server takes for its own', () => {
  const one = parameters({ consistency: Consistency.ONE })
  assert.equal(
    written((w) => writeExecute(w, 5, bytes('abcd'), null, one)),
    '0002abcd0000000100000000',
  )
})

test('values may have names in a QUERY', () => {
  const named = {
    write(writer: ByteWriter, params: { readonly id: Uint8Array }): void {
      writer.putUint16(1)
      writer.putString('id')
      writer.putBytes(params.id)
    },
  }
  const given = parameters({ consistency: Consistency.ONE, values: named, params: { id: bytes('05') }, namedValues: true })
  const body = written((w) => writeQuery(w, 4, 'X', given))
  assert.equal(body, bytes("00000001 'X' 0001 41 0001 0002 'id' 00000001 05").toString('hex'))
  const read = readQuery(reader(body), 4).parameters
  assert.deepEqual(read.names, ['id'])
  assert.deepEqual(read.values, [bytes('05')])
})

test('a scratch QueryParameters leaves nothing of one request in the next', () => {
  const scratch = parameters({ consistency: Consistency.TWO, pageSize: 7, pageState: STATE, values: rawValues, params: [null] })
  const first = written((w) => writeQuery(w, 4, 'X', scratch))
  Object.assign(scratch, new QueryParameters())
  assert.equal(
    written((w) => writeQuery(w, 4, 'X', scratch)),
    bytes("00000001 'X' 000a 00").toString('hex'),
  )
  assert.notEqual(first.length, 0)
})

describe('what a version does not have is refused before anything is written to the connection', () => {
  for (const version of [3, 4] as const) {
    test(`a keyspace or a time per request on v${version}`, () => {
      const refused = { name: 'InvalidArgumentError', message: new RegExp(`needs protocol v5, this connection speaks v${version}`) }
      const writer = new ByteWriter()
      assert.throws(() => writeQuery(writer, version, 'X', parameters({ keyspace: 'ks' })), refused)
      assert.throws(() => writeExecute(writer, version, ID, null, parameters({ nowInSeconds: 1 })), refused)
      assert.throws(() => writePrepare(writer, version, 'X', 'ks'), refused)
      assert.throws(() => writeBatch(writer, version, { ...batch(version), keyspace: 'ks' }), refused)
    })
  }

  test('a batch of more statements than a [short] counts', () => {
    const statement = { query: 'X', id: null, values: null, params: null }
    const many = { ...batch(4), statements: Array.from({ length: 65_536 }, () => statement) }
    assert.throws(() => writeBatch(new ByteWriter(), 4, many), InvalidArgumentError)
  })

  test('a batch statement without text and id', () => {
    const none = { ...batch(4), statements: [{ query: null, id: null, values: null, params: null }] }
    assert.throws(() => writeBatch(new ByteWriter(), 4, none), /Statement 0 of the batch/)
  })
})

describe('a server refuses requests that are not CQL', () => {
  test('a value whose length has no meaning', () => {
    assert.throws(() => readQuery(reader("00000001 'X' 0001 01 0001 fffffffd"), 4), MalformedFrameError)
  })
  test('a value that is not set, in v3 which has no such thing', () => {
    assert.throws(() => readQuery(reader("00000001 'X' 0001 01 0001 fffffffe"), 3), MalformedFrameError)
  })
  test('a batch statement of an unknown kind', () => {
    assert.throws(() => readBatch(reader('00 0001 02'), 4), /kind 2/)
  })
  test('a query that ends within its text', () => {
    assert.throws(() => readQuery(reader("00000009 'SELECT'"), 4), /ends within its query/)
  })
})
