/** Reads the rows of system.local, system.peers and system.peers_v2 into what the driver knows of a node. */
import { InetAddress } from '../values/inet-address.js'
import { Uuid } from '../values/uuid.js'
import type { HostInfo } from './host.js'

/** A decoded row as a plain object. Of the driver's classes Uuid and InetAddress have a text that is taken. */
export type SystemRow = Readonly<Record<string, unknown>>

/** What can be read of a node before its address is translated, or why its row can't be used. */
export type HostRowResult = { readonly info: HostInfo } | { readonly invalid: string }

/** A node may give its columns any types. Of others the text is none that is meant, and may take minutes to make: that of a huge integer. */
function text(value: unknown): string | null {
  if (typeof value === 'string') return value
  return value instanceof Uuid || value instanceof InetAddress ? value.toString() : null
}

function portOf(value: unknown): number | null {
  const port = typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value) : null
  return port !== null && port > 0 && port <= 65535 ? port : null
}

function tokensOf(value: unknown): readonly string[] {
  if (value === null || value === undefined) return []
  return Array.from(value as Iterable<unknown>, (token) => text(token) ?? '')
}

/** An address that nothing listens at: a node with `rpc_address: 0.0.0.0` says it for itself. */
function isUnspecified(address: string): boolean {
  return address === '0.0.0.0' || address === '::' || /^0+(:0+){7}$/.test(address)
}

function infoOf(
  row: SystemRow,
  place: Pick<HostInfo, 'address' | 'port' | 'rpcAddress' | 'rpcPort' | 'broadcastAddress' | 'broadcastPort'>,
): HostInfo {
  return {
    ...place,
    hostId: text(row['host_id']),
    dataCenter: text(row['data_center']),
    rack: text(row['rack']),
    releaseVersion: text(row['release_version']),
    schemaVersion: text(row['schema_version']),
    tokens: tokensOf(row['tokens']),
    listenAddress: text(row['listen_address']),
    listenPort: portOf(row['listen_port']),
  }
}

/**
 * The row of system.local. The node is known by the address that the control connection reached it at,
 * whatever it says of itself: that address surely works.
 */
export function readLocalRow(row: SystemRow, connectedTo: { readonly address: string; readonly port: number }): HostInfo {
  const rpcAddress = text(row['rpc_address'])
  return infoOf(row, {
    address: connectedTo.address,
    port: connectedTo.port,
    rpcAddress: rpcAddress !== null && isUnspecified(rpcAddress) ? connectedTo.address : rpcAddress,
    rpcPort: portOf(row['rpc_port']),
    broadcastAddress: text(row['broadcast_address']),
    broadcastPort: portOf(row['broadcast_port']),
  })
}

/**
 * A row of system.peers_v2 (address and port of each node), or of system.peers (address only: `defaultPort` is taken).
 * The address is not yet translated. Rows of nodes that are joining, leaving or half removed lack columns: those can't be used.
 */
export function readPeerRow(row: SystemRow, defaultPort: number): HostRowResult {
  const isV2 = 'native_address' in row
  const peer = text(row['peer'])
  let address = text(isV2 ? row['native_address'] : row['rpc_address'])
  const port = isV2 ? portOf(row['native_port']) : defaultPort
  const missing = ['host_id', 'data_center', 'rack', 'tokens'].filter((column) => row[column] === null || row[column] === undefined)
  if (address === null) missing.push(isV2 ? 'native_address' : 'rpc_address')
  if (port === null) missing.push('native_port')
  if (missing.length > 0) return { invalid: `peer ${peer ?? 'without an address'} has no ${missing.join(', ')}` }
  // A node that listens everywhere is reached where its peers reach it.
  if (isUnspecified(address!)) address = peer
  if (address === null) return { invalid: 'a peer has neither an address for clients nor one for peers' }
  return {
    info: infoOf(row, {
      address,
      port: port!,
      rpcAddress: address,
      rpcPort: port,
      broadcastAddress: peer,
      broadcastPort: isV2 ? portOf(row['peer_port']) : null,
    }),
  }
}
