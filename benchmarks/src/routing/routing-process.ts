/** The program of one case's own process: `node routing-process.js JSON` connects, measures, and prints one line of JSON. */
import { writeSync } from 'node:fs'
import { Cluster, DefaultLoadBalancingPolicy, type Host, type LoadBalancingPolicy } from 'cqlwire'
import type { ClientReport } from '../client-process.js'
import { clusterOptions, installedVersion, readerOf } from '../clients/cqlwire-session.js'
import { closedLoops } from '../clients/loops.js'
import { Load } from '../measuring/load.js'
import { peakRssMiB } from '../measuring/process-usage.js'
import { workloads } from '../workloads/all-workloads.js'
import { inFlight, type RoutingCase, type RoutingJob } from './routing-case.js'
import { takeRing } from './simulated-ring.js'

const keyspace = 'bench'
const closingMs = 1_000
const workload = workloads['select1']!

/** Names one host after the other of those that `hosts` holds when it is asked. */
function rotation(hosts: readonly Host[]): LoadBalancingPolicy {
  let at = 0
  const next = (): Host | null => {
    if (++at >= hosts.length) at = 0
    return hosts[at] ?? null
  }
  return { distance: () => 'local', first: next, newQueryPlan: () => hosts }
}

/** Always the first. */
const fixed = (hosts: readonly Host[]): LoadBalancingPolicy => ({
  distance: () => 'local',
  first: () => hosts[0] ?? null,
  newQueryPlan: () => hosts,
})

function policyOf({ plan }: RoutingCase, hosts: readonly Host[]): LoadBalancingPolicy {
  return plan === 'default' ? new DefaultLoadBalancingPolicy() : plan === 'fixed' ? fixed(hosts) : rotation(hosts)
}

async function runJob(job: RoutingJob): Promise<ClientReport> {
  const { connections, ringNodes } = job.case
  const hosts: Host[] = []
  const loadBalancing = policyOf(job.case, hosts)
  const metadata = { schema: false, tokens: ringNodes > 0 }
  const cluster = new Cluster({ ...clusterOptions(job.target), loadBalancing, metadata })
  const session = await cluster.connect()
  hosts.push(...[...cluster.hosts.values()].filter((host) => host.isConnected).slice(0, connections))
  if (hosts.length < connections) throw new Error(`${hosts.length} nodes are connected where ${connections} are wanted`)
  const prepared = await session.prepare(workload.cql)
  if (loadBalancing instanceof DefaultLoadBalancingPolicy) takeRing(cluster, loadBalancing, hosts, ringNodes, keyspace)
  const load = new Load({ leastMs: job.warmUpMs, requests: workload.warmRequests }, job.measureMs)
  load.useTimers()
  const read = readerOf(workload)
  await closedLoops(load, inFlight, async (key) => read(await session.execute(prepared, [BigInt(key % job.keys)])))
  const protocol = cluster.protocolVersion
  const report = { ...load.result(), version: installedVersion(), protocol, peakRssMiB: peakRssMiB() }
  await Promise.race([cluster.shutdown(), new Promise((resolve) => setTimeout(resolve, closingMs))])
  return report
}

try {
  const report = await runJob(JSON.parse(process.argv[2] ?? '') as RoutingJob)
  writeSync(1, `${JSON.stringify(report)}\n`)
  process.exit(0)
} catch (error) {
  writeSync(2, `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exit(1)
}
