/** What a fake cluster does with requests, seen by the driver; and what it is told wrong. */
import assert from 'node:assert/strict'
import { readFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { ConnectionError, InvalidArgumentError, InvalidOptionError, OperationTimedOutError } from '../../../src/base/errors.js'
import { makeCertificates } from '../../../src/embedded/certificates.js'
import { Cluster } from '../../../src/session/cluster.js'
import { FakeCluster } from '../../../src/testing/fake-cluster.js'
import { reply } from '../../../src/testing/reply.js'
import { Uuid } from '../../../src/values/uuid.js'
import { eventually, failure, Lab, quick } from '../../fault/support.js'

const QUERY = 'SELECT name FROM users'
const ADA = reply.rows({ name: 'text' }, [['Ada']])

for (const protocolVersion of [4, 5] as const) {
  describe(`a reply on v${protocolVersion}`, () => {
    test('twice: the second answer, to which no request belongs, ends the connection', async () => {
      await using lab = await Lab.open({ protocolVersion })
      lab.fake.when(QUERY, reply.twice(ADA), { times: 1 })
      const { accepted } = lab.fake.nodes[0]!
      assert.equal((await lab.session.execute(QUERY)).one()?.['name'], 'Ada')
      await eventually('another connection', () => lab.fake.nodes[0]!.accepted === accepted + 1)
      await lab.works()
    })

    test('slow: what is asked later on the connection is answered later', async () => {
      await using lab = await Lab.open({ protocolVersion })
      lab.fake.when(QUERY, reply.slow(1_000, ADA), { times: 1 })
      const order: string[] = []
      const slow = lab.session.execute(QUERY).then(() => order.push('slow'))
      await lab.fake.nextRequest(QUERY)
      const fast = lab.session.execute('SELECT key FROM system.local').then(() => order.push('fast'))
      await Promise.all([slow, fast])
      assert.deepEqual(order, ['slow', 'fast'])
    })

    test('of raw bytes is sent as it is', async () => {
      await using lab = await Lab.open({ protocolVersion })
      lab.fake.when(QUERY, reply.raw(Buffer.from('HTTP/1.1 200 OK\r\n\r\n')), { times: 1 })
      const error = await failure(lab.session.execute(QUERY, [], { idempotent: false }), ConnectionError)
      assert.equal(error.sent, true)
      await lab.works()
    })

    test('that stops reading answers first, then nothing is heard until the node reads again', async () => {
      await using lab = await Lab.open({ protocolVersion })
      lab.fake.when(QUERY, reply.stopReading(ADA), { times: 1 })
      assert.equal((await lab.session.execute(QUERY)).one()?.['name'], 'Ada')
      await failure(lab.session.execute(QUERY, [], { timeoutMs: 40 }), OperationTimedOutError)
      assert.equal(lab.countOf('QUERY'), 1)
      lab.fake.when(QUERY, ADA)
      lab.fake.nodes[0]!.resumeReading()
      await eventually('the second one to arrive', () => lab.countOf('QUERY') === 2)
      await lab.works()
    })
  })
}

describe('the log of a fake cluster', () => {
  test('has texts, values, consistency, node and stream of what was asked', async () => {
    await using fake = await FakeCluster.start()
    const insert = 'INSERT INTO users (id, name, tags) VALUES (?, ?, ?)'
    fake.when(insert, reply.void(), { parameters: { id: 'uuid', name: 'text', tags: 'set<text>' } })
    await using cluster = new Cluster(quick({ contactPoints: fake.contactPoints }))
    await using session = await cluster.connect()
    const id = Uuid.random()
    await session.execute(insert, [id, 'Ada', null], { consistency: 'LOCAL_QUORUM' })
    const [asked] = fake.requestsFor({ opcode: 'EXECUTE', query: /^INSERT/ })
    assert.deepEqual(asked?.values?.map(String), [String(id), 'Ada', 'null'])
    assert.deepEqual([asked?.consistency, asked?.node, asked?.opcode], ['LOCAL_QUORUM', fake.contactPoints[0], 'EXECUTE'])
    assert.equal(typeof asked?.stream, 'number')
    assert.deepEqual(fake.requestsFor(insert), [asked], 'the PREPARE is none')
    await session.batch([{ query: insert, params: [id, 'Grace', ['x']] }, "INSERT INTO log (id) VALUES ('a')"])
    const [batch] = fake.requestsFor({ opcode: 'BATCH' })
    assert.deepEqual(batch?.statements, [insert, "INSERT INTO log (id) VALUES ('a')"])
  })

  test('has who waits for what never comes wait no longer than it is told', async () => {
    const fake = await FakeCluster.start()
    await assert.rejects(fake.nextRequest('SELECT 1', { timeoutMs: 20 }), /within 20 ms/)
    const waits = assert.rejects(fake.nextRequest('SELECT 1'), /was stopped/)
    await fake.stop()
    await waits
  })
})

describe('a node', () => {
  test('that refuses connections keeps those that there are', async () => {
    await using lab = await Lab.open()
    const [node] = lab.fake.nodes
    node!.refuse()
    await lab.works()
    node!.disconnectAll('reset')
    await eventually('the loss', () => lab.session.metrics.connections.get(node!.name) === 0)
    await node!.start()
    await lab.works()
  })

  test('speaks TLS with the certificate that it is given', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'cqlwire-tls-'))
    t.after(() => rmSync(folder, { recursive: true }))
    const { client, serverFile } = await makeCertificates(folder, ['127.0.0.1', '127.0.0.2'])
    const pem = readFileSync(serverFile, 'utf8')
    await using fake = await FakeCluster.start({ nodes: 2, tls: { key: pem, cert: pem } })
    fake.when(QUERY, ADA)
    await using cluster = new Cluster(quick({ contactPoints: fake.contactPoints, tls: { ca: client.ca } }))
    await using session = await cluster.connect()
    assert.equal((await session.execute(QUERY)).one()?.['name'], 'Ada')
    await using other = new Cluster(quick({ contactPoints: fake.contactPoints, tls: true }))
    await assert.rejects(other.connect(), /certificate/i)
  })
})

