/** map (native protocol, section 6.14): an [int] count, then key and value of each entry as [bytes]. */
import { InvalidArgumentError } from '../base/errors.js'
import { describeValue } from '../values/describe-value.js'
import type { ByteBlock } from '../wire/byte-block.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import type { Codec } from './codec.js'
import type { MapType } from './data-type.js'
import { isPlainObject } from './plain-object.js'
import { atPlace, checkAllRead, putElement, readElementCount, readElementLength, refuseNull } from './nested-values.js'
import { refuse, type EmptyValue } from './scalar-codec.js'

/** Takes a Map, an iterable of [key, value] pairs, or, where keys are text, a plain object; reads a Map, in the server's order of keys. */
export class MapCodec implements Codec {
  readonly type: MapType
  readonly fixedLength: number = -1
  readonly #key: Codec
  readonly #value: Codec
  readonly #emptyValue: EmptyValue
  readonly #textKeys: boolean

  constructor(type: MapType, key: Codec, value: Codec, emptyValue: EmptyValue) {
    this.type = type
    this.#key = key
    this.#value = value
    this.#emptyValue = emptyValue
    this.#textKeys = type.key.kind === 'text' || type.key.kind === 'ascii'
  }

  write(writer: ByteWriter, value: unknown): void {
    if (value instanceof Map) this.#writeEntries(writer, value)
    else if (isIterable(value)) this.#writeEntries(writer, pairs(value))
    else if (this.#textKeys && isPlainObject(value)) this.#writeObject(writer, value)
    else refuse(value, `a Map${this.#textKeys ? ', a plain object' : ''}, or an iterable of [key, value] pairs`)
  }

  #writeEntries(writer: ByteWriter, entries: Iterable<readonly [unknown, unknown]>): void {
    const mark = writer.beginLength()
    let count = 0
    for (const [key, value] of entries) {
      if (key === null || key === undefined) refuseNull(key, "map's keys")
      this.#put(writer, this.#key, key, 'key', count)
      this.#put(writer, this.#value, value, 'value', count)
      count++
    }
    writer.view.setInt32(mark - 4, count)
  }

  #writeObject(writer: ByteWriter, object: Record<string, unknown>): void {
    const keys = Object.keys(object)
    writer.putInt32(keys.length)
    for (const [i, key] of keys.entries()) {
      this.#put(writer, this.#key, key, 'key', i)
      this.#put(writer, this.#value, object[key], 'value', i)
    }
  }

  #put(writer: ByteWriter, codec: Codec, value: unknown, role: string, index: number): void {
    try {
      if (value === null || value === undefined) refuseNull(value, 'map')
      putElement(writer, codec, value)
    } catch (error) {
      throw atPlace(error, `${role} of entry [${index}]`)
    }
  }

  read(block: ByteBlock, start: number, end: number): Map<unknown, unknown> | EmptyValue {
    if (start === end) return this.#emptyValue
    const count = readElementCount(block, start, end, 8, 'map')
    const entries = new Map<unknown, unknown>()
    let at = start + 4
    for (let i = 0; i < count; i++) {
      const keyLength = readElementLength(block, at, end, 'map')
      const keyStart = at + 4
      at = keyLength < 0 ? keyStart : keyStart + keyLength
      const key = keyLength < 0 ? null : this.#key.read(block, keyStart, at)
      const valueLength = readElementLength(block, at, end, 'map')
      const valueStart = at + 4
      at = valueLength < 0 ? valueStart : valueStart + valueLength
      entries.set(key, valueLength < 0 ? null : this.#value.read(block, valueStart, at))
    }
    checkAllRead(at, end, 'map')
    return entries
  }
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value
}

function* pairs(values: Iterable<unknown>): Generator<readonly [unknown, unknown]> {
  let index = 0
  for (const pair of values) {
    if (!Array.isArray(pair) || pair.length !== 2) {
      throw new InvalidArgumentError(`entry [${index}] takes a [key, value] pair, got ${describeValue(pair)}`)
    }
    yield pair as unknown as readonly [unknown, unknown]
    index++
  }
}
