/**
 * Segments, what protocol v5 calls frames: frames (its envelopes) travel in payloads with checksums (sections 2.1, 2.2).
 *
 *     plain:      <payload_length:17 bits><self_contained:1><padding:6><crc24:24> <payload> <crc32:32>
 *     compressed: <compressed_length:17><uncompressed_length:17><self_contained:1><padding:5><crc24:24> <payload> <crc32:32>
 *
 * Unlike everything else these numbers are little-endian. A self-contained segment holds whole frames; a frame too long for one
 * is spread over segments of its own. An uncompressed length of 0 means that the payload was left uncompressed.
 */
import { InvalidArgumentError, MalformedFrameError } from '../base/errors.js'
import type { Compressor } from './compression.js'
import { crc24, payloadCrc32 } from './crc.js'
import { FRAME_HEADER_LENGTH, frameBodyLength } from './frame.js'

/** 2^17 - 1: the most bytes that one segment carries. */
export const MAX_SEGMENT_PAYLOAD = 131_071
/** Of a plain segment, its CRC24 included. */
export const SEGMENT_HEADER_LENGTH = 6
/** Of a segment of a connection with compression, its CRC24 included. */
const COMPRESSED_SEGMENT_HEADER_LENGTH = 8
/** The payload's CRC32. */
export const SEGMENT_TRAILER_LENGTH = 4

/**
 * Closes a plain, self-contained segment where it stands: writes the header into the `SEGMENT_HEADER_LENGTH` bytes before `payloadStart`
 * and the checksum into the `SEGMENT_TRAILER_LENGTH` bytes from `payloadEnd` on, for which the caller left room.
 * The payload is whole frames of at most `MAX_SEGMENT_PAYLOAD` bytes in all.
 */
export function sealSegment(buffer: Uint8Array, payloadStart: number, payloadEnd: number): void {
  const length = payloadEnd - payloadStart
  if (length > MAX_SEGMENT_PAYLOAD) {
    throw new InvalidArgumentError(`A segment carries at most ${MAX_SEGMENT_PAYLOAD} bytes, not ${length}`)
  }
  putPlainHeader(buffer, payloadStart - SEGMENT_HEADER_LENGTH, length, true)
  putUint32LE(buffer, payloadEnd, payloadCrc32(buffer, payloadStart, payloadEnd))
}

/**
 * Whole frames, one after the other, as segments: as many small frames as fit share one, a longer frame is spread over several.
 * The result is a new buffer.
 */
export function encodeSegments(frames: Buffer, compressor: Compressor | null = null): Buffer {
  const ends = segmentEnds(frames)
  const headerLength = compressor === null ? SEGMENT_HEADER_LENGTH : COMPRESSED_SEGMENT_HEADER_LENGTH
  const out = Buffer.allocUnsafeSlow(frames.length + ends.length * (headerLength + SEGMENT_TRAILER_LENGTH))
  let at = 0
  let start = 0
  for (const { end, selfContained } of ends) {
    at = putSegment(out, at, frames.subarray(start, end), selfContained, compressor)
    start = end
  }
  return out.subarray(0, at)
}

/** One segment around a payload of at most `MAX_SEGMENT_PAYLOAD` bytes, whatever that is. */
export function encodeSegment(payload: Buffer, selfContained: boolean, compressor: Compressor | null = null): Buffer {
  const out = Buffer.allocUnsafeSlow(COMPRESSED_SEGMENT_HEADER_LENGTH + payload.length + SEGMENT_TRAILER_LENGTH)
  return out.subarray(0, putSegment(out, 0, payload, selfContained, compressor))
}

interface SegmentEnd {
  readonly end: number
  readonly selfContained: boolean
}

