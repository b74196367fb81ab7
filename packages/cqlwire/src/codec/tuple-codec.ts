/** tuple (native protocol, section 6.22): each element as [bytes], without a count. */
import { InvalidArgumentError } from '../base/errors.js'
import type { ByteBlock } from '../wire/byte-block.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import type { Codec } from './codec.js'
import type { TupleType } from './data-type.js'
import { atPlace, checkAllRead, countMissing, putElement, readElementLength } from './nested-values.js'
import { refuse } from './scalar-codec.js'

/** Takes an array of at most as many elements as the tuple has: missing ones are null. Reads an array of exactly as many. */
export class TupleCodec implements Codec {
  readonly type: TupleType
  readonly fixedLength: number = -1
  readonly #elements: readonly Codec[]

  constructor(type: TupleType, elements: readonly Codec[]) {
    this.type = type
    this.#elements = elements
  }

  write(writer: ByteWriter, value: unknown): void {
    const codecs = this.#elements
    if (!Array.isArray(value)) return refuse(value, `an array of at most ${codecs.length} elements`)
    const values: readonly unknown[] = value
    if (values.length > codecs.length) {
      throw new InvalidArgumentError(`takes an array of at most ${codecs.length} elements, got ${values.length}`)
    }
    let i = 0
    try {
      for (; i < codecs.length; i++) {
        const element = values[i]
        if (element === null || element === undefined) writer.putInt32(-1)
        else putElement(writer, codecs[i]!, element)
      }
    } catch (error) {
      throw atPlace(error, `element [${i}]`)
    }
  }

  read(block: ByteBlock, start: number, end: number): unknown[] {
    const codecs = this.#elements
    const values: unknown[] = []
    let at = start
    for (let i = 0; i < codecs.length; i++) {
      // A value may end before its last elements: those are null.
      if (at === end) {
        countMissing(block, start, end, codecs.length - i, 'tuple')
        for (; i < codecs.length; i++) values.push(null)
        break
      }
      const length = readElementLength(block, at, end, 'tuple')
      at += 4
      if (length < 0) values.push(null)
      else {
        values.push(codecs[i]!.read(block, at, at + length))
        at += length
      }
    }
    checkAllRead(at, end, 'tuple')
    return values
  }
}
