/** What a connection sends, in its order; slowly where it is told to. */
import type { Socket } from 'node:net'

/** Slow bytes leave in pieces of this long. */
const PIECE_MS = 10

interface Letter {
  bytes: Buffer
  readonly bytesPerSecond: number
  readonly then: (() => void) | null
}

export class Outbox {
  readonly #socket: Socket
  /** What waits behind slow bytes. */
  readonly #waiting: Letter[] = []
  #timer: NodeJS.Timeout | null = null

  constructor(socket: Socket) {
    this.#socket = socket
  }

  /** `then` is called once the bytes were given to the socket. */
  send(bytes: Buffer, bytesPerSecond: number = Infinity, then: (() => void) | null = null): void {
    if (this.#socket.destroyed) return
    this.#waiting.push({ bytes, bytesPerSecond, then })
    if (this.#timer === null) this.#run()
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#waiting.length = 0
  }

  #run(): void {
    this.#timer = null
    for (let letter = this.#waiting[0]; letter !== undefined && this.#socket.writable; letter = this.#waiting[0]) {
      const isFast = letter.bytesPerSecond === Infinity
      const piece = isFast ? letter.bytes : letter.bytes.subarray(0, Math.max(1, Math.floor((letter.bytesPerSecond * PIECE_MS) / 1000)))
      this.#socket.write(piece)
      letter.bytes = letter.bytes.subarray(piece.length)
      if (letter.bytes.length === 0) {
        this.#waiting.shift()
        letter.then?.()
      }
      if (isFast) continue
      this.#timer = setTimeout(() => this.#run(), (1000 * piece.length) / letter.bytesPerSecond)
      return
    }
  }
}
