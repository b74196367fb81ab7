/** What users get wrong: each its own error that names the thing, before anything is sent where that can be known; the session goes on. */
import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { after, before, describe, it } from 'node:test'
import {
  AbortError,
  BatchStatement,
  Cluster,
  type ClusterOptions,
  CqlSyntaxError,
  ConnectionError,
  CqlwireError,
  executeConcurrentWithArgs,
  InvalidArgumentError,
  InvalidOptionError,
  InvalidRequestError,
  NoHostAvailableError,
  OperationTimedOutError,
  type Session,
  ShutdownError,
} from '../../src/index.js'
import { Gate } from '../support/gate.js'
import { sharedCassandra } from '../support/shared-cassandra.js'
import { onEachVersion } from '../support/versions.js'

type ErrorClass = new (...args: never[]) => CqlwireError

/** Of the class itself, with a message in which all of this stands. */
function isA(kind: ErrorClass, ...parts: (string | RegExp)[]): (error: Error) => true {
  return (error) => {
    assert.equal(error.constructor, kind, `${error.name}: ${error.message}`)
    assert.ok(error instanceof CqlwireError && error.code !== 'ERR_CQLWIRE', 'has a code of its own')
    for (const part of parts) assert.match(error.message, typeof part === 'string' ? new RegExp(escaped(part)) : part)
    return true
  }
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

describe('options of a cluster that are wrong', () => {
  const wrong: readonly (readonly [string, unknown, string, (string | RegExp)[]])[] = [
    ['an unknown one', { contactPoint: ['127.0.0.1'] }, 'contactPoint', ['contactPoint', 'did you mean', 'contactPoints']],
    [
      'an unknown one within another',
      { contactPoints: ['a'], pool: { heartbeatInterval: 1 } },
      'pool.heartbeatInterval',
      ['pool.heartbeatIntervalMs'],
    ],
    ['no contact points', { contactPoints: [] }, 'contactPoints', ['contactPoints', 'one or more']],
    ['none at all', {}, 'contactPoints', ['contactPoints']],
    [
      'a contact point that is a URL',
      { contactPoints: ['http://db.example.com:9042'] },
      'contactPoints[0]',
      ['http://db.example.com:9042'],
    ],
    ['a contact point with an impossible port', { contactPoints: ['a', '127.0.0.1:99999'] }, 'contactPoints[1]', ['99999']],
    ['a contact point that is a number', { contactPoints: [127] }, 'contactPoints[0]', ['127']],
    ['a port out of range', { contactPoints: ['a'], port: 70_000 }, 'port', ['70000', '65535']],
    ['a version that is none', { contactPoints: ['a'], protocolVersion: 2 }, 'protocolVersion', ['2', '3, 4']],
    [
      'a consistency level that is none',
      { contactPoints: ['a'], executionProfiles: { x: { consistency: 'LOCAL_QUORM' } } },
      'executionProfiles.x.consistency',
      ['LOCAL_QUORM', 'LOCAL_QUORUM'],
    ],
    ['a timeout that is text', { contactPoints: ['a'], requestTimeoutMs: '1s' }, 'requestTimeoutMs', ['1s']],
    ['credentials without a password', { contactPoints: ['a'], auth: { username: 'u' } }, 'auth.password', ['password']],
    ['a compression that is none', { contactPoints: ['a'], compression: 'zip' }, 'compression', ['zip', 'lz4']],
    ['snappy on v5', { contactPoints: ['a'], compression: 'snappy', protocolVersion: 5 }, 'compression', ['snappy', 'lz4']],
  ]
  for (const [what, options, path, parts] of wrong) {
    it(`${what}: an InvalidOptionError at ${path}`, () => {
      assert.throws(
        () => new Cluster(options as ClusterOptions),
        (error: InvalidOptionError) => isA(InvalidOptionError, ...parts)(error) && assert.equal(error.path, path) === undefined,
      )
    })
  }
})

describe('nodes that can not be reached', () => {
  it('a closed port: a NoHostAvailableError that shows the address and why', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    server.close()
    await once(server, 'close')
    const cluster = new Cluster({ contactPoints: [`127.0.0.1:${port}`, `localhost:${port}`] })
    await assert.rejects(cluster.connect(), (error: NoHostAvailableError) => {
      isA(NoHostAvailableError, `127.0.0.1:${port}`, 'connection refused')(error)
      const reason = error.errors.get(`127.0.0.1:${port}`)
      assert.ok(reason instanceof ConnectionError)
      assert.deepEqual([reason.sent, (reason.cause as NodeJS.ErrnoException).code], [false, 'ECONNREFUSED'])
      return true
    })
    await cluster.shutdown()
  })

  it('a port that accepts and says nothing: the same, after connectTimeoutMs', async () => {
    const server = createServer(() => {}).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const cluster = new Cluster({ contactPoints: [`127.0.0.1:${port}`], connectTimeoutMs: 150 })
    await assert.rejects(cluster.connect(), isA(NoHostAvailableError, `127.0.0.1:${port}`, '150 ms'))
    await cluster.shutdown()
    server.close()
  })

  it('something else than a Cassandra', async () => {
    const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const cluster = new Cluster({ contactPoints: [`127.0.0.1:${port}`] })
    await assert.rejects(cluster.connect(), isA(NoHostAvailableError, `127.0.0.1:${port}`))
    await cluster.shutdown()
    server.close()
  })

  it('one contact point out of two is enough', async () => {
    const { contactPoints, port } = await sharedCassandra()
    await using cluster = new Cluster({ contactPoints: ['127.0.0.1:1', ...contactPoints], port })
    await using session = await cluster.connect()
    assert.equal((await session.execute('SELECT key FROM system.local')).length, 1)
  })

  it('a data center that is none: an InvalidOptionError that names those that there are', async () => {
    const { contactPoints, port, localDataCenter } = await sharedCassandra()
    const cluster = new Cluster({ contactPoints, port, localDataCenter: `${localDataCenter}x` })
    await assert.rejects(
      cluster.connect(),
      isA(InvalidOptionError, `"${localDataCenter}x"`, `there is "${localDataCenter}"`, 'Did you mean'),
    )
    await cluster.shutdown()
  })
})

