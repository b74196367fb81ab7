import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CqlwireError, NoHostAvailableError } from '../../src/base/errors.js'
import {
  AlreadyExistsError,
  CqlSyntaxError,
  InvalidRequestError,
  IsBootstrappingError,
  OverloadedError,
  ReadFailureError,
  ReadTimeoutError,
  ServerError,
  TruncateError,
  UnauthorizedError,
  UnavailableError,
  WriteFailureError,
  WriteTimeoutError,
} from '../../src/base/server-errors.js'
import { DefaultRetryPolicy, FallthroughRetryPolicy } from '../../src/policies/default-retry.js'
import { IGNORE, RETRY, RETRY_NEXT_HOST } from '../../src/policies/retry.js'
import { Consistency } from '../../src/protocol/constants.js'
import { reply } from '../../src/testing/reply.js'
import { failure, Lab, within } from './support.js'

const QUERY = 'SELECT n FROM t'
const failures = { numFailures: 1, failureReasons: new Map() }
const at = { consistency: 'QUORUM', received: 2, blockFor: 2 }

const readTimeout = (dataPresent: boolean, received = 2): ServerError =>
  new ReadTimeoutError('slow replicas', { ...at, received, dataPresent })
const writeTimeout = (writeType: string): ServerError => new WriteTimeoutError('slow replicas', { ...at, writeType, contentions: null })

/** Error of the first node → whether the request, idempotent or not, is answered by another attempt: 'same' host, 'next' host, or not at all. */
const DECISIONS: readonly (readonly [name: string, error: ServerError, idempotent: boolean, attempt: 'same' | 'next' | 'none'])[] = [
  ['a read timeout without the data', readTimeout(false), false, 'same'],
  ['a read timeout with the data', readTimeout(true), true, 'none'],
  ['a read timeout with too few replicas', readTimeout(false, 1), true, 'none'],
  ["a write timeout of the batch's log, idempotent", writeTimeout('BATCH_LOG'), true, 'same'],
  ["a write timeout of the batch's log, not idempotent", writeTimeout('BATCH_LOG'), false, 'none'],
  ['a write timeout of a simple write', writeTimeout('SIMPLE'), true, 'none'],
  ['too few replicas alive', new UnavailableError('no', { consistency: 'QUORUM', required: 2, alive: 1 }), false, 'next'],
  ['an overloaded node, idempotent', new OverloadedError('busy'), true, 'next'],
  ['an overloaded node, not idempotent', new OverloadedError('busy'), false, 'none'],
  ['a bootstrapping node, not idempotent', new IsBootstrappingError('soon'), false, 'next'],
  ['a server error, idempotent', new ServerError(0, 'a bug'), true, 'next'],
  ['a server error, not idempotent', new ServerError(0, 'a bug'), false, 'none'],
  ['a failed truncate, idempotent', new TruncateError('no'), true, 'next'],
  ['a read failure, idempotent', new ReadFailureError('broken', { ...at, ...failures, dataPresent: false }), true, 'none'],
  ['a write failure, idempotent', new WriteFailureError('broken', { ...at, ...failures, writeType: 'SIMPLE' }), true, 'none'],
  ['a syntax error, idempotent', new CqlSyntaxError('what?'), true, 'none'],
  ['an invalid request, idempotent', new InvalidRequestError('no such column'), true, 'none'],
  ['missing rights, idempotent', new UnauthorizedError('not yours'), true, 'none'],
  ['a thing that exists, idempotent', new AlreadyExistsError('there', { keyspace: 'ks', table: 't' }), true, 'none'],
]

