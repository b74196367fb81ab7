/**
 * The bytes that a connection has yet to send: frames are encoded straight into one buffer, which leaves with one write.
 *
 * On protocol v5 the frames of a turn share a segment (section 2.2), whose header and checksum are put around them in place.
 */
import type { Socket } from 'node:net'
import type { Compressor } from '../protocol/compression.js'
import { encodeSegments, MAX_SEGMENT_PAYLOAD, SEGMENT_HEADER_LENGTH, SEGMENT_TRAILER_LENGTH, sealSegment } from '../protocol/segments.js'
import { ByteWriter } from '../wire/byte-writer.js'

/** From so many bytes on the outbox is not to grow any more: it is flushed in the middle of a turn. */
const FULL = 256 * 1024
/** A buffer that has grown beyond this is let go after its write, in bytes. */
const KEEP = 1024 * 1024
const INITIAL = 16 * 1024
/** Writes of so many bytes tell when their memory is free again; of smaller ones, those that the kernel doesn't take at once are let go. */
const LARGE = 64 * 1024
/** Buffers that wait to be used again, at most. */
const SPARE = 4

export class Outbox {
  /** Where frames are written. It changes with `flush`: read it anew for each frame. */
  writer: ByteWriter = new ByteWriter(INITIAL)
  /** Room before the first frame: a v5 segment's header. */
  #start = 0
  #segments = false
  #compressor: Compressor | null = null
  readonly #spare: ByteWriter[] = []

  /** True: to be flushed before more is written, so that memory is used again rather than grown. */
  get isFull(): boolean {
    return this.writer.position >= FULL
  }

  get isEmpty(): boolean {
    return this.writer.position === this.#start
  }

  /** From here on frames travel in segments. The outbox must be empty. */
  useSegments(compressor: Compressor | null): void {
    this.#segments = true
    this.#compressor = compressor
    this.#start = compressor === null ? SEGMENT_HEADER_LENGTH : 0
    this.writer.position = this.#start
  }

  /** Hands everything to the socket, whose buffer stays untouched until it is written. */
  flush(socket: Socket): void {
    const writer = this.writer
    if (writer.position === this.#start) return
    if (this.#segments) this.#flushSegments(socket, writer)
    else this.#write(socket, writer, writer.position)
  }

  #flushSegments(socket: Socket, writer: ByteWriter): void {
    const end = writer.position
    if (this.#compressor === null && end - this.#start <= MAX_SEGMENT_PAYLOAD) {
      writer.ensure(SEGMENT_TRAILER_LENGTH)
      sealSegment(writer.buffer, this.#start, end)
      return this.#write(socket, writer, end + SEGMENT_TRAILER_LENGTH)
    }
    socket.write(encodeSegments(writer.buffer.subarray(this.#start, end), this.#compressor))
    this.#recycle(writer)
  }

  #write(socket: Socket, writer: ByteWriter, end: number): void {
    const bytes = writer.buffer.subarray(0, end)
    if (end >= LARGE) return this.#writeLarge(socket, writer, bytes)
    socket.write(bytes)
    // The kernel mostly takes all at once; then the memory is ours again. Else the socket keeps it, and we take other memory.
    if (socket.writableLength === 0) this.#recycle(writer)
    else this.#use(this.#spare.pop())
  }

  /** Fresh memory costs page faults, and waits for the collector when it is done with: large buffers come back from the socket. */
  #writeLarge(socket: Socket, writer: ByteWriter, bytes: Buffer): void {
    // Of this write alone: the same buffer may be written again before the first write's callback is called.
    let isLent = false
    socket.write(bytes, () => {
      if (isLent && writer.buffer.length <= KEEP && this.#spare.length < SPARE) this.#spare.push(writer)
    })
    if (socket.writableLength === 0) return this.#recycle(writer)
    isLent = true
    this.#use(this.#spare.pop())
  }

  #recycle(writer: ByteWriter): void {
    this.#use(writer.buffer.length > KEEP ? undefined : writer)
  }

  #use(writer: ByteWriter | undefined): void {
    this.writer = writer ?? new ByteWriter(INITIAL)
    this.writer.position = this.#start
  }
}
