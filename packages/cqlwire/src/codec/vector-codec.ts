/**
 * vector<element, n> (Cassandra 5.0, org.apache.cassandra.db.marshal.VectorType): n elements without a count. Elements of a type with a
 * fixed length follow each other bare; others each have their length before them, as an [unsigned vint]. Null is not an element.
 */
import { InvalidArgumentError, MalformedFrameError } from '../base/errors.js'
import type { ByteBlock } from '../wire/byte-block.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import type { Codec } from './codec.js'
import type { DataType, VectorType } from './data-type.js'
import { atPlace, checkAllRead, refuseNull } from './nested-values.js'
import { isSequence } from './list-codec.js'
import { refuse, type EmptyValue } from './scalar-codec.js'
import { unsignedVintLength, VintReader, writeUnsignedVint } from './vint.js'

/**
 * What Cassandra calls a fixed length (AbstractType.valueLengthIfFixed): not of every type whose values all have one length;
 * smallint, tinyint, date and time are of variable length to it.
 */
const FIXED: Readonly<Record<string, number>> = { bigint: 8, boolean: 1, double: 8, float: 4, int: 4, timestamp: 8, timeuuid: 16, uuid: 16 }

/** The bytes of each element of a vector of this type, or -1 where lengths are written. */
function vectorElementLength(type: DataType): number {
  if (type.kind !== 'vector') return FIXED[type.kind] ?? -1
  const inner = vectorElementLength(type.element)
  return inner < 0 ? -1 : inner * type.dimensions
}

/** The number of elements a sequence says it has; -1 where it does not say. */
export function sequenceLength(value: Iterable<unknown>): number {
  if (Array.isArray(value)) return value.length
  if (ArrayBuffer.isView(value)) return (value as unknown as { readonly length: number }).length
  return value instanceof Set ? value.size : -1
}

export function wrongDimensions(dimensions: number, got: number): never {
  throw new InvalidArgumentError(`takes exactly ${dimensions} elements, got ${got}`)
}

/** Takes an array, a typed array or another iterable of exactly n elements; reads an array. For floats see `float-vector-codec.ts`. */
export class VectorCodec implements Codec {
  readonly type: VectorType
  readonly fixedLength: number
  readonly #element: Codec
  readonly #elementLength: number
  readonly #emptyValue: EmptyValue

  constructor(type: VectorType, element: Codec, emptyValue: EmptyValue) {
    this.type = type
    this.fixedLength = vectorElementLength(type)
    this.#element = element
    this.#elementLength = vectorElementLength(type.element)
    this.#emptyValue = emptyValue
  }

  write(writer: ByteWriter, value: unknown): void {
    const { dimensions } = this.type
    if (!isSequence(value)) return refuse(value, `an array, or another iterable, of ${dimensions} elements`)
    const length = sequenceLength(value)
    if (length >= 0 && length !== dimensions) wrongDimensions(dimensions, length)
    let count = 0
    for (const element of value) {
      if (count === dimensions) wrongDimensions(dimensions, count + 1)
      try {
        if (element === null || element === undefined) refuseNull(element, 'vector')
        this.#put(writer, element)
      } catch (error) {
        throw atPlace(error, `element [${count}]`)
      }
      count++
    }
    if (count !== dimensions) wrongDimensions(dimensions, count)
  }

  #put(writer: ByteWriter, element: unknown): void {
    if (this.#elementLength >= 0) {
      const start = writer.position
      this.#element.write(writer, element)
      if (writer.position - start !== this.#elementLength) {
        throw new InvalidArgumentError(
          `takes a value of ${this.#elementLength} bytes, got one of ${writer.position - start}: EMPTY can't stand in this vector`,
        )
      }
      return
    }
    // One byte is left for the length, which most have; the element moves on where its length needs more.
    const start = writer.position
    writer.putUint8(0)
    this.#element.write(writer, element)
    const length = writer.position - start - 1
    const contentStart = start + unsignedVintLength(0, length)
    writer.ensure(9)
    if (contentStart > start + 1) writer.buffer.copyWithin(contentStart, start + 1, start + 1 + length)
    writer.position = start
    writeUnsignedVint(writer, 0, length)
    writer.position = contentStart + length
  }

  read(block: ByteBlock, start: number, end: number): unknown[] | EmptyValue {
    if (start === end) return this.#emptyValue
    const { dimensions } = this.type
    const length = this.#elementLength
    if (length >= 0) {
      if (end - start !== length * dimensions) {
        throw new MalformedFrameError(
          `A vector of ${dimensions} elements of ${length} bytes has ${length * dimensions} bytes, the server sent ${end - start}`,
        )
      }
      const values: unknown[] = []
      for (let i = 0, at = start; i < dimensions; i++, at += length) values.push(this.#element.read(block, at, at + length))
      return values
    }
    return this.#readVariable(block, start, end)
  }

  #readVariable(block: ByteBlock, start: number, end: number): unknown[] {
    const values: unknown[] = []
    const lengths = new VintReader(block, start, end)
    for (let i = 0; i < this.type.dimensions; i++) {
      const length = lengths.readLength()
      const at = lengths.position
      if (length > end - at) throw new MalformedFrameError(`An element of a vector announces ${length} bytes, ${end - at} are left`)
      values.push(this.#element.read(block, at, at + length))
      lengths.position = at + length
    }
    checkAllRead(lengths.position, end, 'vector')
    return values
  }
}
