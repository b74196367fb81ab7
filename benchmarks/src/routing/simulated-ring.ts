/** Made-up nodes with their tokens, and a cluster that takes them for its own: their requests travel over connections to nodes that there are. */
import type { Cluster } from 'cqlwire'
import { Host } from '../../../packages/cqlwire/dist/metadata/host.js'
import { parseReplication, type ReplicationStrategy } from '../../../packages/cqlwire/dist/metadata/replication.js'
import type { DefaultLoadBalancingPolicy } from '../../../packages/cqlwire/dist/policies/default-policy.js'
import { replicationFactor, tokensPerNode } from './routing-case.js'

const racks = ['rack0', 'rack1', 'rack2']

/** 2^64 over the golden ratio: its multiples lie as evenly as tokens do, and each is there once. */
const tokenStep = 0x9e37_79b9_7f4a_7c15n

/** As the driver does it: all rows are read before the nodes are made of them, so that these lie side by side in memory. */
export function makeHosts(nodes: number, dataCenter: string): Host[] {
  const tokens = Array.from({ length: nodes }, (_, node) => tokensOf(node))
  return tokens.map((ofNode, node) => {
    const address = `10.${node >> 16}.${(node >> 8) & 255}.${node & 255}`
    return new Host({ address, port: 9042, dataCenter, rack: racks[node % racks.length]!, tokens: ofNode })
  })
}

// One after the other on the ring must not be in turn of the nodes: those are drawn by a shuffled number.
function tokensOf(node: number): string[] {
  return Array.from({ length: tokensPerNode }, (_, index) => {
    const number = BigInt(node * tokensPerNode + index + 1)
    return String(BigInt.asIntN(64, mixed(number * tokenStep)))
  })
}

/** One to one, so that no two nodes have the same token. */
function mixed(value: bigint): bigint {
  let bits = BigInt.asUintN(64, value)
  bits = BigInt.asUintN(64, (bits ^ (bits >> 30n)) * 0xbf58_476d_1ce4_e5b9n)
  bits = BigInt.asUintN(64, (bits ^ (bits >> 27n)) * 0x94d0_49bb_1331_11ebn)
  return bits ^ (bits >> 31n)
}

export const replicationIn = (dataCenter: string): ReplicationStrategy =>
  parseReplication({ class: 'NetworkTopologyStrategy', [dataCenter]: String(replicationFactor) })

/**
 * Puts a made-up ring in the place of the cluster's own nodes, in its metadata and in its policy. Node by node they share the connections of
 * the real ones, so that a request is planned among them and travels as any other. Every list of replicas is made: each is made once in
 * the life of a ring, when it is first asked for.
 */
export function takeRing(
  cluster: Cluster,
  policy: DefaultLoadBalancingPolicy,
  real: readonly Host[],
  nodes: number,
  keyspace: string,
): void {
  const dataCenter = real[0]!.dataCenter ?? ''
  const simulated = makeHosts(nodes, dataCenter)
  for (const [index, host] of simulated.entries()) {
    const { pool, pools } = real[index % real.length]!
    host.pool = pool
    host.pools.push(...pools)
  }
  const { metadata } = cluster
  const hosts = metadata.hosts as Map<string, Host>
  for (const host of hosts.values()) policy.onRemove(host)
  hosts.clear()
  for (const host of simulated) hosts.set(host.endpoint, host)
  policy.init({ hosts: simulated, localDataCenter: dataCenter, warn: (message) => process.emitWarning(message) })
  metadata.rebuildTokenMap()
  const { tokenMap } = metadata
  if (tokenMap === null) throw new Error(`There is no token map: the partitioner is ${metadata.partitioner}`)
  tokenMap.setKeyspace(keyspace, replicationIn(dataCenter))
  const table = tokenMap.tableOf(keyspace)!
  for (let position = 0; position < tokenMap.ring.size; position++) {
    if (table.at(position).length !== replicationFactor) throw new Error(`The made-up ring has no ${replicationFactor} replicas everywhere`)
  }
}
