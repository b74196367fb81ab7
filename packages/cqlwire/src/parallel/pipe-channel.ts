/** The line to a worker process: frames on a pipe. When one end dies, the other hears it, whatever it died of. */
import type { Duplex } from 'node:stream'
import type { ByteWriter } from '../wire/byte-writer.js'
import { takeMessage } from '../transfer/take-message.js'
import type { Channel } from './channel.js'

/** A frame's length. */
const HEAD = 4

export class PipeChannel implements Channel {
  readonly #pipe: Duplex
  #onPost: (frames: Buffer) => void = () => {}
  /** The start of a frame whose end has not come; `#have` bytes of it. */
  #partial: Buffer | null = null
  #have = 0

  constructor(pipe: Duplex) {
    this.#pipe = pipe
  }

  post(writer: ByteWriter): void {
    const { position } = writer
    const memory = takeMessage(writer)
    if (this.#pipe.writable) this.#pipe.write(Buffer.from(memory, 0, position))
  }

  listen(onPost: (frames: Buffer) => void, onClosed: () => void): void {
    this.#onPost = onPost
    this.#pipe.on('data', (bytes: Buffer) => this.#take(bytes))
    this.#pipe.on('error', () => {}) // the end of the other side, which 'close' tells as well
    this.#pipe.on('end', () => this.#pipe.destroy())
    this.#pipe.on('close', onClosed)
  }

  close(): void {
    this.#pipe.end()
  }

  #take(bytes: Buffer): void {
    let at = this.#partial === null ? 0 : this.#fill(bytes, 0)
    if (this.#partial !== null) return
    const start = at
    while (bytes.length - at >= HEAD) {
      const end = at + HEAD + bytes.readInt32BE(at)
      if (end > bytes.length) break
      at = end
    }
    if (at > start) this.#onPost(bytes.subarray(start, at))
    if (at < bytes.length) this.#begin(bytes, at)
  }

  /** Keeps the start of a frame. */
  #begin(bytes: Buffer, at: number): void {
    const rest = bytes.length - at
    const size = rest >= HEAD ? HEAD + bytes.readInt32BE(at) : HEAD
    this.#partial = Buffer.allocUnsafeSlow(size)
    this.#have = bytes.copy(this.#partial, 0, at)
  }

  /** Goes on with the frame that was begun; gives where the next one starts. */
  #fill(bytes: Buffer, from: number): number {
    let partial = this.#partial!
    let at = from
    if (partial.length === HEAD) {
      at += this.#copy(partial, bytes, at)
      if (this.#have < HEAD) return at
      const whole = Buffer.allocUnsafeSlow(HEAD + partial.readInt32BE(0))
      partial.copy(whole)
      this.#partial = partial = whole
    }
    at += this.#copy(partial, bytes, at)
    if (this.#have === partial.length) {
      this.#partial = null
      this.#onPost(partial)
    }
    return at
  }

  #copy(into: Buffer, bytes: Buffer, at: number): number {
    const count = bytes.copy(into, this.#have, at)
    this.#have += count
    return count
  }
}
