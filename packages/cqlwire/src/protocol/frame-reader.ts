/**
 * Takes frames (see frame.ts) out of bytes, however they are cut: a connection's own (v3, v4), or the payloads of v5 segments.
 *
 * A frame that lies whole in the bytes of one push is handed on where it lies. One that spans pushes is collected in memory of its own.
 */
import { MalformedFrameError } from '../base/errors.js'
import { byteBlock } from '../wire/byte-block.js'
import type { ByteBlock } from '../wire/byte-block.js'
import { MAX_BODY_LENGTH } from '../wire/byte-writer.js'
import { giveBackMemory, takeMemory } from '../wire/page-memory.js'
import { FrameFlag, Opcode, opcodeName } from './constants.js'
import { FRAME_HEADER_LENGTH, frameBodyLength, frameFlags, frameOpcode, frameStream, frameVersion, isResponseFrame } from './frame.js'

export interface FrameSink {
  /**
   * A whole frame; its body is `block[bodyStart..bodyEnd)`. With `owned` the memory is the receiver's to keep; without, it belongs to
   * who pushed it, and is good during the call only.
   */
  onFrame(flags: number, stream: number, opcode: number, block: ByteBlock, bodyStart: number, bodyEnd: number, owned: boolean): void
}

export interface FrameReaderOptions {
  /** Which way frames go: `'response'` for what a client reads (the default), `'request'` for what a server reads. */
  readonly direction?: 'response' | 'request'
  /** The longest body taken, in bytes; 256 MiB by default, the protocol's own limit. */
  readonly maxFrameLength?: number
}

/** A body is collected in memory that grows as bytes come, doubling from here: an announced length alone allocates no more. */
const FIRST_CHUNK = 1024 * 1024

export class FrameReader {
  /** The version of the last frame's header. */
  lastVersion = 0

  readonly #version: number
  readonly #responses: boolean
  readonly #maxLength: number

  /** The block over the buffer that was pushed last: a connection pushes the same one again and again. */
  #block: ByteBlock = byteBlock(EMPTY)

  /** The head of a frame that spans pushes, and how much of it is there. */
  readonly #header: Buffer = Buffer.alloc(FRAME_HEADER_LENGTH)
  #headerFilled = 0
  #body: Buffer = EMPTY
  #bodyFilled = 0
  #bodyLength = 0
  /** Bytes before the present push, to say where something is wrong. */
  #before = 0

  /** `version` is the one that every frame must have; 0 takes any of 3 to 5 and leaves it in `lastVersion`. */
  constructor(version: number, options: FrameReaderOptions = {}) {
    this.#version = version
    this.#responses = options.direction !== 'request'
    this.#maxLength = options.maxFrameLength ?? MAX_BODY_LENGTH
  }

  /** Bytes of a frame that is not yet complete. After a self-contained segment there must be none. */
  get pending(): number {
    return this.#headerFilled + this.#bodyFilled
  }

  /** Takes the next bytes, `buffer[start..end)`, and gives each frame that they complete to the sink. */
  push(buffer: Buffer, start: number, end: number, sink: FrameSink): void {
    let at = this.#headerFilled === 0 ? start : this.#resume(buffer, start, start, end, sink)
    if (buffer !== this.#block.buffer && end - at >= FRAME_HEADER_LENGTH) this.#block = byteBlock(buffer)
    const block = this.#block
    while (end - at >= FRAME_HEADER_LENGTH) {
      const bodyLength = this.#checkHeader(buffer, at, this.#before + at - start)
      const bodyStart = at + FRAME_HEADER_LENGTH
      if (bodyLength > end - bodyStart) break
      const bodyEnd = bodyStart + bodyLength
      at = bodyEnd
      sink.onFrame(
        this.#flags(buffer, bodyStart),
        frameStream(buffer, bodyStart - FRAME_HEADER_LENGTH),
        frameOpcode(buffer, bodyStart - FRAME_HEADER_LENGTH),
        block,
        bodyStart,
        bodyEnd,
        false,
      )
    }
    if (at < end) this.#resume(buffer, at, start, end, sink)
    this.#before += end - start
  }

  #flags(buffer: Buffer, bodyStart: number): number {
    const flags = frameFlags(buffer, bodyStart - FRAME_HEADER_LENGTH)
    // Section 2.4.1.2 of v5: the flag is ignored there, segments are compressed instead.
    return this.lastVersion >= 5 ? flags & ~FrameFlag.COMPRESSED : flags
  }

