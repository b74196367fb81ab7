/** A client of a few lines on the protocol layer, one request at a time, to see what a fake node really sends. */
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { loadCompressor } from '../../../src/protocol/compression.js'
import { FrameFlag, Opcode } from '../../../src/protocol/constants.js'
import { FrameReader } from '../../../src/protocol/frame-reader.js'
import { beginFrame, decompressBody, endFrame } from '../../../src/protocol/frame.js'
import { encodeSegments, SegmentReader } from '../../../src/protocol/segments.js'
import { writeStartup } from '../../../src/protocol/startup.js'
import type { ByteBlock } from '../../../src/wire/byte-block.js'
import { ByteReader } from '../../../src/wire/byte-reader.js'
import { ByteWriter } from '../../../src/wire/byte-writer.js'

export interface RawAnswer {
  readonly flags: number
  readonly stream: number
  readonly opcode: number
  readonly reader: ByteReader
}

export class RawClient implements AsyncDisposable {
  readonly version: number
  /** What made the bytes unreadable, once something did. */
  error: Error | null = null
  /** Every byte received. */
  received = 0
  readonly #socket: Socket
  readonly #frames: FrameReader
  #segments: SegmentReader | null = null
  #compression: 'lz4' | 'snappy' | null = null
  readonly #answers: RawAnswer[] = []
  #wake: () => void = () => {}

  private constructor(socket: Socket, version: number) {
    this.#socket = socket
    this.version = version
    this.#frames = new FrameReader(version)
    socket.on('data', (chunk) => {
      this.received += chunk.length
      try {
        if (this.#segments === null) this.#frames.push(chunk, 0, chunk.length, this)
        else this.#segments.push(chunk, 0, chunk.length, this)
      } catch (error) {
        this.error = error as Error
      }
      this.#wake()
    })
    socket.on('error', () => {})
    socket.on('close', () => this.#wake())
  }

  static async open(port: number, version: number, address = '127.0.0.1'): Promise<RawClient> {
    const socket = connect(port, address)
    await once(socket, 'connect')
    return new RawClient(socket, version)
  }

  /** Opened, and through the handshake. */
  static async start(port: number, version: number, compression: 'lz4' | 'snappy' | null = null): Promise<RawClient> {
    const client = await RawClient.open(port, version)
    await client.startup(compression)
    return client
  }

  async startup(compression: 'lz4' | 'snappy' | null = null): Promise<RawAnswer> {
    const options = { CQL_VERSION: '3.0.0', COMPRESSION: compression ?? undefined }
    const answer = await this.ask(Opcode.STARTUP, (writer) => writeStartup(writer, options))
    if (answer.opcode === Opcode.ERROR) return answer
    this.#compression = compression
    if (this.version >= 5) this.#segments = new SegmentReader(this.#compressor)
    return answer
  }

  get closed(): boolean {
    return this.#socket.closed
  }

  /** Bytes of an answer that is not complete. */
  get pending(): number {
    return this.#frames.pending + (this.#segments?.pending ?? 0)
  }

  get #compressor() {
    return this.#compression === null ? null : loadCompressor(this.#compression)
  }

  send(opcode: number, write: (writer: ByteWriter) => void = () => {}, stream = 1, flags = 0): void {
    const writer = new ByteWriter()
    const start = beginFrame(writer, this.version, flags, stream, opcode)
    write(writer)
    endFrame(writer, start)
    const frame = writer.toBuffer()
    this.#socket.write(this.#segments === null ? frame : encodeSegments(frame, this.#compressor))
  }

  sendBytes(bytes: Buffer): void {
    this.#socket.write(bytes)
  }

  async ask(opcode: number, write: (writer: ByteWriter) => void = () => {}, stream = 1): Promise<RawAnswer> {
    this.send(opcode, write, stream)
    return await this.next()
  }

  /** The next answer or event; throws where the connection ends, or sends what is no CQL, before there is one. */
  async next(): Promise<RawAnswer> {
    await this.until(() => this.#answers.length > 0 || this.error !== null || this.closed)
    const answer = this.#answers.shift()
    if (answer !== undefined) return answer
    throw this.error ?? new Error('the node closed the connection')
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => (this.#wake = resolve))
  }

  onSegment(buffer: Buffer, start: number, end: number): void {
    this.#frames.push(buffer, start, end, this)
  }

  onFrame(flags: number, stream: number, opcode: number, block: ByteBlock, start: number, end: number): void {
    const body =
      (flags & FrameFlag.COMPRESSED) !== 0
        ? decompressBody(block.buffer, start, end, this.#compressor).buffer
        : Buffer.from(block.buffer.subarray(start, end))
    this.#answers.push({ flags, stream, opcode, reader: new ByteReader(body) })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.closed) return
    this.#socket.destroy()
    await once(this.#socket, 'close')
  }
}
