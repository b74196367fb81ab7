/** What can be said of one request, and what its result tells. */
import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import {
  InvalidArgumentError,
  InvalidOptionError,
  NoHostAvailableError,
  OperationTimedOutError,
  type Session,
  Uuid,
} from '../../src/index.js'
import { Gate } from '../support/gate.js'
import { onEachVersion } from '../support/versions.js'
import { eventually } from '../unit/embedded/scratch.js'

const schema = ['CREATE TABLE t (id int PRIMARY KEY, v text)']

const profiles = {
  executionProfiles: {
    default: { consistency: 'ONE' },
    analytics: { consistency: 'QUORUM', timeoutMs: 20_000, pageSize: 2, rowFactory: 'array' },
  },
} as const

onEachVersion('request options', 'options', { schema, cluster: profiles }, (stage) => {
  const one = async (text: string): Promise<Record<string, unknown> | null> => (await stage.session.execute(text)).one()

  it('consistency: any level of the protocol, as the result says', async () => {
    const { session } = stage
    for (const consistency of ['ONE', 'QUORUM', 'ALL', 'LOCAL_QUORUM', 'LOCAL_ONE', 'SERIAL', 'LOCAL_SERIAL'] as const) {
      const result = await session.execute('SELECT v FROM t WHERE id = ?', [1], { consistency })
      assert.equal(result.info.achievedConsistency, consistency)
    }
    await session.execute("INSERT INTO t (id, v) VALUES (1, 'x')", undefined, { consistency: 'ANY' })
    await session.execute("INSERT INTO t (id, v) VALUES (1, 'x')", undefined, { consistency: 'EACH_QUORUM' })
    await assert.rejects(
      session.execute('SELECT v FROM t', undefined, { consistency: 'THREE' }),
      (error: Error & Record<string, unknown>) => {
        assert.deepEqual([error.name, error['consistency'], error['required'], error['alive']], ['UnavailableError', 'THREE', 3, 1])
        return true
      },
    )
  })

  it('timestamp: a number, a bigint, or null for the server clock', async () => {
    const { session } = stage
    const insert = await session.prepare('INSERT INTO t (id, v) VALUES (?, ?)')
    await session.execute(insert, [2, 'a'], { timestamp: 1_000 })
    assert.equal((await one('SELECT writetime(v) AS at FROM t WHERE id = 2'))?.['at'], 1_000n)
    await session.execute("INSERT INTO t (id, v) VALUES (2, 'b')", undefined, { timestamp: 2n ** 53n + 1n })
    assert.equal((await one('SELECT writetime(v) AS at FROM t WHERE id = 2'))?.['at'], 2n ** 53n + 1n)
    await session.execute(insert, [3, 'older'], { timestamp: -5 })
    assert.equal((await one('SELECT writetime(v) AS at FROM t WHERE id = 3'))?.['at'], -5n)
    for (const [id, options] of [
      [4, {}],
      [5, { timestamp: null }],
    ] as const) {
      // prettier-ignore
      const begun = BigInt(Date.now()) * 1_000n
      await session.execute(insert, [id, 'now'], options)
      const at = (await one(`SELECT writetime(v) AS at FROM t WHERE id = ${id}`))?.['at'] as bigint
      assert.ok(at >= begun && at <= BigInt(Date.now() + 1) * 1_000n, `${at} microseconds`)
    }
  })

  it('writes of one session have timestamps in the order of the calls', async () => {
    const { session } = stage
    const insert = await session.prepare('INSERT INTO t (id, v) VALUES (6, ?)')
    await Promise.all(Array.from({ length: 50 }, (_, i) => session.execute(insert, [`write ${i}`])))
    assert.equal((await one('SELECT v FROM t WHERE id = 6'))?.['v'], 'write 49')
  })

  it('nowInSeconds is what TTLs are counted from, on v5', async () => {
    const { session } = stage
    const now = Math.floor(Date.now() / 1000)
    const insert = session.execute('INSERT INTO t (id, v) VALUES (?, ?) USING TTL 1000', [7, 'x'], { nowInSeconds: now })
    if (stage.version < 5)
      return await refused(insert, /nowInSeconds for a request needs protocol v5, this connection speaks v\d. Nothing was sent/)
    await insert
    const later = await session.execute('SELECT ttl(v) AS ttl FROM t WHERE id = ?', [7], { nowInSeconds: now + 400 })
    assert.equal(later.one()?.ttl, 600)
    const gone = await session.execute('SELECT v FROM t WHERE id = 7', undefined, { nowInSeconds: now + 1001 })
    assert.equal(gone.one()?.v ?? null, null)
  })

  it('keyspace is that of the one request, on v5', async () => {
    const { session, keyspace } = stage
    const elsewhere = `${keyspace}_elsewhere`
    await stage.createKeyspace(elsewhere)
    await session.execute(`CREATE TABLE ${elsewhere}.t (id int PRIMARY KEY, v int)`)
    const requests = [
      (): Promise<unknown> => session.execute('INSERT INTO t (id, v) VALUES (1, 11)', undefined, { keyspace: elsewhere }),
      (): Promise<unknown> => session.execute('INSERT INTO t (id, v) VALUES (?, ?)', [2, 22], { keyspace: elsewhere }),
      (): Promise<unknown> => session.batch([{ query: 'INSERT INTO t (id, v) VALUES (?, ?)', params: [3, 33] }], { keyspace: elsewhere }),
      async (): Promise<unknown> =>
        session.execute(await session.prepare('INSERT INTO t (id, v) VALUES (4, ?)', { keyspace: elsewhere }), [44]),
    ]
    for (const request of requests) {
      if (stage.version < 5) await refused(request(), /needs protocol v5, this connection speaks v\d/)
      else await request()
    }
    const rows = await session.execute(`SELECT v FROM ${elsewhere}.t`)
    assert.deepEqual(rows.rows.map((row) => row['v'] as number).sort(), stage.version < 5 ? [] : [11, 22, 33, 44])
    assert.equal(session.keyspace, keyspace)
  })

  it('host asks that node only', async () => {
    const { session, cluster } = stage
    const [[endpoint, host]] = [...cluster.hosts] as [[string, typeof cluster.hosts extends ReadonlyMap<string, infer H> ? H : never]]
    for (const target of [host, endpoint]) {
      const result = await session.execute('SELECT key FROM system.local', undefined, { host: target })
      assert.equal(result.info.coordinator, host)
    }
    await assert.rejects(session.execute('SELECT key FROM system.local', undefined, { host: '192.0.2.1:9042' }), (error: Error) => {
      assert.ok(error instanceof NoHostAvailableError)
      assert.match(error.message, /192\.0\.2\.1:9042.*no host of this cluster.*Nothing was sent/)
      return true
    })
  })

  it('an execution profile is a set of them; the call comes last', async () => {
    const { session, cluster } = stage
    await session.execute("INSERT INTO t (id, v) VALUES (20, 'x')")
    const result = await session.execute('SELECT v FROM t WHERE id = 20', undefined, { executionProfile: 'analytics' })
    assert.deepEqual([result.rows, result.info.achievedConsistency], [[['x']], 'QUORUM'])
    const own = await session.execute('SELECT v FROM t', undefined, { executionProfile: 'analytics', consistency: 'LOCAL_ONE' })
    assert.deepEqual([own.length, own.info.achievedConsistency], [2, 'LOCAL_ONE'])
    assert.equal((await session.execute('SELECT v FROM t WHERE id = 20')).info.achievedConsistency, 'ONE', 'the default profile')
    cluster.addExecutionProfile('added', { rowFactory: 'array' })
    const added = await session.execute('SELECT v FROM t WHERE id = 20', undefined, { executionProfile: 'added' })
    assert.deepEqual([added.rows, added.info.achievedConsistency], [[['x']], 'ONE'])
    await refused(
      session.execute('SELECT v FROM t', undefined, { executionProfile: 'analitics' }),
      /"analitics".*did you mean "analytics"/,
      InvalidOptionError,
    )
  })

  it('customPayload is sent, from v4 on', async () => {
    const { session } = stage
    const customPayload = { tenant: Buffer.from('seven'), nothing: null }
    for (const [text, params] of [
      ['SELECT v FROM t WHERE id = 1', undefined],
      ['SELECT v FROM t WHERE id = ?', [1]],
    ] as const) {
      // prettier-ignore
      const request = session.execute(text, params, { customPayload })
      if (stage.version === 3)
        await refused(request, /customPayload .*needs protocol v4 or later, this connection speaks v3. Nothing was sent/)
      else assert.equal((await request).customPayload, null, 'this server sends none back')
    }
  })
})

