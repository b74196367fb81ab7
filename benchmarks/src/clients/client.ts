/** A driver, used in one way. */
import type { Cell, ProtocolVersion } from '../cells.js'
import type { Load } from '../measuring/load.js'

/** Where the server is, and how requests travel there. */
export interface Target {
  readonly host: string
  readonly port: number
  readonly localDataCenter: string
  /** Null: whatever the client and the server agree on. */
  readonly protocol: ProtocolVersion | null
  readonly lz4: boolean
  /** The authority, as PEM, that signed the server's certificate. Null: no TLS. */
  readonly authority: string | null
}

/** Connected, with the cell's statement prepared. */
export interface Client {
  readonly version: string
  readonly protocol: number
  /** True where answers come by chunks, or the thread is blocked: see `Load`. */
  readonly byChunks: boolean
  /**
   * Sends the cell's requests, so many in flight, until `load.stopped`, and reads every column of every row of each answer,
   * so that a driver that decodes late does the work of one that decodes early.
   */
  run(load: Load): Promise<void>
  close(): Promise<void>
}

export type OpenClient = (target: Target, cell: Cell) => Promise<Client>
