/** The program of a server of three nodes where the fast one can't be built: prints its port, and ends with its standard input. */
import { writeSync } from 'node:fs'
import { FakeCluster, reply } from 'cqlwire/testing'
import { workloads } from '../workloads/all-workloads.js'
import { nameOf, tags, timeOf, valueOf } from '../workloads/data.js'

const forgetEveryMs = 50
const columns = { id: 'bigint', name: 'text', tags: 'list<text>', ts: 'timestamp', value: 'double' }

const cluster = await FakeCluster.start({ nodes: 3 })
const row = { id: 1n, name: nameOf(1), tags, ts: new Date(timeOf(1)), value: valueOf(1) }
cluster.when(workloads['select1']!.cql, reply.rows(columns, [row], { keyspace: 'bench', table: 't' }), {
  ...{ parameters: { id: 'bigint' }, partitionKey: ['id'], keyspace: 'bench', table: 't' },
})
// It remembers what it was asked, for tests.
setInterval(() => cluster.clearRequests(), forgetEveryMs).unref()
process.stdin.resume().on('end', () => process.exit(0))
writeSync(1, `${cluster.port}\n`)
