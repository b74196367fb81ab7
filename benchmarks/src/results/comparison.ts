/** The result of a comparison: what is written as JSON, and what the text, the report and the documentation are made of. */
import type { Environment } from '../environment.js'
import type { Group } from '../plan.js'
import type { Run } from '../rounds.js'
import type { Bound } from './bounds.js'
import type { CellSummary } from './summary.js'

export interface Comparison {
  readonly mode: 'compare'
  readonly environment: Environment
  readonly server: string
  readonly place: string
  readonly rounds: number
  readonly windowSeconds: number
  readonly baseline: string
  readonly groups: readonly Group[]
  readonly cells: readonly CellSummary[]
  readonly bounds: readonly Bound[]
  /** What was asked for and not measured. */
  readonly leftOut: readonly { readonly what: string; readonly why: string }[]
  readonly runs: readonly Run[]
}

/** A cell of a group, with the clients of the group only. */
export function cellsOf({ cells }: Comparison, group: Group): CellSummary[] {
  return group.cells.flatMap((name) => {
    const found = cells.find(({ cell }) => cell === name)
    if (found === undefined) return []
    const clients = found.clients.filter(({ client }) => group.clients.includes(client))
    const failures = found.failures.filter(({ client }) => group.clients.includes(client))
    return clients.length + failures.length === 0 ? [] : [{ cell: name, clients, failures }]
  })
}

export const placeOf = ({ environment, server, place, rounds, windowSeconds }: Comparison): string =>
  `Server: ${server}; ${place}; ${rounds} rounds of ${windowSeconds} s for each client and cell; Node.js ${environment.node}; ` +
  `${environment.cores} cores of ${environment.cpu}; ${environment.date}; revision ${environment.revision ?? 'unknown'}`
