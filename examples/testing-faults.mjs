// Faults on purpose: what a program does when nodes answer late, badly or not at all, stop, move, or speak nonsense.
import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { Cluster, ConnectionError, OperationTimedOutError, OverloadedError } from 'cqlwire'
import { FakeCluster, reply } from 'cqlwire/testing'

const QUERY = 'SELECT name FROM users'
const ada = reply.rows({ name: 'text' }, [['Ada']])

const started = performance.now()
const fake = await FakeCluster.start({ nodes: 3 })
console.log(`three nodes are ready after ${(performance.now() - started).toFixed(1)} ms`)

const cluster = new Cluster({ contactPoints: fake.contactPoints })
const session = await cluster.connect()
const ask = (options) => session.execute(QUERY, [], { idempotent: true, ...options })
fake.when(QUERY, ada)

try {
  // One node is overloaded, once: the request goes to another one.
  fake.when(QUERY, reply.error(new OverloadedError('busy')), { times: 1 })
  assert.equal((await ask()).one().name, 'Ada')

  // No answer in time, from any node: the deadline is one for all attempts.
  const silent = fake.when(QUERY, reply.drop())
  await assert.rejects(ask({ timeoutMs: 100 }), OperationTimedOutError)
  silent.remove()

  // Half an answer, then the end of the connection: what is idempotent goes to another node.
  fake.when(QUERY, reply.truncated(), { times: 1 })
  assert.equal((await ask()).one().name, 'Ada')

  // A checksum that is wrong: what is not idempotent is never sent twice. The error says that it was sent.
  fake.when(QUERY, reply.badCrc(), { times: 1 })
  await assert.rejects(ask({ idempotent: false }), (error) => error instanceof ConnectionError && error.sent)

  // Lost connections are opened again, after a moment.
  while ([...cluster.hosts.values()].some((host) => !host.isConnected)) await delay(20)

  // A node stops and comes back; another one joins; the session's requests are answered all the while.
  await fake.nodes[0].stop({ announce: true })
  assert.equal((await ask()).one().name, 'Ada')
  await fake.nodes[0].start({ announce: true })
  await fake.addNode()

  // A function sees the request and chooses.
  let count = 0
  fake.when(QUERY, (request) => (++count % 2 === 0 ? ada : reply.delay(10, reply.rows({ name: 'text' }, [[request.node]]))))
  console.log((await ask()).one().name, (await ask()).one().name)
  console.log(`${fake.requestsFor(QUERY).length} queries were asked`)
} finally {
  await cluster.shutdown()
  await fake.stop()
}
