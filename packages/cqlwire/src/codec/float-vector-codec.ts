/** vector<float, n>: n floats of 4 bytes, big-endian, copied as one piece and then swapped where the machine is little-endian. */
import { InvalidArgumentError, MalformedFrameError } from '../base/errors.js'
import { describeValue } from '../values/describe-value.js'
import type { ByteBlock } from '../wire/byte-block.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import type { Codec } from './codec.js'
import type { VectorType } from './data-type.js'
import { FLOAT_TAKES, fitsFloat } from './float-codecs.js'
import { isSequence } from './list-codec.js'
import { refuse, type EmptyValue } from './scalar-codec.js'
import { sequenceLength, wrongDimensions } from './vector-codec.js'

const LITTLE_ENDIAN: boolean = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1

/** Up to this many elements a loop is no slower than copying and swapping natively: 40 ns against 990 for 8 on Node 20, even from 32 to 384. */
const SHORT_VECTOR = 64

/** Takes a Float32Array, or numbers in an array, another typed array or an iterable, exactly n; reads a Float32Array. */
export class FloatVectorCodec implements Codec {
  readonly type: VectorType
  readonly fixedLength: number
  readonly #emptyValue: EmptyValue

  constructor(type: VectorType, emptyValue: EmptyValue) {
    this.type = type
    this.fixedLength = type.dimensions * 4
    this.#emptyValue = emptyValue
  }

  write(writer: ByteWriter, value: unknown): void {
    const { dimensions } = this.type
    if (!isSequence(value)) return refuse(value, `a Float32Array, or numbers in an array or another iterable, ${dimensions} of them`)
    const length = sequenceLength(value)
    if (length >= 0 && length !== dimensions) wrongDimensions(dimensions, length)
    if (value instanceof Float32Array) this.#writeFloats(writer, value)
    else this.#writeNumbers(writer, length >= 0 ? value : takeAll(value, dimensions))
  }

  #writeFloats(writer: ByteWriter, value: Float32Array): void {
    const length = value.byteLength
    writer.ensure(length)
    const { view } = writer
    const start = writer.position
    if (value.length <= SHORT_VECTOR) for (let i = 0; i < value.length; i++) view.setFloat32(start + i * 4, value[i]!)
    else {
      writer.buffer.set(new Uint8Array(value.buffer, value.byteOffset, length), start)
      if (LITTLE_ENDIAN) writer.buffer.subarray(start, start + length).swap32()
    }
    writer.position = start + length
  }

  #writeNumbers(writer: ByteWriter, value: Iterable<unknown>): void {
    const { dimensions } = this.type
    writer.ensure(dimensions * 4)
    const { view } = writer
    let at = writer.position
    let count = 0
    for (const element of value) {
      if (count === dimensions) wrongDimensions(dimensions, count + 1)
      if (typeof element !== 'number' || !fitsFloat(element)) {
        throw new InvalidArgumentError(`element [${count}] takes ${FLOAT_TAKES}, got ${describeValue(element)}`)
      }
      view.setFloat32(at, element)
      at += 4
      count++
    }
    if (count !== dimensions) wrongDimensions(dimensions, count)
    writer.position = at
  }

  read(block: ByteBlock, start: number, end: number): Float32Array | EmptyValue {
    if (start === end) return this.#emptyValue
    const { dimensions } = this.type
    if (end - start !== dimensions * 4) {
      throw new MalformedFrameError(`A vector of ${dimensions} floats has ${dimensions * 4} bytes, the server sent ${end - start}`)
    }
    const floats = new Float32Array(dimensions)
    if (dimensions <= SHORT_VECTOR) {
      const { view } = block
      for (let i = 0; i < dimensions; i++) floats[i] = view.getFloat32(start + i * 4)
      return floats
    }
    const bytes = Buffer.from(floats.buffer)
    block.buffer.copy(bytes, 0, start, end)
    if (LITTLE_ENDIAN) bytes.swap32()
    return floats
  }
}

/** The elements are taken one by one, so that an endless iterable ends the call and not the process; memory follows them, not the type. */
function takeAll(values: Iterable<unknown>, dimensions: number): unknown[] {
  const taken: unknown[] = []
  for (const value of values) if (taken.push(value) > dimensions) wrongDimensions(dimensions, taken.length)
  if (taken.length !== dimensions) wrongDimensions(dimensions, taken.length)
  return taken
}