/** Where the payloads of the segments end, found by walking over the frames' lengths. */
function segmentEnds(frames: Buffer): SegmentEnd[] {
  const ends: SegmentEnd[] = []
  let start = 0
  let at = 0
  while (at < frames.length) {
    const end = at + FRAME_HEADER_LENGTH + frameBodyLength(frames, at)
    if (end - start > MAX_SEGMENT_PAYLOAD) {
      if (at > start) ends.push({ end: at, selfContained: true })
      start = at
      if (end - at > MAX_SEGMENT_PAYLOAD) {
        for (let piece = at + MAX_SEGMENT_PAYLOAD; piece < end; piece += MAX_SEGMENT_PAYLOAD)
          ends.push({ end: piece, selfContained: false })
        ends.push({ end, selfContained: false })
        start = end
      }
    }
    at = end
  }
  if (at > start) ends.push({ end: at, selfContained: true })
  return ends
}

/** Writes one segment at `at` and returns where it ends. */
function putSegment(out: Buffer, at: number, payload: Buffer, selfContained: boolean, compressor: Compressor | null): number {
  let carried = payload
  let start = at + SEGMENT_HEADER_LENGTH
  if (compressor === null) putPlainHeader(out, at, payload.length, selfContained)
  else {
    start = at + COMPRESSED_SEGMENT_HEADER_LENGTH
    const compressed = compressor.compress(payload)
    const shorter = compressed.length < payload.length
    if (shorter) carried = compressed
    putCompressedHeader(out, at, carried.length, shorter ? payload.length : 0, selfContained)
  }
  out.set(carried, start)
  const end = start + carried.length
  putUint32LE(out, end, payloadCrc32(out, start, end))
  return end + SEGMENT_TRAILER_LENGTH
}

function putPlainHeader(out: Uint8Array, at: number, length: number, selfContained: boolean): void {
  putUint24LE(out, at, selfContained ? length | 0x20000 : length)
  putUint24LE(out, at + 3, crc24(out, at, 3))
}

/** 17 + 17 + 1 bits, the lowest first, in five bytes: 32 of them, then the upper two bits of the second length and the flag. */
function putCompressedHeader(out: Uint8Array, at: number, length: number, uncompressedLength: number, selfContained: boolean): void {
  putUint32LE(out, at, length | (uncompressedLength << 17))
  out[at + 4] = (uncompressedLength >> 15) | (selfContained ? 4 : 0)
  putUint24LE(out, at + 5, crc24(out, at, 5))
}

function putUint24LE(out: Uint8Array, at: number, value: number): void {
  out[at] = value
  out[at + 1] = value >> 8
  out[at + 2] = value >> 16
}

function putUint32LE(out: Uint8Array, at: number, value: number): void {
  out[at] = value
  out[at + 1] = value >> 8
  out[at + 2] = value >> 16
  out[at + 3] = value >> 24
}

export interface SegmentSink {
  /**
   * A payload, `buffer[start..end)`. It is good during the call only: the memory is used again.
   * `selfContained`: it holds whole frames; else it is a part of one long frame.
   */
  onSegment(buffer: Buffer, start: number, end: number, selfContained: boolean): void
}

/** Takes segments out of the bytes of a connection, however they are cut, and checks their checksums. */
export class SegmentReader {
  readonly #compressor: Compressor | null
  readonly #headerLength: number
  /** The start of a segment whose end is yet to come. */
  #partial: Buffer = EMPTY
  #filled = 0
  /** The whole length of the segment in `#partial`, 0 until its header is there. */
  #expected = 0
  /** Bytes of the connection before the present push, to say where something is wrong. */
  #before = 0

  // What the last header said.
  #carried = 0
  #uncompressed = 0
  #selfContained = false

  constructor(compressor: Compressor | null = null) {
    this.#compressor = compressor
    this.#headerLength = compressor === null ? SEGMENT_HEADER_LENGTH : COMPRESSED_SEGMENT_HEADER_LENGTH
  }

  /** Bytes of a segment that is not yet complete. */
  get pending(): number {
    return this.#filled
  }

