/**
 * The bytes that a connection has yet to send: frames are encoded straight into one buffer, which leaves with one write.
 *
 * On protocol v5 the frames of a turn share a segment (section 2.2), whose header and checksum are put around them in place.
 */
import type { Socket } from 'node:net'
import type { Compressor } from '../protocol/compression.js'
import { encodeSegments, MAX_SEGMENT_PAYLOAD, SEGMENT_HEADER_LENGTH, SEGMENT_TRAILER_LENGTH, sealSegment } from '../protocol/segments.js'
import { ByteWriter } from '../wire/byte-writer.js'

/** A buffer that has grown beyond this is let go after its write, in bytes. */
const KEEP = 1024 * 1024
const INITIAL = 16 * 1024

export class Outbox {
  /** Where frames are written. It changes with `flush`: read it anew for each frame. */
  writer: ByteWriter = new ByteWriter(INITIAL)
  /** Room before the first frame: a v5 segment's header. */
  #start = 0
  #segments = false
  #compressor: Compressor | null = null

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
    socket.write(bytes)
    // The kernel mostly takes all at once; then the memory is ours again. Else the socket keeps it, and we take other memory.
    if (socket.writableLength === 0) return this.#recycle(writer)
    this.writer = new ByteWriter(INITIAL)
    this.writer.position = this.#start
  }

  #recycle(writer: ByteWriter): void {
    if (writer.buffer.length > KEEP) this.writer = new ByteWriter(INITIAL)
    this.writer.position = this.#start
  }
}
