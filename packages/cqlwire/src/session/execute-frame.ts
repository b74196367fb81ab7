/**
 * What the EXECUTEs of a statement have in common: the bytes before the values, and those between the values and the timestamp. The
 * protocol's own writer makes them once; from then on they are copied.
 */
import { writeExecute } from '../protocol/execute.js'
import type { QueryParameters } from '../protocol/query-parameters.js'
import { ByteWriter } from '../wire/byte-writer.js'
import type { RequestSettings } from './request-options.js'
import type { ResultShape } from './result-shape.js'

const TIMESTAMP_LENGTH = 8

/** So many requests that it doesn't fit, one after another, and it is made anew for the latest. */
const MOST_MISSES = 16

export class ExecuteFrame {
  readonly head: Uint8Array
  readonly tail: Uint8Array
  /** The message ends with a timestamp. */
  readonly hasTimestamp: boolean
  readonly #shape: ResultShape
  readonly #version: number
  readonly #skipMetadata: boolean
  readonly #consistency: number
  readonly #serialConsistency: number
  readonly #pageSize: number
  #misses = 0

  /** From the parameters of a request; neither its values nor its timestamp are kept. */
  constructor(id: Uint8Array, shape: ResultShape, version: number, parameters: QueryParameters) {
    this.hasTimestamp = parameters.hasTimestamp
    this.#shape = shape
    this.#version = version
    this.#skipMetadata = parameters.skipMetadata
    this.#consistency = parameters.consistency
    this.#serialConsistency = parameters.serialConsistency
    this.#pageSize = parameters.pageSize
    const { values } = parameters
    const writer = new ByteWriter(128)
    let valuesAt = 0
    parameters.values = { write: () => (valuesAt = writer.position) }
    writeExecute(writer, version, id, shape.metadataId, parameters)
    parameters.values = values
    const end = writer.position - (this.hasTimestamp ? TIMESTAMP_LENGTH : 0)
    this.head = new Uint8Array(writer.buffer.subarray(0, valuesAt))
    this.tail = new Uint8Array(writer.buffer.subarray(valuesAt, end))
  }

  /** Whether such bytes can be made for requests with these settings: nothing in them that few requests have. */
  static serves(settings: RequestSettings): boolean {
    return settings.keyspace === null && settings.nowInSeconds === null && settings.pageState === null && settings.customPayload === null
  }

  /** Whether the bytes are those of a request with these settings, but for the timestamp. */
  fits(settings: RequestSettings, shape: ResultShape, version: number, skipMetadata: boolean): boolean {
    return (
      this.#shape === shape &&
      this.#consistency === settings.consistencyCode &&
      this.#pageSize === settings.pageSize &&
      this.#version === version &&
      this.#skipMetadata === skipMetadata &&
      this.#serialConsistency === settings.serialCode &&
      ExecuteFrame.serves(settings)
    )
  }

  /** Called where it did not fit: whether it is to be made anew. */
  missed(): boolean {
    return ++this.#misses >= MOST_MISSES
  }
}