  /** Takes `buffer[start..end)`, the next bytes of the connection, and gives each payload that they complete to the sink. */
  push(buffer: Buffer, start: number, end: number, sink: SegmentSink): void {
    const headerLength = this.#headerLength
    let at = this.#filled === 0 ? start : this.#fill(buffer, start, start, end, sink)
    while (end - at >= headerLength) {
      const total = this.#readHeader(buffer, at, this.#before + at - start)
      if (end - at < total) break
      this.#deliver(buffer, at, total, this.#before + at - start, sink)
      at += total
    }
    if (at < end) this.#fill(buffer, at, start, end, sink)
    this.#before += end - start
  }

  /** Adds bytes to the segment in `#partial`, and delivers it when it is whole. Returns where the bytes after it begin. */
  #fill(buffer: Buffer, from: number, start: number, end: number, sink: SegmentSink): number {
    let at = from
    if (this.#expected === 0) {
      at = this.#take(buffer, at, end, this.#headerLength)
      if (this.#filled < this.#headerLength) return at
      this.#expected = this.#readHeader(this.#partial, 0, this.#before + at - start - this.#filled)
    }
    at = this.#take(buffer, at, end, this.#expected)
    if (this.#filled < this.#expected) return at
    const total = this.#expected
    this.#filled = 0
    this.#expected = 0
    this.#deliver(this.#partial, 0, total, this.#before + at - start - total, sink)
    return at
  }

  /** Copies into `#partial` until it holds `wanted` bytes or there are no more. */
  #take(buffer: Buffer, at: number, end: number, wanted: number): number {
    const count = Math.min(wanted - this.#filled, end - at)
    if (this.#filled + count > this.#partial.length) {
      // A segment has at most 131,083 bytes: the doubling ends there.
      const next = Buffer.allocUnsafeSlow(Math.max(1024, 2 * this.#partial.length, this.#filled + count))
      this.#partial.copy(next, 0, 0, this.#filled)
      this.#partial = next
    }
    buffer.copy(this.#partial, this.#filled, at, at + count)
    this.#filled += count
    return at + count
  }

  /** Reads and checks the header at `at`; returns the whole length of the segment. */
  #readHeader(buffer: Buffer, at: number, position: number): number {
    const plain = this.#compressor === null
    const length = plain ? 3 : 5
    const crcAt = at + length
    const expected = buffer[crcAt]! | (buffer[crcAt + 1]! << 8) | (buffer[crcAt + 2]! << 16)
    const found = crc24(buffer, at, length)
    if (found !== expected) {
      throw new MalformedFrameError(
        `bad CRC of a segment header at byte ${position} of the connection: 0x${hex(expected, 6)} stands there, its bytes have 0x${hex(found, 6)}`,
      )
    }
    const low = buffer[at]! | (buffer[at + 1]! << 8) | (buffer[at + 2]! << 16)
    this.#carried = low & 0x1ffff
    if (plain) {
      this.#uncompressed = 0
      this.#selfContained = (low & 0x20000) !== 0
    } else {
      const fifth = buffer[at + 4]!
      this.#uncompressed = (low >>> 17) | (buffer[at + 3]! << 7) | ((fifth & 3) << 15)
      this.#selfContained = (fifth & 4) !== 0
    }
    return this.#headerLength + this.#carried + SEGMENT_TRAILER_LENGTH
  }

  #deliver(buffer: Buffer, at: number, total: number, position: number, sink: SegmentSink): void {
    const start = at + this.#headerLength
    const end = start + this.#carried
    const expected = buffer.readUInt32LE(end)
    const found = payloadCrc32(buffer, start, end)
    if (found !== expected) {
      throw new MalformedFrameError(
        `bad CRC of a segment's payload of ${this.#carried} bytes at byte ${position} of the connection (${total} bytes in all): ` +
          `0x${hex(expected, 8)} stands there, its bytes have 0x${hex(found, 8)}`,
      )
    }
    if (this.#uncompressed === 0) {
      sink.onSegment(buffer, start, end, this.#selfContained)
      return
    }
    const plain = this.#compressor!.decompress(buffer.subarray(start, end), this.#uncompressed)
    sink.onSegment(plain, 0, plain.length, this.#selfContained)
  }
}

const EMPTY: Buffer = Buffer.alloc(0)

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}
