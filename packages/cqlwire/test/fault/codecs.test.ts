import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { InvalidArgumentError } from '../../src/base/errors.js'
import { Consistency } from '../../src/protocol/constants.js'
import type { ResultSet } from '../../src/session/result-set.js'
import { reply } from '../../src/testing/reply.js'
import { BOTH, BY_ID, failure, Lab, type LabOptions, within } from './support.js'

const OUTER = 'INSERT INTO t (id, name) VALUES (?, ?)'
const INNER = 'SELECT other FROM t WHERE id = ?'

/** A lab with a codec for `t.name` that does something in the middle of the request's frame. */
async function meddling(inCodec: (lab: Lab) => void, options: LabOptions): Promise<Lab> {
  let lab: Lab | null = null
  const encode = (value: string): string => {
    if (value === 'meddle') inCodec(lab!)
    return value
  }
  lab = await Lab.open({ ...options, codecs: [{ type: 'text', columns: ['t.name'], encode, decode: (value: string) => value }] })
  lab.fake.when(OUTER, reply.void(), { parameters: { id: 'int', name: 'text' } })
  lab.fake.when(INNER, reply.rows({ other: 'text' }, [['inner']]), { parameters: { id: 'int' } })
  return lab
}

for (const version of BOTH) {
  describe(`a codec on protocol v${version} that executes a request while its own is being written`, () => {
    for (const [where, connectionsPerHost] of [
      ['over the same connection', 1],
      ['over another connection', 2],
    ] as const) {
      for (const isPrepared of [true, false]) {
        test(`${where}, ${isPrepared ? 'prepared' : 'to be prepared'}: both are carried out, each as it was meant`, async () => {
          const inner: Promise<ResultSet>[] = []
          await using lab = await meddling(
            (it) => inner.push(it.session.execute(INNER, [7], { consistency: 'ONE', pageSize: 10, timestamp: null })),
            { protocolVersion: version, pool: { connectionsPerHost } },
          )
          const outer = await lab.session.prepare(OUTER)
          if (isPrepared) await lab.session.prepare(INNER)
          const options = {
            consistency: 'QUORUM',
            serialConsistency: 'LOCAL_SERIAL',
            pageSize: 99,
            pageState: Buffer.from('state'),
            timestamp: 1234567890123456n,
          } as const
          await within(lab.session.execute(outer, [1, 'meddle'], options))
          assert.equal(inner.length, 1)
          assert.equal((await within(inner[0]!)).one()?.['other'], 'inner')

          const sent = lab.asked.filter(({ opcode }) => opcode === 'EXECUTE')
          assert.equal(sent.length, 2)
          const first = sent.find(({ query }) => query === OUTER)!.parameters!
          assert.equal(first.consistency, Consistency.QUORUM)
          assert.equal(first.serialConsistency, Consistency.LOCAL_SERIAL)
          assert.equal(first.pageSize, 99)
          assert.deepEqual(first.pageState, Buffer.from('state'))
          assert.equal(first.timestamp, 1234567890123456n)
          assert.deepEqual(first.values, [Buffer.from([0, 0, 0, 1]), Buffer.from('meddle')])
          const second = sent.find(({ query }) => query === INNER)!.parameters!
          assert.equal(second.consistency, Consistency.ONE)
          assert.equal(second.pageSize, 10)
          assert.equal(second.pageState, null)
          assert.equal(second.timestamp, null)
          assert.deepEqual(second.values, [Buffer.from([0, 0, 0, 7])])
          await lab.works()
        })
      }
    }

    test('and throws: nothing of its own request is sent, the other one is carried out', async () => {
      const inner: Promise<ResultSet>[] = []
      await using lab = await meddling(
        (it) => {
          inner.push(it.session.execute(INNER, [7]))
          throw new RangeError('after all')
        },
        { protocolVersion: version },
      )
      const outer = await lab.session.prepare(OUTER)
      const error = await failure(lab.session.execute(outer, [1, 'meddle']), InvalidArgumentError)
      assert.match(error.message, /"name" \(text\)/)
      assert.equal((await within(inner[0]!)).one()?.['other'], 'inner')
      assert.ok(!lab.asked.some(({ opcode, query }) => opcode === 'EXECUTE' && query === OUTER))
      await lab.works()
    })

    test('and shuts the session down: the request fails, nothing stays open', async () => {
      const shutdowns: Promise<void>[] = []
      await using lab = await meddling((it) => void shutdowns.push(it.session.shutdown()), { protocolVersion: version })
      const outer = await lab.session.prepare(OUTER)
      await within(lab.session.execute(outer, [1, 'meddle']).catch(() => {}))
      await within(Promise.all(shutdowns))
    })
  })
}

describe('a codec that throws', () => {
  test('on the way out: an InvalidArgumentError names the parameter, and the next request goes over the same connection', async () => {
    await using lab = await meddling(() => {
      throw new RangeError('not that one')
    }, {})
    const error = await failure(lab.session.execute(OUTER, [1, 'meddle']), InvalidArgumentError)
    assert.match(error.message, /Parameter 2 of 2, "name" \(text\)/)
    assert.match(error.message, /it threw RangeError/)
    await within(lab.session.execute(OUTER, [1, 'fine']))
    await lab.works()
  })

  test('on the way in: reading the rows throws, the connection is kept', async () => {
    const decode = (): never => {
      throw new RangeError('not that one')
    }
    await using lab = await Lab.open({ codecs: [{ type: 'text', columns: ['t.name'], encode: String, decode }] })
    lab.fake.when('SELECT name FROM t', reply.rows({ name: 'text' }, [['x']]))
    const result = await within(lab.session.execute('SELECT name FROM t'))
    assert.throws(() => result.rows, /it threw RangeError/)
    assert.equal(lab.session.metrics.connections.get(lab.node(0)), 1)
    await lab.idle()
  })

  test('as a row factory does', async () => {
    await using lab = await Lab.open()
    const rowFactory = (): never => {
      throw new RangeError('no row today')
    }
    const result = await within(lab.session.execute(BY_ID, [1], { rowFactory }))
    assert.throws(() => result.rows, /no row today/)
    await failure(lab.session.iterate(BY_ID, [1], { rowFactory }).next(), RangeError)
    await lab.works()
  })
})
