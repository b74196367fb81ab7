/** The routing run as text: ratios, with the bounds that are aimed at beside them. */
import Table from 'cli-table3'
import { count, measure } from '../results/numbers.js'
import type { CellSummary, ClientSummary } from '../results/summary.js'
import type { RingFigures, RingReport } from './ring-figures.js'
import { inFlight, largeRing, type RoutingCase, type RoutingGroup } from './routing-case.js'

export type RoutingCell = CellSummary & RoutingGroup

/** Bounds on token maps: many keyspaces of the same replication against one, and MiB of the large ring. */
const mostKeyspacesRatio = 2
const mostRingMiB = 200

const legend = `
Requests: a prepared select of one row by its key, ${inFlight} in flight, read in full; CPU-s/M: CPU-seconds (user and system, all threads of the
client) per million; ratio: to the group's first line within the same round, then the median of the rounds.
The first line of a group has no token map and a policy that names a host without looking. The others have the default policy and a
made-up ring with a replication factor of 3; every node of it shares the connections of the server's nodes, so that requests travel as in
the first line: over one connection what is added is planning and routing alone. Lists of replicas are made beforehand.
Three connections also mean three smaller reads and writes where one did: that is not planning, so they are compared among themselves.
Token maps: CPU time until the map can be asked, and until every replica list of every keyspace was asked for; memory held then.`

export function routingText(cells: readonly RoutingCell[], rings: RingReport): string {
  return [...cells.map(requestText), ringText(rings), legend].join('\n')
}

function newTable(head: readonly string[]): InstanceType<typeof Table> {
  return new Table({
    head: [...head],
    colAligns: ['left', ...head.slice(1).map(() => 'right' as const)],
    style: { head: [], border: [], compact: true },
  })
}

function requestText({ name, cases, clients, failures }: RoutingCell): string {
  const table = newTable(['plan', 'CPU-s/M', 'least–most', 'requests/s', 'ratio', 'at most'])
  for (const each of cases) {
    const summary = clients.find(({ client }) => client === each.name)
    if (summary !== undefined) table.push(requestRow(each, summary))
  }
  const failed = failures.map(({ client, error }) => `  ${client} failed: ${error.split('\n').slice(0, 3).join(' | ')}`)
  return [`\nrequests ${name}`, table.toString(), ...failed].join('\n')
}

function requestRow({ name, plan, mostRatio }: RoutingCase, summary: ClientSummary): string[] {
  return [
    plan === 'default' ? `default policy, ${name}` : name,
    measure(summary.cpuSecondsPerMillion),
    `${measure(summary.cpuLeast)}–${measure(summary.cpuMost)}`,
    count(summary.requestsPerSecond),
    ratio(summary.cpuRatio),
    mostRatio === null ? '' : mostRatio.toFixed(2),
  ]
}

const ratio = (value: number | null): string => (value === null ? '–' : value.toFixed(3))

function ringText({ figures, hostsMiB }: RingReport): string {
  const table = newTable(['token map', 'ready, CPU ms', 'filled, CPU ms', 'ratio', 'MiB', 'ratio', 'at most'])
  for (const each of figures) {
    const base = figures.find(({ nodes, keyspaces }) => nodes === each.nodes && keyspaces === 1)!
    table.push(ringRow(each, base))
  }
  const hosts = `  ${count(largeRing)} nodes with their tokens as the server writes them hold ${measure(hostsMiB)} MiB besides`
  return ['\ntoken maps, 256 tokens a node', table.toString(), hosts].join('\n')
}

function ringRow(each: RingFigures, base: RingFigures): string[] {
  const many = each.keyspaces > 1
  const bounds = [...(many ? [mostKeyspacesRatio.toFixed(1)] : []), ...(each.nodes === largeRing ? [`${mostRingMiB} MB`] : [])]
  return [
    `${count(each.nodes)} nodes, ${each.keyspaces === 1 ? '1 keyspace' : `${each.keyspaces} keyspaces`}`,
    measure(each.readyMs),
    measure(each.filledMs),
    many ? ratio(each.filledMs / base.filledMs) : '',
    measure(each.heldMiB),
    many ? ratio(each.heldMiB / base.heldMiB) : '',
    bounds.join(', '),
  ]
}
