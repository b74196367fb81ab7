/** list and set (native protocol, sections 6.13 and 6.15): an [int] count, then each element as [bytes]. */
import type { ByteBlock } from '../wire/byte-block.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import type { Codec } from './codec.js'
import type { ListType, SetType } from './data-type.js'
import { atPlace, checkAllRead, putElement, readElementCount, readElementLength, refuseNull } from './nested-values.js'
import { refuse, type EmptyValue } from './scalar-codec.js'

/** True for what can be taken as a sequence of elements: not text, whose characters nobody means, nor a Map, whose pairs are not elements. */
export function isSequence(value: unknown): value is Iterable<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { [Symbol.iterator]?: unknown })[Symbol.iterator] === 'function' &&
    !(value instanceof Map)
  )
}

/** Writes the count and the elements of an array or another iterable; an iterable is run through once. */
function writeSequence(writer: ByteWriter, element: Codec, values: Iterable<unknown>, kind: string): void {
  const mark = writer.beginLength()
  let count = 0
  try {
    if (Array.isArray(values)) for (; count < values.length; count++) putOne(writer, element, values[count], kind)
    else {
      for (const value of values) {
        putOne(writer, element, value, kind)
        count++
      }
    }
  } catch (error) {
    throw atPlace(error, `element [${count}]`)
  }
  writer.view.setInt32(mark - 4, count)
}

function putOne(writer: ByteWriter, codec: Codec, value: unknown, kind: string): void {
  if (value === null || value === undefined) refuseNull(value, kind)
  putElement(writer, codec, value)
}

/** The elements, in the order sent. Null ones, which only a server could have made, are read as null. */
function readSequence(codec: Codec, block: ByteBlock, start: number, end: number, kind: string): unknown[] {
  const count = readElementCount(block, start, end, 4, kind)
  const values: unknown[] = []
  let at = start + 4
  for (let i = 0; i < count; i++) {
    const length = readElementLength(block, at, end, kind)
    at += 4
    if (length < 0) values.push(null)
    else {
      values.push(codec.read(block, at, at + length))
      at += length
    }
  }
  checkAllRead(at, end, kind)
  return values
}

/** Takes an array or another iterable; reads an array. */
export class ListCodec implements Codec {
  readonly type: ListType
  readonly fixedLength: number = -1
  readonly #element: Codec
  readonly #emptyValue: EmptyValue

  constructor(type: ListType, element: Codec, emptyValue: EmptyValue) {
    this.type = type
    this.#element = element
    this.#emptyValue = emptyValue
  }

  write(writer: ByteWriter, value: unknown): void {
    if (!isSequence(value)) return refuse(value, 'an array, or another iterable of elements')
    writeSequence(writer, this.#element, value, 'list')
  }

  read(block: ByteBlock, start: number, end: number): unknown[] | EmptyValue {
    return start === end ? this.#emptyValue : readSequence(this.#element, block, start, end, 'list')
  }
}

/** Takes a Set, an array or another iterable; reads a Set. Elements that are objects (Uuid, ...) are in it by identity, as in every Set. */
export class SetCodec implements Codec {
  readonly type: SetType
  readonly fixedLength: number = -1
  readonly #element: Codec
  readonly #emptyValue: EmptyValue

  constructor(type: SetType, element: Codec, emptyValue: EmptyValue) {
    this.type = type
    this.#element = element
    this.#emptyValue = emptyValue
  }

  write(writer: ByteWriter, value: unknown): void {
    if (!isSequence(value)) return refuse(value, 'a Set, an array, or another iterable of elements')
    writeSequence(writer, this.#element, value, 'set')
  }

  read(block: ByteBlock, start: number, end: number): Set<unknown> | EmptyValue {
    return start === end ? this.#emptyValue : new Set(readSequence(this.#element, block, start, end, 'set'))
  }
}
