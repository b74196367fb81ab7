/** Which nodes hold a part of the ring: the replication strategies of keyspaces. */
import type { Host } from './host.js'
import type { TokenRing } from './token-ring.js'

/** A replication factor: `3`, or with transient replicas `3/1`: three in all, one of them transient. */
export interface ReplicationFactor {
  readonly all: number
  /** Replicas that hold all data; only these are worth asking. */
  readonly full: number
  readonly transient: number
}

/** The replicas of a position on a ring, in the ring's order: the primary one first. */
export type Placement = (position: number) => readonly Host[]

export interface ReplicationStrategy {
  /** The class name without its package: `NetworkTopologyStrategy`. */
  readonly name: string
  /** As a statement names it: without its package where that is Cassandra's own. */
  readonly className: string
  /** Equal for strategies that place replicas in the same way. */
  readonly key: string
  /** The settings as the server gives them, `class` left out. */
  readonly options: Readonly<Record<string, string>>
  /** Per data center (NetworkTopologyStrategy), or for all as '' (SimpleStrategy). */
  readonly factors: ReadonlyMap<string, ReplicationFactor>
  /** The full replicas; with `transientToo` also those that hold only what has not been repaired yet, in the ring's order. */
  placeOn(ring: TokenRing, transientToo?: boolean): Placement
}

/** Reads `3` or `3/1`; null for what isn't one. */
export function parseReplicationFactor(text: string): ReplicationFactor | null {
  const match = /^(\d+)(?:\/(\d+))?$/.exec(text.trim())
  if (match === null) return null
  const all = Number(match[1])
  const transient = Number(match[2] ?? 0)
  return transient > all ? null : { all, full: all - transient, transient }
}

/** Reads the column `replication` of system_schema.keyspaces: a map with `class` and the strategy's settings. */
export function parseReplication(replication: ReadonlyMap<unknown, unknown> | Readonly<Record<string, unknown>>): ReplicationStrategy {
  const entries = replication instanceof Map ? [...replication] : Object.entries(replication)
  const settings = entries.map(([key, value]) => [String(key), String(value)] as const)
  const className = settings.find(([key]) => key === 'class')?.[1] ?? ''
  const options = Object.fromEntries(settings.filter(([key]) => key !== 'class').sort(([a], [b]) => (a < b ? -1 : 1)))
  const name = className.slice(className.lastIndexOf('.') + 1)
  const factors = factorsOf(name, options)
  const key = JSON.stringify([name, ...[...factors].map(([dataCenter, factor]) => [dataCenter, factor.all, factor.transient])])
  return {
    name,
    className: className.replace(/^org\.apache\.cassandra\.locator\./, ''),
    key,
    options,
    factors,
    placeOn: (ring, transientToo = false) => placementOf(name, transientToo ? withoutTransient(factors) : factors, ring),
  }
}

/** As if every replica were a full one: they are placed in the same way. */
function withoutTransient(factors: ReadonlyMap<string, ReplicationFactor>): ReadonlyMap<string, ReplicationFactor> {
  return new Map(Array.from(factors, ([dataCenter, { all }]) => [dataCenter, { all, full: all, transient: 0 }]))
}

function factorsOf(name: string, options: Readonly<Record<string, string>>): ReadonlyMap<string, ReplicationFactor> {
  const factors = new Map<string, ReplicationFactor>()
  if (name !== 'SimpleStrategy' && name !== 'NetworkTopologyStrategy') return factors
  for (const [key, text] of Object.entries(options)) {
    // NetworkTopologyStrategy takes any name of a data center; Cassandra expands its `replication_factor` when the keyspace is made.
    const isFactor = name === 'NetworkTopologyStrategy' ? key !== 'replication_factor' : key === 'replication_factor'
    const factor = isFactor ? parseReplicationFactor(text) : null
    if (factor !== null) factors.set(name === 'SimpleStrategy' ? '' : key, factor)
  }
  return factors
}