  /** Adds bytes to the frame that spans pushes, and delivers it when it is whole. Returns where the bytes after it begin. */
  #resume(buffer: Buffer, from: number, start: number, end: number, sink: FrameSink): number {
    let at = from
    const header = this.#header
    if (this.#headerFilled < FRAME_HEADER_LENGTH) {
      const count = Math.min(FRAME_HEADER_LENGTH - this.#headerFilled, end - at)
      buffer.copy(header, this.#headerFilled, at, at + count)
      this.#headerFilled += count
      at += count
      if (this.#headerFilled < FRAME_HEADER_LENGTH) return at
      this.#bodyLength = this.#checkHeader(header, 0, this.#before + at - start - FRAME_HEADER_LENGTH)
    }
    at = this.#takeBody(buffer, at, end)
    if (this.#bodyFilled < this.#bodyLength) return at
    const block = byteBlock(this.#body)
    const length = this.#bodyLength
    this.#body = EMPTY
    this.#bodyFilled = 0
    this.#headerFilled = 0
    sink.onFrame(this.#flags(header, FRAME_HEADER_LENGTH), frameStream(header, 0), frameOpcode(header, 0), block, 0, length, true)
    return at
  }

  #takeBody(buffer: Buffer, at: number, end: number): number {
    const count = Math.min(this.#bodyLength - this.#bodyFilled, end - at)
    const needed = this.#bodyFilled + count
    if (needed > this.#body.length) {
      // Capped at the body's length: what is handed on in the end has exactly that.
      const next = takeMemory(Math.min(this.#bodyLength, Math.max(FIRST_CHUNK, 2 * this.#body.length, needed)))
      this.#body.copy(next, 0, 0, this.#bodyFilled)
      giveBackMemory(this.#body)
      this.#body = next
    }
    buffer.copy(this.#body, this.#bodyFilled, at, at + count)
    this.#bodyFilled = needed
    return at + count
  }

  /** Checks the header at `at` and returns its body's length. */
  #checkHeader(buffer: Buffer, at: number, position: number): number {
    const version = frameVersion(buffer, at)
    if (isResponseFrame(buffer, at) !== this.#responses) {
      const [expected, found] = this.#responses ? ['a response', 'a request'] : ['a request', 'a response']
      throw new MalformedFrameError(
        `${found} stands where ${expected} must: the frame at byte ${position} begins with 0x${hex(buffer[at]!)}`,
      )
    }
    if (version !== this.#version) this.#checkOtherVersion(version, frameOpcode(buffer, at), position)
    this.lastVersion = version
    const length = frameBodyLength(buffer, at)
    if (length < 0 || length > this.#maxLength) {
      throw new MalformedFrameError(
        `the frame at byte ${position} (${opcodeName(frameOpcode(buffer, at))}, stream ${frameStream(buffer, at)}) announces ` +
          `${length < 0 ? 'the negative length' : 'a body of'} ${length} bytes; at most ${this.#maxLength} are taken`,
      )
    }
    return length
  }

  /** A server that doesn't speak the version asked for answers with an ERROR in one of its own (section 2.4.1.1). */
  #checkOtherVersion(version: number, opcode: number, position: number): void {
    const taken = this.#version === 0 ? version >= 3 && version <= 5 : this.#responses && opcode === Opcode.ERROR && version >= 3
    if (taken) return
    const expected = this.#version === 0 ? 'v3, v4 and v5 are spoken here' : `this connection speaks v${this.#version}`
    throw new MalformedFrameError(`the frame at byte ${position} is of protocol version ${version}, ${expected}`)
  }
}

const EMPTY: Buffer = Buffer.alloc(0)

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0')
}
