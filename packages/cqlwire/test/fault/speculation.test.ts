import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { AbortError, ConnectionError, CqlwireError, OperationTimedOutError } from '../../src/base/errors.js'
import { InvalidRequestError, OverloadedError } from '../../src/base/server-errors.js'
import { ConstantSpeculativeExecutionPolicy } from '../../src/policies/speculative.js'
import { reply } from '../../src/testing/reply.js'
import type { Reply } from '../../src/testing/reply.js'
import { BOTH, BY_ID, eventually, failure, Gate, Lab, type LabOptions, within } from './support.js'

const SLOW = 'SELECT n FROM t'
const soon = new ConstantSpeculativeExecutionPolicy(4, 5)
const options: LabOptions = { nodes: 3, speculativeExecution: soon }
const answer = (n: number): Reply => reply.rows({ n: 'int' }, [[n]])

describe('a slow idempotent request', () => {
  for (const version of BOTH) {
    test(`on v${version} is answered by the second node; the late answer of the first is ignored, its stream id freed`, async () => {
      await using lab = await Lab.open({ ...options, protocolVersion: version })
      const gate = new Gate<Reply>()
      lab.fake.when(SLOW, answer(2))
      lab.fake.when({ query: SLOW, node: lab.node(0) }, () => gate.promise)
      const result = await within(lab.session.execute(SLOW, [], { idempotent: true }))
      assert.equal(result.one()?.['n'], 2)
      assert.equal(result.info.coordinator?.endpoint, lab.node(1))
      assert.equal(result.info.attempts, 2)
      assert.equal(result.info.speculativeExecutions, 1)
      assert.equal(lab.session.metrics.inFlight, 1)
      gate.open(answer(1))
      await lab.works()
    })
  }

  test('asks each node once at most', async () => {
    await using lab = await Lab.open(options)
    lab.fake.when(SLOW, reply.drop())
    await failure(lab.session.execute(SLOW, [], { idempotent: true, timeoutMs: 60 }), OperationTimedOutError)
    assert.deepEqual(
      lab.asked.map(({ node }) => node),
      [0, 1, 2].map((i) => lab.node(i)),
    )
  })

  test('takes the first answer, even where it comes from the first node', async () => {
    await using lab = await Lab.open(options)
    const first = new Gate<Reply>()
    lab.fake.when(SLOW, reply.drop())
    lab.fake.when({ query: SLOW, node: lab.node(0) }, () => first.promise)
    const request = lab.session.execute(SLOW, [], { idempotent: true })
    await eventually('all three were asked', () => lab.countOf('QUERY') === 3)
    first.open(answer(1))
    const result = await within(request)
    assert.equal(result.one()?.['n'], 1)
    assert.equal(result.info.coordinator?.endpoint, lab.node(0))
    assert.equal(lab.session.metrics.inFlight, 2)
  })

  test('goes on where one of its attempts is lost', async () => {
    await using lab = await Lab.open(options)
    const second = new Gate<Reply>()
    lab.fake.when(SLOW, reply.drop())
    lab.fake.when({ query: SLOW, node: lab.node(0) }, reply.delay(25, reply.close()))
    lab.fake.when({ query: SLOW, node: lab.node(1) }, () => second.promise)
    const request = lab.session.execute(SLOW, [], { idempotent: true })
    await eventually('the first is lost', () => lab.session.metrics.connections.get(lab.node(0)) === 0)
    second.open(answer(2))
    const result = await within(request)
    assert.equal(result.one()?.['n'], 2)
    assert.ok(result.info.triedHosts.get(lab.node(0)) instanceof ConnectionError)
  })

  test('goes on where one of its attempts is refused by an overloaded node', async () => {
    await using lab = await Lab.open(options)
    const third = lab.fake.nextRequest({ query: SLOW, node: lab.node(2) })
    lab.fake.when({ query: SLOW, node: lab.node(0) }, async () => {
      await third
      return reply.delay(25, answer(1))
    })
    lab.fake.when({ query: SLOW, node: lab.node(1) }, reply.error(new OverloadedError('busy')))
    lab.fake.when({ query: SLOW, node: lab.node(2) }, reply.error(new OverloadedError('busy too')))
    const result = await within(lab.session.execute(SLOW, [], { idempotent: true }))
    assert.equal(result.one()?.['n'], 1)
    assert.deepEqual([...result.info.triedHosts.keys()].sort(), [lab.node(1), lab.node(2)])
    await lab.idle()
  })

  test('fails at once with an error that every node would give', async () => {
    await using lab = await Lab.open(options)
    lab.fake.when(SLOW, reply.drop())
    lab.fake.when({ query: SLOW, node: lab.node(1) }, reply.error(new InvalidRequestError('no such column')))
    await failure(lab.session.execute(SLOW, [], { idempotent: true }), InvalidRequestError)
  })

  test('that is cancelled gives up all its attempts', async () => {
    await using lab = await Lab.open(options)
    const gate = new Gate<Reply>()
    lab.fake.when(SLOW, () => gate.promise)
    const controller = new AbortController()
    const request = failure(lab.session.execute(SLOW, [], { idempotent: true, signal: controller.signal }), AbortError)
    await eventually('all three were asked', () => lab.countOf('QUERY') === 3)
    controller.abort()
    await request
    gate.open(answer(1))
    await lab.works()
  })

  test('of a prepared statement that the second node does not know is prepared there', async () => {
    await using lab = await Lab.open(options)
    const prepared = await lab.session.prepare(BY_ID)
    lab.fake.nodes[1]!.forgetPrepared()
    lab.fake.when({ opcode: 'EXECUTE', node: lab.node(0) }, reply.drop())
    lab.fake.when({ opcode: 'EXECUTE', node: lab.node(2) }, reply.drop())
    const result = await within(lab.session.execute(prepared, [1], { idempotent: true }))
    assert.equal(result.one()?.['name'], 'Ada')
    assert.equal(result.info.coordinator?.endpoint, lab.node(1))
  })
})

