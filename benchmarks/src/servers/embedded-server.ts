import { startCassandra } from 'cqlwire/embedded'
import type { BenchServer } from './server.js'

/** A real Apache Cassandra of one node, started for the run. */
export async function embeddedServer(signal: AbortSignal, note: (line: string) => void): Promise<BenchServer> {
  const cassandra = await startCassandra({ port: 0, storagePort: 0, signal, onProgress: note })
  return {
    host: cassandra.contactPoints[0]!,
    port: cassandra.port,
    localDataCenter: cassandra.localDataCenter,
    tls: null,
    description: 'a real Apache Cassandra, one node, started by this run',
    answersFromMemory: false,
    pids: cassandra.nodes.map((node) => node.pid).filter((pid) => pid !== null),
    [Symbol.asyncDispose]: () => cassandra.stop(),
  }
}
