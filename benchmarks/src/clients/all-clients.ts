/** Every client by its name: what the runner starts, and `--clients` takes. */
import type { Cell } from '../cells.js'
import type { OpenClient } from './client.js'

export interface ClientEntry {
  readonly description: string
  /** Of the driver that is measured here, or of something that it is compared with. */
  readonly kind: 'cqlwire' | 'floor' | 'peer'
  /** It can do this cell; others are left out. */
  does(cell: Cell): boolean
  /**
   * Loaded in the client's own process only: no client runs with another one's code in its heap. Null: a program of its own, in another
   * language, see peers.ts.
   */
  readonly load: (() => Promise<OpenClient>) | null
  /** Its processes run on any core: it uses several. */
  readonly unpinned?: true
}

const always = (): boolean => true
const oneStatement = ({ workload, perSecond }: Cell): boolean => workload.batchOf === 1 && perSecond === null
const many = (cell: Cell): boolean => oneStatement(cell) && cell.inFlight > 1
const plain = ({ lz4, tls, perSecond }: Cell): boolean => !lz4 && !tls && perSecond === null
const isBasic = ({ workload }: Cell): boolean => ['insert', 'select1', 'wide'].includes(workload.name)
const isDecoded = (cell: Cell): boolean => plain(cell) && ['select1', 'wide'].includes(cell.workload.name)
/** Compression and v5 with Cassandra are not in npm `cassandra-driver`. */
const byNpm = ({ lz4, protocol }: Cell): boolean => !lz4 && protocol !== 5
const byPeer = (cell: Cell): boolean => isBasic(cell) && plain(cell) && (cell.protocol ?? 4) === 4

export const allClients: Readonly<Record<string, ClientEntry>> = {
  cqlwire: {
    description: 'wait: await execute(), in as many loops as requests are in flight',
    kind: 'cqlwire',
    does: always,
    load: async () => (await import('./cqlwire-wait.js')).open,
  },
  'cqlwire-future-batches': {
    description: 'executeAsync() for a batch, then all of its results, then the next batch',
    kind: 'cqlwire',
    does: many,
    load: async () => (await import('./cqlwire-future-batches.js')).open,
  },
  'cqlwire-callback-pipeline': {
    description: 'executeAsync() whose callbacks send the next request',
    kind: 'cqlwire',
    does: many,
    load: async () => (await import('./cqlwire-callbacks.js')).open,
  },
  'cqlwire-future-pipeline': {
    description: 'a queue of futures: the oldest is awaited before the next is sent',
    kind: 'cqlwire',
    does: many,
    load: async () => (await import('./cqlwire-future-pipeline.js')).open,
  },
  'cqlwire-future-throttle': {
    description: 'thousands of futures at once; what is over the connection’s share waits in the session',
    kind: 'cqlwire',
    does: many,
    load: async () => (await import('./cqlwire-future-batches.js')).openFullThrottle,
  },
  'cqlwire-concurrent': {
    description: 'executeConcurrentWithArgs() over an endless supply of parameters',
    kind: 'cqlwire',
    does: oneStatement,
    load: async () => (await import('./cqlwire-concurrent.js')).open,
  },
  'cqlwire-concurrent-auto': {
    description: "executeConcurrentWithArgs() with concurrency: 'auto': it chooses the number in flight, whatever the cell's",
    kind: 'cqlwire',
    does: many,
    load: async () => (await import('./cqlwire-concurrent.js')).openAuto,
  },
  'cqlwire-blocking': {
    description: 'cqlwire/sync: the thread is blocked; one by one with @1, else executeConcurrentWithArgs()',
    kind: 'cqlwire',
    does: oneStatement,
    load: async () => (await import('./cqlwire-blocking.js')).open,
  },
  'cqlwire-columns': {
    description: "rowFactory: 'columns'",
    kind: 'cqlwire',
    does: (cell) => many(cell) && cell.workload.name === 'wide',
    load: async () => (await import('./cqlwire-columns.js')).open,
  },
  'cqlwire-parallel-1': {
    description: 'parallel.executeConcurrentWithArgs(), one worker, on any core',
    kind: 'cqlwire',
    does: many,
    load: async () => (await import('./cqlwire-parallel.js')).openOne,
    unpinned: true,
  },
  'cqlwire-parallel-2': {
    description: 'parallel.executeConcurrentWithArgs(), two workers, on any core',
    kind: 'cqlwire',
    does: many,
    load: async () => (await import('./cqlwire-parallel.js')).openTwo,
    unpinned: true,
  },
  'cqlwire-parallel-map-1': {
    description: 'parallel.map(), one worker that makes its own requests, on any core',
    kind: 'cqlwire',
    does: many,
    load: async () => (await import('./cqlwire-parallel-map.js')).openOne,
    unpinned: true,
  },
  'cqlwire-parallel-map-2': {
    description: 'parallel.map(), two workers that make their own requests, on any core',
    kind: 'cqlwire',
    does: many,
    load: async () => (await import('./cqlwire-parallel-map.js')).openTwo,
    unpinned: true,
  },
  floor: {
    description: 'the floor: a bare socket of Node, frames made beforehand, headers of answers',
    kind: 'floor',
    does: plain,
    load: async () => (await import('./floor.js')).openBare,
  },
  'floor-promise': {
    description: 'the floor with one promise and one result object a request',
    kind: 'floor',
    does: plain,
    load: async () => (await import('./floor.js')).openPromises,
  },
  'floor-decoded': {
    description: 'the same, and rows decoded by straight-line code',
    kind: 'floor',
    does: isDecoded,
    load: async () => (await import('./floor.js')).openDecoded,
  },
  'cassandra-driver': {
    description: 'npm cassandra-driver, await execute(): the baseline of the ratios',
    kind: 'peer',
    does: byNpm,
    load: async () => (await import('./cassandra-driver-wait.js')).open,
  },
  'cassandra-driver-concurrent': {
    description: 'npm cassandra-driver, executeConcurrent()',
    kind: 'peer',
    does: (cell) => byNpm(cell) && many(cell),
    load: async () => (await import('./cassandra-driver-concurrent.js')).open,
  },
  scylla: { description: 'scylla, the Rust driver, on one thread', kind: 'peer', does: byPeer, load: null },
  gocql: { description: 'gocql, the Go driver', kind: 'peer', does: byPeer, load: null },
  java: { description: 'the Java driver 4, executeAsync()', kind: 'peer', does: byPeer, load: null },
  python: { description: 'the Python driver with its compiled extensions, callback full pipeline', kind: 'peer', does: byPeer, load: null },
  'python-concurrent': {
    description: 'the Python driver, execute_concurrent_with_args()',
    kind: 'peer',
    does: (cell) => byPeer(cell) && many(cell),
    load: null,
  },
}

/** What the ratios are to. */
export const baseline = 'cassandra-driver'