const schema = ['CREATE TABLE t (id int PRIMARY KEY, small smallint, big bigint, text text, u uuid, list list<int>, at timestamp)']

onEachVersion('bad input', 'bad_input', { schema }, (stage) => {
  let gate: Gate
  let session: Session
  before(async () => {
    gate = await Gate.open()
    session = await stage.another(gate.options)
  })
  after(() => gate.close())

  async function goesOn(): Promise<void> {
    assert.equal((await session.execute('SELECT key FROM system.local')).length, 1)
    assert.equal(session.metrics.queued, 0)
  }

  /** The request fails as expected, nothing of it reaches the node, and the session goes on. */
  async function refusesUnsent(request: () => Promise<unknown>, expected: (error: Error) => true): Promise<void> {
    const before = gate.sent
    await assert.rejects(request, expected)
    assert.equal(gate.sent, before, 'nothing was sent')
    await goesOn()
  }

  const insert = 'INSERT INTO t (id, small, big, text, u, list, at) VALUES (?, ?, ?, ?, ?, ?, ?)'
  const good = [1, 2, 3n, 'text', '01234567-89ab-4cde-8f01-23456789abcd', [1, 2], new Date(0)]
  const instead = (index: number, value: unknown): unknown[] => good.map((each, i) => (i === index ? value : each))

  const wrongValues: readonly (readonly [string, unknown[], (string | RegExp)[]])[] = [
    ['a wrong type', instead(0, 'one'), ['Parameter 1 of 7, "id" (int), takes', 'got text of 3 characters (string)']],
    [
      'a number out of range',
      instead(1, 32_768),
      ['Parameter 2 of 7, "small" (smallint)', '-32768 to 32767', 'got an integer of 5 digits (number)'],
    ],
    ['a number that is not whole', instead(0, 1.5), ['Parameter 1 of 7, "id" (int)', 'a fraction (number)']],
    ['NaN', instead(0, NaN), ['"id" (int)', 'NaN']],
    ['a bigint out of range', instead(2, 2n ** 63n), ['Parameter 3 of 7, "big" (bigint)', 'an integer of 19 digits (bigint)']],
    ['a number that lost digits already', instead(2, 2 ** 53), ['"big" (bigint)', 'an integer beyond 2^53 (number)']],
    ['a number for a text', instead(3, 7), ['Parameter 4 of 7, "text" (text)', 'got an integer of 1 digit (number)']],
    ['half a character', instead(3, 'x\ud800'), ['"text" (text)']],
    ['a text that is no UUID', instead(4, 'not-a-uuid'), ['"u" (uuid)', 'text of 10 characters']],
    ['a wrong element of a list', instead(5, [1, 'two']), ['"list" (list<int>)', 'element [1]', 'text of 3 characters']],
    ['null in a list', instead(5, [1, null]), ['"list" (list<int>)', 'null']],
    ['an invalid Date', instead(6, new Date(NaN)), ['"at" (timestamp)', 'an invalid Date']],
    ['a missing parameter', good.slice(0, 6), ['takes 7 parameters, got 6', '"at" (timestamp)', 'Nothing was sent']],
    ['an extra parameter', [...good, 8], ['takes 7 parameters, got 8', 'Nothing was sent']],
  ]
  for (const [what, params, parts] of wrongValues) {
    it(`${what}: an InvalidArgumentError that names the parameter`, async () => {
      const prepared = await session.prepare(insert)
      const expected = isA(InvalidArgumentError, ...parts)
      await refusesUnsent(() => session.execute(prepared, params), expected)
      await refusesUnsent(() => session.execute(insert, params), expected)
      await refusesUnsent(() => session.executeAsync(prepared, params).result(), expected)
      await refusesUnsent(() => session.execute(new BatchStatement().add(prepared, good).add(prepared, params)), expected)
    })
  }

  it('a named parameter that is unknown, missing or given twice', async () => {
    const named = 'UPDATE t SET text = :text WHERE id = :id'
    await session.prepare(named)
    await refusesUnsent(
      () => session.execute(named, { id: 1, txt: 'x' }),
      isA(InvalidArgumentError, 'no marker "txt"', 'did you mean "text"?'),
    )
    await refusesUnsent(
      () => session.execute(named, { id: 1 }),
      isA(InvalidArgumentError, '"text" (text), is missing', '"id"', 'Nothing was sent'),
    )
    await refusesUnsent(() => session.execute(named, { id: 1, text: 'x', TEXT: 'y' }), isA(InvalidArgumentError, '"TEXT"', '"text"'))
  })

  it('parameters that are no parameters', async () => {
    await session.prepare(insert)
    for (const params of [7, 'text', new Date(0), new Map(), Buffer.from('x')])
      await refusesUnsent(
        () => session.execute(insert, params as never),
        isA(InvalidArgumentError, 'Parameters are an array, or an object'),
      )
  })

  it('a statement that is none', async () => {
    for (const statement of [undefined, null, 7, {}, ['SELECT']])
      await refusesUnsent(() => session.execute(statement as never), isA(InvalidArgumentError, 'A statement is a text'))
    for (const text of ['', '  \n']) {
      await refusesUnsent(() => session.execute(text), isA(InvalidArgumentError, 'empty'))
      await refusesUnsent(() => session.prepare(text), isA(InvalidArgumentError, 'text of a CQL statement'))
    }
  })

  const wrongOptions: readonly (readonly [object, string, (string | RegExp)[]])[] = [
    [{ consistancy: 'ONE' }, 'consistancy', ['did you mean consistency?']],
    [{ consistency: 'LOCAL_QUORM' }, 'consistency', ['LOCAL_QUORM', 'LOCAL_QUORUM']],
    [{ consistency: 1 }, 'consistency', ['got 1']],
    [{ serialConsistency: 'QUORUM' }, 'serialConsistency', ['SERIAL', 'QUORUM']],
    [{ pageSize: -1 }, 'pageSize', ['-1']],
    [{ timeoutMs: '5s' }, 'timeoutMs', ['milliseconds', '"5s"']],
    [{ timestamp: 1.5 }, 'timestamp', ['1.5']],
    [{ idempotent: 'yes' }, 'idempotent', ['true or false']],
    [{ rowFactory: 'map' }, 'rowFactory', ["'object', 'array', 'columns' or a function", 'map']],
    [{ signal: {} }, 'signal', ['AbortSignal']],
    [{ customPayload: { key: 'text' } }, 'customPayload.key', ['bytes']],
    [{ executionProfile: 'nope' }, 'executionProfile', ['"nope"', 'known: default']],
    [{ constructor: 1 }, 'constructor', ['constructor']],
  ]
  for (const [options, path, parts] of wrongOptions) {
    it(`the request option ${JSON.stringify(options)}: an InvalidOptionError at ${path}`, async () => {
      const expected = (error: Error): true => {
        isA(InvalidOptionError, ...parts, 'Nothing was sent')(error)
        assert.equal((error as InvalidOptionError).path, path)
        return true
      }
      await refusesUnsent(() => session.execute('SELECT id FROM t', undefined, options), expected)
      await refusesUnsent(() => session.executeAsync('SELECT id FROM t', undefined, options).result(), expected)
      await refusesUnsent(() => session.batch(["INSERT INTO t (id, text) VALUES (1, 'x')"], options), expected)
    })
  }

  it('a syntax error is the server’s, and says where', async () => {
    for (const request of [
      (): Promise<unknown> => session.execute('SELEC id FROM t'),
      (): Promise<unknown> => session.execute('SELEC id FROM t WHERE id = ?', [1]),
      (): Promise<unknown> => session.prepare('SELEC id FROM t'),
      (): Promise<unknown> => session.cql`SELEC id FROM t WHERE id = ${1}`,
    ]) {
      await assert.rejects(request, (error: CqlSyntaxError) => {
        isA(CqlSyntaxError, /line 1:0 .*SELEC/)(error)
        assert.deepEqual([error.code, error.protocolCode, error.host], ['ERR_CQL_SYNTAX', 0x2000, gate.options.contactPoints[0]])
        return true
      })
      await goesOn()
    }
  })

  it('a table or a column that is not there', async () => {
    await assert.rejects(session.execute('SELECT id FROM nowhere'), isA(InvalidRequestError, 'nowhere'))
    await assert.rejects(session.execute('SELECT colour FROM t WHERE id = ?', [1]), isA(InvalidRequestError, 'colour'))
    await goesOn()
  })

  it('a keyspace that is not there: at connect, as an option, by setKeyspace and by USE', async () => {
    const { cluster } = stage
    await assert.rejects(cluster.connect('nowhere'), isA(InvalidRequestError, 'nowhere'))
    const other = new Cluster(await stage.clusterOptions({ keyspace: 'nowhere' }))
    await assert.rejects(other.connect(), isA(InvalidRequestError, 'nowhere'))
    await other.shutdown()
    await assert.rejects(session.setKeyspace('nowhere'), isA(InvalidRequestError, 'nowhere'))
    await assert.rejects(session.execute('USE nowhere'), isA(InvalidRequestError, 'nowhere'))
    assert.equal(session.keyspace, stage.keyspace)
    assert.equal((await session.execute('SELECT id FROM t')).length, 0)
  })

  it('a request of a session that is shut down', async () => {
    const closed = await stage.another()
    const prepared = await closed.prepare('SELECT id FROM t')
    await closed.shutdown()
    for (const request of [
      (): Promise<unknown> => closed.execute('SELECT id FROM t'),
      (): Promise<unknown> => closed.execute(prepared),
      (): Promise<unknown> => closed.execute('SELECT id FROM t WHERE id = ?', [1]),
      (): Promise<unknown> => closed.prepare('SELECT text FROM t'),
      (): Promise<unknown> => closed.setKeyspace('system'),
      (): Promise<unknown> => executeConcurrentWithArgs(closed, prepared, [[]]),
    ])
      await assert.rejects(request, isA(ShutdownError, 'shut down', 'cluster.connect()'))
  })
})