function placementOf(name: string, factors: ReadonlyMap<string, ReplicationFactor>, ring: TokenRing): Placement {
  if (name === 'SimpleStrategy') return simplePlacement(ring, factors.get('')?.full ?? 0)
  if (name === 'NetworkTopologyStrategy') return networkTopologyPlacement(ring, factors)
  const everywhere = ring.hosts
  if (name === 'EverywhereStrategy') return () => everywhere
  // LocalStrategy: each node has its own data, so any may be asked. An unknown strategy: replicas can't be told.
  return () => NOBODY
}

const NOBODY: readonly Host[] = []

function simplePlacement(ring: TokenRing, factor: number): Placement {
  const { owners, hosts, size } = ring
  const wanted = Math.min(factor, membersOf(ring).length)
  return (position) => {
    const replicas: Host[] = []
    for (let step = 0; step < size && replicas.length < wanted; step++) {
      const host = hosts[owners[(position + step) % size]!]!
      if (!replicas.includes(host)) replicas.push(host)
    }
    return replicas
  }
}

/** The nodes that have a place on the ring. Not looked up by the owners of its positions: there are a quarter of a million of those. */
function membersOf(ring: TokenRing): readonly Host[] {
  return ring.hosts.filter((host) => host.tokens.length > 0)
}

/** What the walk around the ring has to find in one data center. */
interface DataCenterShape {
  readonly factor: ReplicationFactor
  readonly nodes: number
  readonly racks: number
}

/**
 * As Cassandra's NetworkTopologyStrategy does it: around the ring, each data center takes nodes of racks that it has none of yet, and
 * of racks that it has some of only as often as there are fewer racks than replicas.
 */
function networkTopologyPlacement(ring: TokenRing, factors: ReadonlyMap<string, ReplicationFactor>): Placement {
  const { owners, hosts, size } = ring
  const shapes = dataCenterShapes(ring, factors)
  return (position) => {
    const replicas: Host[] = []
    const open = new Map(Array.from(shapes, ([dataCenter, shape]) => [dataCenter, new DataCenterWalk(shape)]))
    for (let step = 0; step < size && open.size > 0; step++) {
      const host = hosts[owners[(position + step) % size]!]!
      const walk = open.get(host.dataCenter ?? '')
      if (walk === undefined) continue
      if (walk.offer(host)) replicas.push(host)
      if (walk.isDone) open.delete(host.dataCenter ?? '')
    }
    return replicas
  }
}

function dataCenterShapes(ring: TokenRing, factors: ReadonlyMap<string, ReplicationFactor>): ReadonlyMap<string, DataCenterShape> {
  const members = membersOf(ring)
  const shapes = new Map<string, DataCenterShape>()
  for (const [dataCenter, factor] of factors) {
    const nodes = members.filter((host) => host.dataCenter === dataCenter)
    if (nodes.length === 0 || factor.all === 0) continue
    shapes.set(dataCenter, { factor, nodes: nodes.length, racks: new Set(nodes.map((host) => host.rack)).size })
  }
  return shapes
}

class DataCenterWalk {
  #left: number
  #repeats: number
  readonly #transient: number
  readonly #racks = new Set<string | null>()
  readonly #taken = new Set<Host>()

  constructor({ factor, nodes, racks }: DataCenterShape) {
    this.#left = Math.min(factor.all, nodes)
    this.#repeats = factor.all - racks
    // Where there are too few nodes, transient replicas are the ones done without.
    this.#transient = Math.max(factor.transient - (factor.all - this.#left), 0)
  }

  get isDone(): boolean {
    return this.#left === 0
  }

  /** True where the host is a full replica. */
  offer(host: Host): boolean {
    if (this.#taken.has(host)) return false
    if (this.#racks.has(host.rack)) {
      if (this.#repeats <= 0) return false
      this.#repeats--
    }
    this.#racks.add(host.rack)
    this.#taken.add(host)
    return this.#left-- > this.#transient
  }
}
