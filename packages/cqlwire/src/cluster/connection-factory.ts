/** Opens connections as a cluster's settings want them: names said at STARTUP, credentials, TLS, compression, keyspace. */
import { setMaxListeners } from 'node:events'
import { ConnectionError, CqlwireError } from '../base/errors.js'
import { InvalidRequestError } from '../base/server-errors.js'
import { Connection } from '../connection/connection.js'
import type { Endpoint } from '../connection/dial.js'
import { connect } from '../connection/handshake.js'
import type { ConnectionSettings } from '../connection/settings.js'
import { loadCompressor } from '../protocol/compression.js'
import { Opcode } from '../protocol/constants.js'
import { featuresOf, type ProtocolVersion } from '../protocol/features.js'
import { writeQuery } from '../protocol/query.js'
import { QueryParameters } from '../protocol/query-parameters.js'
import { bounded } from '../base/bounded.js'
import type { ClusterSettings } from './settings.js'

const DRIVER_NAME = 'cqlwire'
/** The version in package.json; a test compares them. */
export const DRIVER_VERSION = '0.1.0'

/** Quotes a name as CQL has it: `"Name"`, quotes within doubled. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

export interface OpenOptions {
  /** The connection is in this keyspace when it is handed over. */
  readonly keyspace?: string | null
  /** Gives up what is under way. */
  readonly signal: AbortSignal
}

/** A controller for what has many listeners: one per connection that is being opened. */
export function newController(): AbortController {
  const controller = new AbortController()
  setMaxListeners(0, controller.signal)
  return controller
}

export class ConnectionFactory {
  readonly protocolVersion: ProtocolVersion
  readonly #base: Omit<ConnectionSettings, 'signal'>

  constructor(settings: ClusterSettings, protocolVersion: ProtocolVersion) {
    this.protocolVersion = protocolVersion
    const { compression } = settings
    const compresses = compression !== false && featuresOf(protocolVersion).compressions.includes(compression)
    this.#base = {
      tls: settings.tls,
      connectTimeoutMs: settings.connectTimeoutMs,
      protocolVersion,
      compressor: compresses ? loadCompressor(compression) : null,
      startupOptions: startupOptions(settings),
      auth: settings.auth,
      maxRequests: settings.pool.maxRequestsPerConnection,
      heartbeatIntervalMs: settings.pool.heartbeatIntervalMs,
      heartbeatTimeoutMs: settings.pool.heartbeatTimeoutMs,
    }
  }

  /**
   * A connection that takes requests. On any error, its own socket is closed before this rejects.
   *
   * @throws {ConnectionError} not reachable, or given up by the signal; {AuthenticationError}; {ProtocolError} the node doesn't speak the
   * version; {InvalidRequestError} there is no such keyspace
   */
  async open(endpoint: Endpoint, { keyspace = null, signal }: OpenOptions): Promise<Connection> {
    const connection = new Connection(endpoint, { ...this.#base, signal })
    const giveUp = (): void => connection.close()
    signal.addEventListener('abort', giveUp, { once: true })
    try {
      if (signal.aborted)
        throw new ConnectionError(`The connection to ${connection.name} was not opened: it was given up`, { host: connection.name })
      // An authenticator of the user may take for ever.
      await bounded(connect(connection), { signal, what: `the handshake with ${connection.name}` })
      if (keyspace !== null) await useKeyspace(connection, keyspace, this.#base.connectTimeoutMs)
      return connection
    } catch (error) {
      connection.close()
      throw error
    } finally {
      signal.removeEventListener('abort', giveUp)
    }
  }
}

/**
 * Moves the connection to a keyspace.
 *
 * @throws {InvalidRequestError} there is none of this name
 */
export async function useKeyspace(connection: Connection, keyspace: string, timeoutMs: number): Promise<void> {
  const text = `USE ${quoteName(keyspace)}`
  const write = (writer: Connection['writer']): void => writeQuery(writer, connection.protocolVersion, text, new QueryParameters())
  try {
    await connection.request(Opcode.QUERY, write, { timeoutMs, what: text })
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error
    const named = new InvalidRequestError(`Keyspace ${quoteName(keyspace)} can't be used: ${error.message}`)
    named.host = error.host
    throw named
  }
  if (connection.isClosed) throw new CqlwireError(`The connection to ${connection.name} closed after ${text}`, { code: 'ERR_CONNECTION' })
  connection.keyspace = keyspace
}

function startupOptions(settings: ClusterSettings): Readonly<Record<string, string>> {
  const { applicationName, applicationVersion, clientId } = settings
  return {
    DRIVER_NAME,
    DRIVER_VERSION,
    ...(applicationName === null ? {} : { APPLICATION_NAME: applicationName }),
    ...(applicationVersion === null ? {} : { APPLICATION_VERSION: applicationVersion }),
    CLIENT_ID: clientId,
    ...(settings.throwOnOverload ? { THROW_ON_OVERLOAD: '1' } : {}),
  }
}
