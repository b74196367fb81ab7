import { Cluster } from 'cqlwire'
import type { BenchServer } from './server.js'

const defaultPort = 9042

/** A server that runs already: `host[:port]`. Its data centre is asked for where it isn't given. */
export async function givenServer(contactPoint: string, localDataCenter: string | null): Promise<BenchServer> {
  const { host, port } = parseContactPoint(contactPoint)
  return {
    host,
    port,
    localDataCenter: localDataCenter ?? (await askDataCenter(contactPoint)),
    tls: null,
    description: `the server at ${contactPoint}`,
    answersFromMemory: false,
    pids: [],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

/** `host`, `host:port`, `[v6]:port`. */
export function parseContactPoint(text: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text)
  if (match === null) return { host: text, port: defaultPort } // an IPv6 address without a port
  return { host: match[1] ?? match[2]!, port: match[3] === undefined ? defaultPort : Number(match[3]) }
}

async function askDataCenter(contactPoint: string): Promise<string> {
  await using cluster = new Cluster({ contactPoints: [contactPoint] })
  await using session = await cluster.connect()
  const row = (await session.execute('SELECT data_center FROM system.local')).one()
  return String(row?.['data_center'] ?? '')
}
