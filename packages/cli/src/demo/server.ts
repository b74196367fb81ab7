/** The Cassandra that the demo talks to: one that it starts, or one that runs already. */
import type { BlockingOptions } from 'cqlwire/sync'
import type { DemoOptions } from './demo-options.js'
import type { Progress } from './progress.js'

/** A row that was written is read at once, perhaps from another replica: a quorum on both sides always meets in one. */
export const consistency = 'LOCAL_QUORUM' as const

/** A server, and how a cluster connects to it. Disposing it ends what the demo started, and nothing else. */
export interface DemoServer extends AsyncDisposable {
  /** Plain values, so that a blocking session takes them too. */
  readonly connection: BlockingOptions
  readonly contactPoints: readonly string[]
  readonly startedByDemo: boolean
}

export async function openServer(options: DemoOptions, signal: AbortSignal, progress: Progress): Promise<DemoServer> {
  const common = {
    applicationName: 'cqlwire demo',
    executionProfiles: { default: { consistency } },
    ...(options.protocol === null ? {} : { protocolVersion: options.protocol }),
  }
  if (options.contactPoints !== null) {
    return {
      connection: {
        ...common,
        contactPoints: [...options.contactPoints],
        ...(options.localDataCenter === null ? {} : { localDataCenter: options.localDataCenter }),
      },
      contactPoints: options.contactPoints,
      startedByDemo: false,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }
  }
  const { startCassandra } = await import('cqlwire/embedded')
  // any free ports: the demo shall run beside a Cassandra that is up already
  const cassandra = await startCassandra({
    nodes: options.nodes,
    port: 0,
    storagePort: 0,
    signal,
    onProgress: (line) => progress.note(line),
  })
  return {
    connection: {
      ...common,
      contactPoints: [...cassandra.contactPoints],
      port: cassandra.port,
      localDataCenter: cassandra.localDataCenter,
    },
    contactPoints: cassandra.contactPoints.map((address) => `${address}:${cassandra.port}`),
    startedByDemo: true,
    [Symbol.asyncDispose]: () => cassandra.stop(),
  }
}
