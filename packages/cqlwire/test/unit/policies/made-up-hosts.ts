/** Hosts without a cluster, for tests of policies. */
import { Host } from '../../../src/metadata/host.js'
import type { LoadBalancingContext, LoadBalancingPolicy, RoutingRequest } from '../../../src/policies/load-balancing.js'
import { queryPlanOf } from '../../../src/policies/load-balancing.js'

export class FakePool {
  openConnections = 1
  inFlight = 0
  silentMs = 0
}

/** `count` hosts of a data center, each with one open connection. */
export function makeHosts(count: number, dataCenter = 'dc1'): Host[] {
  return Array.from({ length: count }, (_, index) => {
    const host = new Host({ address: `${dataCenter}-${index + 1}`, port: 9042, dataCenter, rack: 'r1' })
    host.pool = new FakePool()
    return host
  })
}

export function contextOf(hosts: readonly Host[], localDataCenter: string | null = 'dc1'): LoadBalancingContext {
  return { hosts, localDataCenter, warn: () => {} }
}

export function request(fields: Partial<RoutingRequest> = {}): RoutingRequest {
  return { keyspace: 'ks', table: 't', replicas: [], isLwt: false, consistency: 'LOCAL_ONE', idempotent: true, ...fields }
}

/** The addresses of a plan, in its order. */
export function planned(policy: LoadBalancingPolicy, fields: Partial<RoutingRequest> = {}): string[] {
  const plan = queryPlanOf(policy, request(fields))
  const addresses: string[] = []
  for (let host = plan.next(); host !== null; host = plan.next()) addresses.push(host.address)
  return addresses
}

export function setBusy(host: Host, inFlight: number, silentMs = 0): void {
  Object.assign(host.pool as FakePool, { inFlight, silentMs })
}
