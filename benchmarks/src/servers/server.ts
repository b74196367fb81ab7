/** What the clients are measured against. */
import type { Cell, ProtocolVersion } from '../cells.js'
import type { Target } from '../clients/client.js'

/** Disposing it ends what was started for the run, and nothing else. */
export interface BenchServer extends AsyncDisposable {
  readonly host: string
  readonly port: number
  readonly localDataCenter: string
  /** Where it speaks TLS, and the authority to trust there, as PEM. Null: it doesn't. */
  readonly tls: { readonly port: number; readonly authority: string } | null
  readonly description: string
  /** It answers from bytes made beforehand: nothing to create, nothing to load, nothing to warm up. */
  readonly answersFromMemory: boolean
  /** Processes to keep on the server's core; empty where they are not ours. */
  readonly pids: readonly number[]
}

type Travel = Pick<Cell, 'protocol' | 'lz4' | 'tls'>

export const plainly: Travel = { protocol: null, lz4: false, tls: false }

/** @throws {Error} the server speaks no TLS */
export function targetOf(server: BenchServer, travel: Travel, protocol: ProtocolVersion | null): Target {
  const { host, port, localDataCenter, tls } = server
  const shared = { host, localDataCenter, protocol: travel.protocol ?? protocol, lz4: travel.lz4 }
  if (!travel.tls) return { ...shared, port, authority: null }
  if (tls === null) throw new Error(`TLS can't be measured with ${server.description}`)
  return { ...shared, port: tls.port, authority: tls.authority }
}
