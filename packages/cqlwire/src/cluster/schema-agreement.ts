/** Waits until all nodes have the same schema. */
import { setTimeout as wait } from 'node:timers/promises'
import { ShutdownError } from '../base/errors.js'
import { InvalidRequestError } from '../base/server-errors.js'
import type { Connection } from '../connection/connection.js'
import type { Host } from '../metadata/host.js'
import type { SystemRow } from '../metadata/host-row.js'
import type { Uuid } from '../values/uuid.js'
import { querySystem, type SystemQueryOptions } from './system-query.js'

/** Milliseconds between two looks. */
const POLL_MS = 200

/** A connection of a session, to the node that made a change. */
export interface ChangeMaker {
  readonly connection: Connection
  /** Aborts when the session closes its connections: it must not wait for what is asked here. */
  readonly signal: AbortSignal
}

export interface AgreementContext {
  /** Asked while it can be. The other nodes agree with one another until they hear of the change. */
  readonly maker?: ChangeMaker | undefined
  /** The control connection, once there is one. */
  ready(): Promise<Connection>
  hosts(): Iterable<Host>
  readonly query: SystemQueryOptions
  readonly signal: AbortSignal
}

/**
 * Resolves with true as soon as all nodes that are up have one version of the schema, with false where they don't within `timeoutMs`.
 * A node that can't be asked is asked again, or another one in its place.
 *
 * @throws {ShutdownError} the cluster was shut down meanwhile
 */
export async function waitForSchemaAgreement(context: AgreementContext, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs
  const left = (): number => deadline - performance.now()
  for (;;) {
    const agreed = await within(left(), agree(context))
    if (agreed) return true
    if (left() > POLL_MS) await wait(POLL_MS, undefined, { signal: context.signal }).catch(() => {})
    else if (!context.signal.aborted) return false
    if (context.signal.aborted) throw new ShutdownError('The cluster was shut down while it waited for schema agreement')
  }
}

/** False where the answer takes longer, or the nodes can't be asked. */
async function within(ms: number, asked: Promise<boolean>): Promise<boolean> {
  const controller = new AbortController()
  const expired = wait(Math.max(ms, 0), false, { signal: controller.signal }).catch(() => false)
  try {
    return await Promise.race([asked.catch(() => false), expired])
  } finally {
    controller.abort()
  }
}

async function agree(context: AgreementContext): Promise<boolean> {
  const { maker } = context
  const isMakerAsked = maker?.connection.isUsable === true
  const connection = isMakerAsked ? maker.connection : await context.ready()
  const query = isMakerAsked ? { ...context.query, signal: maker.signal } : context.query
  const [local, peers] = await Promise.all([
    querySystem(connection, "SELECT schema_version FROM system.local WHERE key='local'", query),
    peerVersions(connection, query),
  ])
  const versions = new Set<string>()
  add(versions, local[0]?.['schema_version'] as Uuid | null | undefined)
  const up = new Set<string>()
  for (const host of context.hosts()) if (host.isUp && host.hostId !== null) up.add(host.hostId)
  // Nodes that are down, or that the driver left out, can't agree.
  for (const row of peers) if (up.has(String(row['host_id']))) add(versions, row['schema_version'] as Uuid | null)
  return versions.size === 1
}

async function peerVersions(connection: Connection, query: SystemQueryOptions): Promise<readonly SystemRow[]> {
  try {
    return await querySystem(connection, 'SELECT host_id, schema_version FROM system.peers_v2', query)
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error
    return await querySystem(connection, 'SELECT host_id, schema_version FROM system.peers', query)
  }
}

function add(versions: Set<string>, version: Uuid | null | undefined): void {
  if (version !== null && version !== undefined) versions.add(version.toString())
}
