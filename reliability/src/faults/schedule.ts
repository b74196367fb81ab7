/** What is done to the nodes and to the connections, and when: the same for the same seed. */
import { between, shuffled } from '../seeded-random.js'

/** Nodes count from 0. */
export type NodeFaultKind = 'kill' | 'restart' | 'pause' | 'lose two'
export type LinkFaultKind = 'cut' | 'refuse' | 'silence' | 'slow' | 'drop' | 'corrupt'

export interface NodeFault {
  readonly kind: NodeFaultKind
  readonly node: number
  /** The second one of two that are lost at once. */
  readonly other: number | null
  /** After the fault before it was mended. */
  readonly waitMs: number
  readonly holdMs: number
}

export interface LinkFault {
  readonly kind: LinkFaultKind
  readonly node: number
  readonly waitMs: number
  /** Without a meaning where connections are cut. */
  readonly holdMs: number
}

/** Two lanes that run side by side, each of one fault after the other. */
export interface Schedule {
  readonly nodes: readonly NodeFault[]
  readonly links: readonly LinkFault[]
}

export const NODE_FAULTS: readonly NodeFaultKind[] = ['pause', 'kill', 'lose two', 'restart']
export const LINK_FAULTS: readonly LinkFaultKind[] = ['cut', 'refuse', 'silence', 'slow', 'drop', 'corrupt']

/** No fault is shorter than these together, so the lanes are never at their end before the time is. */
const LEAST_NODE_MS = 2_500
const LEAST_LINK_MS = 1_500

/** Enough faults for `minutes`, every kind before any comes again. */
export function makeSchedule(random: () => number, minutes: number, nodeCount: number): Schedule {
  const nodes: NodeFault[] = []
  for (let ms = 0; ms < minutes * 60_000; ms += NODE_FAULTS.length * LEAST_NODE_MS) {
    for (const kind of shuffled(random, NODE_FAULTS)) nodes.push(nodeFault(random, kind, nodeCount))
  }
  const links: LinkFault[] = []
  for (let ms = 0; ms < minutes * 60_000; ms += LINK_FAULTS.length * LEAST_LINK_MS) {
    for (const kind of shuffled(random, LINK_FAULTS)) {
      const node = between(random, 0, nodeCount - 1)
      links.push({ kind, node, waitMs: between(random, 500, 2_000), holdMs: between(random, 1_000, 3_000) })
    }
  }
  return { nodes, links }
}

function nodeFault(random: () => number, kind: NodeFaultKind, nodeCount: number): NodeFault {
  const [node, other] = shuffled(
    random,
    Array.from({ length: nodeCount }, (_, i) => i),
  ) as [number, number]
  const waitMs = between(random, 1_000, 3_000)
  // Of nodes that are silent for long the others say that they are down, of those that are silent for a moment, not. A start takes long by itself.
  const isStarted = kind === 'kill' || kind === 'restart'
  const holdMs = isStarted ? between(random, 1_500, 4_000) : between(random, 1_500, 15_000)
  return { kind, node, other: kind === 'lose two' ? other : null, waitMs, holdMs }
}

export function describeNodeFault({ kind, node, other, waitMs, holdMs }: NodeFault): string {
  const which = other === null ? `node ${node + 1}` : `node ${node + 1} killed, node ${other + 1} paused`
  return `${kind}: ${which}, for ${seconds(holdMs)} (after ${seconds(waitMs)} of peace)`
}

export function describeLinkFault({ kind, node, waitMs, holdMs }: LinkFault): string {
  return `${kind}: connections of node ${node + 1}${kind === 'cut' ? '' : `, for ${seconds(holdMs)}`} (after ${seconds(waitMs)} of peace)`
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
