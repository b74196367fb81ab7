/** One secret is planted wherever values, credentials and keys go in; then everything goes wrong, and everything is printed. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from 'node:util'
import {
  Aes256GcmColumnEncryptionPolicy,
  BatchStatement,
  Cluster,
  type ClusterOptions,
  CqlwireError,
  DefaultLoadBalancingPolicy,
  DefaultRetryPolicy,
  encodeValue,
  InvalidArgumentError,
  InvalidOptionError,
  InvalidRequestError,
  OverloadedError,
  PlainTextAuthProvider,
  ReadTimeoutError,
  type QueryPlan,
  type RoutingRequest,
  ServerError,
  SimpleStatement,
  UnavailableError,
  WriteTimeoutError,
} from '../../src/index.js'
import { FakeCluster } from '../../src/testing/fake-cluster.js'
import { reply } from '../../src/testing/reply.js'
import { TYPE_CASES } from '../support/type-cases.js'
import { BY_ID, failure, Lab, quick, within } from './support.js'

const SECRET = 'pl4nted-s3cret-7731'
const DIGITS = 77_310_042
const bytes = Buffer.from(SECRET)
const traces = [
  SECRET,
  SECRET.slice(0, 11),
  String(DIGITS),
  bytes.toString('hex'),
  bytes.toString('base64').slice(0, 20),
  [...bytes].slice(0, 12).join(', '),
  bytes.toString('hex').match(/../g)!.slice(0, 12).join(' '),
]

/** Everything that can be printed of a value, and of what an error drags along. */
function printed(value: unknown): string {
  const text = inspect(value, { depth: Infinity, showHidden: true, getters: true, maxArrayLength: null, maxStringLength: null })
  let json = ''
  try {
    json = JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? String(each) : each)) ?? ''
  } catch {
    // What refers to itself has no JSON
  }
  const stack = value instanceof Error ? `${value.stack}${String(value)}${printed(value.cause ?? null)}` : ''
  return text + json + stack
}

function assertClean(value: unknown, what: string): void {
  const text = printed(value)
  for (const trace of traces) {
    const at = text.indexOf(trace)
    assert.equal(at, -1, `${what}: ...${text.slice(Math.max(0, at - 300), at + 60)}...`)
  }
}

async function assertFailsClean(what: string, promise: PromiseLike<unknown>): Promise<Error> {
  const error = await failure(promise, Error)
  assertClean(error, what)
  return error
}

describe('no error about a value has the value in it', () => {
  const wrong: readonly unknown[] = [
    SECRET,
    DIGITS + 0.5,
    BigInt(DIGITS) * 2n ** 80n,
    bytes,
    [SECRET],
    new Map([[SECRET, SECRET]]),
    new Set([SECRET]),
    { [SECRET]: SECRET },
    [{ street: SECRET, number: SECRET }],
    new Date(NaN),
    Symbol(SECRET),
    `2024-02-3${SECRET}`,
    `${SECRET}\ud800`,
    `é${SECRET}`,
  ]
  for (const type of [
    ...new Set(TYPE_CASES.map((each) => each.type)),
    'map<text, int>',
    'list<frozen<map<text, int>>>',
    'tuple<int, int>',
  ]) {
    test(type, () => {
      let refused = 0
      for (const value of wrong) {
        try {
          encodeValue(type, value)
        } catch (error) {
          if (!(error instanceof InvalidArgumentError)) throw error
          // The unknown field of a user type is named, as is an unknown parameter: names are the program's.
          if (!/takes no field/.test(error.message)) assertClean(error, `${type} ${inspect(value)}`)
          refused++
        }
      }
      assert.ok(refused > 0)
    })
  }

  test('a date, a time, a number that are almost right', () => {
    for (const [type, value] of [
      ['date', '7731-02-30'],
      ['time', '77:31:00'],
      ['int', 773_100_421_000],
      ['tinyint', 7_731],
      ['bigint', 77_310_042n ** 4n],
      ['inet', '77.310.0.42'],
    ] as const)
      assert.throws(
        () => encodeValue(type, value),
        (error: Error) => {
          assert.doesNotMatch(printed(error).replaceAll(/\.[jt]s:\d+:\d+/g, ''), /7731|77.31|310/)
          return true
        },
      )
  })
})

