/**
 * Bind encoders: parameters to bytes, compiled once per prepared statement and run for every request.
 *
 * Two implementations write the same bytes: straight-line generated code (bind-generated.ts) where the runtime allows it, and the closure
 * below.
 *
 * Measured by benchmarks/src/micro/rows.ts on Node 20.20, parameters of bigint, text (20 bytes), double, timestamp, list of 3 texts, ns
 * of CPU for all five: generated code 148, closures 205; by name 100 more. Generating takes about 25 us.
 */
import type { ByteWriter } from '../wire/byte-writer.js'
import { generateBind } from './bind-generated.js'
import { ParameterOrder, type BindParameters } from './bind-parameters.js'
import type { WriteValues } from './bind-shape.js'
import { bindSlots, type BindSlot } from './bind-slot.js'
import type { CodecRegistry } from './codec.js'
import type { ColumnSpec } from './data-type.js'
import { canGenerate, MOST_GENERATED_COLUMNS } from './generated-support.js'

export type { BindParameters } from './bind-parameters.js'
export { compileRoutingKey, RoutingKeyEncoder } from './bind-routing-key.js'

export interface BindOptions {
  /** The native protocol's version on the connection: before 4, `undefined` can't be bound. */
  readonly protocolVersion: number
  /** False: closures, even where code could be generated. */
  readonly generate?: boolean
}

export class BindEncoder {
  /** The statement's markers, in their order. */
  readonly columns: readonly ColumnSpec[]
  /**
   * Writes `[short n]` and n `[value]`s (native protocol, section 4.1.4) from what {@link BindEncoder.normalize} gave. Throws an
   * InvalidArgumentError that names the parameter; what was written by then is the caller's to take back.
   */
  readonly writeValues: WriteValues
  /** True where `writeValues` is generated code. */
  readonly generated: boolean
  private readonly order: ParameterOrder

  constructor(columns: readonly ColumnSpec[], writeValues: WriteValues, generated: boolean) {
    this.columns = columns
    this.order = new ParameterOrder(columns)
    this.writeValues = writeValues
    this.generated = generated
  }

  /** The parameters by position, one for each marker. Throws an InvalidArgumentError where one is missing, unknown or too many. */
  normalize(params: BindParameters): readonly unknown[] {
    return this.order.toArray(params)
  }

  /** `normalize` and `writeValues` in one. */
  write(writer: ByteWriter, params: BindParameters): void {
    this.writeValues(writer, this.order.toArray(params))
  }
}

export function compileBind(columns: readonly ColumnSpec[], registry: CodecRegistry, options: BindOptions): BindEncoder {
  const slots = bindSlots(columns, registry, options.protocolVersion)
  const generated = options.generate !== false && columns.length <= MOST_GENERATED_COLUMNS && canGenerate()
  return new BindEncoder(columns, generated ? generateBind(columns, slots, registry) : bindFromClosures(slots), generated)
}

function bindFromClosures(slots: readonly BindSlot[]): WriteValues {
  return (writer, values) => {
    writer.putUint16(slots.length)
    for (let i = 0; i < slots.length; i++) slots[i]!.write(writer, values[i])
  }
}
