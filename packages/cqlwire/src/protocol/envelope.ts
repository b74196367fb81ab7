/**
 * What may stand before the message in a frame's body, as its flags say (native protocol v5 section 4, v4 section 2.2):
 *
 *     response: [<tracing_id:uuid>][<warnings:string list>][<custom_payload:bytes map>]<message>
 *     request:  [<custom_payload:bytes map>]<message>
 *
 * v3 has the tracing id only.
 */
import { InvalidArgumentError } from '../base/errors.js'
import type { ByteReader } from '../wire/byte-reader.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import { FrameFlag } from './constants.js'
import { readBytesMap, readStringList, writeBytesMap, writeStringList } from './notation.js'

export interface Envelope {
  /** 16 bytes, a copy. */
  readonly traceId: Buffer | null
  readonly warnings: readonly string[]
  readonly customPayload: ReadonlyMap<string, Buffer | null> | null
}

const EMPTY: Envelope = Object.freeze({ traceId: null, warnings: Object.freeze([]), customPayload: null })

/** Reads a response's envelope; the reader then stands at the message. Need not be called where the frame's flags are 0. */
export function readEnvelope(reader: ByteReader, version: number, flags: number): Envelope {
  if ((flags & (FrameFlag.TRACING | FrameFlag.WARNING | FrameFlag.CUSTOM_PAYLOAD)) === 0) return EMPTY
  const v4 = version >= 4
  const traceId = (flags & FrameFlag.TRACING) !== 0 ? Buffer.from(reader.readRaw(16, 'tracing id')) : null
  const warnings = v4 && (flags & FrameFlag.WARNING) !== 0 ? readStringList(reader, 'warnings') : EMPTY.warnings
  const customPayload = v4 && (flags & FrameFlag.CUSTOM_PAYLOAD) !== 0 ? readBytesMap(reader, 'custom payload') : null
  return { traceId, warnings, customPayload }
}

/** The frame flags that an envelope needs. */
export function envelopeFlags(envelope: Envelope): number {
  let flags = 0
  if (envelope.traceId !== null) flags |= FrameFlag.TRACING
  if (envelope.warnings.length > 0) flags |= FrameFlag.WARNING
  if (envelope.customPayload !== null) flags |= FrameFlag.CUSTOM_PAYLOAD
  return flags
}

/** A server's half: writes the envelope of a response, to be called right after `beginFrame` with `envelopeFlags`. */
export function writeEnvelope(writer: ByteWriter, envelope: Envelope): void {
  if (envelope.traceId !== null) writer.putRaw(envelope.traceId)
  if (envelope.warnings.length > 0) writeStringList(writer, envelope.warnings)
  if (envelope.customPayload !== null) writeBytesMap(writer, envelope.customPayload)
}

/** A request's custom payload (v4 and later): first in the body of QUERY, PREPARE, EXECUTE or BATCH, with `FrameFlag.CUSTOM_PAYLOAD`. */
export function writeCustomPayload(writer: ByteWriter, version: number, payload: ReadonlyMap<string, Uint8Array | null>): void {
  if (version < 4)
    throw new InvalidArgumentError(
      `A customPayload (and executeAs, which travels in it) needs protocol v4 or later, this connection speaks v${version}. Nothing was sent`,
    )
  writeBytesMap(writer, payload)
}

/** A server's half: the custom payload of a request, null where its flags have none. */
export function readRequestPayload(reader: ByteReader, version: number, flags: number): Map<string, Buffer | null> | null {
  return version >= 4 && (flags & FrameFlag.CUSTOM_PAYLOAD) !== 0 ? readBytesMap(reader, 'custom payload') : null
}
