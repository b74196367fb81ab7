// Policies of one's own: plain objects with the methods of their contract. Nothing is checked by class.
import { Cluster, DefaultLoadBalancingPolicy, DefaultRetryPolicy, HostFilterPolicy } from 'cqlwire'
import { options } from './connect.mjs'

// Load balancing: always the first host by address while it is there. `first` runs for every request; `newQueryPlan` only where that host
// could not answer.
function lowestAddressFirst() {
  let hosts = []
  const sort = () => (hosts = hosts.toSorted((a, b) => (a.endpoint < b.endpoint ? -1 : 1)))
  return {
    init(context) {
      hosts = [...context.hosts]
      sort()
    },
    onAdd(host) {
      hosts.push(host)
      sort()
    },
    onRemove: (host) => (hosts = hosts.filter((each) => each !== host)),
    distance: () => 'local',
    first: () => hosts.find((host) => host.isConnected) ?? null,
    newQueryPlan: () => hosts,
  }
}

// Retry: as the default policy does, but asks an outside switch first, which may take its time.
const standard = new DefaultRetryPolicy()
const mayRetry = async () => true
const withSwitch = (hook) => async (error, request, sent) =>
  (await mayRetry()) ? standard[hook](error, request, sent) : { kind: 'rethrow' }
const retry = {
  onReadTimeout: withSwitch('onReadTimeout'),
  onWriteTimeout: withSwitch('onWriteTimeout'),
  onUnavailable: withSwitch('onUnavailable'),
  onRequestError: withSwitch('onRequestError'),
}

// Conviction: a node is down after three failures in a row, not after the first.
const failures = new Map()
const conviction = {
  addFailure(host) {
    failures.set(host, (failures.get(host) ?? 0) + 1)
    return failures.get(host) >= 3
  },
  reset: (host) => failures.delete(host),
}

const cluster = new Cluster({ ...options, loadBalancing: lowestAddressFirst(), retry, conviction })
const session = await cluster.connect()
const result = await session.execute('SELECT cluster_name FROM system.local')
console.log('asked', result.info.coordinator.endpoint)

// Built-in ones are made to be wrapped: no node of a version that is being replaced, for this one request.
const upgraded = new HostFilterPolicy(new DefaultLoadBalancingPolicy(), (host) => !host.releaseVersion?.startsWith('3.'))
const other = await session.execute('SELECT cluster_name FROM system.local', [], { loadBalancing: upgraded })
console.log('asked', other.info.coordinator.endpoint)

await cluster.shutdown()
