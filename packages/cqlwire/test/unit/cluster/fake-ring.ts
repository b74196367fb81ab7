/** Fake nodes that know one another, as the nodes of one cluster do. */
import { ClusterCore } from '../../../src/cluster/cluster-core.js'
import type { ClusterOptions } from '../../../src/cluster/options.js'
import { resolveClusterOptions } from '../../../src/cluster/settings.js'
import { ConstantReconnectionPolicy } from '../../../src/policies/reconnection.js'
import { FakeNode, type Row } from './fake-node.js'

const SCHEMA_A = '11111111-1111-4111-8111-111111111111'
export const SCHEMA_B = '22222222-2222-4222-8222-222222222222'

export function hostId(index: number): string {
  return `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`
}

const SCHEMA_TABLES = ['keyspaces', 'tables', 'columns', 'types']

export interface Placed {
  readonly node: FakeNode
  readonly index: number
  dataCenter: string
  rack: string
  schema: string
}

/** The row that other nodes have of a node. */
export function peerRow({ node, index, dataCenter, rack, schema }: Placed): Row {
  return {
    peer: node.address,
    peer_port: 7000,
    data_center: dataCenter,
    host_id: hostId(index),
    native_address: node.address,
    native_port: node.port,
    rack,
    release_version: '5.0.6',
    schema_version: schema,
    tokens: new Set([String(index * 1000)]),
  }
}

export class FakeRing {
  readonly places: Placed[] = []
  readonly #cores = new Set<ClusterCore>()

  /** Nodes on 127.0.0.1, each with a port of its own; the data center of each. */
  static async start(...dataCenters: readonly string[]): Promise<FakeRing> {
    const ring = new FakeRing()
    for (const dataCenter of dataCenters) await ring.add(dataCenter)
    return ring
  }

  async add(dataCenter: string): Promise<Placed> {
    const placed = { node: await FakeNode.start(), index: this.places.length + 1, dataCenter, rack: 'r1', schema: SCHEMA_A }
    this.places.push(placed)
    this.tell()
    return placed
  }

  /** Fills each node's system tables with what it knows of the others. */
  tell(places: readonly Placed[] = this.places): void {
    for (const placed of places) {
      const { node, index, dataCenter, rack, schema } = placed
      node.tables.set('system.local', [
        {
          key: 'local',
          cluster_name: 'made up',
          partitioner: 'org.apache.cassandra.dht.Murmur3Partitioner',
          data_center: dataCenter,
          rack,
          host_id: hostId(index),
          rpc_address: node.address,
          rpc_port: node.port,
          schema_version: schema,
          tokens: new Set([String(index * 1000)]),
        },
      ])
      node.tables.set('system.peers_v2', places.filter((other) => other !== placed).map(peerRow))
      for (const table of SCHEMA_TABLES) if (!node.tables.has(`system_schema.${table}`)) node.tables.set(`system_schema.${table}`, [])
    }
  }

  node(index: number): FakeNode {
    return this.places[index]!.node
  }

  /** A cluster that starts at the first node, reconnects within milliseconds, and is shut down with the ring. */
  core(options: Partial<ClusterOptions> = {}): ClusterCore {
    const core = new ClusterCore(
      resolveClusterOptions({
        contactPoints: [this.node(0).name],
        reconnection: new ConstantReconnectionPolicy(20),
        connectTimeoutMs: 500,
        metadata: { refreshWindowMs: 10 },
        logger: { warn: () => {} },
        ...options,
      }),
    )
    this.#cores.add(core)
    return core
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#cores].map((core) => core.shutdown()))
    await Promise.all(this.places.map(({ node }) => node.stop()))
  }
}

/** Resolves when the condition holds; rejects after five seconds, naming it. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 5_000
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`waited for five seconds: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
