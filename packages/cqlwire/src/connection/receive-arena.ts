/**
 * Where answers live that must outlast the receive buffer.
 *
 * All connections of a thread read into one buffer, which the next read overwrites. Rows are decoded later, when their reader asks:
 * their bytes are copied here. Small answers of one read are copied with one call, neighbours included, into a slab that
 * several reads share; a large answer gets memory of its own. A slab lives as long as the last undecoded result in it.
 */
import { byteBlock, type ByteBlock } from '../wire/byte-block.js'
import { takeMemory } from '../wire/page-memory.js'

/** The size of the buffer that all sockets of a thread read into, in bytes. Measured: below 256 KiB large pages cost more. */
const RECEIVE_BUFFER_SIZE: number = 256 * 1024

/** Answers from this many bytes on get memory of their own. */
const LARGE = 16 * 1024
const SLAB_SIZE = 64 * 1024

/** The buffer that every socket of this thread reads into. */
export const receiveBuffer: Buffer = Buffer.allocUnsafeSlow(RECEIVE_BUFFER_SIZE)

export class ReceiveArena {
  /** The block with the bytes after `own`. */
  block: ByteBlock
  /** Where they start in it. */
  offset: number
  #slab: ByteBlock
  #used = 0
  // The part of the receive buffer that was copied last, and where it went.
  #copiedStart = 0
  #copiedEnd = 0
  #shift = 0

  constructor() {
    this.#slab = byteBlock(Buffer.allocUnsafeSlow(SLAB_SIZE))
    this.block = this.#slab
    this.offset = 0
  }

  /** Forgets what was copied: the receive buffer holds new bytes. */
  beginRead(): void {
    this.#copiedEnd = 0
  }

  /**
   * Copies the bytes `start` to `end` of `source`; `block` and `offset` then say where they are. `limit` is the end of what was read:
   * small neighbours up to there are copied along, as they are likely to be wanted next.
   */
  own(source: Buffer, start: number, end: number, limit: number): void {
    if (start >= this.#copiedStart && end <= this.#copiedEnd && source === receiveBuffer) {
      this.block = this.#slab
      this.offset = start + this.#shift
      return
    }
    if (end - start >= LARGE) {
      const copy = takeMemory(end - start)
      source.copy(copy, 0, start, end)
      this.block = byteBlock(copy)
      this.offset = 0
      return
    }
    const until = source === receiveBuffer ? Math.min(limit, start + LARGE) : end
    const count = until - start
    if (this.#used + count > SLAB_SIZE) {
      this.#slab = byteBlock(Buffer.allocUnsafeSlow(SLAB_SIZE))
      this.#used = 0
    }
    source.copy(this.#slab.buffer, this.#used, start, until)
    if (source === receiveBuffer) {
      this.#copiedStart = start
      this.#copiedEnd = until
      this.#shift = this.#used - start
    }
    this.block = this.#slab
    this.offset = this.#used
    this.#used += count
  }
}

/** The arena of this thread. */
export const receiveArena: ReceiveArena = new ReceiveArena()
