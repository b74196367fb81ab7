/**
 * One connection to one node: requests out, answers in, matched by stream id (native protocol, section 2).
 *
 * Who sends does: `begin(...)` → write the body into `writer` → `send(...)`. Nothing here knows statements, retries or hosts.
 */
import type { Socket } from 'node:net'
import { AbortError, BusyError, ConnectionError, CqlwireError, MalformedFrameError } from '../base/errors.js'
import { rejected } from '../base/rejected.js'
import { showInstead } from '../base/show-instead.js'
import { timers } from '../base/timer-wheel.js'
import { FrameFlag, Opcode } from '../protocol/constants.js'
import type { Compressor } from '../protocol/compression.js'
import type { ProtocolVersion } from '../protocol/features.js'
import { beginFrame, compressFrame, decompressBody, endFrame, patchStream } from '../protocol/frame.js'
import { FrameReader } from '../protocol/frame-reader.js'
import { SegmentReader } from '../protocol/segments.js'
import type { ByteBlock } from '../wire/byte-block.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import { dial, type Endpoint, endpointName } from './dial.js'
import { explainSocketError, isTlsError, looksLikeTls } from './explain.js'
import { flushLater } from './flush-queue.js'
import { Heartbeat } from './heartbeat.js'
import type { InFlight } from './in-flight.js'
import { InFlightTable } from './in-flight-table.js'
import { Outbox } from './outbox.js'
import { type Answer, PendingAnswer } from './pending-answer.js'
import { stray } from './stray.js'
import { receiveArena, receiveBuffer } from './receive-arena.js'
import type { ConnectionSettings } from './settings.js'

/** Bytes that a socket may hold unsent before its connection takes no more requests. */
const CONGESTED = 4 * 1024 * 1024
/** Fewer free ids than this share of all, because of orphans, and the connection is replaced. */
const ORPHAN_SHARE = 0.5

/** What the owner of a connection hears from it. */
export interface ConnectionListener {
  /** It is closed; `error` is null where the owner closed it. Called once. */
  onClose(connection: Connection, error: ConnectionError | null): void
  /** Too many orphaned stream ids: replace it. Called once. */
  onWornOut?(connection: Connection): void
  /** An EVENT of the server (section 4.2.6), its body owned by the receiver of the call only. */
  onEvent?(connection: Connection, block: ByteBlock, start: number, end: number): void
}

export class Connection {
  static {
    showInstead(this.prototype, ({ name, protocolVersion, isClosed, inFlight }) => ({ name, protocolVersion, isClosed, inFlight }))
  }

  readonly name: string
  readonly endpoint: Endpoint
  readonly protocolVersion: ProtocolVersion
  readonly settings: ConnectionSettings
  listener: ConnectionListener | null = null
  /** The keyspace of the last USE on this connection. */
  keyspace: string | null = null
  isClosed = false
  /** Bytes were received since the heartbeat looked last. */
  heard = false
  /** When bytes were received last, or the first of the requests in flight was sent: as of the timer wheel's coarse clock. */
  #heardAt = timers.coarseNow

  readonly #inFlight: InFlightTable
  readonly #outbox = new Outbox()
  readonly #frames: FrameReader
  #segments: SegmentReader | null = null
  #compressor: Compressor | null = null
  #socket: Socket | null = null
  #flushing = false
  /** A frame was begun. Values may be iterables and codecs of users, whose code must not write into the middle of it. */
  #writing = false
  #readEnd = 0
  #wornOut = false
  #closing = false
  #heartbeat: Heartbeat | null = null

  constructor(endpoint: Endpoint, settings: ConnectionSettings) {
    this.endpoint = endpoint
    this.name = endpointName(endpoint)
    this.settings = settings
    this.protocolVersion = settings.protocolVersion
    this.#inFlight = new InFlightTable(settings.maxRequests)
    this.#frames = new FrameReader(settings.protocolVersion)
  }

