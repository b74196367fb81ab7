/** Reads the results that result-writer.ts wrote in the worker. */
import type { CodecRegistry } from '../codec/codec.js'
import type { ColumnSpec } from '../codec/data-type.js'
import type { Envelope } from '../protocol/envelope.js'
import { consistencyName } from '../protocol/constants.js'
import type { RowFactory } from '../session/request-options.js'
import { ResultSet, type ResultSource } from '../session/result-set.js'
import { ResultShape } from '../session/result-shape.js'
import type { ByteBlock } from '../wire/byte-block.js'
import type { ByteReader } from '../wire/byte-reader.js'
import { NO_HOST, NO_SLOT, ResultFlag, SHAPE_SLOTS } from './result-writer.js'
import { readValue } from './value-reader.js'

/** A node as a BlockingSession knows it: the cluster itself lives in the worker. */
export interface BlockingHost {
  /** `address:port`. */
  readonly endpoint: string
  readonly address: string
  readonly port: number
  readonly dataCenter: string | null
  readonly rack: string | null
  readonly hostId: string | null
  readonly releaseVersion: string | null
}

/** From so many rows on, reading them by generated code pays even where the columns are met only once. */
const GENERATE_FROM_ROWS = 64

/** A result as it arrived: nothing of the rows is decoded. */
export class ArrivedResult implements ResultSource {
  readonly settings: { rowFactory: RowFactory } = { rowFactory: 'object' }
  readonly host = null
  readonly errors: ReadonlyMap<string, Error> | null
  readonly attempts: number
  readonly speculative: number
  readonly consistency: string
  readonly coordinator: BlockingHost | null
  readonly page: ResultSet

  constructor(reader: ByteReader, block: ByteBlock, memory: ResultMemory) {
    const flags = reader.readUint8()
    this.coordinator = memory.readHost(reader, (flags & ResultFlag.NEW_HOST) !== 0)
    this.consistency = consistencyName(reader.readUint8())
    this.attempts = reader.readUint16()
    this.speculative = reader.readUint16()
    const slot = (flags & ResultFlag.SHAPE) === 0 ? NO_SLOT : reader.readInt32()
    const columns = (flags & ResultFlag.COLUMNS) === 0 ? null : (readValue(reader) as ColumnSpec[])
    const length = reader.readInt32()
    const shape = (flags & ResultFlag.SHAPE) === 0 ? null : memory.shape(slot, columns, length)
    const pageState = reader.readBytes()
    const envelope = (flags & ResultFlag.ENVELOPE) === 0 ? null : (readValue(reader) as Envelope)
    this.errors = (flags & ResultFlag.TRIED) === 0 ? null : (readValue(reader) as ReadonlyMap<string, Error>)
    const bytes = reader.readInt32()
    const start = reader.position
    if (bytes > 0) reader.position = start + bytes
    const keptState = pageState === null ? null : Buffer.from(pageState)
    this.page = new ResultSet(this, envelope, shape, bytes < 0 ? null : block, start, reader.position, length, keptState)
    this.page.schemaAgreed = (flags & ResultFlag.DISAGREED) === 0
  }

  nextPage(): Promise<never> {
    return Promise.reject(new TypeError('pages of a BlockingResult are fetched by itself'))
  }

  readTrace(): Promise<never> {
    return Promise.reject(new TypeError('the trace of a BlockingResult is read by itself'))
  }
}

/** What results refer to by number. */
export class ResultMemory {
  readonly #registry: CodecRegistry
  readonly #hosts: BlockingHost[] = []
  readonly #shapes = new Array<ResultShape | undefined>(SHAPE_SLOTS).fill(undefined)

  constructor(registry: CodecRegistry) {
    this.#registry = registry
  }

  readHost(reader: ByteReader, isNew: boolean): BlockingHost | null {
    const number = reader.readUint16()
    if (isNew) this.#hosts[number] = readValue(reader) as BlockingHost
    return number === NO_HOST ? null : this.#hosts[number]!
  }

  shape(slot: number, columns: readonly ColumnSpec[] | null, rows: number): ResultShape {
    if (columns === null) return this.#shapes[slot]!
    const shape = new ResultShape(columns, null, this.#registry, slot !== NO_SLOT || rows >= GENERATE_FROM_ROWS)
    if (slot !== NO_SLOT) this.#shapes[slot] = shape
    return shape
  }
}
