/**
 * The frame (v5: envelope) around every message: native protocol v3 and v4 section 2, v5 section 2.4.
 *
 *     <version:byte><flags:byte><stream:short><opcode:byte><length:int><body>
 *
 * The upper bit of the version says the direction: 0 for requests, 1 for responses.
 */
import { InvalidArgumentError, MalformedFrameError } from '../base/errors.js'
import { byteBlock } from '../wire/byte-block.js'
import type { ByteBlock } from '../wire/byte-block.js'
import { MAX_BODY_LENGTH } from '../wire/byte-writer.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import type { Compressor } from './compression.js'
import { FrameFlag } from './constants.js'

export const FRAME_HEADER_LENGTH = 9

/** Set in the version byte of responses. */
export const RESPONSE_BIT = 0x80

/**
 * Writes a frame's header with its length left open and returns where the frame starts: give that to `endFrame` once the body stands.
 * A server gives `version | RESPONSE_BIT`.
 */
export function beginFrame(writer: ByteWriter, version: number, flags: number, stream: number, opcode: number): number {
  writer.ensure(FRAME_HEADER_LENGTH)
  const start = writer.position
  const { buffer } = writer
  buffer[start] = version
  buffer[start + 1] = flags
  buffer[start + 2] = stream >> 8
  buffer[start + 3] = stream
  buffer[start + 4] = opcode
  writer.position = start + FRAME_HEADER_LENGTH
  return start
}

/**
 * Patches the body's length into the frame that starts at `start`. Where the body is longer than the protocol takes, the frame is taken
 * back out of the writer and an InvalidArgumentError thrown: nothing of it is sent.
 */
export function endFrame(writer: ByteWriter, start: number): void {
  const length = writer.position - start - FRAME_HEADER_LENGTH
  if (length > MAX_BODY_LENGTH) {
    writer.position = start
    throw new InvalidArgumentError(
      `A request of ${length} bytes can't be sent: the protocol's limit for one message is 256 MiB. Split it into several`,
    )
  }
  writer.view.setInt32(start + 5, length)
}

/** Sets the stream id of the frame that starts at `start`. */
export function patchStream(writer: ByteWriter, start: number, stream: number): void {
  writer.buffer[start + 2] = stream >> 8
  writer.buffer[start + 3] = stream
}

/** Bodies shorter than this gain nothing by compression, in bytes. */
const COMPRESS_FROM = 128

/**
 * v3 and v4: compresses the body of the last frame in the writer, which starts at `start` and was ended, and flags it.
 * A body that is short, or would not get shorter, stays as it is.
 */
export function compressFrame(writer: ByteWriter, start: number, compressor: Compressor): void {
  const bodyStart = start + FRAME_HEADER_LENGTH
  if (writer.position - bodyStart < COMPRESS_FROM) return
  const plain = writer.buffer.subarray(bodyStart, writer.position)
  const compressed = compressor.compressBody(plain)
  if (compressed.length >= plain.length) return
  writer.buffer.set(compressed, bodyStart)
  writer.position = bodyStart + compressed.length
  writer.buffer[start + 1]! |= FrameFlag.COMPRESSED
  endFrame(writer, start)
}

/** v3 and v4: the plain body of a frame with the flag COMPRESSED, as a block of its own. */
export function decompressBody(buffer: Buffer, start: number, end: number, compressor: Compressor | null): ByteBlock {
  if (compressor === null) throw new MalformedFrameError('A frame is compressed, but no compression was agreed on for this connection')
  return byteBlock(compressor.decompressBody(buffer.subarray(start, end)))
}

/** The protocol version of the frame header at `at`, without the direction. */
export function frameVersion(buffer: Uint8Array, at: number): number {
  return buffer[at]! & 0x7f
}

export function isResponseFrame(buffer: Uint8Array, at: number): boolean {
  return (buffer[at]! & RESPONSE_BIT) !== 0
}

export function frameFlags(buffer: Uint8Array, at: number): number {
  return buffer[at + 1]!
}

/** The stream id: 0 to 32,767 for requests and their answers, negative for what a server sends of its own accord. */
export function frameStream(buffer: Uint8Array, at: number): number {
  return ((buffer[at + 2]! << 24) >> 16) | buffer[at + 3]!
}

export function frameOpcode(buffer: Uint8Array, at: number): number {
  return buffer[at + 4]!
}

/** The body's length as it stands there, signed: the reader checks it. */
export function frameBodyLength(buffer: Uint8Array, at: number): number {
  return (buffer[at + 5]! << 24) | (buffer[at + 6]! << 16) | (buffer[at + 7]! << 8) | buffer[at + 8]!
}
