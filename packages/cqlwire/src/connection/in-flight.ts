/** What waits for an answer on a connection. */
import type { ByteBlock } from '../wire/byte-block.js'
import type { ConnectionError } from '../base/errors.js'

/** What a request in flight sees of the connection it is on. */
export interface Carrier {
  /** `address:port`. */
  readonly name: string
  readonly protocolVersion: number
  /** The request is given up; its stream id is free again once the late answer comes. */
  abandon(stream: number, request: InFlight): void
}

/**
 * A request in flight. Exactly one of the two methods is called, once for each time it was sent, unless it was abandoned.
 *
 * Neither may throw: they run within the receive loop of the connection.
 */
export interface InFlight {
  /**
   * The answer. The body lies in `block` from `start` to `end`; where `owned` is false these bytes are good during the call only:
   * `Connection.own(...)` makes them last.
   */
  onAnswer(connection: Carrier, flags: number, opcode: number, block: ByteBlock, start: number, end: number, owned: boolean): void
  /** The connection closed before the answer came. */
  onConnectionLost(connection: Carrier, error: ConnectionError): void
}
