/** What the driver is held to: ratios within the run, with the most (or least) that each may be. */
import type { Run } from '../rounds.js'
import { ratioOf, type CellSummary, type Selection } from './summary.js'

export interface Bound {
  readonly what: string
  /** At most, or at least where `atLeast`. */
  readonly must: number
  readonly aim: number | null
  readonly atLeast: boolean
  /** Null: it was not measured. */
  readonly measured: number | null
  readonly verdict: 'aim met' | 'met' | 'missed' | 'not measured'
}

interface Rule {
  readonly what: string
  readonly of: Selection
  readonly to: Selection
  readonly must: number
  readonly aim?: number
  /** Default: CPU time per request. */
  readonly atLeastRequestsPerSecond?: true
}

const ours = (cell: string, client = 'cqlwire'): Selection => ({ client, cell })
const other = (client: string, cell: string): Selection => ({ client, cell })

const rules: readonly Rule[] = [
  {
    what: 'single-row select, 128 in flight: to the floor with a promise and a decoded row',
    of: ours('select1@128'),
    to: other('floor-decoded', 'select1@128'),
    ...{ must: 2, aim: 1.4 },
  },
  {
    what: 'insert, 128 in flight: to scylla (Rust)',
    of: ours('insert@128'),
    to: other('scylla', 'insert@128'),
    ...{ must: 0.45, aim: 0.3 },
  },
  { what: 'page of 5,000 rows as objects: to scylla (Rust)', of: ours('wide@16'), to: other('scylla', 'wide@16'), must: 1.5, aim: 1 },
  {
    what: 'page of 5,000 rows as columns: to scylla (Rust)',
    of: ours('wide@16', 'cqlwire-columns'),
    to: other('scylla', 'wide@16'),
    ...{ must: 0.6, aim: 0.4 },
  },
  { what: 'single-row select, 1 in flight: to the floor', of: ours('select1@1'), to: other('floor', 'select1@1'), must: 1.3, aim: 1.1 },
  { what: 'single-row select, 1,024 in flight: to 128 in flight', of: ours('select1@1024'), to: ours('select1@128'), must: 1 },
  { what: 'single-row select, protocol v5: to v4', of: ours('select1@128+v5'), to: ours('select1@128'), must: 1.2 },
  {
    what: 'two parallel workers (parallel.map): throughput to that of one',
    of: ours('select1@128', 'cqlwire-parallel-map-2'),
    to: ours('select1@128', 'cqlwire-parallel-map-1'),
    must: 1.5,
    atLeastRequestsPerSecond: true,
  },
]

export function boundsOf(runs: readonly Run[], cells: readonly CellSummary[]): Bound[] {
  const ratios = rules.map(({ what, of, to, must, aim = null, atLeastRequestsPerSecond: atLeast = false }) => {
    const value = atLeast ? 'requestsPerSecond' : 'cpuSecondsPerMillion'
    return judged({ what, must, aim, atLeast, measured: ratioOf(runs, of, to, (report) => report[value]) })
  })
  return [...ratios, memoryBound(cells)]
}

/** The worst of all cells that both did. */
function memoryBound(cells: readonly CellSummary[]): Bound {
  const ratios = cells.flatMap(({ cell, clients }) => {
    const peak = (name: string): number | undefined => clients.find(({ client }) => client === name)?.peakRssMiB
    const [own, npm] = [peak('cqlwire'), peak('cassandra-driver')]
    return own === undefined || npm === undefined ? [] : [{ cell, ratio: own / npm }]
  })
  const worst = ratios.reduce<(typeof ratios)[number] | null>(
    (most, each) => (most === null || each.ratio > most.ratio ? each : most),
    null,
  )
  const where = worst === null ? 'the worst cell' : `the worst of ${ratios.length} cells, ${worst.cell}`
  return judged({
    what: `peak RSS to that of npm cassandra-driver: ${where}`,
    must: 1,
    aim: null,
    atLeast: false,
    measured: worst?.ratio ?? null,
  })
}

function judged(bound: Omit<Bound, 'verdict'>): Bound {
  const { measured, must, aim, atLeast } = bound
  if (measured === null) return { ...bound, verdict: 'not measured' }
  const holds = (limit: number): boolean => (atLeast ? measured >= limit : measured <= limit)
  return { ...bound, verdict: !holds(must) ? 'missed' : aim !== null && holds(aim) ? 'aim met' : 'met' }
}
