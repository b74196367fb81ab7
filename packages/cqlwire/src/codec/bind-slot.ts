/**
 * The careful writing of one bound value: native protocol, section 3, `[value]`: an [int] length and the bytes; -1 is null, -2 is "not set"
 * (protocol 4 and later).
 *
 * The closures write every value with it; generated code writes the common case itself and comes here for everything else, so a wrong
 * value is told in one place.
 */
import { InvalidArgumentError } from '../base/errors.js'
import { showValue } from '../values/describe-value.js'
import type { ByteWriter } from '../wire/byte-writer.js'
import { describeMarker } from './bind-parameters.js'
import type { Codec, CodecRegistry } from './codec.js'
import type { ColumnSpec } from './data-type.js'

const NULL = -1
const UNSET = -2

/** The first protocol version in which a value may be left unset. */
const UNSET_SINCE = 4

export class BindSlot {
  readonly columns: readonly ColumnSpec[]
  readonly index: number
  readonly codec: Codec
  readonly protocolVersion: number
  readonly showValues: boolean

  constructor(columns: readonly ColumnSpec[], index: number, codec: Codec, protocolVersion: number, showValues: boolean) {
    this.columns = columns
    this.index = index
    this.codec = codec
    this.protocolVersion = protocolVersion
    this.showValues = showValues
  }

  /** Writes a value with its length. */
  write(writer: ByteWriter, value: unknown): void {
    if (value === null) writer.putInt32(NULL)
    else if (value === undefined) this.writeUnset(writer)
    else {
      const mark = writer.beginLength()
      this.writeContent(writer, value)
      writer.patchLength(mark)
    }
  }

  /** Writes a value that is neither null nor undefined, without its length. */
  writeContent(writer: ByteWriter, value: unknown): void {
    try {
      this.codec.write(writer, value)
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error
      throw this.error(this.showValues ? `${error.message}. The value is ${showValue(value)}` : error.message, error)
    }
  }

  /** An error about this parameter; `problem` goes on from its name, e.g. "takes ..., got ...". */
  error(problem: string, cause?: unknown): InvalidArgumentError {
    return new InvalidArgumentError(`${describeMarker(this.columns, this.index)} ${problem}`, { cause })
  }

  private writeUnset(writer: ByteWriter): void {
    if (this.protocolVersion < UNSET_SINCE) {
      throw this.error(
        `is undefined, which binds as UNSET and needs protocol ${UNSET_SINCE} or later; this connection speaks ${this.protocolVersion}. ` +
          'Give a value, or null to write a null. Nothing was sent',
      )
    }
    writer.putInt32(UNSET)
  }
}

export function bindSlots(columns: readonly ColumnSpec[], registry: CodecRegistry, protocolVersion: number): BindSlot[] {
  return columns.map((column, i) => new BindSlot(columns, i, registry.codecFor(column.type, column), protocolVersion, registry.showValues))
}
