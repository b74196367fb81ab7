/** One value to bytes and back, for tools and tests: what stands within a [bytes] of the protocol, without its length. */
import { InvalidArgumentError } from '../base/errors.js'
import { describeValue, showValue } from '../values/describe-value.js'
import { byteBlock } from '../wire/byte-block.js'
import { ByteWriter } from '../wire/byte-writer.js'
import type { Codec, CodecRegistry } from './codec.js'
import type { DataType } from './data-type.js'
import { formatType } from './format-type.js'
import { atPlace } from './nested-values.js'
import { parseType } from './parse-type.js'
import { createCodecRegistry } from './registry.js'

let defaultRegistry: CodecRegistry | undefined

/** Values are written alike in the versions 3, 4 and 5 of the protocol, which are all that the driver speaks. */
function codecOf(type: DataType | string, protocolVersion: number): Codec {
  if (protocolVersion !== 3 && protocolVersion !== 4 && protocolVersion !== 5) {
    throw new InvalidArgumentError(`The protocol version is 3, 4 or 5, got ${showValue(protocolVersion)}`)
  }
  defaultRegistry ??= createCodecRegistry()
  return defaultRegistry.codecFor(typeof type === 'string' ? parseType(type) : type)
}

/**
 * The bytes of a value of the type, `encodeValue('list<int>', [1, 2])`.
 *
 * @throws InvalidArgumentError where the type does not take the value; null and undefined, which have no bytes, are never taken
 */
export function encodeValue(type: DataType | string, value: unknown, protocolVersion = 5): Uint8Array {
  const codec = codecOf(type, protocolVersion)
  if (value === null || value === undefined) {
    throw new InvalidArgumentError(
      `A value of type ${formatType(codec.type)} can't be ${String(value)}: null has no bytes, the protocol writes it as the length -1`,
    )
  }
  const writer = new ByteWriter(64)
  try {
    codec.write(writer, value)
  } catch (error) {
    throw atPlace(error, `A value of type ${formatType(codec.type)}`)
  }
  return writer.toBuffer()
}

/**
 * The value that the bytes are; null for null. The types are those of the public table of values, with the default `numbers`.
 *
 * @throws MalformedFrameError where the bytes are no value of the type
 */
export function decodeValue(type: DataType | string, bytes: Uint8Array | null, protocolVersion = 5): unknown {
  const codec = codecOf(type, protocolVersion)
  if (bytes === null) return null
  if (!(bytes instanceof Uint8Array))
    throw new InvalidArgumentError(`decodeValue takes bytes (Uint8Array) or null, got ${describeValue(bytes)}`)
  const block = byteBlock(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  return codec.read(block, 0, bytes.length)
}
