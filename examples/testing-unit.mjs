// Unit tests of code that uses a database, without one: a fake cluster speaks the real protocol over real sockets, and answers as told.
// Run with  node --test examples/testing-unit.mjs
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { Cluster, UnavailableError } from 'cqlwire'
import { FakeCluster, reply } from 'cqlwire/testing'

// What is tested.
const BY_ID = 'SELECT name, visits FROM shop.users WHERE id = ?'
const VISIT = 'UPDATE shop.users SET visits = ? WHERE id = ?'

class Users {
  constructor(session) {
    this.session = session
  }

  async visit(id) {
    const user = (await this.session.execute(BY_ID, [id])).one()
    if (user === null) return null
    await this.session.execute(VISIT, [user.visits + 1, id], { consistency: 'LOCAL_QUORUM' })
    return `Welcome, ${user.name}`
  }
}

let fake, cluster, session, users

before(async () => {
  fake = await FakeCluster.start()
  // What is prepared needs the types of its bind markers.
  fake.when(BY_ID, reply.rows({ name: 'text', visits: 'int' }, [['Ada', 7]]), { parameters: { id: 'int' } })
  fake.when(VISIT, reply.void(), { parameters: { visits: 'int', id: 'int' } })
  cluster = new Cluster({ contactPoints: fake.contactPoints })
  session = await cluster.connect()
  users = new Users(session)
})
beforeEach(() => fake.clearRequests())
after(async () => {
  await cluster.shutdown()
  await fake.stop()
})

test('a visit is counted', async () => {
  assert.equal(await users.visit(1), 'Welcome, Ada')
  const [update] = fake.requestsFor(VISIT)
  assert.deepEqual(update.values, [8, 1])
  assert.equal(update.consistency, 'LOCAL_QUORUM')
})

test('who is not known is not counted', async () => {
  // The rule that was added last applies, here once.
  fake.when(BY_ID, reply.rows({ name: 'text', visits: 'int' }), { times: 1 })
  assert.equal(await users.visit(2), null)
  assert.equal(fake.requestsFor(VISIT).length, 0)
})

test('a visit that can not be counted is an error', async () => {
  const error = new UnavailableError('too few replicas', { consistency: 'LOCAL_QUORUM', required: 2, alive: 1 })
  const rule = fake.when(VISIT, reply.error(error))
  await assert.rejects(users.visit(1), (thrown) => thrown instanceof UnavailableError && thrown.alive === 1)
  rule.remove()
})
