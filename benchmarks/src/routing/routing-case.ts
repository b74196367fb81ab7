/** What the routing run compares: plans, each with the connections that its requests travel over. */
import type { Target } from '../clients/client.js'

export interface RoutingCase {
  readonly name: string
  /** `fixed` and `rotation` compute no tokens: they are what planning and routing are measured against. */
  readonly plan: 'fixed' | 'rotation' | 'default'
  /** Nodes of the made-up ring, with {@link tokensPerNode} tokens each; 0: the driver keeps no token map. */
  readonly ringNodes: number
  /** Nodes of the server that requests are sent to, with a connection to each. */
  readonly connections: 1 | 3
  /** The bound on its CPU time over that of the group's first case; null where there is none. */
  readonly mostRatio: number | null
}

export const tokensPerNode = 256
export const replicationFactor = 3
export const largeRing = 1_000

/** Cases whose requests travel in the same way; the first one is what the others are compared with. */
export interface RoutingGroup {
  readonly name: string
  readonly cases: readonly [RoutingCase, ...RoutingCase[]]
}

const byDefault = (connections: 1 | 3): RoutingCase[] => [
  { name: '3 nodes × 256 tokens', plan: 'default', ringNodes: 3, connections, mostRatio: 1.1 },
  { name: '1,000 nodes × 256 tokens', plan: 'default', ringNodes: largeRing, connections, mostRatio: 1.15 },
]

/** `three` needs a server of three nodes. */
export const routingGroups: Readonly<Record<'one' | 'three', RoutingGroup>> = {
  one: {
    name: 'over one connection',
    cases: [{ name: 'one fixed host', plan: 'fixed', ringNodes: 0, connections: 1, mostRatio: null }, ...byDefault(1)],
  },
  three: {
    name: 'over three connections',
    cases: [{ name: 'three hosts in rotation', plan: 'rotation', ringNodes: 0, connections: 3, mostRatio: null }, ...byDefault(3)],
  },
}

export interface RoutingJob {
  readonly case: RoutingCase
  readonly target: Target
  readonly warmUpMs: number
  readonly measureMs: number
  /** Different keys: as many as the server has rows for. */
  readonly keys: number
}

export const inFlight = 128