describe('no second node is asked', () => {
  test('for a request that is not idempotent', async () => {
    await using lab = await Lab.open(options)
    lab.fake.when(SLOW, reply.delay(30, answer(1)))
    const result = await within(lab.session.execute(SLOW))
    assert.equal(result.info.attempts, 1)
    assert.equal(lab.countOf('QUERY'), 1)
  })

  test('for a request with a host of its own', async () => {
    await using lab = await Lab.open(options)
    lab.fake.when(SLOW, reply.delay(30, answer(1)))
    await within(lab.session.execute(SLOW, [], { idempotent: true, host: lab.node(2) }))
    assert.equal(lab.countOf('QUERY'), 1)
  })

  test('for a request that is answered in time', async () => {
    await using lab = await Lab.open({ ...options, speculativeExecution: new ConstantSpeculativeExecutionPolicy(30, 2) })
    lab.fake.when(SLOW, answer(1))
    await within(lab.session.execute(SLOW, [], { idempotent: true }))
    await new Promise((resolve) => setTimeout(resolve, 40))
    assert.equal(lab.countOf('QUERY'), 1)
  })

  test('where there is none: the one answer is waited for', async () => {
    await using lab = await Lab.open({ ...options, nodes: 1 })
    lab.fake.when(SLOW, reply.delay(30, answer(1)))
    const result = await within(lab.session.execute(SLOW, [], { idempotent: true }))
    assert.equal(result.info.coordinator?.endpoint, lab.node(0))
    assert.equal(result.info.speculativeExecutions, 0)
    await lab.works()
  })
})

describe('a speculative execution policy that throws', () => {
  for (const after of [0, 1]) {
    test(`${after === 0 ? 'at once' : 'later'} fails its request only`, async () => {
      await using lab = await Lab.open({ nodes: 3 })
      const gate = new Gate<Reply>()
      lab.fake.when(SLOW, () => gate.promise)
      const broken = {
        nextDelayMs: (started: number): number => {
          if (started < after) return 2
          throw new RangeError('I am broken')
        },
      }
      const error = await failure(lab.session.execute(SLOW, [], { idempotent: true, speculativeExecution: broken }), CqlwireError)
      assert.equal(error.code, 'ERR_POLICY')
      assert.ok(error.cause instanceof RangeError)
      gate.open(answer(1))
      await lab.works()
    })
  }
})
