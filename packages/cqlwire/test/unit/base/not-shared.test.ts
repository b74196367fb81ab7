import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { serialize } from 'node:v8'
import { MessageChannel, Worker } from 'node:worker_threads'
import { SharedSessionError } from '../../../src/base/errors.js'
import { Cluster } from '../../../src/session/cluster.js'
import { FakeCluster } from '../../../src/testing/fake-cluster.js'
import { reply } from '../../../src/testing/reply.js'

describe('what belongs to one thread', () => {
  it('is a SharedSessionError wherever it is copied for another one', async () => {
    const fake = await FakeCluster.start()
    fake.when('SELECT 1', reply.rows({ n: 'int' }, [[1]]))
    const cluster = new Cluster({ contactPoints: fake.contactPoints })
    try {
      const session = await cluster.connect()
      const future = session.executeAsync('SELECT 1')
      await future
      const prepared = await session.prepare('SELECT 1')
      const channel = new MessageChannel()
      for (const [name, each] of Object.entries({
        Cluster: cluster,
        Session: session,
        ResponseFuture: future,
        PreparedStatement: prepared,
      })) {
        for (const copy of [
          () => structuredClone(each),
          () => channel.port1.postMessage({ deep: [each] }),
          () => new Worker('', { eval: true, workerData: each }),
          () => serialize(new Map([['a', each]])), // as a process with serialization 'advanced' does
          // As other processes do. A prepared statement shows a summary of itself there, for loggers.
          ...(each === prepared ? [] : [() => JSON.stringify({ each })]),
        ]) {
          assert.throws(copy, (error) => error instanceof SharedSessionError && error.message.startsWith(`A ${name} can't be carried`))
        }
      }
      assert.throws(() => structuredClone(prepared.bind([])), SharedSessionError)
      channel.port1.close()
    } finally {
      await cluster.shutdown()
      await fake.stop()
    }
  })
})
