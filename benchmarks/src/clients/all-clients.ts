/** Every client by its name: what the runner starts, and `--clients` takes. */
import type { OpenClient } from './client.js'

export interface ClientEntry {
  readonly description: string
  /** Loaded in the client's own process only: no client runs with another one's code in its heap. */
  load(): Promise<{ readonly open: OpenClient }>
}

export const allClients: Readonly<Record<string, ClientEntry>> = {
  cqlwire: { description: 'cqlwire, await execute()', load: () => import('./cqlwire-wait.js') },
  'cqlwire-futures': { description: 'cqlwire, executeAsync() in batches', load: () => import('./cqlwire-futures.js') },
  'cqlwire-callbacks': {
    description: 'cqlwire, executeAsync() with callbacks, a full pipeline',
    load: () => import('./cqlwire-callbacks.js'),
  },
  'cqlwire-concurrent': { description: 'cqlwire, executeConcurrentWithArgs()', load: () => import('./cqlwire-concurrent.js') },
  'cqlwire-blocking': { description: 'cqlwire/sync, the thread blocked', load: () => import('./cqlwire-blocking.js') },
  'cassandra-driver': { description: 'npm cassandra-driver, await execute()', load: () => import('./cassandra-driver-wait.js') },
  'cassandra-driver-concurrent': {
    description: 'npm cassandra-driver, executeConcurrent()',
    load: () => import('./cassandra-driver-concurrent.js'),
  },
}

/** What the ratios are to. */
export const baseline = 'cassandra-driver'
