/** What a comparison measures where nobody says: which clients do which cells. */
import { parseCell, type Cell } from './cells.js'
import { allClients } from './clients/all-clients.js'

/** A part of the result with a heading of its own. */
export interface Group {
  readonly title: string
  /** Why its figures are there, in a sentence. */
  readonly about: string
  readonly cells: readonly string[]
  readonly clients: readonly string[]
}

const bounds: Group = {
  title: 'Side by side',
  about: 'Every driver on the cells that cqlwire is held to, and the floor: what the sockets of Node cost with the same bytes.',
  cells: ['insert@128', 'select1@1', 'select1@128', 'select1@1024', 'wide@16'],
  clients: [
    'cqlwire',
    'cqlwire-columns',
    'floor',
    'floor-promise',
    'floor-decoded',
    'scylla',
    'gocql',
    'java',
    'cassandra-driver',
    'python',
  ],
}

const patterns: Group = {
  title: 'Patterns',
  about: 'The same requests in every pattern that cqlwire has.',
  cells: ['insert@128', 'select1@128'],
  clients: Object.keys(allClients).filter((name) => name.startsWith('cqlwire') && name !== 'cqlwire-columns'),
}

const workloads: Group = {
  title: 'Workloads',
  about: 'Large values, text, collections, vectors and batches.',
  cells: [
    ...['select-blob1k@128', 'insert-blob1k@128', 'select-blob100k@16', 'insert-blob100k@16', 'select-texts@16', 'insert-texts@128'],
    ...['select-collections@128', 'insert-collections@128', 'select-vectors@128', 'insert-vectors@128', 'batch@128'],
  ],
  clients: ['cqlwire', 'floor', 'cassandra-driver'],
}

const travel: Group = {
  title: 'Protocol, compression, TLS',
  about: 'The same requests over protocol v5, with LZ4, and with TLS.',
  cells: [
    ...['select1@128', 'select1@128+v5', 'select1@128+lz4', 'select1@128+v5+lz4', 'select1@128+tls', 'select1@128+v5+lz4+tls'],
    ...['insert@128+v5', 'wide@16+v5', 'wide@16+lz4', 'wide@16+v5+lz4', 'wide@16+tls'],
  ],
  clients: ['cqlwire', 'floor', 'cassandra-driver'],
}

const openLoop: Group = {
  title: 'Latency at a fixed rate',
  about:
    'Requests are due at a fixed rate whatever becomes of those before, and latency counts from when each was due: no coordinated omission.',
  cells: ['select1@5000/s', 'select1@20000/s', 'insert@20000/s'],
  clients: ['cqlwire', 'cassandra-driver'],
}

export const fullPlan: readonly Group[] = [bounds, patterns, workloads, travel, openLoop]

export const quickPlan: readonly Group[] = [
  {
    ...bounds,
    cells: ['insert@128', 'select1@128', 'wide@16'],
    clients: ['cqlwire', 'cqlwire-columns', 'floor', 'floor-decoded', 'scylla', 'cassandra-driver'],
  },
  { ...patterns, cells: ['select1@128'] },
  { ...travel, cells: ['select1@128+v5'], clients: ['cqlwire'] },
]

/** A client on a cell: what is measured once in each round, in whichever groups it stands. */
export interface Measurement {
  readonly client: string
  readonly cell: Cell
}

/** By cell, without those that the client can't do. */
export function measurementsOf(groups: readonly Group[]): Measurement[] {
  const byCell = new Map<string, Set<string>>()
  for (const { cells, clients } of groups) {
    for (const name of cells) {
      const cell = parseCell(name)
      const known = byCell.get(name) ?? new Set<string>()
      for (const client of clients) if (allClients[client]!.does(cell)) known.add(client)
      byCell.set(name, known)
    }
  }
  return [...byCell].flatMap(([name, clients]) => [...clients].map((client) => ({ client, cell: parseCell(name) })))
}
