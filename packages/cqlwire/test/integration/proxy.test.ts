/** The proxy of `cqlwire/testing` before a real node. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Cluster, ConnectionError, NoHostAvailableError, OperationTimedOutError } from '../../src/index.js'
import { CqlProxy, fault } from '../../src/testing/index.js'
import { sharedCassandra } from '../support/shared-cassandra.js'
import { VERSIONS } from '../support/versions.js'
import { eventually } from '../unit/embedded/scratch.js'

const QUERY = 'SELECT release_version FROM system.local WHERE key = ?'

describe('a proxy before a real node', () => {
  for (const protocolVersion of VERSIONS) {
    for (const compression of [false, 'lz4'] as const) {
      it(`passes v${protocolVersion} ${compression === false ? 'as it is' : 'with lz4'} on, and disturbs it as told`, async () => {
        const { contactPoints, port, localDataCenter } = await sharedCassandra()
        const targets = contactPoints.map((point) => (/:\d+$/.test(point) ? point : `${point}:${port}`))
        await using proxy = await CqlProxy.start({ targets })
        await using cluster = new Cluster({
          contactPoints: proxy.contactPoints,
          addressTranslator: proxy.addressTranslator,
          localDataCenter,
          protocolVersion,
          compression,
        })
        await using session = await cluster.connect()
        const ask = (): Promise<unknown> => session.execute(QUERY, ['local'], { idempotent: false, timeoutMs: 5_000 })
        await ask()
        assert.deepEqual([...cluster.hosts.keys()], proxy.contactPoints, 'every node is reached by its proxy')
        assert.ok(proxy.frames.some(({ direction, opcode, query }) => direction === 'request' && opcode === 'EXECUTE' && query === QUERY))

        proxy.when({ answers: 'EXECUTE', query: QUERY }, fault.cut({ afterBytes: 11 }), { times: 1 })
        await assert.rejects(ask(), (error: unknown) => error instanceof ConnectionError && error.sent)
        await eventually('a connection', () => [...session.metrics.connections.values()].some((count) => count > 0))
        await ask()

        const [node] = proxy.nodes
        node!.pause()
        await assert.rejects(session.execute(QUERY, ['local'], { timeoutMs: 50 }), OperationTimedOutError)
        node!.resume()
        await ask()

        node!.refuse()
        node!.cut()
        await eventually('no connection', () => [...session.metrics.connections.values()].every((count) => count === 0))
        await assert.rejects(ask(), NoHostAvailableError)
        await node!.accept()
      })
    }
  }
})
