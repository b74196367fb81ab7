import { setTimeout as delay } from 'node:timers/promises'
import { EmbeddedCassandraError } from './embedded-error.js'
import type { ManagedNode } from './node.js'
import { askColumn } from './raw-cql.js'

/** What lacks of a state to wait for, in words, or null where nothing does. */
type Lack = (node: ManagedNode, nodes: readonly ManagedNode[]) => Promise<string | null>

/**
 * Waits until every node takes a login, lists every other one in system.peers with the same version of the schema as its own,
 * and has seen it come up. Drivers read system.peers; coordinators go by who is up.
 * @throws {EmbeddedCassandraError} not within the time; says which node lacks what
 */
export async function waitUntilJoined(nodes: readonly ManagedNode[], timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
  await waitUntilNothing(async (node) => (await lackOfSight(node, nodes)) ?? (await lackOfPeers(node, nodes)), nodes, timeoutMs, signal)
}

/** Waits until the nodes that are up have seen each other come up: after a node was started again. Asks no node, since a login may be refused. */
export async function waitUntilSeen(nodes: readonly ManagedNode[], timeoutMs: number): Promise<void> {
  const up = nodes.filter((node) => node.state === 'up')
  await waitUntilNothing(lackOfSight, up, timeoutMs, undefined)
}

async function waitUntilNothing(
  lacks: Lack,
  nodes: readonly ManagedNode[],
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const deadline = Date.now() + timeoutMs
  for (const node of nodes) {
    for (;;) {
      signal?.throwIfAborted()
      const lack = await lacks(node, nodes)
      if (lack === null) break
      if (Date.now() > deadline) {
        const log = await node.logs(30)
        throw new EmbeddedCassandraError(`Node ${node.address} did not join within ${timeoutMs} ms: ${lack}.`, {
          code: 'ERR_NODE_TIMEOUT',
          address: node.address,
          log,
        })
      }
      await delay(100)
    }
  }
}

/** Cassandra's gossip says "InetAddress /127.0.0.2:7000 is now UP", and DOWN. Nodes that went down meanwhile are nobody's to see. */
async function lackOfSight(node: ManagedNode, nodes: readonly ManagedNode[]): Promise<string | null> {
  if (node.state !== 'up') return null
  const log = await node.logOfThisRun()
  for (const other of nodes) {
    if (other === node || other.state !== 'up') continue
    const said = [...log.matchAll(new RegExp(`/${other.address.replaceAll('.', '\\.')}:\\d+ is now (UP|DOWN)`, 'g'))]
    if (said.at(-1)?.[1] !== 'UP') return `it has not seen ${other.address} come up`
  }
  return null
}

async function lackOfPeers(node: ManagedNode, nodes: readonly ManagedNode[]): Promise<string | null> {
  try {
    const own = await askColumn(node.target, "SELECT schema_version FROM system.local WHERE key='local'")
    if (nodes.length === 1) return null
    const addresses = await askColumn(node.target, 'SELECT rpc_address FROM system.peers')
    const listed = new Set(addresses.map((bytes) => bytes.join('.')))
    const absent = nodes.find((other) => other !== node && !listed.has(other.address))
    if (absent !== undefined) return `it does not list ${absent.address} in system.peers`
    const versions = await askColumn(node.target, 'SELECT schema_version FROM system.peers')
    return versions.every((version) => own[0]?.equals(version) === true) ? null : 'its schema differs from that of the others'
  } catch (error) {
    return `it answered with ${(error as Error).message}`
  }
}
