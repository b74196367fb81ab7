/** What the codecs of CQL's scalar types have in common: values of no bytes, and the words of their errors. */
import { InvalidArgumentError, MalformedFrameError } from '../base/errors.js'
import { describeValue } from '../values/describe-value.js'
import type { ByteBlock } from '../wire/byte-block.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import type { Codec } from './codec.js'
import type { DataType, NativeKind } from './data-type.js'
import { EMPTY } from './empty.js'

/** What a value of no bytes is read as. */
export type EmptyValue = null | typeof EMPTY

export abstract class ScalarCodec implements Codec {
  readonly type: DataType
  readonly fixedLength: number
  readonly emptyValue: EmptyValue

  constructor(kind: NativeKind, fixedLength: number, emptyValue: EmptyValue) {
    this.type = Object.freeze({ kind })
    this.fixedLength = fixedLength
    this.emptyValue = emptyValue
  }

  abstract write(writer: ByteWriter, value: unknown): void
  abstract read(block: ByteBlock, start: number, end: number): unknown

  /** For bytes that `read` can't be about to read: null or EMPTY where there are none, else throws. */
  protected oddLength(length: number, expected: string): EmptyValue {
    if (length === 0) return this.emptyValue
    throw new MalformedFrameError(`A value of type ${this.type.kind} has ${expected}, the server sent ${length}`)
  }
}

/** Ends a `write` that does not take the value: EMPTY is written as no bytes; for all others it throws. */
export function refuse(value: unknown, takes: string): void {
  if (value === EMPTY) return
  throw new InvalidArgumentError(`takes ${takes}, got ${describeValue(value)}`)
}

/** For text that a value class parses: its error, in the words of a codec. */
export function refuseText(value: unknown, takes: string, cause: unknown): never {
  // That the text has not the form of the type is said already; that a day does not exist, or a number is out of range, is not.
  const reason = cause instanceof Error && !cause.message.includes(' takes text like ') ? `: ${cause.message}` : ''
  throw new InvalidArgumentError(`takes ${takes}, got ${describeValue(value)}${reason}`, { cause })
}
