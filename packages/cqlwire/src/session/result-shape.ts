/** The columns of a result and what was compiled for them: made once, shared by every answer that looks so. */
import type { CodecRegistry } from '../codec/codec.js'
import { type ColumnsDecoder, compileColumns } from '../codec/columns.js'
import type { ColumnSpec } from '../codec/data-type.js'
import { compileRows, type RowDecoder, type RowShape } from '../codec/rows.js'

export class ResultShape {
  readonly columns: readonly ColumnSpec[]
  /** What the server calls these columns (protocol 5), or null. */
  readonly metadataId: Buffer | null
  /** Results of a conditional statement carry `[applied]` first, and their other columns vary. */
  readonly isConditional: boolean
  /** Whether no value refers to the bytes that it was read from: true of the driver's own codecs, not known of a user's. */
  readonly valuesStandAlone: boolean
  readonly #registry: CodecRegistry
  /** Code is generated for shapes that will be used again; a shape of one unprepared answer is read by closures. */
  readonly #generate: boolean
  #objects: RowDecoder | null = null
  #others: Map<RowShape, RowDecoder> | null = null
  #columnar: ColumnsDecoder | null = null

  constructor(columns: readonly ColumnSpec[], metadataId: Buffer | null, registry: CodecRegistry, generate: boolean) {
    this.columns = columns
    this.metadataId = metadataId
    this.isConditional = columns.length > 0 && columns[0]!.name === '[applied]'
    this.valuesStandAlone = !columns.some((column) => registry.isCustomized(column.type, column))
    this.#registry = registry
    this.#generate = generate
  }

  /** The decoder of rows for a factory other than 'columns'. */
  decoder(factory: RowShape): RowDecoder {
    if (factory === 'object') return (this.#objects ??= this.#compile(factory))
    const others: Map<RowShape, RowDecoder> = (this.#others ??= new Map<RowShape, RowDecoder>())
    let decoder = others.get(factory)
    if (decoder === undefined) {
      // Factories made per call must not pile up.
      if (others.size >= 8) others.clear()
      others.set(factory, (decoder = this.#compile(factory)))
    }
    return decoder
  }

  columnsDecoder(): ColumnsDecoder {
    return (this.#columnar ??= compileColumns(this.columns, this.#registry))
  }

  #compile(rowFactory: RowShape): RowDecoder {
    return compileRows(this.columns, this.#registry, { rowFactory, generate: this.#generate })
  }
}
