/** Bytes for the protocol's tests: hexadecimal text in, vectors of another driver, plain writers of values. */
import { readFileSync } from 'node:fs'
import type { ValueWriter } from '../../../src/protocol/query-parameters.js'
import { beginFrame, endFrame } from '../../../src/protocol/frame.js'
import { ByteReader } from '../../../src/wire/byte-reader.js'
import { ByteWriter } from '../../../src/wire/byte-writer.js'

/** Bytes from hexadecimal text; whatever stands between quotes is text in UTF-8, spaces are for the eye. */
export function bytes(text: string): Buffer {
  const parts = text.split("'")
  return Buffer.concat(parts.map((part, i) => (i % 2 === 1 ? Buffer.from(part, 'utf8') : Buffer.from(part.replaceAll(/\s/g, ''), 'hex'))))
}

export function reader(text: string): ByteReader {
  return new ByteReader(bytes(text))
}

/** What `write` writes, as hexadecimal text. */
export function written(write: (writer: ByteWriter) => void): string {
  const writer = new ByteWriter(16)
  write(writer)
  return writer.toBuffer().toString('hex')
}

/** A whole frame around what `write` writes, as hexadecimal text. */
export function frame(version: number, flags: number, stream: number, opcode: number, write: (writer: ByteWriter) => void): string {
  return written((writer) => {
    const start = beginFrame(writer, version, flags, stream, opcode)
    write(writer)
    endFrame(writer, start)
  })
}

/** Writes values given as bytes, null, or undefined for "not set". */
export const rawValues: ValueWriter = {
  write(writer: ByteWriter, params: readonly (Uint8Array | null | undefined)[]): void {
    writer.putUint16(params.length)
    for (const value of params) {
      if (value === undefined) writer.putInt32(-2)
      else writer.putBytes(value)
    }
  },
}

export interface Vectors {
  readonly source: string
  readonly requests: Readonly<Record<'3' | '4' | '5', Readonly<Record<string, string>>>>
  readonly crc24: readonly (readonly [string, number])[]
  readonly crc32: readonly (readonly [number, number])[]
  readonly segments: {
    readonly optionsFrame: string
    readonly queryFrame: string
    readonly plainOptions: string
    readonly plainBoth: string
    readonly compressedOptions: string
    readonly compressedQuery: string
    readonly longFrameLength: number
    readonly longSegmentHeaders: readonly string[]
    readonly longSegmentTrailers: readonly string[]
    readonly longSegmentsLength: number
  }
}

/** See test/support/protocol-vectors.py. The compiled tests stand in build/test/unit/protocol. */
export const vectors: Vectors = JSON.parse(
  readFileSync(new URL('../../../../test/support/protocol-vectors.json', import.meta.url), 'utf8'),
) as Vectors

/** The bytes that the vectors' script makes for checksums. */
export function pattern(length: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) & 0xff))
}
