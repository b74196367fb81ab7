import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { OverloadedError, UnpreparedError } from '../../../src/base/server-errors.js'
import { decodeValue } from '../../../src/codec/value.js'
import { writeAuthResponse } from '../../../src/protocol/auth.js'
import { writeBatch } from '../../../src/protocol/batch.js'
import { Opcode, ResultKind } from '../../../src/protocol/constants.js'
import { readEnvelope } from '../../../src/protocol/envelope.js'
import { readError } from '../../../src/protocol/error.js'
import { writeExecute } from '../../../src/protocol/execute.js'
import { SUPPORTED_VERSIONS } from '../../../src/protocol/features.js'
import { readPrepared, writePrepare } from '../../../src/protocol/prepare.js'
import type { PreparedResult } from '../../../src/protocol/prepare.js'
import { writeQuery } from '../../../src/protocol/query.js'
import { QueryParameters } from '../../../src/protocol/query-parameters.js'
import { readEvent, writeRegister } from '../../../src/protocol/register.js'
import { readSetKeyspace } from '../../../src/protocol/result.js'
import { readRowsHeader } from '../../../src/protocol/rows-header.js'
import type { RowsHeader } from '../../../src/protocol/rows-header.js'
import { readSupported } from '../../../src/protocol/startup.js'
import { FakeCluster } from '../../../src/testing/fake-cluster.js'
import { reply } from '../../../src/testing/reply.js'
import type { Reply } from '../../../src/testing/reply.js'
import type { ByteReader } from '../../../src/wire/byte-reader.js'
import { rawValues } from '../protocol/support.js'
import { RawClient } from './raw-client.js'
import type { RawAnswer } from './raw-client.js'

async function query(client: RawClient, text: string, fields: Partial<QueryParameters> = {}): Promise<RawAnswer> {
  const parameters = Object.assign(new QueryParameters(), fields)
  return await client.ask(Opcode.QUERY, (writer) => writeQuery(writer, client.version, text, parameters))
}

interface Rows {
  readonly header: RowsHeader
  /** Each row as an object of decoded values. */
  readonly rows: readonly Readonly<Record<string, unknown>>[]
}

function readRows({ opcode, reader }: RawAnswer, version: number): Rows {
  assert.equal(opcode, Opcode.RESULT)
  assert.equal(reader.readInt32(), ResultKind.ROWS)
  const header = readRowsHeader(reader.buffer, reader.view, reader.position, reader.end, version)
  reader.position = header.rowsStart
  const rows = Array.from({ length: header.rowCount }, () =>
    Object.fromEntries((header.columns ?? []).map(({ name, type }) => [name, decodeValue(type, reader.readBytes())])),
  )
  return { header, rows }
}

function result(answer: RawAnswer, kind: number): ByteReader {
  assert.equal(answer.opcode, Opcode.RESULT)
  assert.equal(answer.reader.readInt32(), kind)
  return answer.reader
}

async function prepare(client: RawClient, text: string): Promise<PreparedResult> {
  const answer = await client.ask(Opcode.PREPARE, (writer) => writePrepare(writer, client.version, text, null))
  return readPrepared(result(answer, ResultKind.PREPARED), client.version)
}

