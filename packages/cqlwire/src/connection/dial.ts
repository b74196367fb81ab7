/** Opening a socket, TCP or TLS, that reads into the thread's one receive buffer. */
import net from 'node:net'
import tls from 'node:tls'
import { ConnectionError } from '../base/errors.js'
import { receiveBuffer } from './receive-arena.js'

/** Where a node is reached. */
export interface Endpoint {
  readonly address: string
  readonly port: number
  /** A Unix-domain socket's path, used instead of address and port. */
  readonly path?: string
  /** The name that TLS asks for (SNI) and checks, where it is not the address. */
  readonly serverName?: string
  /** What errors and logs call it, where address and port are those of several nodes. */
  readonly name?: string
}

export interface DialOptions {
  /** null: no TLS. Certificates are verified unless the options say otherwise themselves. */
  readonly tls: tls.ConnectionOptions | null
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

function openSocket(endpoint: Endpoint, options: DialOptions, onread: net.OnReadOpts): net.Socket {
  const place = endpoint.path === undefined ? { host: endpoint.address, port: endpoint.port } : { path: endpoint.path }
  const common = { ...place, noDelay: true, keepAlive: options.keepAlive ?? true, onread }
  if (options.tls === null) return net.connect(common as net.NetConnectOpts)
  const serverName = endpoint.serverName === undefined ? {} : { servername: endpoint.serverName }
  return tls.connect({ minVersion: 'TLSv1.2', ...options.tls, ...serverName, ...(common as object) })
}

/**
 * Connects; resolves with a socket whose bytes go to `onRead`.
 *
 * @throws {ConnectionError} refused, unreachable, not verified, or not connected within `connectTimeoutMs`
 */
export function dial(endpoint: Endpoint, options: DialOptions, onRead: ReadCallback): Promise<net.Socket> {
  const host = endpointName(endpoint)
  return new Promise((resolve, reject) => {
    const socket = openSocket(endpoint, options, {
      buffer: receiveBuffer,
      callback: (count) => {
        onRead(count)
        return true
      },
    })
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
    const failed = (reason: string, cause?: unknown): void =>
      settle(new ConnectionError(`Can't connect to ${host}: ${reason}`, { host, sent: false, ...(cause === undefined ? {} : { cause }) }))
    const onError = (error: NodeJS.ErrnoException): void => failed(explain(error), error)
    const onClose = (): void => failed('the node closed the connection at once')
    const onAbort = (): void => failed('the attempt was given up', options.signal?.reason)
    const timer = setTimeout(
      () =>
        failed(`not connected within ${options.connectTimeoutMs} ms (connectTimeoutMs)${options.tls ? ', TLS handshake included' : ''}`),
      options.connectTimeoutMs,
    )
    socket.once('error', onError)
    socket.once('close', onClose)
    socket.once(options.tls === null ? 'connect' : 'secureConnect', () => settle(null))
    if (options.signal?.aborted) onAbort()
    else options.signal?.addEventListener('abort', onAbort, { once: true })
  })
}

function explain(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ECONNREFUSED':
      return 'connection refused; nothing listens there (is the node up, and native_transport_port right?)'
    case 'ENOENT':
      return 'there is no such socket (is what listens on it running?)'
    case 'ENOTFOUND':
      return 'the name does not resolve'
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `${error.message} (the certificate is not for this name; tls.checkServerIdentity or a right certificate mends it)`
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return `${error.message} (${error.code}): the certificate is not signed by a known authority; give its certificate as tls.ca`
    default:
      return error.message
  }
}