onEachVersion('what a result tells', 'options', { schema, cluster: profiles }, (stage) => {
  it('info: who answered, how often it was asked, at which consistency', async () => {
    const { session, cluster } = stage
    const { info } = await session.execute('SELECT v FROM t WHERE id = ?', [1])
    assert.deepEqual(
      { ...info, coordinator: info.coordinator?.endpoint },
      {
        coordinator: [...cluster.hosts.keys()][0],
        triedHosts: new Map(),
        attempts: 1,
        speculativeExecutions: 0,
        achievedConsistency: 'ONE',
        schemaAgreed: true,
      },
    )
  })

  it('columns: name, type, keyspace and table', async () => {
    const { session, keyspace } = stage
    const { columns } = await session.execute('SELECT id, v AS text FROM t')
    assert.deepEqual(columns, [
      { keyspace, table: 't', name: 'id', type: { kind: 'int' } },
      { keyspace, table: 't', name: 'text', type: { kind: 'text' } },
    ])
  })

  it('a trace, where it was asked for', async () => {
    const { session } = stage
    for (const params of [undefined, [1]]) {
      const result = await session.execute(params === undefined ? 'SELECT v FROM t' : 'SELECT v FROM t WHERE id = ?', params, {
        trace: true,
      })
      assert.ok(result.traceId instanceof Uuid)
      const trace = await result.getTrace({ maxWaitMs: 10_000 })
      assert.equal(trace.id.toString(), result.traceId.toString())
      assert.equal(trace.coordinator, '127.0.0.1')
      assert.ok(trace.durationMicros !== null && trace.durationMicros > 0)
      assert.ok(trace.startedAt instanceof Date)
      assert.ok(trace.events.length > 0 && trace.events.every(({ description }) => description.length > 0))
      assert.match([...trace.parameters.values()].join(), /SELECT v FROM t/)
    }
    const future = session.executeAsync('SELECT v FROM t', undefined, { trace: true })
    assert.ok((await future.getTrace({ maxWaitMs: 10_000 })).events.length > 0)
    const untraced = await session.execute('SELECT v FROM t')
    assert.equal(untraced.traceId, null)
    await assert.rejects(untraced.getTrace(), /not traced: execute it with \{ trace: true \}/)
  })

  it('warnings of the server, from v4 on', async () => {
    const { session } = stage
    const { warnings } = await session.execute('SELECT count(*) FROM t')
    if (stage.version === 3) assert.deepEqual(warnings, [])
    else assert.match(warnings.join(), /Aggregation query used without partition key/)
    const future = session.executeAsync('SELECT count(*) FROM t')
    await future
    assert.deepEqual(future.warnings, warnings)
  })
})