describe('by the default policy', () => {
  for (const [name, error, idempotent, attempt] of DECISIONS) {
    const what = { same: 'is retried on the same host', next: 'is retried on the next host', none: 'goes to the caller' }[attempt]
    test(`${name} ${what}`, async () => {
      await using lab = await Lab.open({ nodes: 2 })
      lab.fake.when(QUERY, reply.rows({ n: 'int' }, [[7]]))
      lab.fake.when({ query: QUERY, node: lab.node(0) }, reply.error(error), { times: 1 })
      const request = lab.session.execute(QUERY, [], { idempotent })
      if (attempt === 'none') {
        const thrown = await failure(request, ServerError)
        assert.equal(thrown.constructor, error.constructor)
        assert.equal(thrown.message, error.message)
        assert.equal(thrown.host, lab.node(0))
        assert.equal(lab.countOf('QUERY'), 1)
      } else {
        const result = await within(request)
        assert.equal(result.one()?.['n'], 7)
        assert.equal(result.info.attempts, 2)
        assert.equal(result.info.coordinator?.endpoint, lab.node(attempt === 'same' ? 0 : 1))
        assert.ok(result.info.triedHosts.get(lab.node(0)) instanceof error.constructor)
      }
      await lab.works()
    })
  }

  test('a second read timeout goes to the caller', async () => {
    await using lab = await Lab.open({ nodes: 2 })
    lab.fake.when(QUERY, reply.error(readTimeout(false)))
    await failure(lab.session.execute(QUERY), ReadTimeoutError)
    assert.equal(lab.countOf('QUERY'), 2)
  })

  test('every host is asked once, then the last answer goes to the caller', async () => {
    await using lab = await Lab.open({ nodes: 3 })
    lab.fake.when(QUERY, reply.error(new ServerError(0, 'a bug')))
    const error = await failure(lab.session.execute(QUERY, [], { idempotent: true }), ServerError)
    assert.equal(error.host, lab.node(2))
    assert.equal(lab.countOf('QUERY'), 3)
    await lab.works()
  })

  test('a plan that names a host again does not have it asked again', async () => {
    await using lab = await Lab.open({ nodes: 3 })
    const hosts = [...lab.cluster.hosts.values()]
    const plan = [0, 1, 0, 1, 2, 0].map((i) => hosts.find(({ endpoint }) => endpoint === lab.node(i))!)
    lab.fake.when(QUERY, reply.error(new ServerError(0, 'a bug')))
    const loadBalancing = { distance: () => 'local' as const, first: () => plan[0]!, newQueryPlan: () => plan }
    await failure(lab.session.execute(QUERY, [], { idempotent: true, loadBalancing }), ServerError)
    assert.deepEqual(
      lab.asked.map(({ node }) => node),
      [0, 1, 2].map((i) => lab.node(i)),
    )
  })
})

describe('a retry policy', () => {
  test('that never retries has its way', async () => {
    await using lab = await Lab.open({ nodes: 2, retry: new FallthroughRetryPolicy() })
    lab.fake.when(QUERY, reply.error(new IsBootstrappingError('soon')), { times: 1 })
    await failure(lab.session.execute(QUERY, [], { idempotent: true }), IsBootstrappingError)
    assert.equal(lab.countOf('QUERY'), 1)
    await lab.works()
  })

  test('that throws fails the request with its error as the cause; the session goes on', async () => {
    await using lab = await Lab.open()
    class Broken extends DefaultRetryPolicy {
      override onRequestError(): never {
        throw new RangeError('I am broken')
      }
    }
    lab.fake.when(QUERY, reply.error(new OverloadedError('busy')), { times: 1 })
    const error = await failure(lab.session.execute(QUERY, [], { retry: new Broken() }), CqlwireError)
    assert.equal(error.code, 'ERR_POLICY')
    assert.match(error.message, /Broken failed \(I am broken\) over this error: busy/)
    assert.ok(error.cause instanceof RangeError)
    await lab.works()
  })

  test('that ignores an error gives an empty result', async () => {
    await using lab = await Lab.open()
    lab.fake.when(QUERY, reply.error(writeTimeout('SIMPLE')), { times: 1 })
    const retry = Object.assign(new DefaultRetryPolicy(), { onWriteTimeout: () => IGNORE })
    const result = await within(lab.session.execute(QUERY, [], { retry }))
    assert.deepEqual(result.rows, [])
    assert.equal(result.hasMorePages, false)
  })

  test('that lowers the consistency level has the retry sent with it', async () => {
    await using lab = await Lab.open()
    lab.fake.when(QUERY, reply.rows({ n: 'int' }, [[1]]))
    lab.fake.when(QUERY, reply.error(new UnavailableError('no', { consistency: 'QUORUM', required: 2, alive: 1 })), { times: 1 })
    const retry = Object.assign(new DefaultRetryPolicy(), { onUnavailable: () => ({ kind: 'retry' as const, consistency: 'ONE' }) })
    const result = await within(lab.session.execute(QUERY, [], { retry, consistency: 'QUORUM' }))
    assert.deepEqual(
      lab.asked.map(({ parameters }) => parameters!.consistency),
      [Consistency.QUORUM, Consistency.ONE],
    )
    assert.equal(result.info.achievedConsistency, 'ONE')
  })

  test('that never stops retrying is stopped', async () => {
    await using lab = await Lab.open()
    lab.fake.when(QUERY, reply.error(new OverloadedError('busy')))
    const retry = Object.assign(new DefaultRetryPolicy(), { onRequestError: () => RETRY })
    await failure(lab.session.execute(QUERY, [], { retry }), OverloadedError)
    assert.equal(lab.countOf('QUERY'), 101)
    await lab.idle()
  })

  test('is told how often the request was retried', async () => {
    await using lab = await Lab.open({ nodes: 3 })
    const seen: number[] = []
    lab.fake.when(QUERY, reply.error(new OverloadedError('busy')))
    const retry = Object.assign(new DefaultRetryPolicy(), {
      onRequestError: (_error: Error, request: { retries: number }) => {
        seen.push(request.retries)
        return RETRY_NEXT_HOST
      },
    })
    await failure(lab.session.execute(QUERY, [], { retry }), OverloadedError)
    assert.deepEqual(seen, [0, 1, 2])
  })
})

