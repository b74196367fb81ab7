/**
 * A cell of the result: a workload, how many requests are in flight at once (or how many a second are due), and how they travel.
 * Written `select1@128`, `select1@20000/s`, `wide@16+v5+lz4+tls`.
 */
import { workloads } from './workloads/all-workloads.js'
import type { Workload } from './workloads/workload.js'

export type ProtocolVersion = 3 | 4 | 5

export interface Cell {
  readonly name: string
  readonly workload: Workload
  /** 0 in an open loop: as many as there happen to be. */
  readonly inFlight: number
  /** Of an open loop: so many requests a second are due, whether those before are answered or not. Null: a closed loop. */
  readonly perSecond: number | null
  /** Null: 4, or whatever the run says. */
  readonly protocol: ProtocolVersion | null
  readonly lz4: boolean
  readonly tls: boolean
}

const pattern = /^([\w-]+)@([1-9]\d*)(\/s)?((?:\+\w+)*)$/

/** @throws {Error} with what is wrong, and what is known */
export function parseCell(name: string): Cell {
  const [, workloadName = '', number = '', open, settings = ''] = pattern.exec(name) ?? []
  const workload = Object.hasOwn(workloads, workloadName) ? workloads[workloadName] : undefined
  if (workload === undefined) {
    throw new Error(
      `'${name}' is not a cell: it takes WORKLOAD@REQUESTS_IN_FLIGHT, e.g. select1@128, with a workload of ${Object.keys(workloads).join(', ')}`,
    )
  }
  const words = new Set(settings.split('+').filter((word) => word !== ''))
  const unknown = [...words].find((word) => !['v3', 'v4', 'v5', 'lz4', 'tls'].includes(word))
  if (unknown !== undefined) throw new Error(`'${name}' is not a cell: '+${unknown}' is none of +v3, +v4, +v5, +lz4, +tls`)
  const protocol = ([3, 4, 5] as const).find((version) => words.has(`v${version}`)) ?? null
  return {
    name,
    workload,
    inFlight: open === undefined ? Number(number) : 0,
    perSecond: open === undefined ? null : Number(number),
    protocol,
    lz4: words.has('lz4'),
    tls: words.has('tls'),
  }
}
