/**
 * The partition key of a request as Cassandra hashes it: the bytes of the one component, or, of several, for each a [short] length, the
 * bytes and a zero byte (the format of the marshal class CompositeType).
 */
import type { ByteWriter } from '../wire/byte-writer.js'
import { ParameterOrder, type BindParameters } from './bind-parameters.js'
import { bindSlots, type BindSlot } from './bind-slot.js'
import type { CodecRegistry } from './codec.js'
import type { ColumnSpec } from './data-type.js'
import { type PutWords, putWordsOf } from './routing-key-words.js'

const LONGEST_COMPONENT = 0xffff

export class RoutingKeyEncoder {
  readonly columns: readonly ColumnSpec[]
  /** The markers that make up the key, in its order. */
  readonly slots: readonly BindSlot[]
  private readonly order: ParameterOrder
  /** Where the key is one component of a few types: gives it as words, at a fraction of the cost of bytes. Null for all other keys. */
  readonly putWords: PutWords | null
  private places: readonly number[] | null = null

  constructor(columns: readonly ColumnSpec[], slots: readonly BindSlot[], putWords: PutWords | null = null) {
    this.columns = columns
    this.order = new ParameterOrder(columns)
    this.slots = slots
    this.putWords = putWords
  }

  /** Which markers those are. */
  get indexes(): readonly number[] {
    return (this.places ??= this.slots.map((slot) => slot.index))
  }

  /**
   * Writes the key of a request with these parameters (by position or by name). False, and nothing written, where a part of the key is
   * null or undefined: such a request has no token. Throws an InvalidArgumentError as binding does.
   */
  write(writer: ByteWriter, params: BindParameters): boolean {
    return this.writeValues(writer, this.order.toArray(params))
  }

  /**
   * The key as big-endian words in `into`: their number, 1, 2 or 4; 0 where this key isn't one of those, or its value none of the usual
   * ones, and `write` is to be asked.
   */
  words(into: Int32Array, params: BindParameters): number {
    const { putWords, slots } = this
    return putWords === null ? 0 : putWords(this.order.toArray(params)[slots[0]!.index], into)
  }

  /** The same from what {@link BindEncoder.normalize} gave. */
  writeValues(writer: ByteWriter, values: readonly unknown[]): boolean {
    const { slots } = this
    if (slots.length === 1) {
      const slot = slots[0]!
      const value = values[slot.index]
      if (value === null || value === undefined) return false
      slot.writeContent(writer, value)
      return true
    }
    for (let i = 0; i < slots.length; i++) {
      const value = values[slots[i]!.index]
      if (value === null || value === undefined) return false
    }
    for (let i = 0; i < slots.length; i++) writeComponent(writer, slots[i]!, values[slots[i]!.index])
    return slots.length > 0
  }
}

function writeComponent(writer: ByteWriter, slot: BindSlot, value: unknown): void {
  writer.ensure(2)
  const start = writer.position + 2
  writer.position = start
  slot.writeContent(writer, value)
  const length = writer.position - start
  if (length > LONGEST_COMPONENT) {
    throw slot.error(`is part of the partition key and takes at most ${LONGEST_COMPONENT} bytes, got ${length}. Nothing was sent`)
  }
  writer.view.setUint16(start - 2, length)
  writer.putUint8(0)
}

/** `routingIndexes`: which markers make up the partition key, in its order (`pk_indexes`, native protocol, section 4.2.5.4). */
export function compileRoutingKey(
  columns: readonly ColumnSpec[],
  routingIndexes: readonly number[],
  registry: CodecRegistry,
): RoutingKeyEncoder {
  // Unset values never get as far as the codecs, so the version does not matter
  const slots = bindSlots(columns, registry, 0)
  const parts = routingIndexes.map((index) => {
    const slot = slots[index]
    if (slot === undefined) throw new RangeError(`the routing index ${index} is none of the statement's ${columns.length} markers`)
    return slot
  })
  const only = parts.length === 1 ? columns[parts[0]!.index]! : null
  const putWords = only === null || registry.isCustomized(only.type, only) ? null : putWordsOf(only.type)
  return new RoutingKeyEncoder(columns, parts, putWords)
}