/** A cluster with the secret in every option that holds one. */
const planted = (): Partial<ClusterOptions> => ({
  auth: { username: 'ada', password: SECRET },
  columnEncryption: new Aes256GcmColumnEncryptionPolicy().addColumn('ks', 'vault', 'v', Buffer.from(SECRET.padEnd(32, 'x')), 'text'),
  codecs: [{ type: 'text', columns: ['ks.users.name'], encode: JSON.stringify, decode: (text: string): unknown => JSON.parse(text) }],
})

/** A connection that was cut is there again in a moment. */
async function again(run: () => Promise<unknown>, attempts = 200): Promise<void> {
  try {
    await within(run())
  } catch (error) {
    if (attempts === 0) throw error
    await new Promise((resolve) => setTimeout(resolve, 5))
    await again(run, attempts - 1)
  }
}

const payload = { key: bytes }
const texts = 'SELECT name FROM users WHERE name = ?'

describe('no error of a request, and no log, has a parameter, a payload or a password in it', () => {
  const servers: readonly Error[] = [
    new InvalidRequestError('no such table'),
    new OverloadedError('too much'),
    new UnavailableError('too few', { consistency: 'ONE', required: 1, alive: 0 }),
    new ReadTimeoutError('late', { consistency: 'ONE', received: 0, blockFor: 1, dataPresent: false }),
    new WriteTimeoutError('late', { consistency: 'ONE', received: 0, blockFor: 1, writeType: 'SIMPLE', contentions: 0 }),
    new ServerError(0, 'broken'),
  ]

  test('whatever the server answers, or does not', async () => {
    const logged: unknown[] = []
    const log = (...args: unknown[]): void => void logged.push(args)
    const logger = { debug: log, info: log, warn: log, error: log }
    await using lab = await Lab.open({ ...planted(), logger, fake: { credentials: { username: 'ada', password: SECRET } } })
    const { fake, session } = lab
    fake.when(texts, reply.rows({ name: 'text' }, []), { parameters: { name: 'text' }, table: 'users' })
    const prepared = await session.prepare(texts)
    const bound = prepared.bind([SECRET], { customPayload: payload })
    const simple = new SimpleStatement(texts, { name: SECRET }, { customPayload: payload })
    const batch = new BatchStatement().add(prepared, [SECRET]).add(bound)
    const literal = `SELECT name FROM users WHERE name = '${SECRET}' AND x = $$${SECRET}$$`
    const statements = [bound, simple, batch, literal, `SELECT '${SECRET}`]
    for (const statement of statements) {
      assertClean(typeof statement === 'string' ? null : statement, 'a statement')
      for (const error of servers) {
        const rule = fake.when(() => true, reply.error(error as ServerError))
        await assertFailsClean(error.name, session.execute(statement))
        rule.remove()
      }
      for (const [what, answer] of Object.entries({ silence: reply.drop(), 'an end': reply.close() })) {
        const rule = fake.when(({ query, opcode }) => opcode === 'BATCH' || /users|'pl4/.test(query ?? ''), answer)
        const future = session.executeAsync(statement, undefined, { timeoutMs: 60 })
        assertClean(future, 'a future')
        await assertFailsClean(what, future)
        assertClean(future, 'a failed future')
        rule.remove()
        await again(() => session.execute(BY_ID, [1], { idempotent: true }))
      }
      await assertFailsClean('abort', session.execute(statement, undefined, { signal: AbortSignal.abort() }))
      await assertFailsClean('another host', session.execute(statement, undefined, { host: '127.0.0.9:1' }))
    }
    assertClean(logged, 'the logs')
  })

  test('nor what is wrong with the call itself', async () => {
    await using lab = await Lab.open(planted())
    const { session } = lab
    const prepared = await session.prepare(BY_ID)
    for (const [what, run] of Object.entries({
      'a wrong type': () => session.execute(BY_ID, [SECRET]),
      'too many': () => session.execute(BY_ID, [1, SECRET]),
      'no list': () => session.execute(BY_ID, SECRET as never),
      'a wrong payload': () => session.execute(BY_ID, [1], { customPayload: { key: SECRET as never } }),
      'no payload': () => session.execute(BY_ID, [1], { customPayload: SECRET as never }),
      'a page state': () => session.execute(BY_ID, [1], { pageState: SECRET }),
      'a guess': () => session.execute(BY_ID, [Symbol(SECRET)], { prepare: false }),
      'a guess within': () => session.execute(BY_ID, { id: [Symbol(SECRET)] }, { prepare: false }),
      'a batch': () => session.batch([{ query: prepared, params: [SECRET] }]),
    }))
      await assertFailsClean(what, run())
  })

  test('nor that a codec of the application failed: what it says is kept out, and where it failed is not', async () => {
    await using lab = await Lab.open(planted())
    lab.fake.when('SELECT name FROM users', reply.rows({ name: 'text' }, [[`{ "${SECRET}`]], { table: 'users' }))
    const result = await lab.session.execute('SELECT name FROM users')
    const error = await failure(
      Promise.resolve().then(() => result.rows),
      CqlwireError,
    )
    assertClean(error, 'decode')
    assert.match(error.message, /column "name".*it threw SyntaxError/)
    assert.match(inspect(error), /SyntaxError\]?: hidden, as it may hold the value \(option showValues\)\n +at JSON\.parse/)
  })

  test('unless the option showValues says so', async () => {
    await using lab = await Lab.open({ ...planted(), showValues: true })
    const error = await failure(lab.session.execute(BY_ID, [SECRET]), InvalidArgumentError)
    assert.match(error.message, new RegExp(`"id" \\(int\\), takes an integer.*The value is '${SECRET}'`))
    lab.fake.when('SELECT name FROM users', reply.rows({ name: 'text' }, [[`${SECRET}`]], { table: 'users' }))
    const decoding = await failure(
      lab.session.execute('SELECT name FROM users').then((result) => result.rows),
      CqlwireError,
    )
    assert.match(printed(decoding), /Unexpected token/)
  })
})

