import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { InvalidOptionError, OperationTimedOutError } from '../../src/base/errors.js'
import { DefaultRetryPolicy } from '../../src/policies/default-retry.js'
import { AllowListPolicy } from '../../src/policies/host-filter.js'
import { RoundRobinPolicy } from '../../src/policies/round-robin.js'
import { Consistency } from '../../src/protocol/constants.js'
import { reply } from '../../src/testing/reply.js'
import { failure, Lab, within } from './support.js'

const QUERY = 'SELECT n FROM t'
const answer = reply.rows({ n: 'int' }, [[7]])

describe('an execution profile', () => {
  test('gives a request all its defaults; what it leaves out comes from the default profile', async () => {
    const executionProfiles = { default: { pageSize: 77 }, wide: { consistency: 'QUORUM', rowFactory: 'array', timeoutMs: 50 } } as const
    await using lab = await Lab.open({ executionProfiles })
    lab.fake.when(QUERY, answer)
    const result = await within(lab.session.execute(QUERY, [], { executionProfile: 'wide' }))
    assert.deepEqual(result.rows, [[7]])
    const { parameters } = lab.asked.at(-1)!
    assert.equal(parameters?.consistency, Consistency.QUORUM)
    assert.equal(parameters?.pageSize, 77)
    lab.fake.when(QUERY, reply.drop())
    const late = await failure(lab.session.execute(QUERY, [], { executionProfile: 'wide' }), OperationTimedOutError)
    assert.equal(late.timeoutMs, 50)
  })

  test('is frozen; one that is derived from it changes what it says and nothing else', async () => {
    await using lab = await Lab.open({ executionProfiles: { reads: { consistency: 'LOCAL_QUORUM', idempotent: true } } })
    lab.fake.when(QUERY, answer)
    const reads = lab.cluster.profile('reads')
    assert.throws(() => Object.assign(reads, { timeoutMs: 1 }), TypeError)
    const retry = new DefaultRetryPolicy()
    const derived = reads.with({ consistency: 'ONE', retry })
    assert.equal(derived.idempotent, true)
    assert.equal(derived.retry, retry)
    assert.equal(reads.consistency, 'LOCAL_QUORUM')
    await within(lab.session.execute(QUERY, [], { executionProfile: derived }))
    assert.equal(lab.asked.at(-1)!.parameters?.consistency, Consistency.ONE)
    assert.deepEqual([...lab.cluster.profiles.keys()], ['default', 'reads'])
    assert.throws(() => reads.with({ consistancy: 'ONE' } as never), /executionProfiles\.reads.*consistency/)
  })

  test('that brings its own load balancing has it told of the hosts, whether it is added, derived or of one request', async () => {
    await using lab = await Lab.open({ nodes: 2 })
    lab.fake.when(QUERY, answer)
    const only = (index: number): AllowListPolicy => new AllowListPolicy([lab.node(index)])
    lab.cluster.addExecutionProfile('second', { loadBalancing: only(1) })
    const derived = lab.cluster.profile('second').with({ loadBalancing: only(0) })
    const asked = async (options: object): Promise<string | undefined> => {
      const result = await within(lab.session.execute(QUERY, [], options))
      return result.info.coordinator?.endpoint
    }
    assert.equal(await asked({ executionProfile: 'second' }), lab.node(1))
    assert.equal(await asked({ executionProfile: derived }), lab.node(0))
    assert.equal(await asked({ loadBalancing: only(1) }), lab.node(1))
    assert.ok(await asked({ loadBalancing: new RoundRobinPolicy() }))
  })

  test('may be added under a name, from options or from another one; the default one stays', async () => {
    await using lab = await Lab.open({ executionProfiles: { a: { pageSize: 3 } } })
    const added = lab.cluster.addExecutionProfile('b', lab.cluster.profile('a').with({ timeoutMs: 9 }))
    assert.equal(added.name, 'b')
    assert.equal(added.pageSize, 3)
    assert.equal(lab.cluster.profile('b').timeoutMs, 9)
    assert.throws(() => lab.cluster.addExecutionProfile('default', { pageSize: 1 }), InvalidOptionError)
  })

  test('that does not exist is an error with those that do; so is something else in its place', async () => {
    await using lab = await Lab.open({ executionProfiles: { reports: {} } })
    const error = await failure(lab.session.execute(QUERY, [], { executionProfile: 'report' }), InvalidOptionError)
    assert.match(error.message, /no execution profile "report"; did you mean "reports"\? \(known: default, reports\)/)
    assert.throws(() => lab.cluster.profile('nope'), /known: default, reports/)
    const wrong = await failure(lab.session.execute(QUERY, [], { executionProfile: { pageSize: 1 } as never }), InvalidOptionError)
    assert.match(wrong.message, /takes a profile's name, or a profile made with/)
    assert.equal(lab.countOf('QUERY'), 0)
  })
})