describe('a load-balancing policy', () => {
  const local = (): 'local' => 'local'
  const broken = (): never => {
    throw new RangeError('I am broken')
  }

  for (const [name, policy] of [
    ['whose plan throws', { distance: local, newQueryPlan: broken }],
    [
      'whose plan throws half-way',
      {
        distance: local,
        *newQueryPlan() {
          yield* []
          broken()
        },
      },
    ],
    ['that throws over its first host', { distance: local, first: broken, newQueryPlan: () => [] }],
  ] as const) {
    test(`${name} fails the request with its name and its error`, async () => {
      await using lab = await Lab.open()
      const error = await failure(lab.session.execute(QUERY, [], { loadBalancing: policy }), CqlwireError)
      assert.equal(error.code, 'ERR_POLICY')
      assert.match(error.message, /Load balancing: .*nothing was sent/)
      assert.ok(error.cause instanceof RangeError)
      assert.deepEqual(lab.asked, [])
      await lab.works()
    })
  }

  test('that names no host leaves a NoHostAvailableError that says so', async () => {
    await using lab = await Lab.open()
    const error = await failure(
      lab.session.execute(QUERY, [], { loadBalancing: { distance: local, newQueryPlan: () => [] } }),
      NoHostAvailableError,
    )
    assert.match(error.message, /found no host to answer it: the query plan is empty/)
    assert.equal(error.errors.size, 0)
    await lab.works()
  })

  test('whose plan is no plan fails the request', async () => {
    await using lab = await Lab.open()
    const policy = { distance: local, newQueryPlan: () => undefined as never }
    const error = await failure(lab.session.execute(QUERY, [], { loadBalancing: policy }), CqlwireError)
    assert.match(error.message, /a query plan that is neither iterable nor has next\(\)/)
    await lab.works()
  })

  test('whose plan ends with undefined, or never, does no harm', async () => {
    await using lab = await Lab.open()
    lab.fake.when(QUERY, reply.error(new IsBootstrappingError('soon')))
    const [host] = lab.cluster.hosts.values()
    const once = [host]
    for (const next of [() => once.shift() as never, () => host!]) {
      const policy = { distance: local, newQueryPlan: () => ({ next }) }
      await failure(lab.session.execute(QUERY, [], { loadBalancing: policy }), IsBootstrappingError)
    }
    assert.equal(lab.countOf('QUERY'), 2)
  })

  test('is not asked where the request names its host; a host of another cluster is refused', async () => {
    await using lab = await Lab.open({ nodes: 2 })
    lab.fake.when(QUERY, reply.rows({ n: 'int' }, [[1]]))
    const result = await within(
      lab.session.execute(QUERY, [], { host: lab.node(1), loadBalancing: { distance: local, newQueryPlan: broken } }),
    )
    assert.equal(result.info.coordinator?.endpoint, lab.node(1))
    const error = await failure(lab.session.execute(QUERY, [], { host: '192.0.2.1:9042' }), NoHostAvailableError)
    assert.match(error.message, /names 192\.0\.2\.1:9042, which is no host of this cluster/)
  })
})
