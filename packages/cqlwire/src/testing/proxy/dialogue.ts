/** What a proxy understands of the talk on one connection: its version, its compression, which answer belongs to which request. */
import { MalformedFrameError } from '../../base/errors.js'
import { loadCompressor } from '../../protocol/compression.js'
import type { Compressor } from '../../protocol/compression.js'
import { FrameFlag, Opcode, opcodeName, ResultKind } from '../../protocol/constants.js'
import { readEnvelope, readRequestPayload } from '../../protocol/envelope.js'
import {
  decompressBody,
  FRAME_HEADER_LENGTH,
  frameFlags,
  frameOpcode,
  frameStream,
  frameVersion,
  isResponseFrame,
} from '../../protocol/frame.js'
import { readStartup } from '../../protocol/startup.js'
import { ByteReader } from '../../wire/byte-reader.js'
import type { ProxyFrame } from './proxy-frame.js'

/** Who talks. */
export interface Talkers {
  readonly node: string
  readonly connection: number
  /** Prepared id in hex → text: what one connection prepared the others execute. */
  readonly texts: Map<string, string>
}

/** No driver keeps more; the oldest ones go. */
const MOST_TEXTS = 20_000

interface Asked {
  readonly opcode: number
  readonly query: string | null
}

export class Dialogue {
  version = 0
  /** What the client asked for; undefined where it can't be loaded here, and nothing compressed can be read. */
  compressor: Compressor | null | undefined = null
  /** The handshake's STARTUP was answered: on v5 there are segments from here on. */
  isStarted = false
  readonly #talkers: Talkers
  readonly #asked = new Map<number, Asked>()

  constructor(talkers: Talkers) {
    this.#talkers = talkers
  }

  /** Reads one whole frame, head included. Bytes within it that can't be made out leave its text null. */
  read(frame: Buffer): ProxyFrame {
    const stream = frameStream(frame, 0)
    const opcode = frameOpcode(frame, 0)
    const isResponse = isResponseFrame(frame, 0)
    this.version = frameVersion(frame, 0)
    const asked = isResponse ? this.#takeAsked(stream) : null
    let query = asked?.query ?? null
    try {
      if (!isResponse) query = this.#readRequest(frame, opcode)
      else if (asked !== null) this.#readResponse(frame, asked)
    } catch (error) {
      if (!(error instanceof MalformedFrameError)) throw error
    }
    if (!isResponse) this.#asked.set(stream, { opcode, query })
    return {
      node: this.#talkers.node,
      connection: this.#talkers.connection,
      direction: isResponse ? 'response' : 'request',
      protocolVersion: this.version,
      opcode: opcodeName(opcode),
      answers: asked === null ? null : opcodeName(asked.opcode),
      stream,
      flags: frameFlags(frame, 0),
      query,
      bytes: frame.length,
    }
  }

  #readRequest(frame: Buffer, opcode: number): string | null {
    const reader = this.#bodyOf(frame)
    if (reader === null) return null
    readRequestPayload(reader, this.version, frameFlags(frame, 0))
    switch (opcode) {
      case Opcode.STARTUP:
        this.compressor = compressorOf(readStartup(reader).get('COMPRESSION'))
        return null
      case Opcode.QUERY:
      case Opcode.PREPARE:
        return reader.readLongString('query')
      case Opcode.EXECUTE:
        return this.#talkers.texts.get(reader.readShortBytes('prepared id').toString('hex')) ?? null
      default:
        return null
    }
  }

  #takeAsked(stream: number): Asked | null {
    const asked = this.#asked.get(stream)
    this.#asked.delete(stream)
    return asked ?? null
  }

  #readResponse(frame: Buffer, asked: Asked): void {
    const opcode = frameOpcode(frame, 0)
    if (asked.opcode === Opcode.STARTUP && opcode !== Opcode.ERROR) this.isStarted = true
    if (asked.opcode === Opcode.PREPARE && asked.query !== null && opcode === Opcode.RESULT) this.#notePrepared(frame, asked.query)
  }

  #notePrepared(frame: Buffer, query: string): void {
    const reader = this.#bodyOf(frame)
    if (reader === null) return
    readEnvelope(reader, this.version, frameFlags(frame, 0))
    if (reader.readInt32('kind') !== ResultKind.PREPARED) return
    const { texts } = this.#talkers
    texts.set(reader.readShortBytes('prepared id').toString('hex'), query)
    if (texts.size > MOST_TEXTS) texts.delete(texts.keys().next().value!)
  }

  #bodyOf(frame: Buffer): ByteReader | null {
    if (this.version >= 5 || (frameFlags(frame, 0) & FrameFlag.COMPRESSED) === 0) return new ByteReader(frame.subarray(FRAME_HEADER_LENGTH))
    if (this.compressor === undefined) return null
    return new ByteReader(decompressBody(frame, FRAME_HEADER_LENGTH, frame.length, this.compressor).buffer)
  }
}

function compressorOf(name: string | undefined): Compressor | null | undefined {
  if (name === undefined) return null
  try {
    return loadCompressor(name.toLowerCase() as 'lz4')
  } catch {
    return undefined
  }
}