onEachVersion('the stack of an error', 'bad_input', { schema }, (stage) => {
  let gate: Gate
  let session: Session
  before(async () => {
    gate = await Gate.open()
    session = await stage.another(gate.options)
    await session.prepare('SELECT id FROM t WHERE id = ?')
  })
  after(() => gate.close())

  /** The caller's own function and file are to be found in the stack. */
  async function hasCallersLine(theCallersOwnFunction: () => Promise<unknown>, kind: ErrorClass): Promise<void> {
    await assert.rejects(theCallersOwnFunction, (error: Error) => {
      assert.ok(error instanceof kind, `${error.name}: ${error.message}`)
      assert.match(error.stack ?? '', /at (async )?callersOwnFunction .*bad-input\.test\.[jt]s:\d+/)
      assert.match(error.stack ?? '', new RegExp(`^${error.name}.*${escaped(error.message.slice(0, 40))}`), 'begins as errors do')
      return true
    })
  }

  const failures: readonly (readonly [string, ErrorClass, (session: Session) => PromiseLike<unknown>])[] = [
    ['a text that the server refuses', CqlSyntaxError, (its) => its.execute('SELEC')],
    ['a text that the server refuses to prepare', CqlSyntaxError, (its) => its.execute('SELEC ?', [1])],
    ['session.prepare', CqlSyntaxError, (its) => its.prepare('SELEC')],
    ['session.cql', InvalidRequestError, (its) => its.cql`SELECT nothing FROM t WHERE id = ${1}`],
    ['session.batch', InvalidRequestError, (its) => its.batch(["INSERT INTO t (nothing) VALUES ('x')"])],
    ['session.setKeyspace', InvalidRequestError, (its) => its.setKeyspace('nowhere')],
    ['a future that is awaited', CqlSyntaxError, (its) => its.executeAsync('SELEC')],
    ['the result of a future', CqlSyntaxError, (its) => its.executeAsync('SELEC').result()],
    ['iterate', CqlSyntaxError, (its) => its.iterate('SELEC').next()],
    [
      'executeConcurrentWithArgs',
      InvalidRequestError,
      (its) => executeConcurrentWithArgs(its, 'SELECT nothing FROM t WHERE id = ?', [[1]]),
    ],
    [
      'executeConcurrentWithArgs, its results one by one',
      InvalidRequestError,
      (its) => executeConcurrentWithArgs(its, 'SELECT nothing FROM t WHERE id = ?', [[1]], { resultsGenerator: true }).next(),
    ],
    ['a parameter that is wrong', InvalidArgumentError, (its) => its.execute('SELECT id FROM t WHERE id = ?', ['one'])],
    [
      'a parameter that is wrong, of a text to be prepared',
      InvalidArgumentError,
      (its) => its.execute('SELECT text FROM t WHERE id = ?', ['one']),
    ],
    ['an option that is wrong', InvalidOptionError, (its) => its.execute('SELECT id FROM t', [], { pageSize: -1 })],
    ['a signal', AbortError, (its) => its.execute('SELECT id FROM t', [], { signal: AbortSignal.abort() })],
  ]
  for (const [what, kind, request] of failures) {
    it(`has the caller's line: ${what}`, async () => {
      await hasCallersLine(async function callersOwnFunction() {
        await request(session)
      }, kind)
    })
  }

  it("has the caller's line: a deadline", async () => {
    for (const text of ['SELECT id FROM t', 'SELECT id FROM t WHERE id = ?', 'SELECT u FROM t WHERE id = ?']) {
      gate.hold()
      await hasCallersLine(async function callersOwnFunction() {
        await session.execute(text, text.includes('?') ? [1] : [], { timeoutMs: 30 })
      }, OperationTimedOutError)
      gate.release()
    }
  })

  it("has the caller's line: connecting", async () => {
    const cluster = new Cluster({ contactPoints: ['127.0.0.1:1'] })
    await hasCallersLine(async function callersOwnFunction() {
      await cluster.connect()
    }, NoHostAvailableError)
    await cluster.shutdown()
  })
})
