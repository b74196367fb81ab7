/** A driver, used in one way. */
import type { Cell } from '../cells.js'
import type { Load } from '../measuring/load.js'

/** Where the server is. */
export interface Target {
  readonly host: string
  readonly port: number
  readonly localDataCenter: string
  /** Null: whatever the client and the server agree on. */
  readonly protocol: 3 | 4 | 5 | null
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