describe('nothing that a program holds shows them', () => {
  test('cluster, session, hosts, metadata, profiles, results, futures, requests as policies see them', async () => {
    const seen: unknown[] = []
    class Curious extends DefaultLoadBalancingPolicy {
      override newQueryPlan(request: RoutingRequest): QueryPlan {
        seen.push(request)
        assertClean(request, 'a request in newQueryPlan')
        return super.newQueryPlan(request)
      }
    }
    await using lab = await Lab.open({
      ...planted(),
      fake: { credentials: { username: 'ada', password: SECRET } },
      loadBalancing: new Curious(),
      retry: new DefaultRetryPolicy(),
    })
    const { cluster, session, fake } = lab
    fake.when(texts, reply.rows({ name: 'text' }, [['"x"']]), { parameters: { name: 'text' }, table: 'others' })
    const future = session.executeAsync(texts, [SECRET], { customPayload: payload, trace: false })
    const handle = session.submit(texts, [SECRET], { customPayload: payload }, () => {}, () => {}) // prettier-ignore
    const result = await future
    for (const [what, value] of Object.entries({
      cluster,
      session,
      future,
      handle,
      result,
      seen,
      settings: session.metrics,
      hosts: cluster.hosts,
      metadata: cluster.metadata,
      profiles: cluster.profiles,
      info: result.info,
      provider: new PlainTextAuthProvider('ada', SECRET),
      encryption: planted().columnEncryption,
      settled: await Promise.allSettled([future.result()]),
    }))
      // prettier-ignore
      assertClean(value, what)
    assert.ok(seen.length > 0)
    assert.match(inspect(result), /^ResultSet \{ length: 1, columns: \[ 'name' \]/)
  })

  test('a login that fails, an option that is wrong', async () => {
    await using fake = await FakeCluster.start({ credentials: { username: 'ada', password: 'another' } })
    const cluster = new Cluster(quick({ ...planted(), contactPoints: fake.contactPoints }))
    await assertFailsClean('a wrong password', cluster.connect())
    assertClean(cluster, 'a cluster that could not connect')
    await within(cluster.shutdown())
    const wrong: readonly object[] = [
      { auth: SECRET },
      { auth: { username: 'ada', password: [SECRET] } },
      { auth: { username: 'ada', password: DIGITS } },
      { auth: { username: 'ada', password: SECRET, realm: SECRET } },
      { auth: { username: 'ada', password: `${SECRET}\0` } },
      { tls: SECRET },
      { tls: { key: SECRET, cert: SECRET } },
      { tls: { pfx: bytes, passphrase: SECRET } },
      { columnEncryption: SECRET },
    ]
    for (const options of wrong)
      assert.throws(
        () => new Cluster({ contactPoints: ['127.0.0.1'], ...options }),
        (error: Error) => {
          assert.ok(error instanceof InvalidOptionError, String(error))
          assertClean(error, inspect(options))
          return true
        },
      )
  })
})
