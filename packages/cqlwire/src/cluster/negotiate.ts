/**
 * Which protocol version to speak: the highest that the node takes, of 5, 4 and 3.
 *
 * A node that doesn't speak the version of STARTUP answers with a protocol error in a version of its own (native protocol, section
 * 2.4.1.1), or, in old releases, closes the connection. Where the user chose a version there is nothing to negotiate.
 */
import { AuthenticationError, ConnectionError, CqlwireError } from '../base/errors.js'
import { ProtocolError } from '../base/server-errors.js'
import type { Connection } from '../connection/connection.js'
import { type Endpoint, endpointName } from '../connection/dial.js'
import { type ProtocolVersion, SUPPORTED_VERSIONS } from '../protocol/features.js'
import { ConnectionFactory } from './connection-factory.js'
import type { ClusterSettings } from './settings.js'

export interface Negotiated {
  readonly factory: ConnectionFactory
  readonly connection: Connection
}

/** Whether an error of the handshake may come from a version that the node doesn't know. */
function mayBeVersion(error: unknown): boolean {
  if (error instanceof AuthenticationError) return false
  if (error instanceof ProtocolError) return true
  if (error instanceof ConnectionError && error.code === 'ERR_TLS') return false
  // Accepted, then closed while the STARTUP was under way. Refused and timed-out connections were never sent anything.
  return error instanceof ConnectionError && error.sent
}

/**
 * Opens the first connection of a cluster, and with it finds out the version.
 *
 * @throws {ConnectionError} not reachable; {AuthenticationError}; {CqlwireError} with code ERR_PROTOCOL_VERSION: no version in common
 */
export async function negotiate(settings: ClusterSettings, endpoint: Endpoint, signal: AbortSignal): Promise<Negotiated> {
  const versions = settings.protocolVersion === null ? SUPPORTED_VERSIONS : [settings.protocolVersion]
  let first: Error | null = null
  for (const version of versions) {
    const factory = new ConnectionFactory(settings, version)
    try {
      return { factory, connection: await factory.open(endpoint, { signal }) }
    } catch (error) {
      if (!mayBeVersion(error) || signal.aborted) throw error
      first ??= error as Error
    }
  }
  // A node that hangs up whatever it is told has another trouble than the version.
  if (!(first instanceof ProtocolError)) throw settings.tls === null && !isStrange(first!) ? hungUp(endpoint, first!) : first!
  throw noVersion(endpoint, versions, first)
}

/** The node did answer, with what is no CQL: that says more than any guess. */
function isStrange(error: Error): boolean {
  return error instanceof CqlwireError && error.code === 'ERR_MALFORMED_FRAME'
}

function hungUp(endpoint: Endpoint, cause: Error): Error {
  const host = endpointName(endpoint)
  const message = `${host} takes connections, and closes them when it is spoken to in plain text: does it want TLS (option tls)? Is it a Cassandra at all?`
  return new ConnectionError(message, { host, sent: true, cause })
}

function noVersion(endpoint: Endpoint, versions: readonly ProtocolVersion[], cause: Error): Error {
  const name = endpointName(endpoint)
  const wanted =
    versions.length === 1 ? `protocol v${versions[0]!} (option protocolVersion)` : `any of the protocol versions ${versions.join(', ')}`
  const remedy = versions.length === 1 ? 'Leave protocolVersion out to have it negotiated' : 'It is too old, or too new, for this driver'
  return new CqlwireError(`${name} does not speak ${wanted}. It says: ${cause.message}. ${remedy}`, { code: 'ERR_PROTOCOL_VERSION', cause })
}
