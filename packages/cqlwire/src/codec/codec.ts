/** What turns one CQL type into bytes and back. */
import type { ByteBlock } from '../wire/byte-block.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import type { ColumnSpec, DataType } from './data-type.js'

/**
 * A codec reads and writes the content of a value; lengths, nulls and unset values are the business of who calls it.
 *
 * `write` throws an InvalidArgumentError whose message starts with what was wrong ("takes ..., got ..."); the caller
 * adds the name and position of the parameter. `read` throws a MalformedFrameError where the bytes are not a value of the type.
 *
 * Values of no bytes: `write` of `EMPTY` (empty.ts) writes nothing, whatever `fixedLength` says, so a length written ahead must be
 * patched or checked. `read` of no bytes gives '' or an empty Buffer for text, ascii and blob, and null or `EMPTY` (the registry's
 * `emptyValues`) for the other scalar types.
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
  /** What a value of no bytes of a type that has no such value (an int, say) is read as: `null` or, to `'keep'` it, `EMPTY`. */
  readonly emptyValues: 'null' | 'keep'
  /** Errors about a value may show it. */
  readonly showValues: boolean
  /** The codec of a type; with `column`, a user's codec for that column alone comes first. Made once, then the same object. */
  codecFor(type: DataType, column?: ColumnSpec): Codec
  /** True where a user's codec replaces the built-in one of this type, of a type within it, or of `column`: generated code must call `codecFor`'s. */
  isCustomized(type: DataType, column?: ColumnSpec): boolean
}
