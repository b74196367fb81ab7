/** From the clients and cells that are asked for to those that can run here. */
import type { Cell } from './cells.js'
import { allClients } from './clients/all-clients.js'
import { preparePeer, type Command } from './peers.js'
import { measurementsOf, type Group } from './plan.js'
import type { Revision } from './revision.js'
import type { Candidate } from './rounds.js'
import type { Runtime } from './runtimes.js'
import type { BenchServer } from './servers/server.js'

export interface Asked {
  readonly groups: readonly Group[]
  /** Cells with client `cqlwire` that are measured under each of these too. */
  readonly runtimes: readonly Runtime[]
  readonly runtimeCells: readonly string[]
  /** Every client of cqlwire is measured with this revision too. */
  readonly against: Revision | null
}

export interface Chosen {
  readonly candidates: readonly Candidate[]
  /** With the names of what runs under other runtimes and revisions. */
  readonly groups: readonly Group[]
  readonly leftOut: { readonly what: string; readonly why: string }[]
}

const ownRuntime: Command = [process.execPath, '--enable-source-maps']

export const runtimeGroupTitle = 'Runtimes'

export async function chooseCandidates(asked: Asked, server: BenchServer, note: (line: string) => void): Promise<Chosen> {
  const groups = [...asked.groups]
  if (asked.runtimes.length > 0) {
    groups.push({
      title: runtimeGroupTitle,
      about: 'cqlwire, await execute(), under other programs that run JavaScript.',
      cells: asked.runtimeCells,
      clients: ['cqlwire'],
    })
  }
  const wanted = measurementsOf(groups)
  const leftOut = await unavailable([...new Set(wanted.map(({ client }) => client))], note)
  const isTlsMissing = server.tls === null && wanted.some(({ cell }) => cell.tls)
  if (isTlsMissing) leftOut.push({ what: 'cells with TLS', why: `${server.description} doesn't speak it` })
  const missing = new Set(leftOut.map(({ what }) => what))
  const candidates = wanted
    .filter(({ client, cell }) => !missing.has(client) && !(isTlsMissing && cell.tls))
    .map((measurement): Candidate => ({ ...measurement, name: measurement.client, runtime: ownRuntime }))
  const others = candidates.flatMap((candidate) => [...underRuntimes(candidate, asked), ...withRevision(candidate, asked)])
  return { candidates: [...candidates, ...others], groups: groups.map((group) => named(group, others)), leftOut }
}

async function unavailable(clients: readonly string[], note: (line: string) => void): Promise<Chosen['leftOut']> {
  const leftOut: Chosen['leftOut'] = []
  for (const what of clients) {
    const why = allClients[what]!.load === null ? preparePeer(what, note) : what.includes('parallel') ? await withoutParallel() : null
    if (why !== null) leftOut.push({ what, why })
  }
  for (const { what, why } of leftOut) note(`${what} is left out: ${why}`)
  return leftOut
}

async function withoutParallel(): Promise<string | null> {
  const name = 'cqlwire/parallel'
  return import(name).then(
    () => null,
    () => 'this revision has no cqlwire/parallel',
  )
}

function underRuntimes(candidate: Candidate, { runtimes, runtimeCells }: Asked): Candidate[] {
  if (candidate.client !== 'cqlwire' || !runtimeCells.includes(candidate.cell.name)) return []
  return runtimes.map(({ name, command }) => ({ ...candidate, name: `${candidate.client}, ${name}`, runtime: command }))
}

function withRevision(candidate: Candidate, { against }: Asked): Candidate[] {
  if (against === null || allClients[candidate.client]!.kind !== 'cqlwire') return []
  return [{ ...candidate, name: `${candidate.client}, ${against.commit}`, runtime: against.runtime }]
}

/** A group shows its clients under every name that they run by; the one of runtimes, those under runtimes. */
function named(group: Group, others: readonly Candidate[]): Group {
  const isOf = ({ client, cell }: { readonly client: string; readonly cell: Cell }): boolean =>
    group.clients.includes(client) && group.cells.includes(cell.name)
  const isRuntime = (name: string): boolean => /, (Node|Bun|Deno) \d/.test(name)
  const names = others.filter(isOf).map(({ name }) => name)
  const wanted = names.filter((name) => group.title === runtimeGroupTitle || !isRuntime(name))
  return { ...group, clients: [...new Set([...group.clients, ...wanted])] }
}
