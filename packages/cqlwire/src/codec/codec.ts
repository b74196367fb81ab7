/** What turns one CQL type into bytes and back. */
import type { ByteBlock } from '../wire/byte-block.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import type { DataType } from './data-type.js'

/**
 * A codec reads and writes the content of a value; lengths, nulls and unset values are the business of who calls it.
 *
 * `write` throws an InvalidArgumentError whose message starts with what was wrong ("takes ..., got ..."); the caller
 * adds the name and position of the parameter. `read` throws a MalformedFrameError where the bytes are not a value of the type.
 */
export interface Codec<T = unknown> {
  readonly type: DataType
  /** The fixed length of each value in bytes, or -1. */
  readonly fixedLength: number
  /** Writes a value that is neither null nor undefined, without its length. */
  write(writer: ByteWriter, value: T): void
  /** Reads the value from the bytes `start` (inclusive) to `end` (exclusive) of the block. Blobs are copied out. */
  read(block: ByteBlock, start: number, end: number): T
}

/** How the types with more than one sensible JavaScript form are read. */
export interface NumberForms {
  readonly bigint: 'bigint' | 'number' | 'string'
  readonly varint: 'bigint' | 'number' | 'string'
  readonly decimal: 'decimal' | 'number' | 'string'
}

/** Finds the codec of a type; codecs of users come before the built-in ones. One registry serves one cluster. */
export interface CodecRegistry {
  readonly numbers: NumberForms
  codecFor(type: DataType): Codec
  /** True where a user's codec replaces the built-in one of this type, so that generated code must call it. */
  isCustomized(type: DataType): boolean
}