for (const version of SUPPORTED_VERSIONS) {
  describe(`a fake cluster on protocol v${version}`, () => {
    test('describes itself: options, its own row, its peers, an empty schema', async () => {
      await using fake = await FakeCluster.start({ nodes: 3, dataCenters: ['dc1', 'dc1', 'dc2'] })
      await using client = await RawClient.open(fake.port, version)
      assert.deepEqual(readSupported((await client.ask(Opcode.OPTIONS)).reader).get('PROTOCOL_VERSIONS'), ['3/v3', '4/v4', '5/v5'])
      assert.equal((await client.startup()).opcode, Opcode.READY)

      const local = readRows(await query(client, "SELECT * FROM system.local WHERE key='local'"), version).rows[0]!
      assert.equal(local['data_center'], 'dc1')
      assert.equal(String(local['rpc_address']), '127.0.0.1')
      assert.equal(String(local['host_id']), fake.nodes[0]!.hostId)
      assert.deepEqual(local['tokens'], new Set(['-9223372036854775808']))

      const peers = readRows(await query(client, 'SELECT native_address, native_port, data_center FROM system.peers_v2'), version).rows
      assert.deepEqual(
        peers.map((peer) => [String(peer['native_address']), peer['native_port'], peer['data_center']]),
        [
          ['127.0.0.2', fake.port, 'dc1'],
          ['127.0.0.3', fake.port, 'dc2'],
        ],
      )
      assert.deepEqual(Object.keys(peers[0]!), ['native_address', 'native_port', 'data_center'])
      assert.equal(readRows(await query(client, 'SELECT * FROM system.peers'), version).rows.length, 2)
      assert.equal(readRows(await query(client, 'SELECT * FROM system_schema.keyspaces'), version).header.rowCount, 0)
    })

    test('answers a query as told, page by page', async () => {
      await using fake = await FakeCluster.start()
      await using client = await RawClient.start(fake.port, version)
      fake.when(/^SELECT i/, (request) =>
        request.parameters!.pageState === null
          ? reply.rows({ i: 'int' }, [[1], { i: 2 }], { pageState: Buffer.from('more') })
          : reply.rows({ i: 'int' }, [[null]]),
      )
      const first = readRows(await query(client, 'SELECT i FROM t', { pageSize: 2 }), version)
      assert.deepEqual(first.rows, [{ i: 1 }, { i: 2 }])
      assert.deepEqual(first.header.pageState, Buffer.from('more'))
      const second = readRows(await query(client, 'SELECT i FROM t', { pageState: first.header.pageState }), version)
      assert.deepEqual(second.rows, [{ i: null }])
      assert.equal(second.header.hasMorePages, false)
    })

    test('prepares what a rule describes, and executes it without metadata where the client has them', async () => {
      await using fake = await FakeCluster.start()
      await using client = await RawClient.start(fake.port, version)
      const text = 'SELECT name FROM users WHERE id = ?'
      fake.when(text, reply.rows({ name: 'text' }, [['Ada']]), { parameters: { id: 'int' }, partitionKey: ['id'], table: 'users' })

      const prepared = await prepare(client, text)
      assert.deepEqual(prepared.parameters, [{ keyspace: 'ks', table: 'users', name: 'id', type: { kind: 'int' } }])
      assert.deepEqual(prepared.partitionKeyIndexes, version >= 4 ? [0] : [])
      assert.equal(prepared.resultColumns?.[0]?.name, 'name')

      const parameters = Object.assign(new QueryParameters(), {
        skipMetadata: true,
        values: rawValues,
        params: [Buffer.from([0, 0, 0, 7])],
      })
      const execute = async (): Promise<RawAnswer> =>
        await client.ask(Opcode.EXECUTE, (writer) => writeExecute(writer, version, prepared.id, prepared.resultMetadataId, parameters))
      const { header } = readRows(await execute(), version)
      assert.equal(header.rowCount, 1)
      assert.equal(header.columns, null)
      const seen = fake.requests.at(-1)!
      assert.equal(seen.query, text)
      assert.deepEqual(seen.parameters!.values, [Buffer.from([0, 0, 0, 7])])

      fake.when(text, reply.rows({ name: 'text', age: 'int' }, [['Ada', 36]]), { parameters: { id: 'int' } })
      const changed = readRows(await execute(), version).header
      assert.equal(changed.newMetadataId !== null, version >= 5)
      assert.equal(changed.columns?.length ?? null, version >= 5 ? 2 : null)

      fake.nodes[0]!.forgetPrepared()
      const error = readError((await execute()).reader, version)
      assert.ok(error instanceof UnpreparedError)
      assert.deepEqual(error.id, prepared.id)
    })

    test('goes along with USE, with writes and with batches of what it knows', async () => {
      await using fake = await FakeCluster.start()
      await using client = await RawClient.start(fake.port, version)
      assert.equal(readSetKeyspace(result(await query(client, 'USE "My Keyspace"'), ResultKind.SET_KEYSPACE)), 'My Keyspace')
      result(await query(client, 'INSERT INTO t (a) VALUES (1)'), ResultKind.VOID)
      assert.equal(fake.requests.at(-1)!.keyspace, 'My Keyspace')
      const batch = {
        type: 0,
        statements: [{ query: null, id: Buffer.from('unknown'), values: null, params: null }],
        consistency: 1,
        serialConsistency: -1,
        hasTimestamp: false,
        timestampHigh: 0,
        timestampLow: 0,
        keyspace: null,
        nowInSeconds: null,
      }
      const refused = await client.ask(Opcode.BATCH, (writer) => writeBatch(writer, version, batch))
      assert.ok(readError(refused.reader, version) instanceof UnpreparedError)
    })

    test('gives each fault that it is told to', async () => {
      await using fake = await FakeCluster.start()
      const provoke = async (fault: Reply): Promise<RawClient> => {
        fake.when('FAULT', fault)
        const client = await RawClient.start(fake.port, version)
        await assert.rejects(query(client, 'FAULT'))
        return client
      }
      assert.equal((await provoke(reply.close())).closed, true)
      const truncated = await provoke(reply.truncated())
      assert.equal(truncated.closed, true)
      assert.ok(truncated.pending > 0)
      await using oversized = await provoke(reply.oversizedLength())
      assert.match(oversized.error!.message, /announces a body of 2147483647 bytes/)
      await using garbage = await provoke(reply.garbage())
      assert.equal(garbage.error!.name, 'MalformedFrameError')
      await using payload = await provoke(reply.badCrc())
      assert.match(payload.error!.message, version >= 5 ? /^bad CRC of a segment's payload/ : /request stands where a response/)
      await using header = await provoke(reply.badHeaderCrc())
      assert.match(header.error!.message, version >= 5 ? /^bad CRC of a segment header/ : /request stands where a response/)

      fake.when('FAULT', reply.wrongStream())
      await using client = await RawClient.start(fake.port, version)
      assert.equal((await query(client, 'FAULT')).stream, 32_767)
      fake.when('FAULT', reply.halfFrame())
      const before = client.received
      client.send(Opcode.QUERY, (writer) => writeQuery(writer, version, 'FAULT', new QueryParameters()))
      await client.until(() => client.received > before)
      assert.ok(client.pending > 0)
      assert.equal(client.closed, false)
    })
  })
}

describe('connections of a fake cluster', () => {
  for (const [version, compression] of [
    [3, 'snappy'],
    [4, 'lz4'],
    [5, 'lz4'],
  ] as const) {
    test(`are compressed where the client asks for it: ${compression} on v${version}`, async () => {
      await using fake = await FakeCluster.start()
      await using client = await RawClient.start(fake.port, version, compression)
      fake.when('BIG', reply.rows({ b: 'blob' }, [[Buffer.alloc(300_000, 7)]]))
      const before = client.received
      assert.deepEqual(readRows(await query(client, 'BIG'), version).rows, [{ b: Buffer.alloc(300_000, 7) }])
      assert.ok(client.received - before < 100_000)
    })
  }

  test('are refused in a version that it is told not to speak, in one that it speaks', async () => {
    await using fake = await FakeCluster.start({ protocolVersions: [3, 4] })
    await using client = await RawClient.open(fake.port, 5)
    const error = readError((await client.startup()).reader, 4)
    assert.equal(error.name, 'ProtocolError')
    assert.equal(error.message, 'Invalid or unsupported protocol version (5); supported versions are (3/v3, 4/v4)')
    await client.until(() => client.closed)
  })

  test('that send what is no CQL get an error and an end', async () => {
    await using fake = await FakeCluster.start()
    await using client = await RawClient.open(fake.port, 5)
    client.sendBytes(Buffer.from('GET / HTTP/1.1\r\n\r\n'))
    assert.equal(readError((await client.next()).reader, 5).name, 'ProtocolError')
    await client.until(() => client.closed)
  })

  test('are asked for name and password', async () => {
    await using fake = await FakeCluster.start({ credentials: { username: 'ada', password: 'secret' } })
    for (const [password, expected] of [
      ['secret', Opcode.AUTH_SUCCESS],
      ['guess', Opcode.ERROR],
    ] as const) {
      await using client = await RawClient.open(fake.port, 5)
      assert.equal((await client.startup()).opcode, Opcode.AUTHENTICATE)
      const answer = await client.ask(Opcode.AUTH_RESPONSE, (writer) => writeAuthResponse(writer, Buffer.from(`\0ada\0${password}`)))
      assert.equal(answer.opcode, expected)
    }
  })

  test('get the events that they registered for, on stream -1', async () => {
    await using fake = await FakeCluster.start()
    await using client = await RawClient.start(fake.port, 5)
    assert.equal((await client.ask(Opcode.REGISTER, (writer) => writeRegister(writer, ['STATUS_CHANGE']))).opcode, Opcode.READY)
    const up = { type: 'STATUS_CHANGE', change: 'UP', address: '127.0.0.2', port: fake.port } as const
    fake.pushEvent({ ...up, type: 'TOPOLOGY_CHANGE', change: 'NEW_NODE' })
    fake.pushEvent(up)
    const event = await client.next()
    assert.equal(event.stream, -1)
    assert.deepEqual(readEvent(event.reader), up)
  })

  test('end with their node, which listens again once it is started', async () => {
    await using fake = await FakeCluster.start({ nodes: 2 })
    await using client = await RawClient.start(fake.port, 4)
    const [node] = fake.nodes
    assert.equal(node!.connections, 1)
    await node!.stop()
    await client.until(() => client.closed)
    await assert.rejects(RawClient.open(fake.port, 4), { code: 'ECONNREFUSED' })
    await using other = await RawClient.open(fake.port, 4, '127.0.0.2')
    assert.equal((await other.startup()).opcode, Opcode.READY)
    await node!.start()
    await using again = await RawClient.start(fake.port, 4)
    assert.equal(again.closed, false)
  })
})

describe('rules', () => {
  test('added last apply first, as often as they are told', async () => {
    await using fake = await FakeCluster.start()
    await using client = await RawClient.start(fake.port, 4)
    const always = fake.when(/SELECT/, reply.rows({ a: 'int' }, [[1]]))
    const once = fake.when('SELECT a', reply.error(new OverloadedError('busy')), { times: 1 })
    assert.equal(readError((await query(client, 'SELECT a')).reader, 4).name, 'OverloadedError')
    assert.deepEqual(readRows(await query(client, 'SELECT a'), 4).rows, [{ a: 1 }])
    assert.deepEqual([once.calls, always.calls], [1, 1])
    always.remove()
    assert.match(readError((await query(client, 'SELECT a')).reader, 4).message, /no rule for "SELECT a"/)
  })

  test('may look at opcode and node, and apply to the handshake too', async () => {
    await using fake = await FakeCluster.start({ nodes: 2 })
    fake.when({ opcode: 'STARTUP', node: fake.nodes[1]!.name }, reply.error(new OverloadedError('busy')))
    await using first = await RawClient.open(fake.port, 4)
    assert.equal((await first.startup()).opcode, Opcode.READY)
    await using second = await RawClient.open(fake.port, 4, '127.0.0.2')
    assert.equal((await second.startup()).opcode, Opcode.ERROR)
  })

  test('may answer late, out of order, or never', async () => {
    await using fake = await FakeCluster.start()
    await using client = await RawClient.start(fake.port, 5)
    fake.when('NEVER', reply.drop())
    fake.when('LATE', reply.delay(20, reply.void()))
    for (const [stream, text] of ['NEVER', 'LATE', 'NOW'].entries()) {
      client.send(Opcode.QUERY, (writer) => writeQuery(writer, 5, text, new QueryParameters()), stream)
    }
    assert.equal((await client.next()).stream, 2)
    assert.equal((await client.next()).stream, 1)
    assert.deepEqual(
      fake.requests.slice(-3).map((request) => request.query),
      ['NEVER', 'LATE', 'NOW'],
    )
  })

  test('may send warnings, a tracing id and a custom payload along', async () => {
    await using fake = await FakeCluster.start()
    await using client = await RawClient.start(fake.port, 4)
    const traceId = Buffer.alloc(16, 1)
    fake.when('X', reply.extras({ warnings: ['careful'], traceId, customPayload: new Map([['k', Buffer.from('v')]]) }, reply.void()))
    const answer = await query(client, 'X')
    assert.deepEqual(readEnvelope(answer.reader, 4, answer.flags), {
      traceId,
      warnings: ['careful'],
      customPayload: new Map([['k', Buffer.from('v')]]),
    })
    result(answer, ResultKind.VOID)
  })

  test('that fail are answered with a server error that says why', async () => {
    await using fake = await FakeCluster.start()
    await using client = await RawClient.start(fake.port, 4)
    fake.when('X', () => {
      throw new Error('a mistake in the test')
    })
    assert.match(readError((await query(client, 'X')).reader, 4).message, /a mistake in the test/)
  })

  test('must say the bind markers of what is prepared', async () => {
    await using fake = await FakeCluster.start()
    await using client = await RawClient.start(fake.port, 4)
    const answer = await client.ask(Opcode.PREPARE, (writer) => writePrepare(writer, 4, 'INSERT INTO t (a) VALUES (?)', null))
    assert.match(readError(answer.reader, 4).message, /does not know the bind markers/)
    assert.deepEqual((await prepare(client, "INSERT INTO t (a) VALUES ('?')")).parameters, [])
  })

  test('are waited for by who wants the next request', async () => {
    await using fake = await FakeCluster.start()
    await using client = await RawClient.start(fake.port, 4)
    const next = fake.nextRequest({ opcode: 'QUERY' })
    client.send(Opcode.OPTIONS)
    client.send(Opcode.QUERY, (writer) => writeQuery(writer, 4, 'X', new QueryParameters()))
    assert.equal((await next).query, 'X')
    fake.clearRequests()
    assert.deepEqual(fake.requests, [])
  })
})

test('options that make no sense are refused', async () => {
  await assert.rejects(FakeCluster.start({ nodes: 0 }), { name: 'InvalidOptionError', path: 'nodes' })
  assert.throws(() => reply.rows({ a: 'int', b: 'int' }, [[1]]), /1 values for 2 columns/)
})
