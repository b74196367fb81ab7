/**
 * Takes the bytes of one direction of a connection apart into units that can be forwarded one by one, without changing them:
 * a frame (v3, v4, and before the end of the handshake), or a segment of v5 with the frames in it.
 * What it can't make out (TLS, another protocol, a bad checksum) it hands on as it comes, from there on for good.
 */
import { MalformedFrameError } from '../../base/errors.js'
import type { Compressor } from '../../protocol/compression.js'
import { FRAME_HEADER_LENGTH, frameBodyLength, frameVersion, isResponseFrame } from '../../protocol/frame.js'
import { SEGMENT_HEADER_LENGTH, SEGMENT_TRAILER_LENGTH, SegmentReader } from '../../protocol/segments.js'
import type { SegmentSink } from '../../protocol/segments.js'
import { MAX_BODY_LENGTH } from '../../wire/byte-writer.js'

/** Bytes that travel together. */
export interface Unit {
  readonly raw: Buffer
  /** The whole frames in it, heads included; none where the bytes can't be made out. */
  readonly frames: readonly Buffer[]
}

type Mode = 'frames' | 'segments' | 'opaque'

export class StreamSplitter {
  readonly #isResponse: boolean
  #mode: Mode = 'frames'
  #segments = new SegmentReader()
  #segmentHeader = SEGMENT_HEADER_LENGTH
  /** Bytes whose unit is not whole yet, and how many there must be before it is worth to look again. */
  #chunks: Buffer[] = []
  #held = 0
  #needed = FRAME_HEADER_LENGTH
  /** The segments of a long frame, and their payloads. */
  #longRaw: Buffer[] = []
  #longPayload: Buffer[] = []

  constructor(isResponse: boolean) {
    this.#isResponse = isResponse
  }

  /** From the next byte on there are segments: v5 after the answer to STARTUP. */
  useSegments(compressor: Compressor | null): void {
    if (this.#mode !== 'frames') return
    this.#mode = 'segments'
    this.#segments = new SegmentReader(compressor)
    this.#segmentHeader = SEGMENT_HEADER_LENGTH + (compressor === null ? 0 : 2)
  }

  /** From the next byte on nothing can be made out. */
  giveUp(): void {
    this.#mode = 'opaque'
  }

  /** Takes the next bytes and hands on every unit that they complete. */
  push(chunk: Buffer, onUnit: (unit: Unit) => void): void {
    this.#chunks.push(chunk)
    this.#held += chunk.length
    if (this.#held < this.#needed && this.#mode !== 'opaque') return
    const bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks)
    let at = 0
    for (;;) {
      const left = bytes.length - at
      this.#needed = this.#mode === 'opaque' ? left : this.#lengthAt(bytes, at)
      if (left === 0 || (left < this.#needed && this.#mode !== 'opaque')) break
      const raw = bytes.subarray(at, at + this.#needed)
      at += raw.length
      this.#deliver(raw, onUnit)
    }
    this.#chunks = at === bytes.length ? [] : [bytes.subarray(at)]
    this.#held = bytes.length - at
  }

  /** How long the unit at `at` is; of its head, as long as that is not there. */
  #lengthAt(bytes: Buffer, at: number): number {
    const left = bytes.length - at
    if (this.#mode === 'segments') {
      if (left < this.#segmentHeader) return this.#segmentHeader
      const carried = (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16)) & 0x1ffff
      return this.#segmentHeader + carried + SEGMENT_TRAILER_LENGTH
    }
    const isFrame = left === 0 || this.#isFrame(bytes, at)
    if (isFrame && left < FRAME_HEADER_LENGTH) return FRAME_HEADER_LENGTH
    const length = isFrame ? frameBodyLength(bytes, at) : -1
    if (length >= 0 && length <= MAX_BODY_LENGTH) return FRAME_HEADER_LENGTH + length
    this.#mode = 'opaque'
    return left
  }

  #isFrame(bytes: Buffer, at: number): boolean {
    const version = frameVersion(bytes, at)
    return version >= 3 && version <= 6 && isResponseFrame(bytes, at) === this.#isResponse
  }

  #deliver(raw: Buffer, onUnit: (unit: Unit) => void): void {
    if (this.#mode === 'opaque') return onUnit({ raw, frames: [] })
    if (this.#mode === 'frames') return onUnit({ raw, frames: [raw] })
    let unit: Unit | null
    try {
      unit = this.#openSegment(raw)
    } catch (error) {
      if (!(error instanceof MalformedFrameError)) throw error
      this.#mode = 'opaque'
      unit = { raw: Buffer.concat([...this.#longRaw, raw]), frames: [] }
    }
    if (unit !== null) onUnit(unit)
  }

  /** The unit that the segment completes; null for a part of a long frame. */
  #openSegment(raw: Buffer): Unit | null {
    let unit: Unit | null = null
    const sink: SegmentSink = {
      onSegment: (buffer, start, end, selfContained) => {
        const payload = buffer.subarray(start, end)
        unit = selfContained ? { raw, frames: framesIn(payload) } : this.#addToLong(raw, payload)
      },
    }
    this.#segments.push(raw, 0, raw.length, sink)
    return unit
  }

  #addToLong(raw: Buffer, payload: Buffer): Unit | null {
    this.#longRaw.push(raw)
    this.#longPayload.push(payload)
    const first = this.#longPayload[0]!
    if (first.length < FRAME_HEADER_LENGTH) throw new MalformedFrameError("A segment is too short for the head of a frame's first part")
    const length = FRAME_HEADER_LENGTH + checkedLength(first, 0)
    if (this.#longPayload.reduce((sum, part) => sum + part.length, 0) < length) return null
    const unit = { raw: Buffer.concat(this.#longRaw), frames: framesIn(Buffer.concat(this.#longPayload)) }
    this.#longRaw = []
    this.#longPayload = []
    return unit
  }
}

function framesIn(payload: Buffer): Buffer[] {
  const frames: Buffer[] = []
  for (let at = 0; at < payload.length;) {
    if (payload.length - at < FRAME_HEADER_LENGTH) throw new MalformedFrameError("A segment ends within a frame's head")
    const end = at + FRAME_HEADER_LENGTH + checkedLength(payload, at)
    if (end > payload.length) throw new MalformedFrameError('A segment ends within a frame')
    frames.push(payload.subarray(at, end))
    at = end
  }
  return frames
}

function checkedLength(bytes: Buffer, at: number): number {
  const length = frameBodyLength(bytes, at)
  if (length < 0 || length > MAX_BODY_LENGTH) throw new MalformedFrameError(`A frame announces ${length} bytes`)
  return length
}