onEachVersion('the keyspace of a session', 'options', { schema, cluster: profiles }, (stage) => {
  it('is the one it was connected with, until setKeyspace or USE', async () => {
    const { cluster, keyspace } = stage
    const session = await cluster.connect()
    assert.equal(session.keyspace, null)
    await assert.rejects(session.execute('SELECT v FROM t'), /[Nn]o keyspace/)
    await session.setKeyspace(keyspace)
    assert.equal(session.keyspace, keyspace)
    assert.equal((await session.execute('SELECT v FROM t WHERE id = -1')).length, 0)
    await session.execute('USE system')
    assert.equal(session.keyspace, 'system')
    assert.equal((await session.execute('SELECT key FROM local')).length, 1)
    await session.shutdown()
  })

  it('names are taken as they are: quoted ones keep their case', async () => {
    const { session, cluster, keyspace } = stage
    const odd = `${keyspace}_Odd`
    await stage.createKeyspace(`"${odd}"`)
    await session.execute(`CREATE TABLE "${odd}".t (id int PRIMARY KEY)`)
    const there = await cluster.connect(odd)
    assert.equal((await there.execute('SELECT id FROM t WHERE id = ?', [1])).length, 0)
    await there.shutdown()
  })
})

onEachVersion('deadlines', 'options', { schema, cluster: profiles }, (stage) => {
  let gate: Gate
  let session: Session
  before(async () => {
    gate = await Gate.open()
    session = await stage.another({ ...gate.options, executionProfiles: { hasty: { timeoutMs: 60 } } })
    await session.prepare('SELECT v FROM t WHERE id = ?')
  })
  after(() => gate.close())

  /** Each with whether the statement itself was sent. */
  const late: readonly (readonly [string, (session: Session) => Promise<unknown>, boolean])[] = [
    ['a text', (its) => its.execute('SELECT v FROM t', undefined, { timeoutMs: 50 }), true],
    ['a prepared statement', (its) => its.execute('SELECT v FROM t WHERE id = ?', [1], { timeoutMs: 50 }), true],
    ['a text that has to be prepared', (its) => its.execute('SELECT id FROM t WHERE id = ?', [1], { timeoutMs: 50 }), false],
    ['an execution profile', (its) => its.execute('SELECT v FROM t', undefined, { executionProfile: 'hasty' }), true],
    ['prepare', (its) => its.prepare('SELECT id, v FROM t', { timeoutMs: 50 }), false],
    ['a future', (its) => its.executeAsync('SELECT v FROM t', undefined, { timeoutMs: 50 }).result(), true],
  ]
  for (const [what, request, isSent] of late) {
    it(`${what}: an OperationTimedOutError that says where it waited and whether it was sent; the session goes on`, async () => {
      gate.hold()
      await assert.rejects(request(session), (error: Error) => {
        assert.ok(error instanceof OperationTimedOutError, `${error.name}: ${error.message}`)
        assert.deepEqual([error.sent, error.host], isSent ? [true, gate.options.contactPoints[0]] : [false, null])
        assert.match(error.message, /within (50|60) ms/)
        return true
      })
      gate.release()
      assert.equal((await session.execute('SELECT v FROM t WHERE id = ?', [-1])).length, 0)
      await eventually('nothing is in flight', () => session.metrics.inFlight === 0)
    })
  }
})

async function refused(
  request: Promise<unknown>,
  message: RegExp,
  kind: new (...args: never[]) => Error = InvalidArgumentError,
): Promise<void> {
  await assert.rejects(request, (error: Error) => {
    assert.ok(error instanceof kind, `${error.name}: ${error.message}`)
    assert.match(error.message, message)
    return true
  })
}
