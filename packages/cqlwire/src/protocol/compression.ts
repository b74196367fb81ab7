/**
 * Compression of what travels: LZ4 of the driver's own, Snappy through an optional library that is loaded when asked for
 * (native protocol v3 and v4 section 5, v5 section 2.3.2).
 *
 * v3 and v4 compress the bodies of frames: LZ4 as `<uncompressed_length:int><block>`, Snappy as it is (it begins with its length).
 * v5 compresses the payloads of segments, LZ4 only: the block alone, the length stands in the segment's header.
 */
import { createRequire } from 'node:module'
import { InvalidOptionError, MalformedFrameError } from '../base/errors.js'
import { MAX_BODY_LENGTH } from '../wire/byte-writer.js'
import { lz4Compress, lz4Decompress } from './lz4.js'

export type CompressionName = 'lz4' | 'snappy'

/** Compresses one block of bytes at a time; stateless. Every result is a new buffer. */
export interface Compressor {
  readonly name: CompressionName
  /** A raw block. */
  compress(plain: Uint8Array): Buffer
  /** The other way round. Throws a MalformedFrameError where the block is not one, or is not of `uncompressedLength` bytes. */
  decompress(block: Uint8Array, uncompressedLength: number): Buffer
  /** A whole v3 or v4 frame body. */
  compressBody(plain: Uint8Array): Buffer
  decompressBody(body: Uint8Array): Buffer
}

/** What the driver asks of the package `snappy`. */
interface SnappyPackage {
  compressSync(data: Uint8Array): Buffer
  uncompressSync(data: Uint8Array): Buffer | string
}

/** No LZ4 block is shorter than its content by more than this factor; a length beyond is a lie that must not be allocated. */
const LZ4_MAX_RATIO = 255
/** Snappy: a copy of at most 64 bytes takes 3. */
const SNAPPY_MAX_RATIO = 22

/**
 * The compressor of a name. Throws an InvalidOptionError for `compression` that says which package to install where it is missing.
 */
export function loadCompressor(name: CompressionName): Compressor {
  if (name === 'lz4') return new Lz4Compressor()
  if (name === 'snappy') return new SnappyCompressor(loadPackage<SnappyPackage>('snappy', 'snappy'))
  throw new InvalidOptionError('compression', `compression takes 'lz4', 'snappy' or false, got ${JSON.stringify(name)}`)
}

const require = createRequire(import.meta.url)

function loadPackage<T>(compression: CompressionName, packageName: string): T {
  try {
    return require(packageName) as T
  } catch (cause) {
    const missing = (cause as { code?: unknown } | null)?.code === 'MODULE_NOT_FOUND' && String(cause).includes(`'${packageName}'`)
    const reason = missing
      ? 'which is not installed'
      : `which could not be loaded: ${cause instanceof Error ? cause.message : String(cause)}`
    throw new InvalidOptionError(
      'compression',
      `compression: '${compression}' needs the package ${packageName}, ${reason}. Install it (npm install ${packageName}), or leave compression out`,
      { cause },
    )
  }
}

class Lz4Compressor implements Compressor {
  readonly name = 'lz4'

  compress(plain: Uint8Array): Buffer {
    return lz4Compress(plain, 0)
  }

  decompress(block: Uint8Array, uncompressedLength: number): Buffer {
    checkLength('LZ4', uncompressedLength, block.length, LZ4_MAX_RATIO)
    const plain = lz4Decompress(block, uncompressedLength)
    if (plain === null) {
      throw new MalformedFrameError(`LZ4: ${uncompressedLength} bytes were announced, but the block is not one, or does not hold as many`)
    }
    return plain
  }

  compressBody(plain: Uint8Array): Buffer {
    const body = lz4Compress(plain, 4)
    body.writeInt32BE(plain.length, 0)
    return body
  }

  decompressBody(body: Uint8Array): Buffer {
    if (body.length < 4) throw new MalformedFrameError(`An LZ4 body of ${body.length} bytes is too short to have its length`)
    const length = (body[0]! << 24) | (body[1]! << 16) | (body[2]! << 8) | body[3]!
    // Cassandra compresses bodies of no bytes too.
    if (length === 0) return Buffer.alloc(0)
    return this.decompress(body.subarray(4), length)
  }
}

class SnappyCompressor implements Compressor {
  readonly name = 'snappy'
  readonly #library: SnappyPackage

  constructor(library: SnappyPackage) {
    this.#library = library
  }

  compress(plain: Uint8Array): Buffer {
    return this.#library.compressSync(plain)
  }

  decompress(block: Uint8Array, uncompressedLength: number): Buffer {
    checkLength('Snappy', uncompressedLength, block.length, SNAPPY_MAX_RATIO)
    const plain = decoded('Snappy', () => this.#library.uncompressSync(block) as Buffer)
    if (plain.length !== uncompressedLength) throw wrongLength('Snappy', uncompressedLength, plain.length)
    return plain
  }

  compressBody(plain: Uint8Array): Buffer {
    return this.compress(plain)
  }

  decompressBody(body: Uint8Array): Buffer {
    return this.decompress(body, snappyLength(body))
  }
}

/** The length that a Snappy block begins with: a varint of 7 bits a byte, the least significant first, at most 32 bits. */
function snappyLength(block: Uint8Array): number {
  let length = 0
  for (let i = 0; i < 5; i++) {
    const byte = block[i]
    if (byte === undefined) break
    length += (byte & 0x7f) * 2 ** (7 * i)
    if ((byte & 0x80) === 0) return length
  }
  throw new MalformedFrameError('A Snappy body does not begin with its length')
}

function checkLength(what: string, length: number, compressedLength: number, ratio: number): void {
  if (length < 0 || length > MAX_BODY_LENGTH || length > compressedLength * ratio) {
    throw new MalformedFrameError(`${what}: ${compressedLength} compressed bytes can't hold the ${length} bytes that they announce`)
  }
}

function wrongLength(what: string, announced: number, found: number): MalformedFrameError {
  return new MalformedFrameError(`${what}: ${announced} bytes were announced, but the block holds ${found}`)
}

function decoded(what: string, decode: () => Buffer): Buffer {
  try {
    return decode()
  } catch (cause) {
    throw new MalformedFrameError(`${what}: bytes that can't be decompressed`, { cause })
  }
}
