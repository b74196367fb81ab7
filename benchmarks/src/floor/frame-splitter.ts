/** Finds frames in what a socket delivers, by their 9-byte headers and by nothing else. */

const headerLength = 9
const resultOpcode = 0x08

export class FrameSplitter {
  readonly #onFrame: (stream: number, bytes: Buffer, start: number, end: number) => void
  /** Bodies are wanted: one that lies in several deliveries is put together. */
  readonly #wantsBodies: boolean
  readonly #header = Buffer.alloc(headerLength)
  #headerBytes = 0
  #stream = 0
  #length = 0
  #missing = 0
  #body: Buffer | null = null

  constructor(wantsBodies: boolean, onFrame: (stream: number, bytes: Buffer, start: number, end: number) => void) {
    this.#wantsBodies = wantsBodies
    this.#onFrame = onFrame
  }

  push(bytes: Buffer, length: number): void {
    let at = 0
    while (at < length) {
      if (this.#missing > 0) at = this.#goOn(bytes, at, length)
      else if (this.#headerBytes > 0 || length - at < headerLength) at = this.#gatherHeader(bytes, at, length)
      else {
        this.#read(bytes, at)
        at = this.#begin(bytes, at + headerLength, length)
      }
    }
  }

  #gatherHeader(bytes: Buffer, from: number, length: number): number {
    let at = from
    while (this.#headerBytes < headerLength && at < length) this.#header[this.#headerBytes++] = bytes[at++]!
    if (this.#headerBytes < headerLength) return at
    this.#headerBytes = 0
    this.#read(this.#header, 0)
    return this.#begin(bytes, at, length)
  }

  #read(header: Buffer, at: number): void {
    if (header[at + 4] !== resultOpcode) throw new Error(`The server answered with opcode ${header[at + 4]}, not with a result`)
    this.#stream = (header[at + 2]! << 8) | header[at + 3]!
    this.#length = (header[at + 5]! << 24) | (header[at + 6]! << 16) | (header[at + 7]! << 8) | header[at + 8]!
  }

  #begin(bytes: Buffer, at: number, length: number): number {
    if (length - at >= this.#length) {
      this.#onFrame(this.#stream, bytes, at, at + this.#length)
      return at + this.#length
    }
    this.#missing = this.#length
    if (this.#wantsBodies) this.#body = Buffer.allocUnsafe(this.#length)
    return at
  }

  #goOn(bytes: Buffer, at: number, length: number): number {
    const taken = Math.min(this.#missing, length - at)
    this.#body?.set(bytes.subarray(at, at + taken), this.#length - this.#missing)
    this.#missing -= taken
    if (this.#missing === 0) {
      const body = this.#body
      this.#body = null
      this.#onFrame(this.#stream, body ?? bytes, 0, body === null ? 0 : this.#length)
    }
    return at + taken
  }
}
