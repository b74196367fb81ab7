import { setTimeout as delay } from 'node:timers/promises'
import { EmbeddedCassandraError } from './embedded-error.js'
import type { ManagedNode } from './node.js'
import { askColumn } from './raw-cql.js'

/**
 * Waits until every node takes a login, lists every other one in system.peers with the same version of the schema as its own,
 * and has seen it come up. Drivers read system.peers; coordinators go by who is up.
 * @throws {EmbeddedCassandraError} not within the time; says which node lacks what
 */
export async function waitUntilJoined(nodes: readonly ManagedNode[], timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
  const deadline = Date.now() + timeoutMs
  for (const node of nodes) {
    for (;;) {
      signal?.throwIfAborted()
      const lack = await whatLacks(node, nodes)
      if (lack === null) break
      if (Date.now() > deadline) {
        const log = await node.logs(30)
        throw new EmbeddedCassandraError(`Node ${node.address} did not join within ${timeoutMs} ms: ${lack}.`, {
          address: node.address,
          log,
        })
      }
      await delay(50)
    }
  }
}

/** Null where nothing lacks. */
async function whatLacks(node: ManagedNode, nodes: readonly ManagedNode[]): Promise<string | null> {
  try {
    const own = await askColumn(node.target, "SELECT schema_version FROM system.local WHERE key='local'")
    if (nodes.length === 1) return null
    const addresses = await askColumn(node.target, 'SELECT rpc_address FROM system.peers')
    const listed = new Set(addresses.map((bytes) => bytes.join('.')))
    const versions = await askColumn(node.target, 'SELECT schema_version FROM system.peers')
    const log = await node.logOfThisRun()
    for (const other of nodes) {
      if (other === node) continue
      if (!listed.has(other.address)) return `it does not list ${other.address} in system.peers`
      if (!isUp(other.address, log)) return `it has not seen ${other.address} come up`
    }
    if (versions.some((version) => own[0]?.equals(version) !== true)) return 'its schema differs from that of the others'
    return null
  } catch (error) {
    return `it answered with ${(error as Error).message}`
  }
}

/** Cassandra's gossip says "InetAddress /127.0.0.2:7000 is now UP", and DOWN. */
function isUp(address: string, log: string): boolean {
  const said = [...log.matchAll(new RegExp(`/${address.replaceAll('.', '\\.')}:\\d+ is now (UP|DOWN)`, 'g'))]
  return said.at(-1)?.[1] === 'UP'
}
