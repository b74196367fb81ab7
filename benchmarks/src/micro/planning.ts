/**
 * What choosing a host costs by itself: run by hand after a build, `node --expose-gc benchmarks/dist/micro/planning.js`. Nothing is asserted.
 *
 * `first()` is asked with the three replicas of a partition, on clusters of 3 and of 1,000 nodes; `fixed` is a policy that always names one
 * host. The machine's speed drifts, so the variants take turns over several rounds, and the median is shown, with the bytes that a call
 * leaves for the collector.
 */
import type { Host } from '../../../packages/cqlwire/dist/metadata/host.js'
import { Host as MadeUpHost } from '../../../packages/cqlwire/dist/metadata/host.js'
import { DefaultLoadBalancingPolicy } from '../../../packages/cqlwire/dist/policies/default-policy.js'
import type { LoadBalancingPolicy, RoutingRequest } from '../../../packages/cqlwire/dist/policies/load-balancing.js'
import { DCAwareRoundRobinPolicy, RoundRobinPolicy } from '../../../packages/cqlwire/dist/policies/round-robin.js'
import { TokenAwarePolicy } from '../../../packages/cqlwire/dist/policies/token-aware.js'

const ROUNDS = 11
const CALLS = 1_000_000

class Pool {
  openConnections = 1
  inFlight = 0
  silentMs = 0
}

function makeHosts(count: number): Host[] {
  return Array.from({ length: count }, (_, index) => {
    const address = `10.0.${index >> 8}.${index & 255}`
    const host = new MadeUpHost({ address, port: 9042, dataCenter: index % 4 === 3 ? 'dc2' : 'dc1', rack: `rack${index % 3}` })
    host.pool = new Pool()
    return host
  })
}

class Request implements RoutingRequest {
  keyspace: string | null = 'bench'
  table: string | null = 'small'
  replicas: readonly Host[] = []
  isLwt = false
  consistency = 'LOCAL_ONE'
  idempotent = true
}

interface Variant {
  readonly name: string
  readonly policy: LoadBalancingPolicy
  readonly hosts: readonly Host[]
}

function variants(): Variant[] {
  return [3, 1_000].flatMap((count) => {
    const policies: Record<string, LoadBalancingPolicy> = {
      fixed: { distance: () => 'local', first: (request) => request.replicas[0]!, newQueryPlan: () => [] },
      default: new DefaultLoadBalancingPolicy(),
      'token-aware(dc-aware)': new TokenAwarePolicy(new DCAwareRoundRobinPolicy()),
      'round robin': new RoundRobinPolicy(),
    }
    return Object.entries(policies).map(([name, policy]) => {
      const hosts = makeHosts(count)
      policy.init?.({ hosts, localDataCenter: 'dc1', warn: () => {} })
      return { name: `${name}, ${count} nodes`, policy, hosts }
    })
  })
}

/** Nanoseconds of CPU a call. */
function round({ policy, hosts }: Variant): number {
  const requests = Array.from({ length: 64 }, (_, index) => {
    const request = new Request()
    const local = hosts.filter((host) => host.dataCenter === 'dc1')
    request.replicas = [0, 1, 2].map((step) => local[(index + step) % local.length]!)
    return request
  })
  for (const host of hosts) (host.pool as Pool).inFlight = 0
  const before = process.cpuUsage()
  for (let call = 0; call < CALLS; call++) {
    // Requests are in flight for a while: now and then a host is done with all of its own.
    const pool = policy.first!(requests[call & 63]!)!.pool as Pool
    pool.inFlight = (pool.inFlight + 1) & 31
  }
  const { user, system } = process.cpuUsage(before)
  return ((user + system) * 1_000) / CALLS
}

/** Bytes that a call leaves behind. */
function garbage(variant: Variant): number {
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  const request = new Request()
  request.replicas = variant.hosts.slice(0, 3)
  for (let call = 0; call < 100_000; call++) variant.policy.first!(request)
  return Math.max(0, Math.round((process.memoryUsage().heapUsed - before) / 100_000))
}

const all = variants()
const times = new Map<Variant, number[]>(all.map((variant) => [variant, []]))
for (let index = 0; index <= ROUNDS; index++) {
  for (const variant of all) {
    const nanos = round(variant)
    if (index > 0) times.get(variant)!.push(nanos) // the first one warms up
  }
}
for (const [variant, list] of times) {
  const median = list.sort((a, b) => a - b)[list.length >> 1]!
  console.log(`${variant.name.padEnd(36)} ${median.toFixed(1).padStart(6)} ns  ${garbage(variant)} bytes`)
}
