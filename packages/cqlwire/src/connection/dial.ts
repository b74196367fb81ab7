/** Opening a socket, TCP or TLS, that reads into the thread's one receive buffer. */
import net from 'node:net'
import tls from 'node:tls'
import { bounded } from '../base/bounded.js'
import { ConnectionError } from '../base/errors.js'
import { explainSocketError, isTlsError } from './explain.js'
import { receiveBuffer } from './receive-arena.js'
import type { TlsClient } from './tls.js'

/** Where a node is reached. */
export interface Endpoint {
  readonly address: string
  readonly port: number
  /** A Unix-domain socket's path, used instead of address and port. */
  readonly path?: string
  /** The name that TLS asks for (SNI) and checks, where it is not the address. */
  readonly serverName?: string
  /** The name that a contact point has for this address: asked for and checked where neither `serverName` nor the TLS options say another. */
  readonly contactName?: string
  /** What errors and logs call it, where address and port are those of several nodes. */
  readonly name?: string
}

export interface DialOptions {
  /** null: no TLS. */
  readonly tls: TlsClient | null
  readonly connectTimeoutMs: number
  readonly keepAlive?: boolean
  readonly signal?: AbortSignal | undefined
}

/** Called with the number of bytes that lie at the start of `receiveBuffer`. */
export type ReadCallback = (count: number) => void

/** Its name, its path, or `address:port`, with brackets around an IPv6 address. */
export function endpointName(endpoint: Endpoint): string {
  if (endpoint.name !== undefined) return endpoint.name
  if (endpoint.path !== undefined) return endpoint.path
  return endpoint.address.includes(':') ? `[${endpoint.address}]:${endpoint.port}` : `${endpoint.address}:${endpoint.port}`
}

/** The name that TLS asks for and checks; without one it is the address. */
function serverNameOf(endpoint: Endpoint, options: tls.ConnectionOptions): { readonly servername?: string } {
  const name = endpoint.serverName ?? options.servername ?? endpoint.contactName
  return name === undefined ? {} : { servername: name }
}

/**
 * Connects; resolves with a socket whose bytes go to `onRead`.
 *
 * @throws {ConnectionError} refused, unreachable, not verified, or not connected within `connectTimeoutMs`; its code is ERR_TLS where TLS
 * itself is the trouble
 */
export async function dial(endpoint: Endpoint, options: DialOptions, onRead: ReadCallback): Promise<net.Socket> {
  const place = endpoint.path === undefined ? { host: endpoint.address, port: endpoint.port } : { path: endpoint.path }
  const onread: net.OnReadOpts = {
    buffer: receiveBuffer,
    callback: (count) => {
      onRead(count)
      return true
    },
  }
  const common = { ...place, noDelay: true, keepAlive: options.keepAlive ?? true, onread } as net.NetConnectOpts
  const client = options.tls
  if (client === null) return connected(() => net.connect(common), 'connect', endpoint, options)

  const began = performance.now()
  const tlsOptions = await optionsFor(client, endpoint, options)
  const name = serverNameOf(endpoint, tlsOptions)
  const key = `${endpointName(endpoint)} ${name.servername ?? ''}`
  const session = client.session(key)
  let fresh: Buffer | null = null
  const open = (): tls.TLSSocket =>
    tls
      .connect({ ...tlsOptions, ...name, ...(session === undefined ? {} : { session }), ...(common as object) })
      .on('session', (made) => (fresh = made))
  const left = Math.max(1, options.connectTimeoutMs - (performance.now() - began))
  const socket = await connected(open, 'secureConnect', endpoint, options, left)
  // Not before the certificate was found good: a session that is resumed isn't verified again.
  client.keepSessions(key, socket, tlsOptions, fresh)
  return socket
}

async function optionsFor(
  client: TlsClient,
  endpoint: Endpoint,
  { signal, connectTimeoutMs }: DialOptions,
): Promise<tls.ConnectionOptions> {
  const host = endpointName(endpoint)
  try {
    return await bounded(client.options(), { signal, timeoutMs: connectTimeoutMs, what: 'the option tls' })
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    throw new ConnectionError(`Can't connect to ${host}: the option tls gives nothing that can be used: ${message}`, {
      host,
      code: 'ERR_TLS',
      cause,
    })
  }
}

function connected<S extends net.Socket>(
  open: () => S,
  event: 'connect' | 'secureConnect',
  endpoint: Endpoint,
  options: DialOptions,
  timeoutMs = options.connectTimeoutMs,
): Promise<S> {
  const host = endpointName(endpoint)
  return new Promise((resolve, reject) => {
    const socket = opened(open, host)
    const settle = (error: ConnectionError | null): void => {
      clearTimeout(timer)
      options.signal?.removeEventListener('abort', onAbort)
      socket.removeListener('error', onError)
      socket.removeListener('close', onClose)
      if (error === null) return resolve(socket)
      socket.on('error', () => {}) // destroyed on purpose: a late error has no listener left
      socket.destroy()
      reject(error)
    }
    const failed = (reason: string, cause?: unknown): void => {
      const code = isTlsError(cause) ? { code: 'ERR_TLS' } : {}
      const error = { host, sent: false, ...code, ...(cause === undefined ? {} : { cause }) }
      settle(new ConnectionError(`Can't connect to ${host}: ${reason}`, error))
    }
    const onError = (error: NodeJS.ErrnoException): void => failed(explainSocketError(error), error)
    const onClose = (): void => failed('the node closed the connection at once')
    const onAbort = (): void => failed('the attempt was given up', options.signal?.reason)
    const included = event === 'secureConnect' ? ', TLS handshake included' : ''
    const timer = setTimeout(() => failed(`not connected within ${options.connectTimeoutMs} ms (connectTimeoutMs)${included}`), timeoutMs)
    socket.once('error', onError)
    socket.once('close', onClose)
    socket.once(event, () => settle(null))
    if (options.signal?.aborted) onAbort()
    else options.signal?.addEventListener('abort', onAbort, { once: true })
  })
}

/** @throws {ConnectionError} the options are not such that a socket can be made */
function opened<S>(open: () => S, host: string): S {
  try {
    return open()
  } catch (cause) {
    throw new ConnectionError(`Can't connect to ${host}: ${(cause as Error).message}`, { host, cause })
  }
}
