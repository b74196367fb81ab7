// A proxy before real nodes: how a program behaves while connections are cut, stall or slow down, and the nodes themselves are well.
// Run it with a Cassandra at hand:  npx cqlwire up   and then   node examples/testing-proxy.mjs
import assert from 'node:assert/strict'
import { Cluster, NoHostAvailableError, OperationTimedOutError, OverloadedError } from 'cqlwire'
import { CqlProxy, fault } from 'cqlwire/testing'
import { options } from './connect.mjs'

const proxy = await CqlProxy.start({ targets: options.contactPoints })
// The translator leads the driver to every node through its proxy, those that it finds by itself as well.
const cluster = new Cluster({ ...options, contactPoints: proxy.contactPoints, addressTranslator: proxy.addressTranslator })
const session = await cluster.connect()
const QUERY = 'SELECT release_version FROM system.local'
const ask = (more) => session.execute(QUERY, [], { idempotent: true, ...more })

try {
  const { release_version: version } = (await ask()).one()
  console.log(`Cassandra ${version} behind ${proxy.contactPoints.join(', ')}`)
  const [node] = proxy.nodes

  // Every connection is cut, by TCP's RST. The driver connects again.
  console.log(`cut ${node.cut()} connections`)
  await connected()

  // The node hangs, as by SIGSTOP or a silent network; then it goes on, and nothing was lost.
  for (const each of proxy.nodes) each.pause()
  await assert.rejects(ask({ timeoutMs: 100 }), OperationTimedOutError)
  for (const each of proxy.nodes) each.resume()
  await ask()

  // Rules: what happens to which frames. Here the answer's connection is cut after 5 of its bytes, once.
  proxy.when({ answers: 'QUERY', query: QUERY }, fault.cut({ afterBytes: 5 }), { times: 1 })
  await ask().catch((error) => assert.ok(error instanceof NoHostAvailableError, 'where there is one node only'))
  await connected()

  // An error that the real node would rarely give.
  const overloaded = proxy.when(QUERY, fault.error(new OverloadedError('says the proxy')))
  await assert.rejects(ask({ idempotent: false }), OverloadedError)
  overloaded.remove()

  const { connections, cuts, requests, faults } = node.traffic
  console.log(`${connections} connections, ${cuts} cut; ${requests} requests; ${faults} faults`)
  console.log(proxy.frames.slice(-2).map(({ direction, opcode, query }) => `${direction} ${opcode} ${query}`))
} finally {
  await cluster.shutdown()
  await proxy.stop()
}

/** Waits until a request is answered again. */
async function connected() {
  while (!(await ask().catch(() => null))) await new Promise((resolve) => setTimeout(resolve, 10))
}
