/** A request of the driver's own (handshake, heartbeat, metadata, PREPARE) as a promise of the whole answer. */
import { AbortError, type ConnectionError, OperationTimedOutError } from '../base/errors.js'
import { Opcode } from '../protocol/constants.js'
import { readError } from '../protocol/error.js'
import { readEnvelope } from '../protocol/envelope.js'
import { byteBlock, type ByteBlock } from '../wire/byte-block.js'
import { ByteReader } from '../wire/byte-reader.js'
import type { Carrier, InFlight } from './in-flight.js'

/** An answer that owns its bytes; `start` is where the body begins, after tracing id, warnings and payload. */
export interface Answer {
  readonly opcode: number
  readonly block: ByteBlock
  readonly start: number
  readonly end: number
  readonly warnings: readonly string[]
}

export class PendingAnswer implements InFlight {
  readonly promise: Promise<Answer>
  #resolve!: (answer: Answer) => void
  #reject!: (error: Error) => void
  #timer: NodeJS.Timeout | undefined

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  /** Rejects after `timeoutMs`; the stream id stays an orphan until the answer comes. */
  expireAfter(timeoutMs: number, connection: Carrier, stream: number, what: string): void {
    this.#timer = setTimeout(() => {
      connection.abandon(stream, this)
      this.#reject(
        new OperationTimedOutError(`${connection.name} did not answer ${what} within ${timeoutMs} ms`, {
          timeoutMs,
          host: connection.name,
          sent: true,
        }),
      )
    }, timeoutMs)
  }

  /** Rejects when the signal aborts. */
  abortWith(signal: AbortSignal, connection: Carrier, stream: number): void {
    const onAbort = (): void => {
      connection.abandon(stream, this)
      this.reject(new AbortError(undefined, { cause: signal.reason }))
    }
    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    const forget = (): void => signal.removeEventListener('abort', onAbort)
    this.promise.then(forget, forget)
  }

  reject(error: Error): void {
    clearTimeout(this.#timer)
    this.#reject(error)
  }

  onAnswer(connection: Carrier, flags: number, opcode: number, block: ByteBlock, start: number, end: number, owned: boolean): void {
    clearTimeout(this.#timer)
    try {
      const copy = owned ? block : byteBlock(Buffer.from(block.buffer.subarray(start, end)))
      const reader = owned ? new ByteReader(block.buffer, start, end) : new ByteReader(copy.buffer)
      const warnings = flags === 0 ? [] : readEnvelope(reader, connection.protocolVersion, flags).warnings
      if (opcode !== Opcode.ERROR) return this.#resolve({ opcode, block: copy, start: reader.position, end: reader.end, warnings })
      const error = readError(reader, connection.protocolVersion)
      error.host = connection.name
      error.warnings = warnings
      this.#reject(error)
    } catch (error) {
      this.#reject(error as Error)
      // Not an answer: the connection is told, which closes.
      throw error
    }
  }

  onConnectionLost(_connection: Carrier, error: ConnectionError): void {
    this.reject(error)
  }
}

/** A reader over the answer's body. */
export function bodyOf(answer: Answer): ByteReader {
  return new ByteReader(answer.block.buffer, answer.start, answer.end)
}
