/** What frames travel in. */
import { loadCompressor } from '../../../../src/protocol/compression.js'
import { crc24, payloadCrc32 } from '../../../../src/protocol/crc.js'
import { FrameReader } from '../../../../src/protocol/frame-reader.js'
import type { FrameSink } from '../../../../src/protocol/frame-reader.js'
import { beginFrame, endFrame, RESPONSE_BIT } from '../../../../src/protocol/frame.js'
import { encodeSegments, SegmentReader } from '../../../../src/protocol/segments.js'
import type { Compressor } from '../../../../src/protocol/compression.js'
import type { ByteBlock } from '../../../../src/wire/byte-block.js'
import { ByteWriter } from '../../../../src/wire/byte-writer.js'
import { Disagreement, type FuzzTarget } from '../target.js'

/** Adds up what it is given, so that two ways can be compared. */
class Sum implements FrameSink {
  text = ''
  bytes = 0

  onFrame(flags: number, stream: number, opcode: number, block: ByteBlock, start: number, end: number): void {
    this.text += `${flags}/${stream}/${opcode}/${block.buffer.toString('latin1', start, end)};`
    this.bytes += end - start
  }
}

function frames(version: number, lengths: readonly number[]): Buffer {
  const writer = new ByteWriter(64)
  for (const [stream, length] of lengths.entries()) {
    const start = beginFrame(writer, version | RESPONSE_BIT, 0, stream, 8)
    writer.putRaw(Buffer.alloc(length, 'ab'))
    endFrame(writer, start)
  }
  return writer.toBuffer()
}

const bareFrames: FuzzTarget = {
  name: 'frames',
  // Version, direction, where to cut, then the bytes.
  seeds: [3, 4, 5].map((version) => Buffer.concat([Buffer.of(version, 0, 7), frames(version, [0, 5, 30])])),
  run(input) {
    if (input.length < 3) return
    const version = [0, 3, 4, 5][input[0]! & 3]!
    const read = (places: readonly number[]): string => {
      const sum = new Sum()
      const reader = new FrameReader(version, { direction: (input[1]! & 1) === 0 ? 'response' : 'request' })
      let error = ''
      try {
        for (let i = 0; i + 1 < places.length; i++) reader.push(input, places[i]!, places[i + 1]!, sum)
      } catch (caught) {
        error = (caught as Error).message
        if ((caught as Error).name !== 'MalformedFrameError') throw caught
      }
      if (sum.bytes + reader.pending > input.length) throw new Disagreement(`${sum.bytes} bytes came out of ${input.length}`)
      return sum.text + error
    }
    const cut = 3 + (input[2]! % (input.length - 2))
    const [whole, pieces] = [read([3, input.length]), read([3, cut, input.length])]
    if (whole !== pieces) throw new Disagreement(`cut at ${cut} it is ${pieces}, else ${whole}`)
  },
}

/**
 * Segments with checksums that are right whatever the input: else nothing but the checksums would be tried. The first byte is for what is
 * left as it is: 1 the header's, 2 the payload's.
 */
function segmentTarget(name: string, compressor: Compressor | null): FuzzTarget {
  const head = compressor === null ? 3 : 5
  const seeds = [[10, 20], [200], [0]].map((lengths) =>
    Buffer.concat([Buffer.of(0), encodeSegments(frames(5, lengths), compressor), encodeSegments(frames(5, [8]), compressor)]),
  )
  const repair = (bytes: Buffer): void => {
    for (let at = 0; at + head + 3 <= bytes.length;) {
      bytes.writeUIntLE(crc24(bytes, at, head) & 0xff_ffff, at + head, 3)
      const end = at + head + 3 + (bytes.readUIntLE(at, 3) & 0x1_ffff)
      if (end + 4 > bytes.length) return
      bytes.writeUInt32LE(payloadCrc32(bytes, at + head + 3, end) >>> 0, end)
      at = end + 4
    }
  }
  return {
    name,
    seeds,
    run(input) {
      if (input.length === 0) return
      const bytes = Buffer.from(input.subarray(1))
      if (input[0]! < 250) repair(bytes)
      const sum = new Sum()
      const reader = new FrameReader(5)
      const segments = new SegmentReader(compressor)
      const sink = { onSegment: (buffer: Buffer, start: number, end: number) => reader.push(buffer, start, end, sum) }
      const cut = input[0]! % (bytes.length + 1)
      segments.push(bytes, 0, cut, sink)
      segments.push(bytes, cut, bytes.length, sink)
    },
  }
}

/** Compressed bodies of v3 and v4, which begin with the length that they say to have. */
function bodyTarget(name: 'lz4' | 'snappy'): FuzzTarget {
  const compressor = loadCompressor(name)
  const plain = [Buffer.alloc(0), Buffer.from('abc'), Buffer.alloc(1000, 'a'), Buffer.from('a text of the text of a text'.repeat(8))]
  return {
    name: `${name} bodies`,
    seeds: plain.map((each) => compressor.compressBody(each)),
    run(input) {
      const body = compressor.decompressBody(input)
      if (!compressor.decompressBody(compressor.compressBody(body)).equals(body)) throw new Disagreement('compressing it again changes it')
    },
  }
}

export const frameTargets: readonly FuzzTarget[] = [
  bareFrames,
  segmentTarget('segments', null),
  segmentTarget('lz4 segments', loadCompressor('lz4')),
  bodyTarget('lz4'),
  bodyTarget('snappy'),
]
