/** Turns the replies of a fake node into bytes: frames, on v5 within segments, and their damaged forms. */
import type { Compressor } from '../protocol/compression.js'
import { EVENT_STREAM, Opcode } from '../protocol/constants.js'
import { envelopeFlags, writeEnvelope } from '../protocol/envelope.js'
import type { Envelope } from '../protocol/envelope.js'
import { beginFrame, compressFrame, endFrame, FRAME_HEADER_LENGTH, RESPONSE_BIT } from '../protocol/frame.js'
import { writeEvent } from '../protocol/register.js'
import type { ServerEvent } from '../protocol/register.js'
import { writeVoidResult } from '../protocol/result.js'
import { encodeSegment, encodeSegments } from '../protocol/segments.js'
import { ByteWriter } from '../wire/byte-writer.js'
import type { FaultName, ReplyExtras } from './reply.js'

/** How a connection sends, which changes once STARTUP is answered. */
export interface Framing {
  readonly version: number
  readonly segments: boolean
  readonly compressor: Compressor | null
}

type BodyWriter = (writer: ByteWriter) => void

function frameOf(
  { version, segments, compressor }: Framing,
  stream: number,
  opcode: number,
  write: BodyWriter,
  envelope: Envelope,
): Buffer {
  const writer = new ByteWriter(256)
  const start = beginFrame(writer, version | RESPONSE_BIT, envelopeFlags(envelope), stream, opcode)
  writeEnvelope(writer, envelope)
  write(writer)
  endFrame(writer, start)
  if (!segments && compressor !== null) compressFrame(writer, start, compressor)
  return writer.toBuffer()
}

function wrapped(framing: Framing, frame: Buffer): Buffer {
  return framing.segments ? encodeSegments(frame, framing.compressor) : frame
}

/** Warnings and payloads came with v4: they are left out before. */
function envelopeOf(version: number, extras: ReplyExtras): Envelope {
  return {
    traceId: extras.traceId === undefined ? null : Buffer.from(extras.traceId),
    warnings: version >= 4 ? (extras.warnings ?? []) : [],
    customPayload:
      version >= 4 && extras.customPayload !== undefined
        ? new Map([...extras.customPayload].map(([key, value]) => [key, value === null ? null : Buffer.from(value)]))
        : null,
  }
}

export function encodeAnswer(framing: Framing, stream: number, opcode: number, write: BodyWriter, extras: ReplyExtras = {}): Buffer {
  return wrapped(framing, frameOf(framing, stream, opcode, write, envelopeOf(framing.version, extras)))
}

export function encodeEvent(framing: Framing, event: ServerEvent): Buffer {
  return encodeAnswer(framing, EVENT_STREAM, Opcode.EVENT, (writer) => writeEvent(writer, event))
}

/** A void answer to the stream with the damage done to it. */
export function encodeFault(framing: Framing, stream: number, fault: FaultName): Buffer {
  // Of some length, so that a half of it has a head.
  const extras = { warnings: ['a warning that makes the answer longer'] }
  const answer = (on: number): Buffer => encodeAnswer(framing, on, Opcode.RESULT, writeVoidResult, extras)
  switch (fault) {
    case 'half-frame':
    case 'truncated': {
      const whole = answer(stream)
      return whole.subarray(0, Math.max(FRAME_HEADER_LENGTH + 2, whole.length >> 1))
    }
    case 'wrong-stream':
      return answer(stream === 32_767 ? 0 : 32_767)
    case 'oversized-length': {
      const head = frameOf({ ...framing, compressor: null }, stream, Opcode.RESULT, writeVoidResult, envelopeOf(framing.version, {}))
      head.writeInt32BE(0x7fff_ffff, 5)
      return framing.segments ? encodeSegment(head, true, framing.compressor) : head
    }
    case 'bad-crc':
    case 'bad-header-crc': {
      if (!framing.segments) return GARBAGE
      const segment = answer(stream)
      const at = fault === 'bad-crc' ? segment.length - 1 : 0
      segment[at]! ^= 0x01
      return segment
    }
    case 'garbage':
      return GARBAGE
  }
}

const GARBAGE = Buffer.from('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n')