  /** Opens the socket. The handshake is the next step, see `handshake.ts`. */
  async open(): Promise<void> {
    const socket = await dial(this.endpoint, this.settings, (count) => this.#onRead(count))
    if (this.isClosed) {
      // Given up in the very turn in which the socket was there.
      socket.destroy()
      throw new ConnectionError(`The connection to ${this.name} was given up while it was opened`, { host: this.name })
    }
    this.#socket = socket
    socket.on('error', (error) => this.#lost(`the connection to ${this.name} failed: ${explainSocketError(error)}`, error))
    socket.on('close', () => this.#lost(this.#closedByPeer()))
    socket.on('end', () => this.#lost(this.#closedByPeer()))
  }

  #closedByPeer(): string {
    const rest = this.#frames.pending + (this.#segments?.pending ?? 0)
    return rest === 0
      ? `${this.name} closed the connection`
      : `${this.name} closed the connection in the middle of a frame, of which ${rest} bytes had come`
  }

  // --- state

  /** Stream ids in use, orphans included. */
  get inFlight(): number {
    return this.#inFlight.size
  }

  get orphans(): number {
    return this.#inFlight.orphans
  }

  /** Milliseconds, to about 20, without a byte from the node. Says nothing while no request is in flight. */
  get silentMs(): number {
    return timers.coarseNow - this.#heardAt
  }

  /** True where one more request may be sent now. */
  get hasRoom(): boolean {
    return !this.isClosed && !this.#closing && !this.#writing && !this.#inFlight.isFull && this.#unsent < CONGESTED
  }

  /** True where the driver's own requests may be sent: they go even where there is no room for others. */
  get isUsable(): boolean {
    return !this.isClosed && !this.#closing && !this.#writing
  }

  /** Bytes written in this turn, and those that the node has not taken yet. */
  get #unsent(): number {
    return this.#outbox.writer.position + this.#socket!.writableLength
  }

  // --- sending

  /** Starts a frame; its body is then written to `writer`. Returns the mark for `send` or `discard`. */
  begin(opcode: number, flags: number): number {
    if (this.#writing) {
      throw new CqlwireError(
        'A codec, or an iterable among the parameters, executed a request while its own was being written; execute it before or after',
      )
    }
    this.#writing = true
    return beginFrame(this.#outbox.writer, this.protocolVersion, flags, 0, opcode)
  }

  /** Where bodies are written, between `begin` and `send`. */
  get writer(): ByteWriter {
    return this.#outbox.writer
  }

  /** Takes a begun frame back, after its body could not be written. */
  discard(mark: number): void {
    this.#writing = false
    this.#outbox.writer.position = mark
  }

  /**
   * Completes the frame and sends it with the others of this turn. Returns its stream id.
   *
   * @param own the request is the driver's own: no limit holds but the protocol's
   * @throws {ConnectionError} the connection is closed; {BusyError} no stream id is free; {InvalidArgumentError} the frame is too long.
   * The frame is discarded, nothing was sent.
   */
  send(mark: number, request: InFlight, own = false): number {
    const writer = this.#outbox.writer
    this.#writing = false
    // What may throw comes before the stream id is taken: nobody would give it back.
    endFrame(writer, mark)
    if (this.#compressor !== null) compressFrame(writer, mark, this.#compressor)
    if (this.#inFlight.size === 0) this.#heardAt = timers.coarseNow
    const stream = this.isClosed ? -1 : this.#inFlight.acquire(request, own)
    if (stream < 0) {
      writer.position = mark
      if (this.isClosed)
        throw new ConnectionError(`The connection to ${this.name} is closed; nothing was sent`, { host: this.name, sent: false })
      throw new BusyError(`The connection to ${this.name} has ${this.#inFlight.size} requests in flight, its limit; nothing was sent`)
    }
    patchStream(writer, mark, stream)
    if (this.#outbox.isFull) this.#flushEarly()
    if (!this.#flushing && !this.#outbox.isEmpty) {
      this.#flushing = true
      flushLater(this)
    }
    return stream
  }

  /** Sends what was written. Called once a turn by the flush queue. */
  flush(): void {
    this.#flushing = false
    if (this.isClosed || this.#socket === null) return
    try {
      this.#outbox.flush(this.#socket)
    } catch (error) {
      // Other connections are flushed in the same turn: this one's trouble must not reach them.
      this.destroy(
        `what was to be sent to ${this.name} could not be written: ${error instanceof Error ? error.message : String(error)}`,
        error,
      )
    }
  }

  /** In the middle of a turn. What goes wrong is told at its end, not within the call that sends a request. */
  #flushEarly(): void {
    try {
      this.#outbox.flush(this.#socket!)
    } catch {
      // the bytes are still there, and the flush at the end of the turn fails as well
    }
  }

  /** Sends a request of the driver's own and resolves with its answer; an ERROR answer rejects. `what` names it in errors. */
  request(
    opcode: number,
    writeBody: ((writer: ByteWriter) => void) | null,
    options: { readonly timeoutMs: number; readonly what: string; readonly flags?: number; readonly signal?: AbortSignal | undefined },
  ): Promise<Answer> {
    const { signal } = options
    const pending = new PendingAnswer()
    if (this.isClosed)
      return Promise.reject(
        new ConnectionError(`The connection to ${this.name} is closed; ${options.what} was not sent`, { host: this.name }),
      )
    if (signal?.aborted === true) return Promise.reject(new AbortError(undefined, { cause: signal.reason }))
    let mark = -1
    let stream: number
    try {
      mark = this.begin(opcode, options.flags ?? 0)
      writeBody?.(this.writer)
      stream = this.send(mark, pending, true)
    } catch (error) {
      // A frame that was not begun is somebody else's.
      if (mark >= 0) this.discard(mark)
      return rejected(error)
    }
    pending.expireAfter(options.timeoutMs, this, stream, options.what)
    if (signal !== undefined) pending.abortWith(signal, this, stream)
    return pending.promise
  }

  /** The request is given up; its stream id is free again once the late answer comes. */
  abandon(stream: number, request: InFlight): void {
    const table = this.#inFlight
    if (!table.abandon(stream, request)) return
    if (this.#endIfIdle()) return
    if (!this.#wornOut && table.orphans > table.capacity * ORPHAN_SHARE) {
      this.#wornOut = true
      this.listener?.onWornOut?.(this)
    }
  }

  // --- receiving

  /** Makes the bytes of an answer last; `receiveArena.block` and `.offset` then say where they are. */
  own(block: ByteBlock, start: number, end: number): void {
    receiveArena.own(block.buffer, start, end, this.#readEnd)
  }

  #onRead(count: number): void {
    if (this.isClosed) return
    this.heard = true
    this.#heardAt = timers.coarseNow
    this.#readEnd = count
    receiveArena.beginRead()
    try {
      if (this.#segments === null) this.#frames.push(receiveBuffer, 0, count, this)
      else this.#segments.push(receiveBuffer, 0, count, this)
    } catch (error) {
      if (this.settings.tls === null && looksLikeTls(receiveBuffer, count))
        this.destroy(`${this.name} answers in TLS what it was sent in plain text: set the option tls`, error)
      else if (error instanceof MalformedFrameError) this.destroy(`${this.name} sent bytes that are not CQL: ${error.message}`, error)
      else this.destroy(`an answer of ${this.name} could not be handled: ${error instanceof Error ? error.message : String(error)}`, error)
    }
  }

  /** Called by the segment reader. */
  onSegment(buffer: Buffer, start: number, end: number, selfContained: boolean): void {
    if (this.isClosed) return
    this.#frames.push(buffer, start, end, this)
    if (selfContained && this.#frames.pending > 0) throw new MalformedFrameError('a segment that should hold whole frames ends within one')
  }

  /** Called by the frame reader, for each whole frame. */
  onFrame(flags: number, stream: number, opcode: number, block: ByteBlock, start: number, end: number, owned: boolean): void {
    if (this.isClosed) return
    if (stream < 0) return this.#onEvent(stream, opcode, flags, block, start, end)
    const table = this.#inFlight
    if (!table.isUsed(stream)) throw stray(this.protocolVersion, flags, stream, opcode, block, start, end)
    if ((flags & FrameFlag.COMPRESSED) !== 0) {
      const whole = decompressBody(block.buffer, start, end, this.settings.compressor)
      table.release(stream)?.onAnswer(this, flags & ~FrameFlag.COMPRESSED, opcode, whole, 0, whole.buffer.length, true)
    } else table.release(stream)?.onAnswer(this, flags, opcode, block, start, end, owned)
    this.#endIfIdle()
  }

  #onEvent(stream: number, opcode: number, flags: number, block: ByteBlock, start: number, end: number): void {
    if (stream !== -1 || opcode !== Opcode.EVENT) throw stray(this.protocolVersion, flags, stream, opcode, block, start, end)
    if ((flags & FrameFlag.COMPRESSED) === 0) return this.listener?.onEvent?.(this, block, start, end)
    const whole = decompressBody(block.buffer, start, end, this.settings.compressor)
    this.listener?.onEvent?.(this, whole, 0, whole.buffer.length)
  }

  // --- life

  /** After STARTUP was answered: segments on v5, compressed bodies before. */
  useNegotiated(): void {
    const { compressor } = this.settings
    if (this.protocolVersion >= 5) {
      this.#outbox.useSegments(compressor)
      this.#segments = new SegmentReader(compressor)
    } else this.#compressor = compressor
  }

  startHeartbeat(): void {
    const { heartbeatIntervalMs, heartbeatTimeoutMs } = this.settings
    if (heartbeatIntervalMs > 0 && !this.isClosed) this.#heartbeat = new Heartbeat(this, heartbeatIntervalMs, heartbeatTimeoutMs)
  }

  /** Takes no more requests; closes when those in flight are answered. */
  closeWhenIdle(): void {
    this.#closing = true
    this.#endIfIdle()
  }

  /** Orphans are not waited for: nobody wants their answers. */
  #endIfIdle(): boolean {
    if (!this.#closing || this.#inFlight.size > this.#inFlight.orphans) return false
    this.#end()
    return true
  }

  /** Closes now; requests in flight fail. */
  close(): void {
    this.#finish(new ConnectionError(`The connection to ${this.name} was closed by the driver`, { host: this.name, sent: true }), true)
  }

  /** Closes now because of an error; requests in flight fail with it. */
  destroy(reason: string, cause?: unknown): void {
    this.#lost(reason, cause)
  }

  #end(): void {
    this.flush()
    this.#finish(new ConnectionError(`The connection to ${this.name} was closed by the driver`, { host: this.name, sent: true }), true)
  }

  #lost(reason: string, cause?: unknown): void {
    if (this.isClosed) return
    const error = new ConnectionError(`Connection lost: ${reason}. A request in flight may or may not have been carried out`, {
      host: this.name,
      sent: true,
      ...(cause === undefined ? {} : { cause }),
      ...(cause instanceof CqlwireError ? { code: cause.code } : isTlsError(cause) ? { code: 'ERR_TLS' } : {}),
    })
    this.#finish(error, false)
  }

  #finish(error: ConnectionError, wanted: boolean): void {
    if (this.isClosed) return
    this.isClosed = true
    this.#heartbeat?.stop()
    const socket = this.#socket
    if (socket !== null) {
      if (wanted) socket.end(() => socket.destroy())
      else socket.destroy()
      // A peer that never closes its side must not hold the process.
      if (wanted) setTimeout(() => socket.destroy(), 1000).unref()
    }
    const requests = this.#inFlight.drain()
    // The owner first: where a request goes on to another connection, this one must not be among them any more.
    this.listener?.onClose(this, wanted ? null : error)
    for (const request of requests) request.onConnectionLost(this, error)
  }
}
