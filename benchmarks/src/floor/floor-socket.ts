/** A bare socket with so many requests in flight: big buffers of frames made beforehand go out, one write for all that a delivery freed. */
import { connect, type Socket } from 'node:net'
import { encodeSegment, SegmentStripper } from './floor-segments.js'

const receiveBytes = 256 * 1024
const mostPayload = 131_071

export class FloorSocket {
  readonly #frame: Buffer
  readonly #segmented: boolean
  readonly #perBuffer: number
  readonly #spare: Buffer[] = []
  #buffer: Buffer
  #filled = 0
  #socket: Socket | null = null

  constructor(frame: Buffer, inFlight: number, segmented: boolean) {
    this.#frame = frame
    this.#segmented = segmented
    this.#perBuffer = segmented ? Math.max(1, Math.min(inFlight, Math.floor(mostPayload / frame.length))) : inFlight
    this.#buffer = this.#fresh()
  }

  /** Shakes hands; `onBytes` gets what comes after that, in v5 without its segments. Valid only during the call. */
  async open(host: string, port: number, onBytes: (bytes: Buffer, length: number) => void, onError: (error: Error) => void): Promise<void> {
    const version = this.#frame[0]!
    const receive = this.#segmented ? new SegmentStripper(onBytes).push : onBytes
    await new Promise<void>((resolve) => {
      let isReady = false
      const callback = (length: number, bytes: Uint8Array): boolean => {
        if (isReady) receive(bytes as Buffer, length)
        else if (bytes[4] === 2) {
          isReady = true
          resolve()
        } else onError(new Error(`The server answered the handshake with opcode ${bytes[4]}`))
        return true
      }
      this.#socket = connect({ host, port, noDelay: true, onread: { buffer: Buffer.allocUnsafeSlow(receiveBytes), callback } })
      this.#socket.on('error', onError)
      this.#socket.write(startup(version))
    })
  }

  close(): void {
    this.#socket?.destroy()
  }

  /** Put beside those that wait for `flush`. */
  put(stream: number): void {
    if (this.#filled === this.#perBuffer) this.flush()
    const at = this.#filled++ * this.#frame.length
    this.#buffer[at + 2] = stream >> 8
    this.#buffer[at + 3] = stream & 255
  }

  flush(): void {
    if (this.#filled === 0) return
    const buffer = this.#buffer
    const bytes = buffer.subarray(0, this.#filled * this.#frame.length)
    this.#filled = 0
    if (this.#segmented) this.#socket!.write(this.#frame.length > mostPayload ? segmentsOf(bytes) : encodeSegment(bytes, true))
    else {
      this.#buffer = this.#spare.pop() ?? this.#fresh()
      this.#socket!.write(bytes, () => this.#spare.push(buffer))
    }
  }

  #fresh(): Buffer {
    const buffer = Buffer.allocUnsafeSlow(this.#frame.length * this.#perBuffer)
    for (let index = 0; index < this.#perBuffer; index++) this.#frame.copy(buffer, index * this.#frame.length)
    return buffer
  }
}

function segmentsOf(bytes: Buffer): Buffer {
  const parts: Buffer[] = []
  for (let at = 0; at < bytes.length; at += mostPayload) parts.push(encodeSegment(bytes.subarray(at, at + mostPayload), false))
  return Buffer.concat(parts)
}

function startup(version: number): Buffer {
  const text = (value: string): Buffer => Buffer.concat([Buffer.from([value.length >> 8, value.length]), Buffer.from(value)])
  const body = Buffer.concat([Buffer.from([0, 1]), text('CQL_VERSION'), text('3.0.0')])
  return Buffer.concat([Buffer.from([version, 0, 0, 0, 1, 0, 0, 0, body.length]), body])
}
