/** Reads the results that result-writer.ts wrote where the session lives. */
import type { MalformedFrameError } from '../base/errors.js'
import type { CodecRegistry } from '../codec/codec.js'
import type { ColumnSpec } from '../codec/data-type.js'
import { Host } from '../metadata/host.js'
import type { Envelope } from '../protocol/envelope.js'
import { consistencyName } from '../protocol/constants.js'
import type { QueryTrace } from '../session/query-trace.js'
import type { RowFactory } from '../session/request-options.js'
import { unreadableRows } from '../session/request-errors.js'
import { ResultSet, type ResultSource } from '../session/result-set.js'
import { ResultShape } from '../session/result-shape.js'
import type { Uuid } from '../values/uuid.js'
import type { ByteBlock } from '../wire/byte-block.js'
import type { ByteReader } from '../wire/byte-reader.js'
import { type CarriedHost, factsOf } from './carried-host.js'
import { NO_HOST, NO_SLOT, ResultFlag, SHAPE_SLOTS } from './result-writer.js'
import { readValue } from './value-reader.js'

/** What the rest of a result is asked of. */
export interface Sequel {
  nextPage(pageState: Uint8Array): Promise<ResultSet>
  readTrace(id: Uuid, maxWaitMs: number | undefined): Promise<QueryTrace>
}

/** From so many rows on, reading them by generated code pays even where the columns are met only once. */
const GENERATE_FROM_ROWS = 64

const AS_OBJECTS: { readonly rowFactory: RowFactory } = { rowFactory: 'object' }

const REQUEST: { describe(): string } = { describe: () => 'a request' }

/** A result as it arrived: nothing of the rows is decoded. */
export class ArrivedResult implements ResultSource {
  /** How rows are made; set before the page is looked at. */
  settings: { readonly rowFactory: RowFactory } = AS_OBJECTS
  readonly host: Host | null
  readonly errors: ReadonlyMap<string, Error> | null = null
  readonly attempts: number = 1
  readonly speculative: number = 0
  readonly consistency: string
  readonly page: ResultSet
  /** Set where later pages are asked for through the page itself. */
  sequel: Sequel | null = null

  constructor(reader: ByteReader, block: ByteBlock, memory: ResultMemory) {
    const flags = reader.readUint8()
    if ((flags & ResultFlag.PLAIN) !== 0) {
      this.host = memory.lastHost
      this.consistency = memory.lastConsistency
      this.page = plainPage(this, flags, reader, block, memory)
      return
    }
    this.host = memory.readHost(reader, (flags & ResultFlag.NEW_HOST) !== 0)
    this.consistency = memory.lastConsistency = consistencyName(reader.readUint8())
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

  get coordinator(): CarriedHost | null {
    return this.host === null ? null : factsOf(this.host)
  }

  nextPage(pageState: Uint8Array): Promise<ResultSet> {
    return this.sequel === null
      ? Promise.reject(new TypeError('pages of this result are fetched by itself'))
      : this.sequel.nextPage(pageState)
  }

  /** The connection is another thread's, which has not looked at the rows. */
  unreadable(error: MalformedFrameError): MalformedFrameError {
    return unreadableRows(this.host?.endpoint ?? 'A node', REQUEST, error)
  }

  readTrace(id: Uuid, maxWaitMs: number | undefined): Promise<QueryTrace> {
    return this.sequel === null
      ? Promise.reject(new TypeError('the trace of this result is read by itself'))
      : this.sequel.readTrace(id, maxWaitMs)
  }
}

function plainPage(source: ArrivedResult, flags: number, reader: ByteReader, block: ByteBlock, memory: ResultMemory): ResultSet {
  if ((flags & ResultFlag.SHAPE) === 0) return new ResultSet(source, null, null, null, 0, 0, 0, null)
  const slot = reader.readInt32()
  const length = reader.readInt32()
  const shape = memory.shape(slot, null, length)
  const bytes = reader.readInt32()
  const start = reader.position
  if (bytes > 0) reader.position = start + bytes
  return new ResultSet(source, null, shape, bytes < 0 ? null : block, start, reader.position, length, null)
}

/** What results refer to by number, and what they have in common with the one before. */
export class ResultMemory {
  readonly #registry: CodecRegistry
  readonly #hosts: Host[] = []
  readonly #shapes = new Array<ResultShape | undefined>(SHAPE_SLOTS).fill(undefined)
  lastHost: Host | null = null
  lastConsistency = ''

  /** Shapes by their columns, for several memories of one statement: what is compiled for one is there for all. */
  readonly #shared: Map<string, ResultShape> | null

  constructor(registry: CodecRegistry, shared: Map<string, ResultShape> | null = null) {
    this.#registry = registry
    this.#shared = shared
  }

  readHost(reader: ByteReader, isNew: boolean): Host | null {
    const number = reader.readUint16()
    if (isNew) this.#hosts[number] = new Host(readValue(reader) as CarriedHost)
    this.lastHost = number === NO_HOST ? null : this.#hosts[number]!
    return this.lastHost
  }

  shape(slot: number, columns: readonly ColumnSpec[] | null, rows: number): ResultShape {
    if (columns === null) return this.#shapes[slot]!
    const shape =
      this.#shared === null
        ? this.#newShape(columns, slot !== NO_SLOT || rows >= GENERATE_FROM_ROWS)
        : this.#sharedShape(columns, this.#shared)
    if (slot !== NO_SLOT) this.#shapes[slot] = shape
    return shape
  }

  #newShape(columns: readonly ColumnSpec[], generate: boolean): ResultShape {
    return new ResultShape(columns, null, this.#registry, generate)
  }

  #sharedShape(columns: readonly ColumnSpec[], shared: Map<string, ResultShape>): ResultShape {
    const key = JSON.stringify(columns)
    const known = shared.get(key)
    if (known !== undefined) return known
    if (shared.size >= SHAPE_SLOTS) shared.clear()
    const shape = this.#newShape(columns, true)
    shared.set(key, shape)
    return shape
  }
}
