/** One connection through a proxy: the client's socket, the one to the node, and a lane each way. */
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import type { ServerError } from '../../base/server-errors.js'
import { Opcode } from '../../protocol/constants.js'
import { encodeSegments } from '../../protocol/segments.js'
import { writeError } from '../../protocol/write-error.js'
import { encodeAnswer } from '../answer-writer.js'
import { Dialogue } from './dialogue.js'
import type { Talkers } from './dialogue.js'
import type { CutKind, Fault } from './fault.js'
import { Lane } from './lane.js'
import type { Pace } from './lane.js'
import type { ProxyFrame } from './proxy-frame.js'
import { StreamSplitter } from './stream-splitter.js'
import type { Unit } from './stream-splitter.js'

export interface ProxiedConnectionContext {
  readonly talkers: Talkers
  readonly target: { readonly host: string; readonly port: number }
  /** To the node, and back. */
  readonly pace: { readonly request: Pace; readonly response: Pace }
  /** Notes the frame, and says what to do with it; null to pass it on. */
  passing(frame: ProxyFrame): Fault | null
  /** Bytes that come in, in one direction. */
  received(direction: ProxyFrame['direction'], bytes: number): void
  closed(connection: ProxiedConnection): void
}

interface Way {
  readonly lane: Lane
  readonly splitter: StreamSplitter
}

export class ProxiedConnection {
  readonly #client: Socket
  readonly #server: Socket
  readonly #context: ProxiedConnectionContext
  readonly #dialogue: Dialogue
  readonly #request: Way
  readonly #response: Way
  readonly #timers = new Set<NodeJS.Timeout>()
  #open = 2
  #inSegments = false

  constructor(client: Socket, context: ProxiedConnectionContext) {
    this.#client = client
    this.#context = context
    this.#dialogue = new Dialogue(context.talkers)
    this.#server = connect({ ...context.target, noDelay: true, allowHalfOpen: true })
    this.#request = this.#way(client, this.#server, 'request')
    this.#response = this.#way(this.#server, client, 'response')
    for (const [socket, other] of [
      [client, this.#server],
      [this.#server, client],
    ] as const) {
      // A peer that resets its connection is no trouble of ours: 'close' follows.
      socket.on('error', () => {})
      socket.on('close', (hadError) => this.#onClose(other, hadError))
    }
  }

  /** `'reset'` throws away what was not sent yet; `'end'` sends it, then FIN. */
  cut(how: CutKind): void {
    this.#clear()
    if (how === 'reset') {
      this.#client.resetAndDestroy()
      this.#server.resetAndDestroy()
      return
    }
    this.#server.destroy()
    // What the client sends yet is read and thrown away: unread bytes would make a reset of it.
    this.#client.removeAllListeners('data').on('data', () => {})
    this.#client.resume().end()
  }

  /** At once, for good. */
  destroy(): void {
    this.#clear()
    this.#client.destroy()
    this.#server.destroy()
  }

  /** The pace has changed. */
  wake(): void {
    this.#request.lane.run()
    this.#response.lane.run()
  }

  /** Lanes that a fault has stalled go on. */
  resume(): void {
    this.#request.lane.resume()
    this.#response.lane.resume()
  }

  #way(from: Socket, to: Socket, direction: ProxyFrame['direction']): Way {
    const splitter = new StreamSplitter(direction === 'response')
    const lane = new Lane(from, to, this.#context.pace[direction], (chunk) => {
      this.#context.received(direction, chunk.length)
      splitter.push(chunk, (unit) => this.#onUnit(way, unit))
    })
    const way = { lane, splitter }
    return way
  }

  #onUnit(way: Way, { raw, frames }: Unit): void {
    const faults = frames.map((frame) => this.#context.passing(this.#dialogue.read(frame)))
    if (faults.every((fault) => fault === null)) way.lane.write(raw)
    else for (const [i, frame] of frames.entries()) this.#pass(way, frames.length === 1 ? raw : this.#encode(frame), frame, faults[i]!)
    if (this.#dialogue.isStarted) this.#useSegments()
  }

  /** On v5 both directions go on in segments once STARTUP was answered. */
  #useSegments(): void {
    const { version, compressor } = this.#dialogue
    if (version < 5 || this.#inSegments) return
    this.#inSegments = true
    for (const { splitter } of [this.#request, this.#response]) {
      if (compressor === undefined) splitter.giveUp()
      else splitter.useSegments(compressor)
    }
  }

  /** A frame as it travels by itself. */
  #encode(frame: Buffer): Buffer {
    return this.#inSegments ? encodeSegments(frame, this.#dialogue.compressor ?? null) : frame
  }

  #pass(way: Way, bytes: Buffer, frame: Buffer, fault: Fault | null): void {
    switch (fault?.kind) {
      case undefined:
        return way.lane.write(bytes)
      case 'drop':
        return
      case 'delay': {
        const timer = setTimeout(() => {
          this.#timers.delete(timer)
          way.lane.write(bytes)
          way.lane.run()
        }, fault.ms)
        this.#timers.add(timer)
        return
      }
      case 'slow':
        return way.lane.write(bytes, fault.bytesPerSecond)
      case 'cut':
        way.lane.write(bytes.subarray(0, fault.afterBytes))
        return way.lane.then(() => this.cut(fault.how))
      case 'corrupt': {
        const changed = Buffer.from(bytes)
        const at = (((fault.at % changed.length) + changed.length) % changed.length) | 0
        changed[at]! ^= 0x01
        return way.lane.write(changed)
      }
      case 'duplicate':
        way.lane.write(bytes)
        return way.lane.write(bytes)
      case 'stall':
        way.lane.then(() => way.lane.stall())
        return way.lane.write(bytes)
      case 'error':
        this.#response.lane.write(this.#errorTo(frame, fault.error))
        return this.#response.lane.run()
    }
  }

  #errorTo(frame: Buffer, error: ServerError): Buffer {
    const { version, compressor } = this.#dialogue
    const framing = { version, segments: this.#inSegments, compressor: compressor ?? null }
    return encodeAnswer(framing, frame.readInt16BE(2), Opcode.ERROR, (writer) => writeError(writer, version, error))
  }

  #clear(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
    this.#request.lane.close()
    this.#response.lane.close()
  }

  #onClose(other: Socket, hadError: boolean): void {
    if (hadError && !other.destroyed) other.resetAndDestroy()
    if (--this.#open > 0) return
    this.#clear()
    this.#context.closed(this)
  }
}
