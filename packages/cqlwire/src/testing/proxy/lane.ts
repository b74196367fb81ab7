/** One direction of a proxied connection: reads one socket, writes the other, as slowly as it is told, and holds little in between. */
import type { Socket } from 'node:net'

/** How a node's lanes behave now; changed while they run. */
export interface Pace {
  latencyMs: number
  /** Infinity for as fast as it goes. */
  bytesPerSecond: number
  /** Nothing is read nor written. */
  isPaused: boolean
}

interface Item {
  bytes: Buffer
  /** Not before: by `performance.now()`. */
  readonly due: number
  readonly bytesPerSecond: number
  readonly then: (() => void) | null
}

/** Past so many bytes held the source is read no further. */
const MOST_HELD = 256 * 1024
/** Slow bytes leave in pieces of this long. */
const PIECE_MS = 10

const NOTHING = Buffer.alloc(0)

export class Lane {
  readonly #from: Socket
  readonly #to: Socket
  readonly #pace: Pace
  readonly #queue: Item[] = []
  #held = 0
  /** When the line has carried what it was given before. */
  #freeAt = 0
  #timer: NodeJS.Timeout | null = null
  /** Held back by a fault, until the node's `resume()`. */
  #isStalled = false

  constructor(from: Socket, to: Socket, pace: Pace, onChunk: (chunk: Buffer) => void) {
    this.#from = from
    this.#to = to
    this.#pace = pace
    from.on('data', (chunk) => {
      onChunk(chunk)
      this.run()
    })
    from.on('end', () => this.then(() => to.end()))
    to.on('drain', () => this.run())
    if (pace.isPaused) from.pause()
  }

  write(bytes: Buffer, bytesPerSecond: number = Infinity): void {
    if (bytes.length > 0) this.#add({ bytes, due: performance.now() + this.#pace.latencyMs, bytesPerSecond, then: null })
  }

  /** Runs `action` once everything was written that was given before. */
  then(action: () => void): void {
    this.#add({ bytes: NOTHING, due: 0, bytesPerSecond: Infinity, then: action })
    this.run()
  }

  stall(): void {
    this.#isStalled = true
  }

  resume(): void {
    this.#isStalled = false
    this.run()
  }

  /** Forgets what it holds. */
  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#queue.length = 0
    this.#held = 0
  }

  /** Writes what is due; called whenever something has changed. */
  run(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    while (this.#queue.length > 0 && !this.#pace.isPaused && !this.#isStalled && !this.#to.writableNeedDrain) {
      const item = this.#queue[0]!
      const wait = Math.max(item.due, this.#freeAt) - performance.now()
      if (wait > 0) {
        this.#timer = setTimeout(() => this.run(), wait)
        break
      }
      if (item.then === null) this.#writeSome(item)
      else {
        this.#queue.shift()
        item.then()
      }
    }
    this.#regulate()
  }

  #add(item: Item): void {
    this.#queue.push(item)
    this.#held += item.bytes.length
  }

  #writeSome(item: Item): void {
    const rate = Math.min(item.bytesPerSecond, this.#pace.bytesPerSecond)
    const piece = rate === Infinity ? item.bytes : item.bytes.subarray(0, Math.max(1, Math.floor((rate * PIECE_MS) / 1000)))
    this.#held -= piece.length
    item.bytes = item.bytes.subarray(piece.length)
    if (item.bytes.length === 0) this.#queue.shift()
    if (rate !== Infinity) this.#freeAt = performance.now() + (1000 * piece.length) / rate
    if (this.#to.writable) this.#to.write(piece)
  }

  /** Reads on only where there is room: a sink that doesn't read makes its source's writes wait. */
  #regulate(): void {
    const isFull = this.#pace.isPaused || this.#isStalled || this.#held > MOST_HELD || this.#to.writableNeedDrain
    if (isFull !== this.#from.isPaused()) {
      if (isFull) this.#from.pause()
      else this.#from.resume()
    }
  }
}