describe('what a fake cluster is told wrong', () => {
  test('is an error at once, that says what it takes', async () => {
    await using fake = await FakeCluster.start()
    const wrong = (run: () => unknown, message: RegExp): void =>
      assert.throws(run, (error: unknown) => error instanceof InvalidArgumentError && message.test(error.message))
    wrong(() => fake.when(undefined as never, ADA), /condition is a statement's text/)
    wrong(() => fake.when({ text: QUERY } as never, ADA), /no field "text": it takes opcode, query, node/)
    wrong(() => fake.when(QUERY, [['Ada']] as never), /takes a reply/)
    wrong(() => fake.when(QUERY, reply.void, { times: 0 }), /times/)
    wrong(() => reply.error(new Error('x') as never), /OverloadedError/)
    wrong(() => reply.delay('1' as never, ADA), /number from 0 on/)
    wrong(() => reply.slow(0, ADA), /number from 1 on/)
    wrong(() => reply.raw('x' as never), /bytes/)
    wrong(() => reply.twice(undefined as never), /takes a reply/)
    wrong(() => reply.rows({ name: 'text' }, ['Ada'] as never), /array or an object of values/)
    wrong(() => reply.rows({ name: 'text' }, [{ nmae: 'Ada' }]), /"nmae", which is none of its columns: name/)
    wrong(() => fake.requestsFor(1 as never), /condition/)
  })

  test('of its options as well', async () => {
    const path = async (options: object): Promise<string> => {
      const error = await failure(FakeCluster.start(options as never), InvalidOptionError)
      return error.path
    }
    assert.equal(await path({ nodes: 0 }), 'nodes')
    assert.equal(await path({ nodes: 255 }), 'nodes')
    assert.equal(await path({ node: 3 }), 'node')
    assert.equal(await path({ protocolVersions: [6] }), 'protocolVersions[0]')
    assert.equal(await path({ dataCenters: [] }), 'dataCenters')
    assert.equal(await path({ credentials: { username: 'a' } }), 'credentials.password')
    assert.equal(await path({ tls: true }), 'tls')
    assert.equal(await path({ port: 0 }), 'port')
  })

  test('by a rule: a function that gives no reply is answered with an error that says so', async () => {
    await using lab = await Lab.open()
    lab.fake.when(QUERY, (() => undefined) as never)
    await assert.rejects(lab.session.execute(QUERY), /A rule's function takes a reply|takes a reply/)
  })
})
